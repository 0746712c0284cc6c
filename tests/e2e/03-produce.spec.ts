// Point 3: produce records by hand and by streams.
import { readFileSync } from 'node:fs';

import { checkout, expect, orders, ottla, recordsOf, scenario, stage, test, textOf, type Page } from './fixtures';

const quiet = scenario([orders, checkout]);

/** Kafka's own murmur2 of a key, from the golden data. */
function golden(key: string) {
  const path = new URL('../golden/partitioner.json', import.meta.url);
  const { keys, numPartitions } = JSON.parse(readFileSync(path, 'utf8'));
  const { murmur2, partitions } = keys.find((one: { keyUtf8: string }) => one.keyUtf8 === key);
  return { murmur2, partition: partitions[numPartitions.indexOf(4)] as number };
}

const card = (page: Page) => page.getByRole('article').filter({ has: page.getByRole('heading', { name: 'checkout', exact: true }) });
const produce = (page: Page) => card(page).getByRole('button', { name: 'Produce', exact: true });

async function openSheet(page: Page) {
  await page.getByRole('button', { name: 'More for producer checkout' }).click();
  const sheet = page.getByRole('dialog', { name: 'Producer checkout' }).or(
    page.getByRole('complementary', { name: 'Producer checkout' }),
  );
  await expect(sheet).toBeVisible();
  return sheet;
}

for (const key of ['foobar', '21']) {
  test(`the form says where key ${key} goes, and there the record lands`, async ({ page }) => {
    const api = await stage(page, quiet);
    const { murmur2, partition } = golden(key);
    await card(page).getByRole('textbox', { name: 'Key' }).fill(key);
    await expect(card(page)).toContainText(`murmur2(${key}) mod 4 = ${partition}, so it goes to P${partition}`);
    await expect(card(page).getByTitle(`murmur2 = ${murmur2}; ${murmur2} & 0x7fffffff`)).toBeVisible();
    await produce(page).click();
    await api.advance(1_000);
    const records = await recordsOf(page, 'orders');
    expect(records.map((record) => [record.partition, textOf(record.key)])).toEqual([[partition, key]]);
  });
}

test('text, empty and null keys are three different things', async ({ page }) => {
  const api = await stage(page, quiet);
  const kind = card(page).getByRole('combobox', { name: 'Key is' });
  const key = card(page).getByRole('textbox', { name: 'Key' });
  await key.fill('null');
  await produce(page).click();
  await kind.selectOption('empty');
  await expect(card(page)).toContainText(`goes to P${golden('').partition}`);
  await produce(page).click();
  await kind.selectOption('null');
  await expect(card(page)).toContainText('No key');
  await produce(page).click();
  await api.advance(1_000);
  const keys = (await recordsOf(page, 'orders')).map((record) => textOf(record.key));
  expect(keys).toHaveLength(3);
  expect(new Set(keys)).toEqual(new Set(['null', '', null]));
});

test('a null value is a tombstone, an empty one is not', async ({ page }) => {
  const api = await stage(page, quiet);
  const kind = card(page).getByRole('combobox', { name: 'Value is' });
  for (const word of ['empty', 'null']) {
    await kind.selectOption(word);
    await produce(page).click();
  }
  await api.advance(1_000);
  const values = (await recordsOf(page, 'orders')).map((record) => textOf(record.value));
  expect(new Set(values)).toEqual(new Set(['', null]));
});

test('one press sends a hundred', async ({ page }) => {
  const api = await stage(page, quiet);
  await card(page).getByRole('combobox', { name: 'How many records to produce' }).selectOption('100');
  await produce(page).click();
  await api.advance(1_000);
  const { summary } = await api.view('topic', { topic: 'orders' });
  expect(summary.records).toBe(100);
  const journal = (await api.call('document')).journal;
  expect(journal).toHaveLength(1);
  expect(journal[0]).toMatchObject({ do: 'produce', count: 100 });
});

