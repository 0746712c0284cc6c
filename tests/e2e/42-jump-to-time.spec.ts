// From a time to a record, as ListOffsets finds it.
import AxeBuilder from '@axe-core/playwright';

import { checkout, expect, scenario, stage, test, type Page } from './fixtures';

const orders = { do: 'create-topic', topic: 'orders', partitions: 1 };
const send = (at: number, more: object = {}) => ({
  at, do: 'produce', producer: 'checkout', topic: 'orders', key: 'k', value: 'v', ...more,
});
const written = scenario([orders, checkout], {
  at: 9_000, journal: [send(1_000), send(2_000), send(4_500), send(7_000)],
});

async function form(page: Page) {
  await page.getByRole('button', { name: 'Partition 0: menu' }).click();
  await page.getByRole('menuitem', { name: /Jump to a time/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Jump to a time' });
  return { dialog, time: dialog.getByRole('textbox', { name: 'Time' }) };
}

test('the first record at or after a time is found, told and selected', async ({ page }) => {
  await stage(page, written);
  const { dialog, time } = await form(page);
  await time.fill('00:02.001');
  await expect(dialog.getByRole('status')).toContainText('Offset 2. CreateTime 00:04.500');
  const { violations } = await new AxeBuilder({ page }).include('.pop').analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await time.fill('2');
  await expect(dialog.getByRole('status')).toContainText('Offset 1.');
  await time.press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect(page.locator('.pane-record')).toContainText('P0, offset 1');
});

test('it says when there is none at or after, and when it cannot read the time', async ({ page }) => {
  await stage(page, written);
  const { dialog, time } = await form(page);
  await time.fill('00:08');
  await expect(dialog.getByRole('status')).toContainText('No record at or after.');
  await expect(dialog.getByRole('button', { name: 'Select it' })).toBeDisabled();
  await time.fill('soon');
  await expect(dialog.getByRole('alert')).toContainText('Write 00:42.480');
});

test('dates and milliseconds since 1970 work for records of another time', async ({ page }) => {
  await stage(page, scenario([orders, checkout], {
    at: 3_000, journal: [send(1_000, { timestamp: Date.UTC(2025, 11, 30) }), send(2_000)],
  }));
  const { dialog, time } = await form(page);
  await time.fill('2025-12-30T00:00:00Z');
  await expect(dialog.getByRole('status')).toContainText('Offset 0.');
  await time.fill(String(Date.UTC(2025, 11, 30) + 1));
  await expect(dialog.getByRole('status')).toContainText('Offset 1.');
});
