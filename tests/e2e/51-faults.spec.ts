// Brokers are broken and mended: by mouse, by keyboard, by touch, on the page and in an iframe.
import AxeBuilder from '@axe-core/playwright';

import { expect, scenario, stage, test, type Page } from './fixtures';

const replicated = {
  do: 'create-topic', topic: 'orders', partitions: 3, replication_factor: 3,
  configs: { 'min.insync.replicas': '2' },
};
const cluster = { brokers: 3, quorum: { separate: 1 }, latency_ms: 1 };
const three = (more: object = {}) => scenario([replicated], { cluster, ...more });
/** The controller takes a broker back once its session of before has ended (DUPLICATE_BROKER_REGISTRATION). */
const backMs = 20_000;
const card = (page: Page, id: number) => page.locator(`.broker[data-b="${id}"]`);
const power = (page: Page, id: number) => page.getByRole('button', { name: `Power of broker ${id}` });
const state = async (api: any, id: number) =>
  (await api.view('cluster')).brokers.find((broker: any) => broker.id === id).state;

test('power stops a broker in order and starts it again', async ({ page }) => {
  const api = await stage(page, three());
  await expect(power(page, 2)).toHaveAttribute('aria-pressed', 'true');
  await power(page, 2).click();
  await api.advance(3_000);
  expect(await state(api, 2)).toBe('stopped');
  await expect(card(page, 2)).toContainText(/Down for \d+\.\d s/);
  await expect(card(page, 2)).toContainText('stopped');
  await expect(page.locator('.badge')).toHaveText('3 under-replicated');
  await expect(power(page, 2)).toHaveAttribute('aria-pressed', 'false');
  await power(page, 2).click();
  await api.advance(backMs);
  expect(await state(api, 2)).toBe('running');
  await expect(page.locator('.badge')).toHaveCount(0);
});

test('a crash from the menu: no leader until the session has ended, then another', async ({ page }) => {
  const api = await stage(page, three());
  const led = (await api.view('lane', { topic: 'orders', partition: 0 })).leader;
  await power(page, led).click({ button: 'right' });
  const menu = page.getByRole('menu', { name: 'Broker' });
  await expect(menu).toContainText('without leader for about 9 s');
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes[0].html}`)).toEqual([]);
  await menu.getByRole('menuitem', { name: /^Crash/ }).click();
  await api.advance(2_000);
  const lane = page.locator('.lane[data-p="0"]');
  await expect(lane).toContainText('no leader');
  await expect(lane.locator('.lane-note')).toContainText(`${led} is gone, not fenced yet`);
  await api.advance(10_000);
  const now = await api.view('lane', { topic: 'orders', partition: 0 });
  expect(now.leader).not.toBe(led);
  await expect(lane.locator('.elected-note')).toHaveText(`leader ${now.leader} since epoch ${now.leader_epoch}`);
  await expect(lane.locator('.g-row.off')).toContainText(`offline${led}`);
  await expect(lane.locator('.g-isr')).toHaveClass(/warn/);
  await expect(lane).toHaveAttribute('aria-label', new RegExp(`broker ${led} offline`));
});

test('below min.insync.replicas the lane says that acks=all is refused', async ({ page }) => {
  const api = await stage(page, three());
  for (const broker of [2, 3]) {
    await api.apply({ do: 'crash-broker', broker });
    await api.advance(12_000);
  }
  await expect(page.locator('.badge')).toHaveText('3 below min.insync.replicas');
  await expect(page.locator('.lane-note')).toHaveText(Array(3).fill('acks=all refused'));
  await expect(page.locator('.lane[data-p="0"] .g-isr')).toHaveText('ISR 1 · ELR 3');
});

test('by keyboard: Shift+Enter opens the menu, arrows walk it, a frozen broker thaws', async ({ page }) => {
  const api = await stage(page, three());
  await power(page, 3).focus();
  await page.keyboard.press('Shift+Enter');
  const menu = page.getByRole('menu', { name: 'Broker' });
  await expect(menu.getByRole('menuitem').first()).toBeFocused();
  for (let step = 0; step < 4; step += 1) await page.keyboard.press('ArrowDown');
  await expect(menu.getByRole('menuitem', { name: /^Freeze/ })).toBeFocused();
  await page.keyboard.press('Enter');
  expect(await state(api, 3)).toBe('frozen');
  await expect(card(page, 3)).toContainText(/Frozen goes on in \d+\.\d s/);
  await power(page, 3).focus();
  await page.keyboard.press('Enter');
  expect(await state(api, 3)).toBe('running');
});

test('a crash is scheduled, waits in the journal, and comes', async ({ page }) => {
  const api = await stage(page, three());
  await page.getByRole('button', { name: 'Broker 2', exact: true }).click();
  await page.getByRole('menuitem', { name: /^At a later moment/ }).click();
  const form = page.getByRole('dialog', { name: 'Broker 2 at a later moment' });
  await form.getByLabel('When').fill('5');
  await form.getByRole('button', { name: 'Schedule' }).click();
  await page.getByRole('tab', { name: 'Journal' }).click();
  await expect(page.locator('.jr-rows')).toContainText('Broker 2');
  await api.advance(4_000);
  expect(await state(api, 2)).toBe('running');
  await api.advance(2_000);
  expect(await state(api, 2)).toBe('crashed');
});

test('a rack goes and comes back as one', async ({ page }) => {
  const racked = { ...cluster, racks: ['a', 'b', 'c'] };
  const api = await stage(page, scenario([replicated], { cluster: racked }));
  await card(page, 2).click({ button: 'right' });
  await page.getByRole('menuitem', { name: /^Whole rack b/ }).click();
  await page.getByRole('menuitem', { name: /^Lose power/ }).click();
  expect(await state(api, 2)).toBe('power-lost');
  await expect(card(page, 2)).toContainText('without power');
  await card(page, 2).click({ button: 'right' });
  await page.getByRole('menuitem', { name: /^Whole rack b/ }).click();
  await page.getByRole('menuitem', { name: /^Start the rack/ }).click();
  await api.advance(backMs);
  expect(await state(api, 2)).toBe('running');
});

test('on a phone a tap on the name opens the menu', async ({ page }) => {
  await page.setViewportSize({ width: 375, height: 812 });
  const api = await stage(page, three());
  await card(page, 2).getByRole('button', { name: 'Broker 2', exact: true }).click();
  await page.getByRole('menuitem', { name: /^Lose disk/ }).click();
  expect(await state(api, 2)).toBe('disk-lost');
});

test('in an iframe brokers have their power in the top bar', async ({ page }) => {
  await page.setViewportSize({ width: 720, height: 420 });
  const api = await stage(page, three(), './embed/');
  await power(page, 1).click();
  await api.advance(3_000);
  expect(await state(api, 1)).toBe('stopped');
  await power(page, 1).click();
  await api.advance(backMs);
  expect(await state(api, 1)).toBe('running');
});
