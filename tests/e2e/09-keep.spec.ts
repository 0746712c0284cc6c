// Point 9: workspaces are kept in the browser, and come back exactly as they were.
import { readFile } from 'node:fs/promises';

import { checkout, expect, linkOf, open, orders, ottla, recordsOf, scenario, stage, test, type Page } from './fixtures';

const quiet = (title: string) => scenario([orders, checkout], { title, at: 2_000 });
const order = { do: 'produce', producer: 'checkout', topic: 'orders', key: 'k', value: 'v' };

const saved = (page: Page) => expect(page.locator('.saved')).toHaveText('Saved in this browser');
const title = (page: Page) => page.getByRole('textbox', { name: 'Scenario title' });

async function state(page: Page) {
  const api = await ottla(page);
  return { hash: await api.call('traceHash'), ms: await api.elapsed() };
}

/** A workspace of its own: a document, and one change that makes it worth keeping. */
async function workspace(page: Page, name: string) {
  const api = await stage(page, quiet(name));
  await api.apply(order);
  await api.advance(500);
  await saved(page);
  return api;
}

async function shelf(page: Page) {
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Open' });
  await expect(dialog).toBeVisible();
  return dialog;
}

test('a workspace survives a reload exactly', async ({ page }) => {
  const api = await workspace(page, 'Kept');
  await api.apply({ do: 'create-partitions', topic: 'orders', count: 5 });
  await api.advance(7_531);
  await saved(page);
  const before = await state(page);
  await page.goto('./');
  await expect(page.locator('#loading')).toHaveCount(0);
  await expect(title(page)).toHaveValue('Kept');
  await saved(page);
  expect(await state(page)).toEqual(before);
  await page.reload();
  await expect(title(page)).toHaveValue('Kept');
  expect(await state(page)).toEqual(before);
});

test('what is opened again goes on as if it had never been closed', async ({ page }) => {
  const api = await workspace(page, 'Went on');
  const there = await state(page);
  await page.goto('./');
  await expect(title(page)).toHaveValue('Went on');
  expect(await state(page)).toEqual(there);
  const again = await ottla(page);
  await again.apply({ ...order, key: 'later' });
  await again.advance(5_000);
  const after = await state(page);
  const document = await again.call('document');
  await again.call('load', { ...document, at: after.ms, at_event: undefined });
  expect((await state(page)).ms).toBe(after.ms);
  expect((await state(page)).hash).toBe(after.hash);
  expect(api).toBeTruthy();
});

test('a title is changed in place and kept', async ({ page }) => {
  await workspace(page, 'Old name');
  await title(page).fill('New name');
  await title(page).press('Enter');
  await saved(page);
  const dialog = await shelf(page);
  await expect(dialog.getByRole('button', { name: /New name.*now open/ })).toBeVisible();
});

test('workspaces are renamed, duplicated, opened and deleted', async ({ page }) => {
  await workspace(page, 'First');
  const first = await state(page);
  const dialog = await shelf(page);
  const cards = dialog.getByRole('listitem').filter({ hasNotText: 'New workspace' });
  await expect(cards).toHaveCount(1);
  await dialog.getByRole('button', { name: 'Duplicate First' }).click();
  await expect(cards).toHaveCount(2);

  await dialog.getByRole('button', { name: 'Rename First (copy)' }).click();
  await dialog.getByRole('textbox', { name: 'Title' }).fill('Second');
  await dialog.getByRole('textbox', { name: 'Title' }).press('Enter');
  await dialog.getByRole('button', { name: /^Second/ }).click();
  await expect(title(page)).toHaveValue('Second');
  expect(await state(page)).toEqual(first);

  if (!await dialog.isVisible()) await shelf(page);
  await dialog.getByRole('button', { name: 'Delete First', exact: true }).click();
  await expect(cards).toHaveCount(1);
  await expect(cards).toContainText('Second');
});

test('a file goes out and comes in again', async ({ page }) => {
  await workspace(page, 'To a file');
  const before = await state(page);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save', exact: true }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('to-a-file.ottla.json');
  const text = await readFile(await download.path(), 'utf8');
  expect(JSON.parse(text)).toMatchObject({ ottla: 2, title: 'To a file' });

  await page.goto(`./${linkOf(quiet('Another'))}`);
  await expect(title(page)).toHaveValue('Another');
  const dialog = await shelf(page);
  await dialog.getByRole('button', { name: 'Import a file' }).click();
  await dialog.getByLabel('File', { exact: true }).setInputFiles({
    name: 'back.ottla.json', mimeType: 'application/json', buffer: Buffer.from(text),
  });
  await expect(title(page)).toHaveValue('To a file');
  expect(await state(page)).toEqual(before);
});

