// Two runs side by side on one clock: what differs, where they part, and links that open as a comparison.
import { readFileSync } from 'node:fs';

import AxeBuilder from '@axe-core/playwright';

import { expect, linkOf, open, ottla, stage, test, type Page } from './fixtures';

const acks = JSON.parse(readFileSync(new URL('../scenarios/acks-1-and-acks-all.json', import.meta.url), 'utf8'));
// The same without a word of which runs are seen.
const plain = { ...acks, compare: undefined };

const half = (page: Page, letter: string) => page.getByRole('region', { name: new RegExp(`^Run ${letter},`) });
const clock = (page: Page) => page.getByLabel('Virtual time');
const said = (page: Page) => page.locator('.cmp-say');

test('a link opens as acks=1 beside acks=all with a broker lost at the same millisecond', async ({ page }, info) => {
  // Someone makes it in the page ...
  const maker = await stage(page, plain);
  await page.getByRole('button', { name: /^Runs: A, acks 1, is shown/ }).click();
  await page.getByRole('group', { name: 'Run B' }).getByRole('button', { name: 'Beside' }).click();
  await page.keyboard.press('Escape');
  const link = await maker.call<string>('link');
  // ... and someone else opens it.
  await page.goto('about:blank');
  await open(page, link);
  const api = await ottla(page);
  await expect(half(page, 'A')).toContainText('acks 1');
  await expect(half(page, 'B')).toContainText('acks all');
  await expect(said(page)).toHaveText(/^In A \d+ are acked but lost, in B none; P0 /);
  await expect(half(page, 'A').locator('.bad').first()).toContainText('acked but lost');
  await expect(half(page, 'B').locator('.mini-ledger .bad')).toHaveCount(0);
  await expect(half(page, 'A').locator('.run-note')).toContainText('are acked but lost.');
  await expect(half(page, 'A').locator('.lane.differs').first()).toBeVisible();
  const { journal, forks } = await api.call('document');
  const crash = (entries: any[]) => entries.find((entry) => entry.do === 'crash-broker');
  expect(crash(journal).at).toBe(crash(forks[0].journal).at);
  expect(link.length).toBeLessThan(2_000);
  await info.attach('acks=1 beside acks=all', { body: await page.screenshot(), contentType: 'image/png' });
});

test('one clock: play, step, seek and scrub move both', async ({ page }) => {
  const api = await stage(page, { ...acks, at: 12_000 });
  const ends = async () => Promise.all(['A', 'B'].map(async (letter) =>
    Number(/log end (\d+)/.exec((await half(page, letter).locator('.lane').first().getAttribute('aria-label'))!)![1])));
  const before = await ends();
  await page.getByRole('button', { name: 'Play' }).click();
  await expect.poll(() => api.elapsed()).toBeGreaterThan(13_000);
  await page.getByRole('button', { name: 'Pause' }).click();
  const played = await ends();
  expect(played[0]).toBeGreaterThan(before[0]);
  expect(played[1]).toBeGreaterThan(before[1]);
  await api.call('seek', 3_000);
  const back = await ends();
  expect(back[0]).toBeLessThan(before[0]);
  expect(back[1]).toBeLessThan(before[1]);
  await page.getByRole('button', { name: 'Step one event' }).click();
  // What the lanes show is what each run has.
  await page.getByRole('slider').press('End');
  await expect.poll(async () => (await ends())[1]).toBeGreaterThan(back[1]);
});

test('the first difference is one press away', async ({ page }) => {
  const api = await stage(page, acks);
  const first = page.getByRole('button', { name: /^First difference at 00:0\d\.\d{3}$/ });
  const at = (await first.innerText()).slice(-9);
  await first.click();
  await expect(clock(page)).toContainText(at);
  expect(await api.elapsed()).toBeLessThan(8_790);
});

test('steps go from difference to difference, by mouse and by keyboard', async ({ page }) => {
  await stage(page, acks);
  const place = page.getByRole('group', { name: 'Differences in the lanes' });
  await place.getByRole('button', { name: 'Next difference' }).click();
  await expect(place).toContainText(/1 of \d+/);
  const status = page.locator('#status');
  await expect(status).toHaveText(/^P0 \d+: .+ in A, .+ in B$/);
  const first = await status.innerText();
  await page.keyboard.press('c');
  await expect(place).toContainText(/2 of \d+/);
  await page.keyboard.press('Shift+C');
  await expect(status).toHaveText(first);
  await page.keyboard.press('Shift+C');
  const [, at, of] = /(\d+) of (\d+)/.exec(await place.innerText())!;
  expect(at).toBe(of);
});

test('all differences stand in a table, for screen readers too', async ({ page }) => {
  await stage(page, acks);
  const table = page.getByRole('region', { name: 'Differences' }).getByRole('table');
  await expect(table.getByRole('row', { name: /^ledger acked but lost \d+ 0$/ })).toHaveCount(1);
  const toggle = page.getByRole('button', { name: /\d+ differences$/ });
  await expect(toggle).toHaveAttribute('aria-expanded', 'false');
  await toggle.click();
  await expect(toggle).toHaveAttribute('aria-expanded', 'true');
  await table.getByRole('button', { name: /^offset/ }).first().click();
  await expect(page.locator('#status')).toHaveText(/in A, .+ in B$/);
});

