// DeleteRecords: its consequence is told before, its refusals are Kafka's, and Undo takes it back.
import AxeBuilder from '@axe-core/playwright';

import { checkout, expect, scenario, stage, test, type Page } from './fixtures';

const one = { do: 'create-topic', topic: 'orders', partitions: 2, configs: { 'internal.segment.bytes': '1024' } };
const slow = { do: 'add-producer', producer: 'checkout', configs: { 'batch.size': '400' } };
const send = (at: number, count: number) => ({
  at, do: 'produce', producer: 'checkout', topic: 'orders', key: 'k', value: 'x'.repeat(80), partition: 0, count,
});
const billing = {
  do: 'add-group', group: 'billing', topics: ['orders'], processing_us: 900_000,
  configs: { 'auto.offset.reset': 'earliest', 'max.poll.records': '1' }, members: [{}],
};
const written = scenario([one, slow, billing], { at: 6_000, journal: [send(1_000, 30)] });

async function form(page: Page, partition = 'P0') {
  await page.getByRole('button', { name: `Partition ${partition.slice(1)}: menu` }).click();
  await page.getByRole('menuitem', { name: /Delete records/ }).click();
  return page.getByRole('dialog', { name: 'Delete records of orders' });
}
const lane = (api: any) => api.view('lane', { topic: 'orders', partition: 0 });

test('records before an offset go; it is told what, from disk and from whom', async ({ page }) => {
  const api = await stage(page, written);
  const before = await lane(api);
  expect(before.high_watermark).toBe(30);
  const dialog = await form(page);
  const offset = dialog.getByRole('textbox', { name: 'Offset' });
  await expect(offset).toHaveValue('30');
  await offset.fill('12');
  await expect(dialog).toContainText('12 records (0–11) can no longer be read. Its log starts at 12.');
  const whole = before.segments.filter((segment: any) => !segment.active && segment.next_offset <= 12).length;
  await expect(dialog).toContainText(whole === 1 ? '1 segment goes from disk' : `${whole} segments go from disk`);
  await expect(dialog).toContainText('billing has not read');
  const { violations } = await new AxeBuilder({ page }).include('.pop').analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await dialog.getByRole('button', { name: 'Delete records' }).click();
  await api.advance(100);
  expect((await lane(api)).log_start).toBe(12);
  await page.keyboard.press('ControlOrMeta+z');
  await expect.poll(async () => (await lane(api)).log_start).toBe(0);
});

test('all readable records go at once', async ({ page }) => {
  const api = await stage(page, written);
  const dialog = await form(page);
  await dialog.getByRole('button', { name: 'all readable' }).click();
  await expect(dialog).toContainText('30 records (0–29) can no longer be read.');
  await dialog.getByRole('button', { name: 'Delete records' }).click();
  await api.advance(100);
  const after = await lane(api);
  expect([after.log_start, after.log_end]).toEqual([30, 30]);
});

test("past the high watermark it is refused in Kafka's words", async ({ page }) => {
  await stage(page, written);
  const dialog = await form(page);
  await dialog.getByRole('textbox', { name: 'Offset' }).fill('31');
  await expect(dialog.getByRole('alert')).toContainText(/offset/i);
  await expect(dialog.getByRole('button', { name: 'Delete records' })).toBeDisabled();
  await dialog.getByRole('textbox', { name: 'Offset' }).fill('twelve');
  await expect(dialog.getByRole('alert')).toContainText('An offset is a whole number.');
});

test('the topic menu offers it for each partition and for all', async ({ page }) => {
  await stage(page, scenario([one, checkout], { at: 3_000, journal: [send(1_000, 5)] }));
  await page.getByRole('button', { name: /^Topic orders/ }).click();
  await page.getByRole('menuitem', { name: /Delete records up to an offset/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete records of orders' });
  await dialog.getByLabel('Partition').selectOption({ label: 'all' });
  await dialog.getByRole('button', { name: 'all readable' }).click();
  await expect(dialog).toContainText('P0: 5 records (0–4)');
  await expect(dialog).toContainText('P1: nothing goes');
});