test('a bad file says why, and nothing saved is touched', async ({ page }) => {
  await workspace(page, 'Safe');
  const before = await state(page);
  const dialog = await shelf(page);
  await dialog.getByRole('button', { name: 'Import a file' }).click();
  for (const [name, text, why] of [
    ['cut.ottla.json', '{"ottla":1,"setup":[', 'Line 1'],
    ['photo.json', 'not json at all', 'This is not an Ottla file'],
    ['future.ottla.json', '{"ottla":99}', 'made by a newer Ottla (format 99'],
    ['strange.ottla.json', '{"ottla":1,"setup":[{"do":"drop-table"}]}', 'drop-table'],
  ]) {
    await dialog.getByLabel('File', { exact: true }).setInputFiles({
      name, mimeType: 'application/json', buffer: Buffer.from(text),
    });
    const told = dialog.getByRole('alert');
    await expect(told).toContainText(`${name} was not opened.`);
    await expect(told).toContainText(why);
    await expect(told).toContainText('Nothing was changed.');
  }
  await page.keyboard.press('Escape');
  expect(await state(page)).toEqual(before);
  await page.goto('./');
  await expect(title(page)).toHaveValue('Safe');
  expect(await state(page)).toEqual(before);
});

test('a second tab reads only, until the first is gone', async ({ page, context }) => {
  await workspace(page, 'Shared desk');
  const second = await context.newPage();
  await open(second);
  await expect(second.locator('.notice')).toContainText('Open in another tab. This one is read only.');
  await expect(second.locator('.saved')).toHaveText('Read only');
  const api = await ottla(second);
  const refused = await api.apply(order).then(() => 'applied', (error: Error) => error.message);
  expect(refused).toContain('READ_ONLY');
  await page.close();
  await expect(async () => {
    await second.getByRole('button', { name: 'Edit here' }).click();
    await expect(second.locator('.notice')).toHaveCount(0, { timeout: 2_000 });
  }).toPass();
  await api.apply(order);
  await saved(second);
});

test('without storage the page goes on in memory and says so', async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, 'indexedDB', { configurable: true, get: () => undefined });
  });
  await open(page);
  await expect(page.locator('.notice')).toContainText('Nothing is kept in this browser.');
  await expect(page.locator('.notice').getByRole('button', { name: 'Save to a file' })).toBeVisible();
  const api = await ottla(page);
  await api.apply(order);
  await api.advance(1_000);
});

test('a workspace that was deleted is back with Undo', async ({ page }) => {
  await workspace(page, 'Spare');
  const dialog = await shelf(page);
  const cards = dialog.getByRole('listitem').filter({ hasNotText: 'New workspace' });
  await dialog.getByRole('button', { name: 'Duplicate Spare' }).click();
  await expect(cards).toHaveCount(2);
  await dialog.getByRole('button', { name: 'Delete Spare (copy)' }).click();
  await expect(cards).toHaveCount(1);
  await page.getByText('Undo', { exact: true }).click();
  if (!await dialog.isVisible()) await shelf(page);
  await expect(cards).toHaveCount(2);
  await dialog.getByRole('button', { name: /^Spare \(copy\)/ }).click();
  await expect(title(page)).toHaveValue('Spare (copy)');
  expect((await recordsOf(page, 'orders')).length).toBe(1);
});

test('full storage is told, the play goes on, and saving resumes once there is room', async ({ page }) => {
  const api = await workspace(page, 'Grows');
  await page.evaluate(() => {
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function full() {
      throw new DOMException('no room', 'QuotaExceededError');
    };
    (window as any).makeRoom = () => { IDBObjectStore.prototype.put = put; };
  });
  await api.apply({ ...order, key: 'no room' });
  const notice = page.locator('.notice');
  await expect(notice).toContainText('Browser storage is full');
  await expect(page.locator('.saved')).toHaveText('Not saved');
  for (const name of ['Save to a file', 'Free space']) await expect(notice.getByRole('button', { name })).toBeVisible();
  await api.advance(1_000);
  expect((await recordsOf(page, 'orders')).length).toBe(2);
  await page.evaluate(() => (window as any).makeRoom());
  await api.apply({ ...order, key: 'room again' });
  await api.advance(1_000);
  await saved(page);
  await expect(notice).toHaveCount(0);
  const before = await state(page);
  await page.goto('./');
  await expect(title(page)).toHaveValue('Grows');
  expect(await state(page)).toEqual(before);
});

test('a tab that is killed loses at most the last quarter of a second', async ({ page, context }) => {
  const api = await workspace(page, 'Killed');
  await api.call('pause');
  await saved(page);
  await api.apply({ ...order, key: 'kept' });
  // The writer's bound of 250 ms, with room for the transaction itself.
  await page.waitForTimeout(1_000);
  const crashed = page.waitForEvent('crash');
  const session = await context.newCDPSession(page);
  void session.send('Page.crash').catch(() => {});
  await crashed;
  const next = await context.newPage();
  await open(next);
  await expect(title(next)).toHaveValue('Killed');
  const { journal } = await (await ottla(next)).call('document');
  expect(journal.map((entry: { key: string }) => entry.key)).toEqual(['k', 'kept']);
});

test('storage that the browser clears under the page is told, the play goes on, and a file is offered', async ({ page, context }) => {
  const api = await workspace(page, 'Cleared');
  const session = await context.newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', { origin: new URL(page.url()).origin, storageTypes: 'indexeddb' });
  await api.apply({ ...order, key: 'after' });
  const notice = page.locator('.notice');
  await expect(notice).toContainText('The browser closed the storage');
  await expect(page.locator('.saved')).toHaveText('Not saved');
  await expect(notice.getByRole('button', { name: 'Save to a file' })).toBeVisible();
  await api.advance(1_000);
  expect((await recordsOf(page, 'orders')).length).toBe(2);
});