test('the cell beside a key leaves the key to be read', async ({ page }) => {
  await stage(page, scenario([orders, checkout]));
  const sheet = await openSheet(page);
  const field = sheet.getByRole('textbox', { name: 'Key', exact: true });
  const cell = (await sheet.locator('.key-input .cellchip').boundingBox())!;
  const box = (await field.boundingBox())!;
  const padding = await field.evaluate((input) => parseFloat(getComputedStyle(input).paddingLeft));
  expect(box.x + padding).toBeGreaterThan(cell.x + cell.width);
  expect(Math.abs(cell.y + cell.height / 2 - (box.y + box.height / 2))).toBeLessThan(1.5);
});

test('the sheet adds headers, a partition and a timestamp', async ({ page }) => {
  const api = await stage(page, scenario([orders, checkout], { at: 60_000 }));
  const sheet = await openSheet(page);
  await sheet.getByRole('button', { name: 'Header', exact: true }).click();
  await sheet.getByRole('textbox', { name: 'Header key' }).fill('trace');
  await sheet.getByRole('textbox', { name: 'Header value' }).fill('abc');
  await sheet.getByRole('group', { name: 'Partition' }).getByRole('button', { name: 'P3' }).click();
  await expect(sheet).toContainText('The record names P3; the partitioner is not asked.');
  await sheet.getByRole('group', { name: 'Timestamp' }).getByRole('button', { name: 'set' }).click();
  await sheet.getByRole('textbox', { name: 'Moment' }).fill('00:10');
  await sheet.getByRole('button', { name: 'Produce', exact: true }).click();
  await api.advance(1_000);
  const [record, ...others] = await recordsOf(page, 'orders');
  expect(others).toEqual([]);
  expect(record.partition).toBe(3);
  expect(record.headers.map(([name, value]: [string, number[]]) => [name, textOf(value)])).toEqual([['trace', 'abc']]);
  expect(record.timestamp).toBe(Date.parse('2026-01-01T00:00:10Z'));
});

test('a stream starts, sends at its rate, takes another rate, and stops', async ({ page }) => {
  const api = await stage(page, quiet);
  const sheet = await openSheet(page);
  await sheet.getByRole('tab', { name: 'Stream' }).click();
  const on = sheet.getByRole('switch').first();
  const sent = async () => (await api.view('producer', { producer: 'checkout' })).producer.sent;
  const stream = async () => (await api.view('producer', { producer: 'checkout' })).producer.stream;

  await sheet.getByText('To orders').click();
  await expect(on).toBeChecked();
  const gentle = await stream();
  expect(gentle.topic).toBe('orders');
  await api.advance(10_000);
  const first = await sent();
  expect(first).toBeGreaterThan(0);

  const rate = sheet.getByRole('slider', { name: 'Rate' });
  await rate.focus();
  await page.keyboard.press('PageUp');
  await expect.poll(async () => { const now = await stream(); return now.records / now.per_ms || 0; })
    .not.toBe(gentle.records / gentle.per_ms);
  await sheet.getByText('To orders').click();
  await expect(on).not.toBeChecked();
  expect(await stream()).toBeNull();
  const stopped = await sent();
  await api.advance(10_000);
  expect(await sent()).toBe(stopped);
});

test('a refused record is told with Kafka\'s error name', async ({ page }) => {
  await stage(page, scenario([{ ...orders, configs: { 'max.message.bytes': '100' } }, checkout]));
  const api = await ottla(page);
  await card(page).getByRole('textbox', { name: 'Value' }).fill('x'.repeat(500));
  await produce(page).click();
  await api.advance(1_000);
  const { producer } = await api.view('producer', { producer: 'checkout' });
  expect(producer.failed).toBe(1);
  await expect(card(page)).toContainText(/RECORD_TOO_LARGE|MESSAGE_TOO_LARGE/);
});
