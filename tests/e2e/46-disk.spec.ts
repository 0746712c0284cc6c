// A broker's disk: bytes of every file, what the next check deletes, and a full one.
import AxeBuilder from '@axe-core/playwright';

import { expect, open, ottla, test, type Page } from './fixtures';

async function filling(page: Page, ms = 18_000) {
  await open(page, './?scenario=disk-full');
  const api = await ottla(page);
  await api.call('seek', ms);
  return api;
}
async function openDisk(page: Page) {
  await page.getByRole('button', { name: 'Broker 1', exact: true }).click();
  await page.getByRole('menuitem', { name: /^Disk/ }).click();
}
const broker = async (api: any) => (await api.view('cluster')).brokers[0];

test('bytes are told by folder and file, and are those of the log', async ({ page }) => {
  const api = await filling(page);
  await openDisk(page);
  const dialog = page.getByRole('dialog', { name: 'Disk' });
  await expect(dialog).toContainText('of 12.0 kB used');
  await dialog.getByRole('button', { name: 'Files of orders-0' }).click();
  const lane = await api.view('lane', { topic: 'orders', partition: 0, window: { tail: 1000 } });
  await expect(dialog.locator('tr.file')).toHaveCount(lane.segments.length);
  await expect(dialog.locator('tr.file').first()).toContainText('00000000000000000000.log');
  const sum = lane.segments.reduce((all: number, segment: any) => all + segment.bytes, 0);
  expect(sum).toBe(lane.bytes);
  const { violations } = await new AxeBuilder({ page }).include('dialog').analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes[0].html}`)).toEqual([]);
});

test('what the next check deletes is told before, and then is what it deletes', async ({ page }) => {
  const api = await filling(page);
  await api.apply({ do: 'set-disk', disk_bytes: 1_000_000 });
  await api.advance(29_000);
  await openDisk(page);
  const dialog = page.getByRole('dialog', { name: 'Disk' });
  await expect(dialog).toContainText(/at 00:50\.000, in [\d.]+ s: 1 segment goes/);
  const row = dialog.locator('section', { hasText: 'Next retention check' }).locator('tbody tr');
  await expect(row).toHaveCount(1);
  await expect(row.locator('code')).toHaveText('retention.ms');
  const partition = Number((await row.locator('th').textContent())!.replace('orders-', ''));
  const [, last] = (await row.locator('td').nth(1).textContent())!.match(/–(\d+)$/)!;
  const { now_ms: now, start_ms: start } = await api.view('cluster');
  const lane = () => api.view('lane', { topic: 'orders', partition });
  await api.advance(start + 50_000 - now - 1);
  expect((await lane()).log_start).toBe(0);
  await api.advance(1);
  expect((await lane()).log_start).toBe(Number(last) + 1);
});

test('a full disk takes the broker down; it says so everywhere, and room with a start helps', async ({ page }) => {
  const api = await filling(page, 48_000);
  expect((await broker(api)).up).toBe(false);
  const card = page.getByRole('list', { name: 'Brokers' });
  await expect(card).toContainText('Disk full');
  await expect(page.locator('.badge', { hasText: '2 offline' })).toBeVisible();
  await expect(page.locator('.lane[data-p="0"]')).toContainText('no leader');
  await expect(page.getByRole('list', { name: 'Events, newest first' })).toBeVisible();
  await page.getByRole('textbox', { name: 'Filter events' }).fill('No space left on device');
  await expect(page.getByRole('list', { name: 'Events, newest first' })).toContainText('The log directory is offline');
  await openDisk(page);
  const dialog = page.getByRole('dialog', { name: 'Disk' });
  await expect(dialog).toContainText('The log directory failed.');
  await expect(dialog).toContainText('None while the broker does not run.');
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes[0].html}`)).toEqual([]);
  await page.keyboard.press('Escape');
  await card.getByRole('button', { name: 'Make room' }).click();
  await api.advance(5_000);
  expect((await broker(api)).up).toBe(true);
  await expect(card).not.toContainText('Disk full');
  await expect(page.locator('.badge', { hasText: 'offline' })).toHaveCount(0);
});

test('a size is set by hand, or taken away', async ({ page }) => {
  const api = await filling(page);
  await openDisk(page);
  const size = page.getByRole('dialog', { name: 'Disk' }).getByLabel('Size');
  await size.fill('50000');
  await size.press('Enter');
  await expect.poll(async () => (await broker(api)).disk_bytes).toBe(50_000);
  await size.fill('');
  await size.press('Enter');
  await expect.poll(async () => (await broker(api)).disk_bytes).toBeNull();
});
