// A batch's bytes, both ways: a field marks its bytes, a byte marks its field, by pointer and by keyboard.
import { checkout, expect, open, ottla, scenario, stage, test } from './fixtures';

const story = scenario([{ do: 'create-topic', topic: 'orders', partitions: 1 }, checkout], {
  at: 3_000,
  journal: [{ at: 1_000, do: 'produce', producer: 'checkout', topic: 'orders', key: 'carol', value: 'tea', headers: [['trace', '7f']] }],
  view: { playing: false, selected: { topic: 'orders', partition: 0, offset: 0 } },
});

test('each byte of the header and the record belongs to a field, and each field to its bytes', async ({ page }) => {
  const api = await stage(page, story);
  await page.getByRole('tab', { name: 'Record' }).click();
  const { batch } = await api.view('record', { topic: 'orders', partition: 0, offset: 0 });
  let next = 0;
  for (const field of batch.fields) {
    expect(field.start).toBe(next);
    next = field.end;
  }
  expect(next).toBe(batch.bytes_len);
  const fields = page.getByRole('list', { name: 'Fields of the batch and of this record' });
  await fields.getByRole('button', { name: /^crc/ }).hover();
  const hot = page.locator('.hex .hot');
  await expect(hot).toHaveCount(4);
  expect(await hot.first().getAttribute('data-at')).toBe('17');
  const key = batch.fields.find((field: any) => field.name === 'key');
  await page.locator(`.hex [data-at="${key.start}"]`).hover();
  await expect(page.locator('.hexfield').first()).toContainText(`key at bytes ${key.start}–${key.end - 1} of record 0: "carol"`);
  await expect(fields.locator('.hot')).toContainText('key');
});

test('the keyboard walks the bytes and the fields', async ({ page }) => {
  await stage(page, story);
  await page.getByRole('tab', { name: 'Record' }).click();
  const bytes = page.getByRole('application', { name: /^Batch bytes/ });
  await bytes.focus();
  await page.keyboard.press('Home');
  const told = page.locator('.hexfield').first();
  await expect(told).toContainText('baseOffset at bytes 0–7');
  await page.keyboard.press('ArrowDown');
  await expect(told).toContainText('magic at byte 16: 2');
  await page.keyboard.press('ArrowRight');
  await expect(told).toContainText('crc at bytes 17–20');
  await expect(page.locator('.hex .here')).toHaveAttribute('data-at', '17');
  await page.keyboard.press('End');
  await expect(told).toContainText('headers[0].value');
  await page.getByRole('button', { name: /^producerEpoch/ }).focus();
  await expect(page.locator('.hex .hot')).toHaveCount(2);
});

test('a tombstone that the cleaner kept shows its delete horizon', async ({ page }) => {
  await open(page, './?scenario=tombstones');
  const api = await ottla(page);
  await api.call('pause');
  const lane = await api.view('lane', { topic: 'profiles', partition: 0 });
  const { offset } = lane.cells.find((cell: any) => cell.kind === 'tombstone');
  const { batch } = await api.view('record', { topic: 'profiles', partition: 0, offset });
  expect(batch.delete_horizon_ms).toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Partition 0: menu' }).click();
  await page.getByRole('menuitem', { name: /Jump to a time/ }).click();
  await page.getByRole('textbox', { name: 'Time' }).fill('00:06');
  await page.keyboard.press('Enter');
  await expect(page.locator('.rec-a')).toContainText('null, a tombstone');
  await expect(page.locator('.rec-a')).toContainText(/delete horizon/);
  await page.getByRole('button', { name: /^baseTimestamp/ }).hover();
  await expect(page.locator('.hexfield').first()).toContainText('the delete horizon: attributes bit 6 is set');
});
