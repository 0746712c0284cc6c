// Compaction: how dirty a log is stands in its lane; a pass is told before it runs, and step by step.
import AxeBuilder from '@axe-core/playwright';

import { expect, open, ottla, test, type Page } from './fixtures';

/** The scenario at a moment; what is written after it is not to change what a preview tells. */
async function compacted(page: Page, ms: number) {
  await open(page, './?scenario=compaction');
  const api = await ottla(page);
  await api.call('seek', ms);
  await api.apply({ do: 'set-stream', producer: 'crm', stream: null });
  return api;
}
const lane = (api: any, partition = 0) => api.view('lane', { topic: 'customers', partition, window: { tail: 500 } });

test('the lane says how dirty it is and when it is cleaned, and that comes true', async ({ page }) => {
  const api = await compacted(page, 29_500);
  const { cleaner } = await lane(api);
  expect(cleaner.due).toBe(true);
  const percent = Math.floor(cleaner.dirty_ratio_millionths / 10_000);
  await expect(page.locator('.lane[data-p="0"] .countdown')).toContainText(`dirty ${percent} %`);
  const { now_ms: now } = await api.view('cluster');
  await api.advance(cleaner.next_pass_ms - now);
  const after = await lane(api);
  expect(after.cleaner.cleaned_ms).toBe(cleaner.next_pass_ms);
  expect(after.cleaner.first_dirty).toBe(cleaner.first_uncleanable);
  const keys = after.cells.filter((cell: any) => cell.offset < after.cleaner.first_dirty).map((cell: any) => cell.key);
  expect(new Set(keys).size).toBe(keys.length);
});

test('what the next pass would do is what the pass then does', async ({ page }) => {
  const api = await compacted(page, 29_500);
  await page.locator('.lane[data-p="0"] .countdown').click();
  const dialog = page.getByRole('dialog', { name: 'Cleaner' });
  const told = await dialog.locator('.pass > h3').textContent();
  const [, removed, kept] = told!.match(/: (\d+) records? would be removed, (\d+) kept/)!;
  await expect(dialog.locator('.pass-recs li.goes')).toHaveCount(Number(removed));
  const { violations } = await new AxeBuilder({ page }).include('dialog').analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes[0].html}`)).toEqual([]);
  await dialog.getByRole('button', { name: /^Jump to/ }).click();
  await expect.poll(async () => (await lane(api)).cleaner.due).toBe(false);
  await expect(page.getByRole('list', { name: 'Events, newest first' }))
    .toContainText(new RegExp(`${removed} records removed, ${kept} kept`));
});

test('a pass is walked step by step, with the keyboard too, also from its event', async ({ page }) => {
  await compacted(page, 37_000);
  await page.getByRole('textbox', { name: 'Filter events' }).fill('cleaned P0');
  await page.getByRole('button', { name: /^Steps: P0 cleaned/ }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Cleaner' });
  await expect(dialog.getByRole('button', { name: 'Last pass' })).toHaveAttribute('aria-pressed', 'true');
  await dialog.getByRole('button', { name: 'From the start' }).click();
  await expect(dialog.locator('.pass-now')).toContainText('Two passes over the bytes');
  await dialog.getByRole('button', { name: 'On by one step' }).press('Enter');
  await expect(dialog.locator('.pass-now')).toContainText(/^Map: the last dirty record of/);
  await dialog.getByRole('slider', { name: 'Step' }).focus();
  await page.keyboard.press('End');
  await expect(dialog.locator('.pass-now')).toContainText(/\.log/);
  await dialog.locator('.pass-recs li.goes button').first().click();
  await expect(dialog.locator('.pass-now')).toContainText(/goes: offset \d+ has the same key/);
});

test('a tombstone says when it may go', async ({ page }) => {
  await open(page, './?scenario=tombstones');
  const api = await ottla(page);
  await api.call('pause');
  await page.getByRole('button', { name: 'Partition 0: menu' }).click();
  await page.getByRole('menuitem', { name: /Cleaner/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Cleaner' });
  await expect(dialog).toContainText(/the earliest delete horizon is 00:\d\d/);
  await dialog.getByRole('button', { name: 'Last pass' }).click();
  await expect(dialog.locator('.pass-recs li.tomb button')).toHaveAttribute('aria-label', /dave: stays: a tombstone until its delete horizon/);
});
