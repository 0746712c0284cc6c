// Point 8: time is played, stepped, sped up and jumped through, and the same document plays the same way.
import { checkout, expect, linkOf, open, orders, ottla, scenario, stage, test, type Page } from './fixtures';

const stream = {
  do: 'add-producer', producer: 'web',
  stream: { topic: 'orders', records: 2, arrivals: 'random', keys: { kind: 'zipf', keys: ['a', 'b', 'c'] }, null_key_percent: 20 },
};
const group = { do: 'add-group', group: 'billing', topics: ['orders'], members: [{ member: 'b-1' }, { member: 'b-2' }] };
const alive = scenario([{ ...orders, configs: { 'retention.ms': '60000' } }, stream, group], { at: 5_000 });

const time = (page: Page) => page.getByRole('region', { name: 'Time' });
const clock = (page: Page) => time(page).getByLabel('Virtual time');

async function jump(page: Page) {
  await time(page).getByRole('button', { name: 'Jump ahead' }).click();
  const dialog = page.getByRole('dialog', { name: 'Jump ahead' });
  await expect(dialog).toBeVisible();
  return dialog;
}

test('time runs when it is let, and stands when it is stopped', async ({ page }) => {
  const api = await stage(page, alive);
  expect(await api.elapsed()).toBe(5_000);
  await time(page).getByRole('button', { name: 'Play' }).click();
  await expect.poll(() => api.elapsed()).toBeGreaterThan(5_200);
  await time(page).getByRole('button', { name: 'Pause' }).click();
  const stood = await api.elapsed();
  await expect(time(page).getByRole('button', { name: 'Play' })).toBeVisible();
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  expect(await api.elapsed()).toBe(stood);
});

test('a step goes to the next event, and a step back undoes it', async ({ page }) => {
  const api = await stage(page, alive);
  const at = async () => ({ ms: await api.elapsed(), events: (await api.view('cluster')).events, hash: await api.call('traceHash') });
  const first = await at();
  await time(page).getByRole('button', { name: 'Step one event' }).click();
  const second = await at();
  expect(second.events).toBe(first.events + 1);
  await time(page).getByRole('button', { name: 'Step one event' }).click();
  await time(page).getByRole('button', { name: 'Step back' }).click();
  expect(await at()).toEqual(second);
});

test('from a tenth to a hundredfold speed', async ({ page }) => {
  const api = await stage(page, alive);
  const speed = time(page).getByRole('combobox', { name: 'Speed' });
  const words = await speed.getByRole('option').allTextContents();
  expect(words[0]).toMatch(/0\.1/);
  expect(words.at(-1)).toMatch(/100/);
  await speed.selectOption({ index: words.length - 1 });
  await time(page).getByRole('button', { name: 'Play' }).click();
  // A hundredfold: a minute is over long before a minute is.
  await expect.poll(() => api.elapsed()).toBeGreaterThan(65_000);
  expect((await api.call('document')).view.speed_x10).toBe(1_000);
});

for (const [word, ms] of [['1 min', 60_000], ['1 h', 3_600_000], ['1 day', 86_400_000], ['7 days', 604_800_000]] as const) {
  test(`a jump of ${word} lands there, with every event between`, async ({ page }) => {
    test.slow();
    const quiet = scenario([{ ...orders, configs: { 'retention.ms': '60000' } }, checkout, {
      do: 'set-stream', producer: 'checkout', stream: { topic: 'orders', records: 1, per_ms: 60_000 },
    }], { at: 5_000 });
    const api = await stage(page, quiet);
    await (await jump(page)).getByRole('button', { name: word, exact: true }).click();
    await expect.poll(() => api.elapsed(), { timeout: 60_000 }).toBe(5_000 + ms);
    const { producer } = await api.view('producer', { producer: 'checkout' });
    expect(Math.abs(producer.sent - ms / 60_000)).toBeLessThanOrEqual(1);
  });
}

test('a long jump tells how far it is, and can be given up', async ({ page }) => {
  const busy = scenario([orders, {
    do: 'add-producer', producer: 'web',
    stream: { topic: 'orders', records: 500, keys: { kind: 'sequence', prefix: 'k', count: 50 } },
  }], { at: 1_000 });
  const api = await stage(page, busy);
  const hash = await api.call('traceHash');
  const dialog = await jump(page);
  await dialog.getByRole('button', { name: '7 days' }).click();
  await expect(dialog.getByRole('progressbar', { name: 'Jump' })).toBeVisible();
  await expect.poll(() => api.elapsed()).toBeGreaterThan(1_000);
  await dialog.getByRole('button', { name: /^Cancel, back to/ }).click();
  await expect.poll(() => api.elapsed(), { timeout: 30_000 }).toBe(1_000);
  expect(await api.call('traceHash')).toBe(hash);
});

test('a jump stops where it is told to', async ({ page }) => {
  const api = await stage(page, alive);
  const dialog = await jump(page);
  await dialog.getByLabel('To a moment').fill('00:02');
  await dialog.getByRole('button', { name: 'Jump', exact: true }).click();
  await expect(dialog.getByRole('alert')).toContainText('That is not ahead.');
  await dialog.getByLabel('To a moment').fill('01:00');
  await dialog.getByRole('button', { name: 'Jump', exact: true }).click();
  await expect.poll(() => api.elapsed()).toBe(60_000);
  await expect(clock(page)).toContainText('01:00');
});

test('the same document plays the same way, whatever the strides', async ({ page, context }) => {
  const one = await stage(page, alive);
  await one.advance(95_000);
  const other = await context.newPage();
  await open(other, `./${linkOf(alive)}`);
  const two = await ottla(other);
  for (const ms of [1, 9_999, 50_000, 35_000]) await two.advance(ms);
  expect(await two.elapsed()).toBe(await one.elapsed());
  expect(await two.call('traceHash')).toBe(await one.call('traceHash'));
});

test('going back and forth changes nothing', async ({ page }) => {
  const api = await stage(page, alive);
  await api.advance(60_000);
  const hash = await api.call('traceHash');
  await api.call('seek', 10_000);
  expect(await api.call('traceHash')).not.toBe(hash);
  await api.call('seek', 65_000);
  expect(await api.call('traceHash')).toBe(hash);
});