test('a config is changed in one of them, and both play on', async ({ page }) => {
  const api = await stage(page, { ...acks, at: 3_000 });
  await expect(said(page)).toHaveText(/./);
  await half(page, 'B').getByRole('button', { name: 'Act in B' }).click();
  await page.getByRole('menuitem', { name: /^Configs/ }).click();
  const value = page.getByRole('textbox', { name: 'min.insync.replicas' }).or(page.getByLabel('min.insync.replicas')).first();
  await value.fill('3');
  await value.press('Enter');
  const document = await api.call('document');
  const changed = document.forks[document.run - 1].journal.filter((entry: any) => entry.do === 'alter-topic-configs');
  expect(changed).toHaveLength(1);
  expect(document.journal.some((entry: any) => entry.do === 'alter-topic-configs')).toBe(false);
  await api.advance(9_000);
  await expect(half(page, 'A')).toBeVisible();
  await expect(said(page)).toContainText('in A');
});

for (const theme of ['light', 'dark']) {
  test(`axe finds nothing, and there is a picture: ${theme}`, async ({ page }, info) => {
    for (const [name, width, height] of [['wide', 1440, 900], ['tablet', 1000, 800], ['phone', 375, 812]] as const) {
      await page.setViewportSize({ width, height });
      await open(page, `./?theme=${theme}${linkOf(acks)}`);
      await ottla(page);
      await expect(said(page)).toHaveText(/./);
      await page.getByRole('button', { name: /\d+ differences$/ }).click();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join('\n')}`), name).toEqual([]);
      await info.attach(`${name}, ${theme}`, { body: await page.screenshot(), contentType: 'image/png' });
      await page.goto('about:blank');
    }
  });
}

test('on the phone the two are tabs', async ({ page }) => {
  await page.setViewportSize({ width: 375, height: 812 });
  await stage(page, acks);
  const tab = (name: string) => page.getByRole('tab', { name });
  await expect(tab('acks 1')).toHaveAttribute('aria-selected', 'true');
  await expect(half(page, 'B')).toHaveCount(0);
  await tab('acks all').click();
  await expect(half(page, 'B')).toBeVisible();
  await expect(half(page, 'A')).toHaveCount(0);
  await tab('acks all').press('ArrowLeft');
  await expect(half(page, 'A')).toBeVisible();
  await expect(tab('acks 1')).toBeFocused();
});

test('the address says which runs, and at which moment', async ({ page }) => {
  await stage(page, plain, './?compare=B&at=00:10.500');
  await expect(half(page, 'A')).toBeVisible();
  await expect(half(page, 'B')).toBeVisible();
  await expect(clock(page)).toContainText('00:10.500');
  await page.goto('about:blank');
  const api = await stage(page, plain, './?compare=B,A&at=9000');
  await expect(half(page, 'B')).toContainText('actions go here');
  expect(await api.elapsed()).toBe(9_000);
});

test('what the address asks for and is not there is said, and the rest opens', async ({ page }) => {
  for (const [query, words] of [
    ['compare=Q', 'compare=Q names no two runs: this document has A, B'],
    ['at=tomorrow', 'at=tomorrow is no moment'],
    [`at=${'9'.repeat(400)}`, 'is no moment'],
    ['compare=%3Cimg%20src%3Dx%3E', 'compare=<img src=x> names no two runs'],
  ]) {
    await stage(page, plain, `./?${query}`);
    await expect(page.locator('.notice')).toContainText(words);
    await expect(page.getByRole('heading', { name: 'Producers' })).toBeVisible();
    await page.goto('about:blank');
  }
  await open(page, './?compare=B');
  await expect(page.locator('.notice')).toContainText('this document has one run, A');
});

test('an embed opens as a comparison, and readers act in either half', async ({ page }) => {
  await page.setViewportSize({ width: 960, height: 560 });
  await stage(page, plain, './embed/?compare=B&at=24000');
  await expect(said(page)).toContainText('acked but lost');
  await half(page, 'B').getByRole('button', { name: 'Power of broker 3' }).click();
  await expect(half(page, 'B')).toContainText('actions go here');
  await expect(page.getByRole('button', { name: 'End the comparison' })).toHaveCount(0);
});

test('Share and Embed offer the comparison', async ({ page }) => {
  await stage(page, plain);
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Share' });
  await expect(dialog).toContainText('A acks 1 and B acks all');
  const one = await dialog.getByLabel('Link').inputValue();
  await dialog.getByText('As a comparison, A acks 1 beside B acks all').click();
  const both = await dialog.getByLabel('Link').inputValue();
  expect(both).not.toBe(one);
  await page.goto('about:blank');
  await open(page, both);
  await expect(half(page, 'B')).toBeVisible();
  await page.getByRole('button', { name: 'Embed', exact: true }).click();
  const embed = page.getByRole('dialog', { name: 'Embed' });
  await expect(embed.getByRole('group', { name: 'Shows' }).or(embed.getByRole('radiogroup', { name: 'Shows' }))).toContainText('two side by side');
  const frame = page.frameLocator('iframe[title=Preview]');
  await expect(frame.locator('.cmp-say')).toContainText('acked but lost');
});
