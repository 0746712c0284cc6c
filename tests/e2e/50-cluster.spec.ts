// Several brokers on the page: their cards, their replicas in the lanes, and the cluster a workspace starts from.
import AxeBuilder from '@axe-core/playwright';

import { expect, open, ottla, scenario, stage, test, type Page } from './fixtures';

async function noViolation(page: Page, where: string) {
  const { violations } = await new AxeBuilder({ page }).exclude('iframe').analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes[0].html}`), where).toEqual([]);
}

const replicated = {
  do: 'create-topic', topic: 'orders', partitions: 4, replication_factor: 3,
  configs: { 'min.insync.replicas': '2' },
};
const three = (more: object = {}) => scenario([replicated], { cluster: { brokers: 3, latency_ms: 1 }, ...more });
const card = (page: Page, id: number) => page.locator(`.broker[data-b="${id}"]`);

test('a first visit shows three brokers, each partition with its followers', async ({ page }) => {
  await open(page);
  const api = await ottla(page);
  await api.call('pause');
  await expect(page.getByRole('list', { name: 'Brokers' }).getByRole('listitem')).toHaveCount(3);
  await expect(page.locator('.crown')).toHaveCount(1);
  const lane = await api.view('lane', { topic: 'orders', partition: 0 });
  const followers = lane.replicas.map((replica: any) => replica.broker).filter((id: number) => id !== lane.leader);
  const gutter = page.locator('.lane[data-p="0"] .gutter');
  await expect(gutter.locator('.btok.lead')).toHaveText(String(lane.leader));
  await expect(gutter.locator('.g-row.sm .btok')).toHaveText(followers.map(String));
  await expect(gutter.locator('.g-isr')).toHaveText('ISR 1 2 3');
  await noViolation(page, 'the page');
});

test('who is in sync is asked for at its line', async ({ page }) => {
  await stage(page, three());
  await page.locator('.lane[data-p="1"] .g-isr').click();
  await expect(page.locator('.whybox')).toContainText(/ISR|in sync/);
});

test('a new topic is placed before it is made, and too many replicas are refused in Kafka\'s words', async ({ page }) => {
  const api = await stage(page, three());
  await page.keyboard.press('n');
  const form = page.getByRole('dialog', { name: 'New topic' });
  await form.getByLabel('Name').fill('payments');
  const factor = form.getByLabel('Replication factor');
  await expect(factor).toHaveValue('3');
  await expect(form.locator('.place > span')).toHaveCount(3);
  await factor.fill('4');
  await factor.press('Tab');
  await expect(form.getByRole('alert')).toContainText('replication factor');
  await expect(form.getByRole('button', { name: 'Create topic' })).toBeDisabled();
  await noViolation(page, 'New topic');
  await factor.fill('2');
  await factor.press('Tab');
  const shown = await form.locator('.place > span').allInnerTexts();
  await form.getByRole('button', { name: 'Create topic' }).click();
  await api.advance(1_000);
  for (const [partition, words] of shown.entries()) {
    const lane = await api.view('lane', { topic: 'payments', partition });
    const placed = lane.replicas.map((replica: any) => replica.broker).join('');
    expect(words.replace(/\D/g, '')).toBe(`${partition}${placed}`);
  }
});

test('seven brokers and more are a strip of chips, walked by arrows', async ({ page }) => {
  await stage(page, scenario([{ ...replicated, partitions: 20 }], { cluster: { brokers: 40, latency_ms: 1 } }));
  const strip = page.getByRole('toolbar', { name: 'Brokers' });
  await expect(strip.getByRole('button')).toHaveCount(40);
  await strip.getByRole('button').first().focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+Enter');
  await expect(page.getByRole('menu', { name: 'Broker' })).toContainText('Broker 2 leads');
  await noViolation(page, 'forty brokers');
});

test('a workspace begins with the cluster that is asked for', async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Open' });
  await dialog.getByRole('navigation').getByRole('button', { name: 'New workspace' }).click();
  await dialog.getByLabel('Brokers').fill('5');
  await dialog.getByLabel('Brokers').press('Tab');
  await dialog.getByRole('button', { name: 'nodes of their own' }).click();
  await dialog.getByLabel('Racks').fill('2');
  await dialog.getByLabel('Racks').press('Tab');
  await expect(dialog).toContainText('5 brokers in 2 racks');
  await noViolation(page, 'New workspace');
  await dialog.getByRole('button', { name: 'Create workspace' }).click();
  await expect(page.getByRole('list', { name: 'Brokers' }).getByRole('listitem')).toHaveCount(5);
  await expect(page.getByRole('group', { name: 'Controllers' }).getByRole('button')).toHaveCount(3);
  await expect(card(page, 2)).toContainText('b');
});

test('a hundred partitions: who is out of the ISR stands beside the leader, and is found', async ({ page }) => {
  const api = await stage(page, scenario([{ ...replicated, partitions: 100 }], { cluster: { brokers: 6, latency_ms: 1 } }));
  await api.apply({ do: 'crash-broker', broker: 6 });
  await api.advance(12_000);
  const under = (await api.view('topic', { topic: 'orders' })).summary.under_replicated;
  await expect(page.locator('.badge')).toContainText(`${under} under-replicated`);
  await page.getByRole('textbox', { name: 'Find a partition' }).fill('under');
  await expect(page.locator('.hrow').first().locator('.hout')).toHaveText('−6');
  expect(await page.locator('.hrow').count()).toBeLessThanOrEqual(under);
});
