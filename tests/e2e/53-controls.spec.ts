// What an administrator does to a cluster: more brokers, slow disks, elections, replicas that move, brokers' configs.
import AxeBuilder from '@axe-core/playwright';

import { expect, scenario, stage, test, type Page } from './fixtures';

const placed = (assignments: number[][]) => ({ do: 'create-topic', topic: 'orders', assignments });
const cluster = { brokers: 3, quorum: { separate: 1 }, latency_ms: 1 };
const three = (more: object = {}) => scenario([placed([[1, 2], [2, 3], [3, 1]])], { cluster, ...more });
const card = (page: Page, id: number) => page.locator(`.broker[data-b="${id}"]`);
const menuOf = async (page: Page, id: number) => {
  await card(page, id).click({ button: 'right' });
  return page.getByRole('menu', { name: 'Broker' });
};
const clusterMenu = async (page: Page) => {
  await page.getByRole('button', { name: 'Cluster menu' }).click();
  return page.getByRole('menu', { name: 'Cluster' });
};
const lane = (api: any, partition: number) => api.view('lane', { topic: 'orders', partition });
const replicas = async (api: any, partition: number) =>
  (await lane(api, partition)).replicas.map((replica: any) => replica.broker);

async function noViolation(page: Page, where: string) {
  const { violations } = await new AxeBuilder({ page }).exclude('iframe').analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes[0].html}`), where).toEqual([]);
}

test('a disk is slow and then as fast as before, and the card says so', async ({ page }) => {
  const api = await stage(page, three());
  await (await menuOf(page, 2)).getByRole('menuitem', { name: /^Slow disk/ }).click();
  await expect(card(page, 2)).toContainText('Slow disk 500 ms a write');
  const menu = await menuOf(page, 2);
  await expect(menu).toContainText('500 ms a write');
  await menu.getByRole('menuitem', { name: /^Disk as fast as before/ }).click();
  await expect(card(page, 2)).not.toContainText('Slow disk 500 ms a write');
  await (await menuOf(page, 2)).getByRole('menuitem', { name: /^Disk no bound/ }).click();
  const field = page.getByRole('dialog', { name: 'Disk' }).getByLabel('A write takes');
  await field.fill('40');
  await field.press('Enter');
  expect((await api.view('cluster')).brokers[1].write_ms).toBe(40);
  await field.fill('70000');
  await field.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Disk' }).getByRole('alert')).toContainText('at most 60000');
});

test('a broker is added, gets its share, is emptied, and goes for good', async ({ page }) => {
  const api = await stage(page, three());
  await (await clusterMenu(page)).getByRole('menuitem', { name: /^Add broker/ }).click();
  await expect(page.locator('.toast')).toContainText('Broker 4 added');
  await api.advance(3_000);
  await expect(card(page, 4)).toContainText('leads none, follows 0');
  await (await clusterMenu(page)).getByRole('menuitem', { name: /^Move replicas/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Move replicas' });
  await dialog.getByRole('button', { name: 'Spread evenly' }).click();
  await expect(dialog.getByRole('status').first()).toContainText(/1 partition changes; 1 copy of/);
  await noViolation(page, 'the plan');
  await dialog.getByRole('button', { name: 'Start the move' }).click();
  await page.keyboard.press('Escape');
  await api.advance(5_000);
  const held = async () => (await Promise.all([0, 1, 2].map((partition) => replicas(api, partition)))).flat();
  expect(await held()).toContain(4);
  const menu = await menuOf(page, 4);
  await menu.getByRole('menuitem', { name: /^Remove from cluster/ }).click();
  await expect(dialog.locator('tr.changed')).toHaveCount(1);
  await dialog.getByRole('button', { name: 'Start the move' }).click();
  await page.keyboard.press('Escape');
  await api.advance(5_000);
  expect(await held()).not.toContain(4);
  await (await menuOf(page, 4)).getByRole('menuitem', { name: /^Remove from cluster/ }).click();
  await expect(page.locator('.toast')).toContainText('Broker 4 runs. Stop it first.');
  await api.apply({ do: 'stop-broker', broker: 4 });
  await api.advance(5_000);
  await (await menuOf(page, 4)).getByRole('menuitem', { name: /^Remove from cluster/ }).click();
  await api.advance(1_000);
  await expect(card(page, 4)).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo', exact: true }).first().click();
  await expect(card(page, 4)).toHaveCount(1);
});

test('with racks a new broker stands in one', async ({ page }) => {
  const api = await stage(page, three({ cluster: { ...cluster, racks: ['a', 'b'] } }));
  await (await clusterMenu(page)).getByRole('menuitem', { name: /^Add broker/ }).click();
  await page.getByRole('menuitem', { name: /^In rack b/ }).click();
  expect((await api.view('cluster')).brokers[3].rack).toBe('b');
});

test('a move goes on: who joins and who leaves is seen in the lane, how far it is in the dialog, and it is cancelled', async ({ page }) => {
  const api = await stage(page, three());
  await page.locator('.lane[data-p="0"] .pname').click();
  await page.getByRole('menuitem', { name: /^Move replicas/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Move replicas' });
  const field = dialog.getByLabel('Replicas of orders-0');
  await expect(field).toBeFocused();
  await expect(field).toHaveValue('1, 2');
  await field.fill('1, 9');
  await field.press('Enter');
  await expect(dialog.getByRole('alert')).toContainText('includes broker 9, but no such broker is registered.');
  await expect(dialog.getByRole('button', { name: 'Start the move' })).toBeDisabled();
  await field.fill('1, 3');
  await field.press('Enter');
  await expect(dialog.locator('.cli')).toContainText('"replicas":[1,3]');
  // Nothing reaches 3 from 1, so the move waits.
  await api.apply({ do: 'set-link', from: ['1'], to: ['3'], both: true, cut: true });
  await dialog.getByRole('button', { name: 'Start the move' }).click();
  await api.advance(1_000);
  const row = dialog.getByRole('region', { name: 'On the way' }).getByRole('listitem');
  await expect(row).toContainText('3 has 0 of');
  await expect(row).toContainText('2 goes then');
  await noViolation(page, 'a move on the way');
  await page.keyboard.press('Escape');
  const gutter = page.locator('.lane[data-p="0"] .gutter');
  await expect(gutter).toContainText('joining+3');
  await expect(gutter).toContainText('leaving2');
  await expect(page.locator('.lane[data-p="0"]')).toHaveAttribute('aria-label', /broker 3 joining, broker 2 leaving/);
  await expect(page.locator('.badge').filter({ hasText: 'under-replicated' })).toHaveCount(0);
  await expect(page.locator('.badge').filter({ hasText: 'links cut' })).toHaveText('2 links cut');
  await (await clusterMenu(page)).getByRole('menuitem', { name: /^Move replicas.*1 on the way/ }).click();
  await dialog.getByRole('button', { name: 'Cancel all' }).click();
  await api.advance(1_000);
  await expect(dialog.getByRole('region', { name: 'On the way' })).toHaveCount(0);
  expect((await replicas(api, 0)).sort()).toEqual([1, 2]);
});

test('leaders: the preferred one is elected again, an unclean one where there is none', async ({ page }) => {
  const api = await stage(page, three());
  await api.apply({ do: 'stop-broker', broker: 1 });
  await api.advance(5_000);
  await api.apply({ do: 'start-broker', broker: 1 });
  await api.advance(10_000);
  expect((await lane(api, 0)).leader).toBe(2);
  const menu = await clusterMenu(page);
  await expect(menu).toContainText('1 of 3 elsewhere');
  await menu.getByRole('menuitem', { name: /^Elect preferred leaders/ }).click();
  await api.advance(1_000);
  expect((await lane(api, 0)).leader).toBe(1);
  await api.apply({ do: 'crash-broker', broker: 2 });
  await api.advance(12_000);
  await api.apply({ do: 'crash-broker', broker: 1 });
  await api.advance(12_000);
  await api.apply({ do: 'start-broker', broker: 2 });
  await api.advance(5_000);
  expect((await lane(api, 0)).leader).toBeNull();
  await page.locator('.lane[data-p="0"] .pname').click();
  await page.getByRole('menuitem', { name: /^Elect an unclean leader/ }).click();
  await api.advance(1_000);
  expect((await lane(api, 0)).leader).toBe(2);
});

test('configs of one broker lie over those of all; what only a restart changes is not to be changed', async ({ page }) => {
  const api = await stage(page, three());
  await (await clusterMenu(page)).getByRole('menuitem', { name: /^Configs of all brokers/ }).click();
  const search = page.getByRole('textbox', { name: 'Search configs' });
  await search.fill('log.retention.ms');
  const row = page.getByRole('region', { name: 'Configs' }).locator('tbody tr').filter({ hasText: /^log\.retention\.ms/ });
  await row.getByRole('textbox').fill('60000');
  await row.getByRole('textbox').press('Enter');
  await api.advance(1_000);
  await expect(row).toContainText('DYNAMIC_DEFAULT_BROKER_CONFIG');
  await (await menuOf(page, 2)).getByRole('menuitem', { name: 'Configs' }).click();
  await expect(page.getByRole('combobox', { name: 'Broker', exact: true })).toHaveValue('2');
  await expect(row.getByRole('textbox')).toHaveValue('60000');
  await row.getByRole('textbox').fill('5000');
  await row.getByRole('textbox').press('Enter');
  await api.advance(1_000);
  await expect(row).toContainText('DYNAMIC_BROKER_CONFIG');
  await expect(page.locator('.cfg-cli')).toContainText('--broker 2');
  await row.getByRole('button', { name: /back to the default/ }).click();
  await api.advance(1_000);
  await expect(row.getByRole('textbox')).toHaveValue('60000');
  await search.fill('num.partitions');
  const fixed = page.getByRole('region', { name: 'Configs' }).locator('tbody tr').filter({ hasText: /^num\.partitions/ });
  await expect(fixed.getByRole('textbox')).toHaveCount(0);
  await noViolation(page, 'configs of brokers');
});

test('on a phone the cluster menu and a plan are within reach', async ({ page }) => {
  await page.setViewportSize({ width: 375, height: 812 });
  const api = await stage(page, three());
  await (await clusterMenu(page)).getByRole('menuitem', { name: /^Move replicas/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Move replicas' });
  await dialog.getByLabel('Replicas of orders-0').fill('2 1');
  await dialog.getByLabel('Replicas of orders-0').press('Enter');
  await expect(dialog).toContainText('nothing is copied, only the order differs');
  await dialog.getByRole('button', { name: 'Start the move' }).click();
  await api.advance(2_000);
  expect(await replicas(api, 0)).toEqual([2, 1]);
});

const checkout = { do: 'add-producer', producer: 'checkout', configs: { 'linger.ms': '0', 'max.block.ms': '20000' } };
const strict = { do: 'create-topic', topic: 'orders', assignments: [[1, 2], [1, 3]], configs: { 'min.insync.replicas': '2' } };

test('a producer says what it was told, what it tries again and why, and what waits', async ({ page }) => {
  const api = await stage(page, scenario([strict, checkout], { cluster }));
  const produce = (partition: number) =>
    api.apply({ do: 'produce', producer: 'checkout', topic: 'orders', key: 'bob', value: 'x', partition });
  await api.advance(500);
  await produce(0);
  await api.advance(500);
  const producer = page.locator('.card.producer');
  await expect(producer.locator('.told')).toContainText(/P0 0\s*acked after \d+ ms/);
  await api.apply({ do: 'crash-broker', broker: 2 });
  await api.advance(12_000);
  await produce(0);
  await api.advance(300);
  await expect(producer.locator('.req.retry')).toContainText('NOT_ENOUGH_REPLICAS');
  await expect(producer.locator('.req.retry')).toContainText('fewer in-sync replicas than required');
  await expect(producer.locator('.inflight').first()).toContainText('To be tried again');
  await api.apply({ do: 'crash-broker', broker: 1 });
  await api.advance(12_000);
  await produce(0);
  await api.advance(100);
  await expect(producer.locator('.waiting')).toContainText('P0');
  await producer.locator('.told').click();
  const sheet = page.getByRole('complementary', { name: 'Producer checkout' }).or(page.getByRole('dialog', { name: 'Producer checkout' }));
  await expect(sheet).toContainText('What the application was told');
  await expect(sheet).toContainText('tried');
  await expect(sheet.locator('.dl-told')).toContainText('acked after');
  await noViolation(page, 'the Delivery tab');
});

test('buffer.memory is full: send() blocks, then throws', async ({ page }) => {
  const small = { do: 'add-producer', producer: 'checkout',
    configs: { 'buffer.memory': '2000', 'batch.size': '1000', 'linger.ms': '0', 'max.block.ms': '5000' } };
  const api = await stage(page, scenario([strict, small], { cluster }));
  await api.advance(500);
  await api.apply({ do: 'produce', producer: 'checkout', topic: 'orders', key: 'a', value: 'x', partition: 0 });
  await api.advance(500);
  await api.apply({ do: 'crash-broker', broker: 2 });
  await api.apply({ do: 'crash-broker', broker: 3 });
  await api.advance(12_000);
  await api.apply({ do: 'produce', producer: 'checkout', topic: 'orders', key: 'a', value: 'y'.repeat(200), partition: 0, count: 20 });
  await api.advance(100);
  const producer = page.locator('.card.producer');
  await expect(producer.locator('.blocked')).toContainText('of send() wait for buffer.memory');
  await expect(producer.locator('.blocked')).toContainText('max.block.ms is over in');
  await api.advance(6_000);
  await expect(producer.locator('.blocked')).toHaveCount(0);
  await expect(producer.locator('.told')).toContainText('BufferExhaustedException');
});

test('a producer crashes and starts again', async ({ page }) => {
  const api = await stage(page, scenario([strict, checkout], { cluster }));
  await api.advance(500);
  await page.getByRole('button', { name: 'Crash producer checkout' }).click();
  const producer = page.locator('.card.producer');
  await expect(producer).toContainText('Crashed.');
  await producer.getByRole('button', { name: 'Start' }).click();
  await api.advance(500);
  await expect(producer.getByRole('button', { name: 'Produce', exact: true })).toBeVisible();
});
