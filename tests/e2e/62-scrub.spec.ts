// Time is dragged, its marks are gone to, and moments get names; by mouse and by keyboard.
import AxeBuilder from '@axe-core/playwright';

import { expect, orders, scenario, stage, test, type Page } from './fixtures';

const stream = {
  do: 'add-producer', producer: 'web',
  stream: { topic: 'orders', records: 40, keys: { kind: 'zipf', keys: ['a', 'b', 'c'] } },
};
const group = { do: 'add-group', group: 'billing', topics: ['orders'], members: [{ member: 'b-1' }, { member: 'b-2' }] };
const replicated = { ...orders, replication_factor: 3 };
const faulty = scenario([replicated, stream, group], {
  cluster: { brokers: 3, latency_ms: 1 },
  journal: [{ at: 8_000, do: 'crash-broker', broker: 2 }, { at: 30_000, do: 'start-broker', broker: 2 }],
  at: 40_000,
});

const slider = (page: Page) => page.getByRole('slider', { name: 'Timeline' });
const marks = (page: Page) => page.getByRole('group', { name: 'Marks' }).getByRole('button');

/** Where a moment is on the screen; the timeline ends at a minute. */
async function place(page: Page, ms: number) {
  const box = (await slider(page).boundingBox())!;
  return { x: box.x + (box.width * ms) / 60_000, y: box.y + box.height / 2 };
}

test('dragging shows moments on the way, and is exact where it is let go', async ({ page }) => {
  const api = await stage(page, faulty);
  await expect.poll(() => api.elapsed()).toBe(40_000);
  await api.call('frames');
  const from = await place(page, 39_000);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  for (let ms = 38_000; ms >= 12_000; ms -= 500) {
    const { x, y } = await place(page, ms);
    await page.mouse.move(x, y);
  }
  // Held still, it arrives there without being let go.
  const head = async () => Number(await slider(page).getAttribute('aria-valuenow'));
  await expect.poll(() => api.elapsed()).toBe(await head());
  const stats = await api.call<any>('frames');
  expect(stats.frames).toBeGreaterThan(10);
  await page.mouse.up();
  const at = await head();
  expect(Math.abs(at - 12_000)).toBeLessThan(200);
  await expect.poll(() => api.elapsed()).toBe(at);
  const hash = await api.call('traceHash');
  await api.call('seek', 0);
  await api.call('seek', at);
  expect(await api.call('traceHash')).toBe(hash);
});

test('marks are buttons that go exactly there, one Tab stop, and Shift with an arrow goes from mark to mark', async ({ page }) => {
  const api = await stage(page, faulty);
  await expect.poll(() => api.elapsed()).toBe(40_000);
  const down = marks(page).filter({ has: page.locator('use[href="#i-power"]') }).first();
  await expect(down).toHaveAccessibleName(/^00:\d\d\.\d{3} .*2/);
  const moment = (await down.getAttribute('title'))!;
  await down.click();
  const told = async () => (await page.getByLabel('Virtual time').textContent())!.trim();
  await expect.poll(told).toBe(moment.split(' ')[0]);
  await slider(page).focus();
  await page.keyboard.press('Shift+ArrowRight');
  const after = await api.elapsed();
  await page.keyboard.press('Shift+ArrowLeft');
  expect(await api.elapsed()).toBeLessThan(after);
  await page.keyboard.press('Tab');
  const group = page.getByRole('group', { name: 'Marks' });
  await expect(group.locator('[tabindex="0"]')).toHaveCount(1);
  await expect(group.locator(':focus')).toHaveCount(1);
  await page.keyboard.press('End');
  const last = marks(page).last();
  await expect(last).toBeFocused();
  await page.keyboard.press('Enter');
  await expect.poll(told).toBe((await last.getAttribute('title'))!.split(' ')[0]);
  const { violations } = await new AxeBuilder({ page }).include('.transport').analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes[0].html}`)).toEqual([]);
});

test('a held comma goes back event by event', async ({ page }) => {
  const api = await stage(page, faulty);
  await expect.poll(() => api.elapsed()).toBe(40_000);
  const events = async () => (await api.view('cluster')).events as number;
  const before = await events();
  await page.locator('body').press(',');
  expect(await events()).toBe(before - 1);
  for (let n = 0; n < 20; n += 1) await page.keyboard.down(',');
  await page.keyboard.up(',');
  const back = before - (await events());
  expect(back).toBeGreaterThan(1);
  expect(back).toBeLessThanOrEqual(21);
});

test('a bookmark is made, named, gone to and removed, and each of that is undone', async ({ page }) => {
  const api = await stage(page, faulty);
  await expect.poll(() => api.elapsed()).toBe(40_000);
  const hash = await api.call('traceHash');
  const names = async () => ((await api.call<any>('document')).bookmarks ?? []).map((it: any) => it.name);
  await page.locator('body').press('b');
  await page.getByRole('tab', { name: 'Journal' }).click();
  const side = page.getByRole('complementary', { name: 'Bookmarks' });
  const name = side.getByRole('textbox');
  await name.fill('After the crash');
  await name.press('Enter');
  expect(await names()).toEqual(['After the crash']);
  await expect(marks(page).filter({ has: page.locator('use[href="#i-flag"]') })).toHaveAccessibleName(/Bookmark After the crash/);
  await api.call('seek', 1_000);
  await side.getByRole('button', { name: /^Go to/ }).click();
  await expect.poll(() => api.elapsed()).toBe(40_000);
  await side.getByRole('button', { name: 'Remove bookmark After the crash' }).click();
  expect(await names()).toEqual([]);
  await page.locator('.stage').click({ position: { x: 2, y: 2 } });
  await page.keyboard.press('Control+z');
  expect(await names()).toEqual(['After the crash']);
  await page.keyboard.press('Control+z');
  expect(await names()).toEqual(['00:40.000']);
  await page.keyboard.press('Control+z');
  expect(await names()).toEqual([]);
  for (let n = 0; n < 2; n += 1) await page.keyboard.press('Control+Shift+z');
  expect(await names()).toEqual(['After the crash']);
  expect(await api.call('traceHash')).toBe(hash);
});
