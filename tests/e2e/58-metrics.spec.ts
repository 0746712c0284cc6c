// Kafka's own metrics over virtual time: the list, the large chart, the moments that explain it, the table, the script's view.
import AxeBuilder from '@axe-core/playwright';

import { checkout, expect, scenario, stage, test, type Page } from './fixtures';

const replicated = {
  do: 'create-topic', topic: 'orders', partitions: 4, replication_factor: 3,
  configs: { 'min.insync.replicas': '2' },
};
const group = { do: 'add-group', group: 'billing', topics: ['orders'], members: [{}, {}] };
const cluster = { brokers: 3, quorum: { separate: 1 }, latency_ms: 1 };
const story = scenario([replicated, checkout], { cluster });
const grouped = scenario([replicated, checkout, group], { cluster });

const urp = 'kafka.server:type=ReplicaManager,name=UnderReplicatedPartitions';
const whole = { of: 'cluster' };

async function drawer(page: Page) {
  await page.getByRole('tab', { name: 'Metrics' }).click();
  const list = page.getByRole('listbox', { name: 'Metrics' });
  return {
    list,
    rows: list.getByRole('option'),
    row: (name: string) => list.getByRole('option').filter({ hasText: name }),
    big: page.getByRole('figure', { name: 'Chosen metric' }),
    whose: page.getByRole('combobox', { name: 'Whose metrics' }),
    search: page.getByRole('textbox', { name: 'Search metrics' }),
    marks: page.getByRole('toolbar', { name: 'Moments that may explain it' }).getByRole('button'),
  };
}

test('a killed broker shows in UnderReplicatedPartitions, and each moment leads to its why', async ({ page }) => {
  const api = await stage(page, story);
  await api.advance(20_000);
  const { row, big, marks } = await drawer(page);
  await expect(row('UnderReplicatedPartitions')).toHaveAttribute('aria-selected', 'true');
  await expect(row('UnderReplicatedPartitions')).toContainText('Value');
  await expect(row('UnderReplicatedPartitions').locator('em')).toHaveText('0');
  await api.apply({ do: 'crash-broker', broker: 2 });
  await api.advance(15_000);
  await expect(row('UnderReplicatedPartitions').locator('em')).toHaveText('4');
  await expect(row('UnderReplicatedPartitions')).toHaveClass(/bad/);
  const { rows: fenced } = await api.view('metrics', { text: 'FencedBrokerCount' });
  expect(fenced).toMatchObject([{ attribute: 'Value', value: 1, bad: true }]);
  await expect(big).toContainText(/Above 0 for \d+(\.\d)? s of the time shown, at most 4\./);
  await expect(big).toContainText('Kafka: ReplicaManager');
  await expect(big.getByRole('img')).toHaveAccessibleName(/between 0 and 4, now 4; \d+ moments that may explain it/);
  await api.apply({ do: 'start-broker', broker: 2 });
  await api.advance(20_000);
  await expect(row('UnderReplicatedPartitions').locator('em')).toHaveText('0');
  const { values, moments } = await api.view('metric', { whose: whole, mbean: urp, attribute: 'Value' });
  expect(values.map(([, value]: [number, number]) => value)).toContain(4);
  expect(moments.map((moment: any) => moment.text)).toEqual(expect.arrayContaining(['broker 2 down', 'broker 2 fenced', '4 ISRs shrink']));
  const mark = marks.filter({ has: page.locator('.i') }).first();
  await mark.focus();
  await expect(mark).toHaveAccessibleName(/^Why: /);
  const named = page.getByRole('button', { name: /^Why: broker 2 (down|fenced)/ });
  await named.first().click();
  await expect(page.getByRole('tab', { name: 'Event log' })).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('complementary', { name: 'Why' })).toContainText(/Crash broker 2|broker 2/i);
});

