// The page's code comes in parts: the first page at once, menus, tabs and the calls for scripts later.
import { expect, open, ottla, test, type Page } from './fixtures';

const PART = /\/(beside|compare|documents|panels|drawer|script|chunk-\d+)-[0-9a-f]{16}\.wasm$/;
const isPart = (url: URL) => PART.test(url.pathname);

/** Every wasm the page has asked for, with the moment, and the moment at which the page could be used. */
async function wasmAsked(page: Page) {
  return page.evaluate(() => {
    const entries = performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.wasm'));
    const asked = entries.map(({ name, startTime }) => ({ name, at: startTime }));
    return { asked, usableAt: (window as any).__usableAt as number };
  });
}

function noteUsable() {
  const watch = new MutationObserver(() => {
    if (document.querySelector('.app') && !document.getElementById('loading')) {
      watch.disconnect();
      (window as any).__usableAt = performance.now();
    }
  });
  watch.observe(document, { childList: true, subtree: true });
}

/** Holds back every part until it is let go. */
async function holdParts(page: Page) {
  let letGo = () => {};
  const gone = new Promise<void>((done) => (letGo = done));
  await page.route(isPart, async (route) => {
    await gone;
    await route.continue();
  });
  return letGo;
}

const topicButton = (page: Page) => page.getByRole('button', { name: /^Topic / }).first();

test('the first page asks for its own wasm alone; the parts follow by themselves', async ({ page }) => {
  await page.addInitScript(noteUsable);
  await open(page);
  await expect.poll(async () => (await wasmAsked(page)).asked.filter(({ name }) => PART.test(name)).length).toBeGreaterThan(2);
  const { asked, usableAt } = await wasmAsked(page);
  const before = asked.filter(({ at }) => at < usableAt).map(({ name }) => new URL(name).pathname.split('/').pop());
  expect(before).toEqual([expect.stringMatching(/^web-[0-9a-f]+_bg\.wasm$/)]);
});

test('a menu whose part is under way says so, opens when it comes, and has the focus then', async ({ page }) => {
  const letGo = await holdParts(page);
  await open(page);
  await topicButton(page).press('Enter');
  await expect(page.getByRole('status').filter({ hasText: 'Loading…' })).toBeVisible();
  letGo();
  const menu = page.getByRole('dialog', { name: /topic/i }).or(page.getByRole('menu')).first();
  await expect(menu).toBeVisible();
  await expect.poll(() => menu.evaluate((element) => element.contains(document.activeElement))).toBe(true);
  await page.keyboard.press('Escape');
  await expect(menu).toHaveCount(0);
  await expect(topicButton(page)).toBeFocused();
});

test('a menu that is closed before its part comes stays closed', async ({ page }) => {
  const letGo = await holdParts(page);
  await open(page);
  await topicButton(page).click();
  await expect(page.getByText('Loading…')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByText('Loading…')).toHaveCount(0);
  letGo();
  await (await ottla(page)).view('cluster');
  await expect(page.getByRole('menuitem')).toHaveCount(0);
});

test('a part that cannot be fetched is said in its place, and trying again brings it', async ({ page, faults }) => {
  faults.allow(/Failed to fetch|Failed to load resource/);
  await page.route(isPart, (route) => route.abort());
  await open(page);
  await page.getByRole('tab', { name: 'Ledger' }).click();
  const inDrawer = page.getByRole('tabpanel').getByRole('alert');
  await expect(inDrawer).toContainText('Not loaded.');
  await topicButton(page).click();
  const over = page.getByRole('alert').filter({ hasText: 'Not loaded.' }).last();
  await expect(over.getByRole('button', { name: 'Try again' })).toBeFocused();
  await page.unroute(isPart);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem').first()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(topicButton(page)).toBeFocused();
  await inDrawer.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('tabpanel').getByText(/^Where .* record/)).toBeVisible();
});

test('once the page has rested, it has everything and needs no connection', async ({ page, context }) => {
  await open(page);
  const parts = async () => {
    const done = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
    return ['panels', 'drawer', 'script'].filter((part) => done.some((name) => name.includes(`/${part}-`)));
  };
  await expect.poll(parts).toHaveLength(3);
  await page.waitForLoadState('networkidle');
  await context.setOffline(true);
  await topicButton(page).click();
  await expect(page.getByRole('menuitem').first()).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: 'Terminal' }).click();
  await expect(page.locator('.pane-terminal input')).toBeVisible();
});
