// Point 2: a cluster at work within a moment of opening the page.
import { expect, open, ottla, test } from './fixtures';

test('the page opens on a cluster that is already at work', async ({ page }) => {
  await open(page);
  await expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
  for (const partition of [0, 1, 2, 3]) {
    await expect(page.getByRole('group', { name: new RegExp(`^(Partition |P)${partition}\\b`) })).toBeVisible();
  }
  await expect(page.getByRole('heading', { name: 'checkout', exact: true })).toBeVisible();
  const billing = page.getByRole('article', { name: 'Consumer group billing' });
  await expect(billing.getByRole('listitem').filter({ hasText: /billing-\d/ })).toHaveCount(3);
  const audit = page.getByRole('article', { name: 'Consumer group audit' });
  await expect(audit.getByRole('listitem').filter({ hasText: /audit-\d/ })).toHaveCount(1);

  const api = await ottla(page);
  const before = await api.view('ledger');
  await expect.poll(async () => (await api.view('ledger')).stored).toBeGreaterThan(before.stored);
});

test('one line says what to try, until it was read', async ({ page }) => {
  await open(page);
  const hint = page.getByRole('note').filter({ hasText: 'This is a running Kafka topic.' });
  await expect(hint).toBeVisible();
  await page.getByRole('button', { name: 'Got it' }).click();
  await expect(hint).toHaveCount(0);
  await page.reload();
  await expect(page.locator('#loading')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Share' })).toBeVisible();
  await expect(hint).toHaveCount(0);
});

test('light turns dark, and stays so', async ({ page }) => {
  await open(page);
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.getByRole('button', { name: 'Switch theme' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  expect(await ground()).not.toBe(light);
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

for (const width of [1440, 1280, 900, 600, 360]) {
  test(`at ${width} px everything fits beside the page's edge`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    await open(page);
    await expect(page.getByRole('region', { name: 'Time' })).toBeInViewport();
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(over).toBeLessThanOrEqual(0);
  });
}

test('on a phone an event and the way to its cause stand beside each other', async ({ page }) => {
  await page.setViewportSize({ width: 375, height: 812 });
  await open(page);
  await (await ottla(page)).call('pause');
  const row = page.getByRole('list', { name: 'Events, newest first' }).getByRole('listitem').first();
  await row.scrollIntoViewIfNeeded();
  const words = (await row.locator('> span').first().boundingBox())!;
  const why = (await row.getByRole('button', { name: /^Why/ }).boundingBox())!;
  const apart = why.y + why.height <= words.y || why.x >= words.x + words.width;
  expect(apart, JSON.stringify({ words, why })).toBe(true);
});

for (const width of [375, 360]) {
  test(`at ${width} px every control of time is within reach`, async ({ page }) => {
    await page.setViewportSize({ width, height: 780 });
    await open(page);
    const api = await ottla(page);
    await api.call('pause');
    await api.advance(3_600_000);
    const time = page.getByRole('region', { name: 'Time' });
    for (const name of ['Step back', 'Play', 'Step one event', 'Bookmark this moment']) {
      await expect(time.getByRole('button', { name })).toBeInViewport({ ratio: 1 });
    }
    const cut = (clock: HTMLElement) => clock.scrollWidth - clock.clientWidth;
    expect(await time.getByLabel('Virtual time').evaluate(cut), 'px of the clock that are cut off').toBeLessThanOrEqual(0);
  });
}

test('on a phone the menu has what the bars have no room for', async ({ page }) => {
  await page.setViewportSize({ width: 375, height: 812 });
  await open(page);
  await (await ottla(page)).call('pause');
  const more = page.getByRole('button', { name: 'More actions' });
  await more.click();
  await page.getByRole('menuitem', { name: 'Jump ahead' }).click();
  await page.getByRole('dialog', { name: 'Jump ahead' }).getByRole('button', { name: '1 min' }).click();
  await expect(page.getByLabel('Virtual time')).toHaveText(/^01:4/);
});

test('a table says what the picture shows', async ({ page }) => {
  await open(page);
  const api = await ottla(page);
  await api.call('pause');
  await page.keyboard.press('t');
  const table = page.getByRole('table', { name: 'Partitions' });
  await expect(table).toBeVisible();
  for (const partition of [0, 1, 2, 3]) {
    const lane = await api.view('lane', { topic: 'orders', partition });
    const row = table.getByRole('row').filter({ has: page.getByRole('rowheader', { name: `P${partition}` }) });
    await expect(row.getByRole('cell').nth(2)).toHaveText([...lane.isr].sort().join(' '));
    await expect(row.getByRole('cell').nth(3)).toHaveText(String(lane.log_start));
    await expect(row.getByRole('cell').nth(4)).toHaveText(String(lane.high_watermark));
    await expect(row).toContainText(`billing: ${lane.cursors.find((c: any) => c.group === 'billing').committed}`);
  }
});

test('a scenario that there is not is told, and the default plays', async ({ page }) => {
  await open(page, './?scenario=nothing-of-the-kind');
  await expect(page.getByText('There is no scenario nothing-of-the-kind.').first()).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Scenario title' })).toHaveValue('Orders on three brokers');
});