test('metrics are searched, walked by keyboard, and read of one broker, controller or client', async ({ page }) => {
  const api = await stage(page, grouped);
  await api.apply({ do: 'produce', producer: 'checkout', topic: 'orders', record: { value: 'x' }, count: 12 });
  await api.advance(30_000);
  const { list, rows, row, big, whose, search } = await drawer(page);
  await search.fill('produce 99th');
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toContainText('TotalTimeMs,request=Produce');
  await expect(rows.first()).toContainText('99thPercentile');
  await search.fill('no such metric');
  await expect(page.getByText('No metric passes this filter.')).toBeVisible();
  await search.fill('');
  await whose.selectOption({ label: 'billing-1' });
  await expect(row('records-lag-max')).toContainText('kafka.consumer:type=consumer-fetch-manager-metrics,client-id=billing-1');
  await whose.selectOption({ label: 'checkout' });
  await search.fill('record-send-total');
  await expect(rows.first().locator('em')).toHaveText('12');
  await search.fill('');
  await list.focus();
  await page.keyboard.press('Home');
  const first = await rows.first().textContent();
  await expect(rows.first()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ArrowDown');
  await expect(rows.nth(1)).toHaveAttribute('aria-selected', 'true');
  await expect(list).toHaveAttribute('aria-activedescendant', 'metric-1');
  await page.keyboard.press('End');
  const last = list.locator('[aria-selected=true]');
  await expect(last).toBeInViewport();
  expect(await last.textContent()).not.toBe(first);
  await expect(big.locator('h3')).not.toHaveText('UnderReplicatedPartitions');
  await whose.selectOption({ label: 'Broker 1' });
  const total = Number(await last.or(rows.first()).first().getAttribute('aria-setsize'));
  expect(total).toBeGreaterThan(100);
  expect(await rows.count()).toBeLessThan(30);
  const { controller } = (await api.view('metrics-of')).find((one: any) => one.of === 'controller');
  await whose.selectOption({ label: `Controller ${controller}` });
  await search.fill('current-state');
  await expect(rows.first().locator('em')).toHaveText('leader');
});

test('the chart is there as a table, and keeps accessible names', async ({ page }) => {
  const api = await stage(page, story);
  await api.advance(15_000);
  await api.apply({ do: 'crash-broker', broker: 3 });
  await api.advance(15_000);
  const { big } = await drawer(page);
  const audit = async () => {
    const { violations } = await new AxeBuilder({ page }).include('.drawer').analyze();
    expect(violations.map(({ id, nodes }) => `${id} ${nodes[0].html}`)).toEqual([]);
  };
  await audit();
  await big.getByRole('button', { name: 'Values as a table' }).click();
  const table = page.getByRole('region', { name: 'Values of the chosen metric' }).getByRole('table');
  await expect(table.getByRole('row').filter({ hasText: 'broker 3 down' })).toHaveCount(1);
  await expect(table).toContainText('4');
  await audit();
  await table.getByRole('button', { name: 'Why: broker 3 down' }).click();
  await expect(page.getByRole('complementary', { name: 'Why' })).toBeVisible();
});

test('values follow the moment that is looked at', async ({ page }) => {
  const api = await stage(page, story);
  await api.advance(15_000);
  await api.apply({ do: 'crash-broker', broker: 2 });
  await api.advance(20_000);
  const { row } = await drawer(page);
  await expect(row('UnderReplicatedPartitions').locator('em')).toHaveText('4');
  await api.call('seek', 14_000);
  await expect(row('UnderReplicatedPartitions').locator('em')).toHaveText('0');
  await api.call('seek', 34_000);
  await expect(row('UnderReplicatedPartitions').locator('em')).toHaveText('4');
});

test('a script reads lists and single metrics', async ({ page }) => {
  const api = await stage(page, story);
  await api.advance(30_000);
  const of = await api.view('metrics-of');
  expect(of).toEqual(expect.arrayContaining([whole, { of: 'broker', broker: 3 }, { of: 'producer', producer: 'checkout' }]));
  const list = await api.view('metrics', { whose: { of: 'broker', broker: 1 }, text: 'IsrShrinks', points: 8 });
  expect(list.total).toBe(2);
  expect(list.rows[0]).toMatchObject({ attribute: 'OneMinuteRate', value: 0 });
  expect(list.rows[0].points).toHaveLength(8);
  const active = await api.view('metric', {
    whose: whole, mbean: 'kafka.controller:type=KafkaController,name=ActiveControllerCount', attribute: 'Value',
  });
  expect(active.value).toBe(1);
  expect(active.class).toBe('QuorumControllerMetrics');
  expect(await api.view('metric', { whose: whole, mbean: 'no', attribute: 'such' })).toBeNull();
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 375, height: 812 }, hasTouch: true });

  test('list and chart fit, and nothing is wider than the page', async ({ page }) => {
    const api = await stage(page, story);
    await api.advance(20_000);
    await api.apply({ do: 'crash-broker', broker: 2 });
    await api.advance(15_000);
    const { row, big } = await drawer(page);
    await row('UnderMinIsrPartitionCount').click();
    await expect(big.locator('h3')).toHaveText('UnderMinIsrPartitionCount');
    await big.scrollIntoViewIfNeeded();
    await expect(big.getByRole('img')).toBeInViewport();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wide).toBeLessThanOrEqual(0);
    const { violations } = await new AxeBuilder({ page }).include('.drawer').analyze();
    expect(violations.map(({ id, nodes }) => `${id} ${nodes[0].html}`)).toEqual([]);
  });
});
