// Point 7: retention deletes what it said, when it said, read or unread.
import { expect, ottla, scenario, stage, test, type Page } from './fixtures';

const one = (configs: Record<string, string>) => ({
  do: 'create-topic', topic: 'orders', partitions: 1, configs: { 'internal.segment.bytes': '1024', ...configs },
});
// Batches of a few records, so that several fit into one small segment.
const checkout = { do: 'add-producer', producer: 'checkout', configs: { 'batch.size': '600' } };
const cluster = { brokers: 1, latency_ms: 1, configs: { 'log.retention.check.interval.ms': '2000' } };
const send = (at: number, count: number) => ({
  at, do: 'produce', producer: 'checkout', topic: 'orders', key: 'k', value: 'x'.repeat(100), count,
});
/** Two loads of records, ten seconds apart; by time the first goes well before the second. */
const byTime = (setup: object[] = []) => scenario([one({ 'retention.ms': '30000' }), checkout, ...setup], {
  cluster, at: 12_000, journal: [send(1_000, 1), send(1_500, 8), send(11_000, 8)],
});

async function lane(page: Page) {
  const api = await ottla(page);
  return api.view('lane', { topic: 'orders', partition: 0, window: undefined });
}
const countdown = (page: Page) => page.getByRole('button', { name: /in \d+ s$/ });
const now = async (page: Page) => (await (await ottla(page)).view('cluster')).now_ms;

test('closed and active segments are told apart', async ({ page }) => {
  const api = await stage(page, byTime());
  const { segments } = await lane(page);
  expect(segments.length).toBeGreaterThan(2);
  expect(segments.map((segment: any) => segment.active)).toEqual(segments.map((_: any, n: number) => n === segments.length - 1));
  const record = await api.view('record', { topic: 'orders', partition: 0, offset: 0 });
  expect(record.segment_active).toBe(false);
});

test('the countdown on the oldest segment comes true, to the millisecond', async ({ page }) => {
  const api = await stage(page, byTime());
  const { retention, log_start: start, log_end: end } = await lane(page);
  expect(retention.reason).toBe('retention.ms');
  expect(start).toBe(0);
  const left = retention.deletes_at_ms - await now(page);
  await expect(countdown(page)).toContainText(`in ${Math.floor(left / 1_000)} s`);
  await api.advance(left - 1);
  expect((await lane(page)).log_start).toBe(0);
  await api.advance(1);
  const after = await lane(page);
  expect(after.log_start).toBe(retention.last_offset + 1);
  expect(after.log_end).toBe(end);
  expect(await api.view('record', { topic: 'orders', partition: 0, offset: 0 })).toBeNull();
});

test('the forecast explains itself, and its jump lands on the deletion', async ({ page }) => {
  await stage(page, byTime());
  const { retention } = await lane(page);
  await countdown(page).click();
  const forecast = page.getByRole('dialog', { name: 'When this segment is deleted' });
  await expect(forecast).toContainText('Is its newest record older than retention.ms?');
  await expect(forecast).toContainText(`log start 0 → ${retention.last_offset + 1}`);
  await forecast.getByRole('button', { name: /^Jump to/ }).click();
  await expect.poll(() => now(page)).toBe(retention.deletes_at_ms);
  expect((await lane(page)).log_start).toBe(retention.last_offset + 1);
  await page.getByRole('tab', { name: 'Events' }).or(page.getByRole('tab', { name: 'Event log' })).click();
  await expect(page.getByRole('tabpanel').first()).toContainText(/delet/i);
});

test('by size, the oldest segments go until the log fits', async ({ page }) => {
  const api = await stage(page, scenario(
    [one({ 'retention.bytes': '4096', 'retention.ms': '-1' }), checkout],
    { cluster, at: 1_000 },
  ));
  await api.apply({ do: 'produce', producer: 'checkout', topic: 'orders', key: 'k', value: 'x'.repeat(200), count: 40 });
  await api.advance(500);
  const full = await lane(page);
  expect(full.bytes).toBeGreaterThan(4_096);
  expect(full.retention.reason).toBe('retention.bytes');
  await api.advance(full.retention.deletes_at_ms - await now(page));
  const after = await lane(page);
  expect(after.log_start).toBeGreaterThan(0);
  // Kafka keeps a segment as long as the log without it would be smaller than retention.bytes.
  expect(after.bytes).toBeGreaterThanOrEqual(4_096);
  expect(after.bytes - after.segments[0].bytes).toBeLessThan(4_096);
});

test('what was consumed stays until retention takes it', async ({ page }) => {
  const api = await stage(page, byTime([{
    do: 'add-group', group: 'billing', topics: ['orders'], configs: { 'auto.offset.reset': 'earliest' },
    members: [{ member: 'billing-1' }],
  }]));
  await api.advance(3_000);
  expect((await api.view('group', { group: 'billing' })).group.total_lag).toBe(0);
  const { log_start: start, log_end: end } = await lane(page);
  expect([start, end]).toEqual([0, 17]);
  expect(await api.view('record', { topic: 'orders', partition: 0, offset: 0 })).not.toBeNull();
});

test('what nobody read in time expires unread, and the ledger says so', async ({ page }) => {
  const api = await stage(page, byTime([{
    do: 'add-group', group: 'billing', topics: ['orders'], configs: { 'auto.offset.reset': 'earliest', 'max.poll.records': '1' },
    processing_us: 20_000_000, members: [{ member: 'billing-1' }],
  }]));
  const { retention } = await lane(page);
  expect(retention.unread.map(([group]: [string, number]) => group)).toEqual(['billing']);
  await countdown(page).click();
  await expect(page.getByRole('dialog', { name: 'When this segment is deleted' })).toContainText('billing has not read');
  await page.keyboard.press('Escape');
  await api.advance(60_000);
  const ledger = await api.view('ledger');
  const expired = ledger.groups.find((group: any) => group.group === 'billing').expired_unread;
  expect(expired).toBeGreaterThan(0);
  await page.getByRole('tab', { name: 'Ledger' }).click();
  await expect(page.getByRole('tabpanel', { name: 'Ledger' })).toContainText(`billing ${expired}`);
});
