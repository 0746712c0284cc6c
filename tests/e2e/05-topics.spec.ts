// Point 5: topics are made, grown, set and deleted as Kafka does it, refusals in its words.
import { checkout, expect, orders, recordsOf, scenario, stage, test, textOf, type Page } from './fixtures';

const filled = scenario([orders, checkout], {
  at: 10_000,
  journal: ['alice', 'bob', 'carol', 'dave', 'erin', 'frank'].map((key, n) => ({
    at: 100 * (n + 1), do: 'produce', producer: 'checkout', topic: 'orders', key, value: 'v',
  })),
});

async function newTopic(page: Page) {
  await page.getByRole('button', { name: /^Topic\b/ }).click();
  await page.getByRole('menuitem', { name: /^New topic/ }).click();
  const form = page.getByRole('dialog', { name: 'New topic' });
  await expect(form).toBeVisible();
  return form;
}

test('a new topic is made and shown', async ({ page }) => {
  const api = await stage(page, filled);
  const form = await newTopic(page);
  await form.getByLabel('Name').fill('payments');
  await form.getByLabel('Partitions', { exact: true }).fill('6');
  await form.getByLabel('Partitions', { exact: true }).press('Tab');
  await expect(form.getByLabel('The same as a command'))
    .toHaveText(/kafka-topics\.sh\s+--create\s+--topic payments\s+--partitions 6/);
  await form.getByRole('button', { name: 'Create topic' }).click();
  await expect(form).toHaveCount(0);
  await api.advance(1_000);
  await expect(page.getByRole('button', { name: /^Topic payments/ })).toBeVisible();
  expect((await api.view('topic', { topic: 'payments' })).summary.partitions).toBe(6);
});

test('a bad name is refused under its field, in Kafka\'s words', async ({ page }) => {
  const api = await stage(page, filled);
  const form = await newTopic(page);
  const name = form.getByLabel('Name');
  const create = form.getByRole('button', { name: 'Create topic' });
  for (const [bad, words] of [
    ['so bad', 'contains one or more characters other than ASCII alphanumerics'],
    ['.', "Topic name is invalid: '.' is not allowed"],
    ['orders', "Topic 'orders' already exists."],
    ['x'.repeat(250), 'is longer than the max allowed length 249'],
  ]) {
    await name.fill(bad);
    await expect(form.getByRole('alert')).toContainText(words);
    await expect(name).toHaveAttribute('aria-invalid', 'true');
    await expect(create).toBeDisabled();
  }
  expect((await api.view('cluster')).topics).toHaveLength(1);
  await name.fill('good');
  await expect(form.getByRole('alert')).toHaveCount(0);
  await expect(create).toBeEnabled();
});

test('more partitions say which keys move, and later records follow', async ({ page }) => {
  const api = await stage(page, filled);
  await page.getByRole('button', { name: 'Partition', exact: true }).click();
  const form = page.getByRole('dialog', { name: 'Add partitions to orders' });
  await form.getByRole('group', { name: 'Number of partitions' }).getByRole('button', { name: '6' }).click();
  const moves = await api.view('key-moves', { topic: 'orders', count: 6 });
  const moving = moves.keys.filter((key: any) => key.from !== key.to);
  expect(moving.length).toBeGreaterThan(0);
  await expect(form).toContainText(`${moving.length} of 6 keys will go to another partition.`);
  const table = form.getByRole('region', { name: 'Keys before and after' });
  for (const key of moves.keys) {
    const row = table.getByRole('row').filter({ has: page.getByRole('rowheader', { name: key.key }) });
    await expect(row).toContainText(key.from === key.to ? 'stays' : `P${key.to}`);
  }
  await form.getByRole('button', { name: 'Add 2 partitions' }).click();
  await api.advance(1_000);
  await expect(page.getByRole('group', { name: /^Partition 5/ })).toBeVisible();

  const { key, to } = moving[0];
  // The producer sees the new partitions with its next metadata, at most metadata.max.age.ms later.
  await api.advance(301_000);
  await api.apply({ do: 'produce', producer: 'checkout', topic: 'orders', key, value: 'later' });
  await api.advance(2_000);
  const later = (await recordsOf(page, 'orders')).filter((record) => textOf(record.value) === 'later');
  expect(later.map((record) => record.partition)).toEqual([to]);
});

test('a deleted topic comes back with one press of Undo', async ({ page }) => {
  const api = await stage(page, filled);
  const hash = await api.call('traceHash');
  await page.getByRole('button', { name: /^Topic orders/ }).click();
  await page.getByRole('menuitem', { name: /^Delete topic orders/ }).click();
  await expect(page.getByText('Topic orders deleted').first()).toBeVisible();
  await page.locator('.toast').getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => api.call('traceHash')).toBe(hash);
  await expect(page.getByRole('button', { name: /^Topic orders/ })).toBeVisible();
  expect(await recordsOf(page, 'orders')).toHaveLength(6);
});

test('a cluster whose last topic is gone says what to do', async ({ page }) => {
  const api = await stage(page, filled);
  await api.apply({ do: 'delete-topic', topic: 'orders' });
  await api.advance(1_000);
  await expect(page.getByText('This cluster has no topic.')).toBeVisible();
});

test('a config is searched, changed and taken back', async ({ page }) => {
  const api = await stage(page, filled);
  const retention = async () => (await api.view('topic', { topic: 'orders' }))
    .configs.find((config: any) => config.name === 'retention.ms');
  expect(await retention()).toMatchObject({ value: '604800000', source: 'DEFAULT_CONFIG' });
  await page.getByRole('tab', { name: 'Configs' }).click();
  const configs = page.getByRole('tabpanel', { name: 'Configs' });
  await configs.getByRole('textbox', { name: /search|find/i }).or(configs.getByRole('searchbox')).first().fill('retention.ms');
  const value = configs.getByRole('textbox', { name: 'retention.ms', exact: true });
  await value.fill('-5');
  await value.press('Enter');
  await expect(configs.getByRole('alert')).toContainText('Invalid value -5 for configuration retention.ms');
  await value.fill('60000');
  await value.press('Enter');
  await api.advance(1_000);
  expect(await retention()).toMatchObject({ value: '60000', source: 'DYNAMIC_TOPIC_CONFIG' });
});

test('segments below Kafka\'s floor are refused, and the internal config is named', async ({ page }) => {
  const api = await stage(page, filled);
  const refused = await api.apply({
    do: 'alter-topic-configs', topic: 'orders', set: { 'segment.bytes': '1024' },
  }).then(() => 'applied', (error: Error) => error.message);
  expect(refused).toContain('INVALID_CONFIG');
  expect(refused).toContain('Value must be at least 1048576');
  await api.apply({ do: 'alter-topic-configs', topic: 'orders', set: { 'internal.segment.bytes': '1024' } });
  await page.getByRole('tab', { name: 'Configs' }).click();
  await expect(page.getByRole('tabpanel', { name: 'Configs' })).toContainText('internal.segment.bytes');
});
