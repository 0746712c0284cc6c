// Forks: another run from here, what is done in it, which one is shown, and what becomes of the others.
import { checkout, expect, open, orders, ottla, scenario, stage, test, type Page } from './fixtures';

const quiet = scenario([{ ...orders, partitions: 2 }, checkout], { at: 5_000 });
const record = (key: string) => ({ do: 'produce', producer: 'checkout', topic: 'orders', key, value: '1' });

const fork = (page: Page) => page.getByRole('button', { name: 'Fork & compare' });
const chip = (page: Page) => page.getByRole('button', { name: /^Runs: / });
const half = (page: Page, letter: string) => page.getByRole('region', { name: new RegExp(`^Run ${letter},`) });
const runs = (page: Page) => page.getByRole('dialog', { name: 'Fork and compare' });

async function sent(page: Page, letter: string) {
  return Number(await half(page, letter).locator('.mini-ledger div', { hasText: /^sent/ }).locator('dd').innerText());
}

test('one press makes a fork, and what is done goes to it alone', async ({ page }) => {
  const api = await stage(page, quiet);
  await expect(chip(page)).toHaveCount(0);
  await fork(page).click();
  await expect(page.locator('.toast')).toContainText('Forked at 00:05.000.');
  await expect(half(page, 'A')).toContainText('the original');
  await expect(half(page, 'B')).toContainText('forked at 00:05.000, no change yet');
  await expect(half(page, 'B')).toContainText('actions go here');
  await expect(page.locator('.cmp-say')).toHaveText('A and B are alike.');
  await api.apply(record('bob'));
  await api.advance(1_000);
  await expect(half(page, 'B')).toContainText('one change');
  await expect.poll(() => sent(page, 'B')).toBe(1);
  expect(await sent(page, 'A')).toBe(0);
  const document = await api.call('document');
  expect(document.journal ?? []).toEqual([]);
  expect(document.forks).toHaveLength(1);
});

test('Undo takes the fork back', async ({ page }) => {
  const api = await stage(page, quiet);
  await fork(page).click();
  await expect(half(page, 'B')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).first().click();
  await expect(half(page, 'B')).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'Producers' })).toBeVisible();
  expect((await api.call('document')).forks ?? []).toEqual([]);
});

test('the half that was pressed last is the one that actions go to', async ({ page }) => {
  const api = await stage(page, quiet);
  await fork(page).click();
  await half(page, 'A').getByRole('heading').click();
  await expect(half(page, 'A')).toContainText('actions go here');
  await page.keyboard.press('x');
  await expect(half(page, 'B')).toContainText('actions go here');
  await page.keyboard.press('x');
  await expect(chip(page)).toHaveAccessibleName(/actions go to A/);
  await api.apply(record('eve'));
  await api.advance(500);
  await expect.poll(() => sent(page, 'A')).toBe(1);
  expect(await sent(page, 'B')).toBe(0);
});

test('a broker is crashed in one half, and runs on in the other', async ({ page }) => {
  const three = scenario([{ ...orders, partitions: 1, replication_factor: 3 }], { at: 5_000, cluster: { brokers: 3, latency_ms: 1 } });
  const api = await stage(page, three);
  await fork(page).click();
  const power = (letter: string) => half(page, letter).getByRole('button', { name: 'Power of broker 2' });
  await power('B').click();
  await api.advance(3_000);
  await expect(power('B')).toHaveAttribute('aria-pressed', 'false');
  await expect(power('A')).toHaveAttribute('aria-pressed', 'true');
  await expect(page.locator('.cmp-say')).toContainText('in A and');
});

test('by keyboard: fork, name it, show the original, keep one, and take that back', async ({ page }) => {
  const api = await stage(page, quiet);
  await fork(page).focus();
  await page.keyboard.press('Enter');
  await expect(half(page, 'B')).toBeVisible();
  await chip(page).focus();
  await page.keyboard.press('Enter');
  await expect(runs(page)).toBeVisible();
  await runs(page).getByLabel('Name of run B').fill('without bob');
  await page.keyboard.press('Tab');
  await expect(half(page, 'B').getByRole('heading')).toHaveText('without bob');
  await runs(page).getByRole('group', { name: 'Run A' }).getByRole('button', { name: 'Show' }).press('Enter');
  await expect(half(page, 'A')).toContainText('actions go here');
  await runs(page).getByRole('group', { name: 'Run B' }).getByRole('button', { name: 'Keep only this' }).press('Enter');
  await expect(half(page, 'B')).toHaveCount(0);
  await expect(chip(page)).toHaveCount(0);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+z');
  await expect(chip(page)).toBeVisible();
  expect((await api.call('document')).forks[0].name).toBe('without bob');
});

test('ending the comparison keeps both runs, and the chip says which is shown', async ({ page }) => {
  await stage(page, quiet);
  await fork(page).click();
  await page.getByRole('button', { name: 'End the comparison' }).click();
  await expect(page.getByRole('heading', { name: 'Producers' })).toBeVisible();
  await expect(chip(page)).toHaveAccessibleName('Runs: B, Fork B, is shown');
  await fork(page).click();
  await runs(page).getByRole('group', { name: 'Run A' }).getByRole('button', { name: 'Beside' }).click();
  await expect(half(page, 'A')).toBeVisible();
  await runs(page).getByRole('button', { name: 'Remove run B' }).click();
  await expect(chip(page)).toHaveCount(0);
});

test('an action at a past moment begins a fork that is compared in its place', async ({ page }) => {
  const api = await stage(page, quiet);
  await fork(page).click();
  await api.advance(5_000);
  await api.call('seek', 6_000);
  await api.apply(record('bob'));
  await expect(page.locator('.toast')).toContainText('Now in fork C.');
  await expect(half(page, 'C')).toContainText('forked from B at 00:06.000, one change');
  await expect(half(page, 'A')).toBeVisible();
});

test('on the phone it is in the menu', async ({ page }) => {
  await page.setViewportSize({ width: 375, height: 812 });
  await stage(page, quiet);
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Fork & compare' }).click();
  await expect(half(page, 'B')).toBeVisible();
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Fork & compare' }).click();
  await expect(runs(page)).toBeVisible();
});

test('forks are kept in the browser', async ({ page }) => {
  await stage(page, quiet);
  await fork(page).click();
  await expect(page.locator('.saved')).toHaveText('Saved in this browser');
  await open(page, './');
  await ottla(page);
  await expect(half(page, 'B')).toBeVisible();
});
