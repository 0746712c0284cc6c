// Compression: chosen on the producer or the topic, told as codec, ratio and bytes.
import { expect, ottla, scenario, stage, test } from './fixtures';

const topic = (configs = {}) => ({ do: 'create-topic', topic: 'orders', partitions: 1, configs });
const producer = (codec: string) => ({
  do: 'add-producer', producer: 'checkout', configs: { 'linger.ms': '500', ...(codec && { 'compression.type': codec }) },
});
const load = { at: 1_000, do: 'produce', producer: 'checkout', topic: 'orders', key: 'k', value: 'abcdefgh'.repeat(12), count: 40 };
const story = (codec: string, configs = {}) =>
  scenario([topic(configs), producer(codec)], { at: 4_000, journal: [load], view: { playing: false, selected: { topic: 'orders', partition: 0, offset: 3 } } });

for (const codec of ['gzip', 'snappy', 'lz4', 'zstd']) {
  test(`${codec}: the record and the producer's card show codec, ratio and bytes`, async ({ page }) => {
    const api = await stage(page, story(codec));
    const { batch } = await api.view('record', { topic: 'orders', partition: 0, offset: 3 });
    expect(batch.compression).toBe(codec);
    expect(batch.bytes_len).toBeLessThan(batch.uncompressed_len / 2);
    await page.getByRole('tab', { name: 'Record' }).click();
    const tenths = Math.floor(batch.uncompressed_len * 10 / batch.bytes_len);
    const ratio = `${Math.floor(tenths / 10)}.${tenths % 10}×`;
    await expect(page.locator('.rec-b h4')).toContainText(`${codec}: `);
    await expect(page.locator('.rec-b h4')).toContainText(ratio);
    await expect(page.locator('.producers')).toContainText(new RegExp(`${codec} [\\d.]+×, .* → `));
  });
}

test('the producer changes its codec by choice', async ({ page }) => {
  const api = await stage(page, scenario([topic(), producer('')], { at: 500 }));
  await page.getByRole('button', { name: 'More for producer checkout' }).click();
  await page.locator('.sheet').getByRole('tab', { name: 'Configs' }).click();
  const choice = page.locator('.sheet').getByRole('combobox', { name: 'compression.type' });
  expect(await choice.locator('option').allTextContents()).toEqual(['none', 'gzip', 'snappy', 'lz4', 'zstd']);
  await choice.selectOption('zstd');
  await api.apply({ ...load, at: undefined });
  await api.advance(3_000);
  expect((await api.view('record', { topic: 'orders', partition: 0, offset: 0 })).batch.compression).toBe('zstd');
});

test("the topic's compression.type makes the broker recompress", async ({ page }) => {
  const api = await stage(page, story('gzip', { 'compression.type': 'lz4' }));
  expect((await api.view('record', { topic: 'orders', partition: 0, offset: 3 })).batch.compression).toBe('lz4');
  await page.getByRole('tab', { name: 'Configs' }).click();
  await page.getByRole('textbox', { name: 'Search configs' }).fill('compression.type');
  const choice = page.getByRole('combobox', { name: 'compression.type' });
  await expect(choice).toHaveValue('lz4');
  await choice.selectOption('uncompressed');
  await api.advance(1_000);
  await (await ottla(page)).apply({ ...load, at: undefined });
  await api.advance(3_000);
  expect((await api.view('record', { topic: 'orders', partition: 0, offset: 41 })).batch.compression).toBe('none');
});
