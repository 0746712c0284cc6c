// Links: cut, slow, unsteady, each direction by itself, by mouse and by keyboard.
import AxeBuilder from '@axe-core/playwright';

import { expect, scenario, stage, test, type Page } from './fixtures';

const setup = [
  { do: 'create-topic', topic: 'orders', partitions: 3, replication_factor: 3, configs: { 'min.insync.replicas': '2' } },
  { do: 'add-producer', producer: 'checkout' },
  { do: 'add-group', group: 'billing', topics: ['orders'], members: [{ member: 'billing-1' }] },
];
const cluster = { brokers: 3, quorum: { separate: 1 }, latency_ms: 1 };
const links = async (api: any) => (await api.view('cluster')).links;

async function openLinks(page: Page, broker = 1) {
  await page.getByRole('button', { name: `Broker ${broker}`, exact: true }).click();
  await page.getByRole('menuitem', { name: /^Cut network from/ }).click();
  await page.getByRole('menuitem', { name: /^Choose links/ }).click();
  return page.getByRole('dialog', { name: 'Links' });
}

test('the menu cuts a broker off, and heals it', async ({ page }) => {
  const api = await stage(page, scenario(setup, { cluster }));
  await page.getByRole('button', { name: 'Broker 2', exact: true }).click();
  await page.getByRole('menuitem', { name: /^Cut network from/ }).click();
  await page.getByRole('menuitem', { name: /^Controller/ }).click();
  expect((await links(api)).map((link: any) => [link.from, link.to, link.cut])).toEqual([['2', '3000', true], ['3000', '2', true]]);
  await api.advance(12_000);
  await expect(page.locator('.broker[data-b="2"]')).toContainText('Fenced');
  await page.getByRole('button', { name: 'Broker 2', exact: true }).click();
  await page.getByRole('menuitem', { name: /^Heal its links/ }).click();
  expect(await links(api)).toEqual([]);
});

test('one direction is cut in the matrix, and its meaning is told', async ({ page }) => {
  const api = await stage(page, scenario(setup, { cluster }));
  const dialog = await openLinks(page);
  await dialog.getByRole('button', { name: 'broker 3 to controller 3000: 1 ms' }).click();
  await dialog.getByRole('group', { name: 'State' }).getByRole('button', { name: 'cut' }).click();
  await expect(dialog.locator('.note')).toContainText('No heartbeat for 9 s: it is fenced');
  await expect(dialog.locator('footer [role=status]')).toHaveText('1 link cut');
  expect(await links(api)).toMatchObject([{ from: '3', to: '3000', cut: true }]);
  const { violations } = await new AxeBuilder({ page }).include('dialog').analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes[0].html}`)).toEqual([]);
  await dialog.getByRole('button', { name: 'Heal all' }).click();
  expect(await links(api)).toEqual([]);
  await expect(dialog.locator('footer [role=status]')).toHaveText('All links are as at the start');
});

test('by keyboard: arrows walk the matrix over what is no link, sliders change the link', async ({ page }) => {
  const api = await stage(page, scenario(setup, { cluster }));
  const dialog = await openLinks(page);
  await dialog.getByRole('button', { name: 'broker 1 to broker 2: 1 ms' }).focus();
  await page.keyboard.press('End');
  await expect(dialog.getByRole('button', { name: 'broker 1 to billing: 1 ms' })).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowDown');
  await expect(dialog.getByRole('button', { name: 'broker 2 to checkout: 1 ms' })).toBeFocused();
  await dialog.getByRole('button', { name: 'both ways' }).click();
  await dialog.getByLabel('Latency').focus();
  await page.keyboard.press('ArrowRight');
  expect(await links(api)).toMatchObject([
    { from: '2', to: 'checkout', latency_ms: 2 },
    { from: 'checkout', to: '2', latency_ms: 2 },
  ]);
  await expect(dialog.locator('.note')).toContainText('A round trip takes 4 ms.');
});

test('presets make whole networks', async ({ page }) => {
  const api = await stage(page, scenario(setup, { cluster }));
  const dialog = await openLinks(page);
  const preset = (name: RegExp) => dialog.getByRole('group', { name: 'Presets' }).getByRole('button', { name });
  await preset(/^Three zones/).click();
  expect((await links(api)).every((link: any) => link.latency_ms === 2)).toBe(true);
  await preset(/^Two regions/).click();
  expect((await links(api)).every((link: any) => link.latency_ms === 80)).toBe(true);
  await preset(/^Isolate a broker/).click();
  expect((await links(api)).every((link: any) => link.cut && (link.from === '1' || link.to === '1'))).toBe(true);
  await preset(/^All near/).click();
  expect(await links(api)).toEqual([]);
});

test('a hundred brokers: rows come as they are scrolled to', async ({ page }) => {
  await stage(page, scenario([], { cluster: { brokers: 100, latency_ms: 1 } }));
  await page.getByRole('toolbar', { name: 'Brokers' }).getByRole('button').first().click();
  await page.getByRole('menuitem', { name: /^Cut network from/ }).click();
  await page.getByRole('menuitem', { name: /^Choose links/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Links' });
  await expect(dialog.getByRole('button', { name: 'broker 1 to broker 2: 1 ms' })).toBeVisible();
  expect(await dialog.locator('.matrix tbody tr').count()).toBeLessThan(40);
  await dialog.locator('.matrix-box').evaluate((box) => box.scrollTo(0, box.scrollHeight));
  await expect(dialog.getByRole('button', { name: 'broker 100 to broker 1: 1 ms' })).toBeAttached();
});
