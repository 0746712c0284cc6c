// Point 10: a link holds the whole document, an iframe holds the page.
import { checkout, expect, linkOf, linkOfText, open, orders, ottla, scenario, stage, test, type Page } from './fixtures';

const quiet = (more = {}) => scenario([orders, checkout], { title: 'Shared', at: 2_000, ...more });
const title = (page: Page) => page.getByRole('textbox', { name: 'Scenario title' });

async function state(page: Page) {
  const api = await ottla(page);
  return { hash: await api.call('traceHash'), ms: await api.elapsed() };
}

async function share(page: Page) {
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Share' });
  await expect(dialog).toBeVisible();
  return dialog;
}

/** A page of the same host that holds nothing but a frame. */
async function host(page: Page, frame: string) {
  await page.route('**/host.html', (route) => route.fulfill({
    contentType: 'text/html', body: `<!doctype html><title>A course</title>${frame}`,
  }));
  await page.goto('./host.html');
}

test('a shared link opens the same cluster at the same moment', async ({ page, context }) => {
  const api = await stage(page, quiet());
  await api.apply({ do: 'produce', producer: 'checkout', topic: 'orders', key: 'ключ', value: '🦦', count: 3 });
  await api.advance(4_321);
  const link = await (await share(page)).getByRole('textbox', { name: 'Link' }).inputValue();
  expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/.*#s1=[\w-]+$/);
  const other = await context.newPage();
  await open(other, link);
  await expect(title(other)).toHaveValue('Shared');
  expect(await state(other)).toEqual(await state(page));
});

test('the link is copied with one press', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await stage(page, quiet());
  const dialog = await share(page);
  const link = await dialog.getByRole('textbox', { name: 'Link' }).inputValue();
  await dialog.getByRole('button', { name: 'Copy link' }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(link);
});

test('a link says how far it carries', async ({ page }) => {
  // Values that do not compress, so that the length is in our hands.
  let state = 1;
  const noise = (chars: number) => Array.from({ length: chars }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return '0123456789abcdefghijklmnopqrstuvwxyz'[state % 36];
  }).join('');
  const holding = (chars: number) => quiet({
    journal: [{ at: 1_000, do: 'produce', producer: 'checkout', topic: 'orders', value: noise(chars) }],
  });
  const api = await stage(page, quiet());
  for (const [chars, words] of [
    [10, /under 2.000 works in chat, mail and on a slide/],
    [3_000, /over 2.000: some chats and mail programs cut it/],
    [20_000, /This document does not fit into a link\./],
  ] as const) {
    await api.call('load', holding(chars));
    const dialog = await share(page);
    await expect(dialog).toContainText(words);
    if (chars === 20_000) await expect(dialog.getByRole('button', { name: /^Save to a file/ }).first()).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  }
});

const good = JSON.stringify(quiet());
for (const [name, hash, why] of [
  ['cut off', linkOfText(good).slice(0, 60), 'This link is damaged'],
  ['no base64', '#s1=%%%%', 'This link is damaged'],
  ['no deflate', '#s1=AAAA', 'This link is damaged'],
  ['of a later version', linkOfText('{"ottla":3,"setup":[]}'), 'made by a newer Ottla'],
  ['of a later link format', '#s2=AAAA', 'This link can\'t be opened.'],
  ['that unpacks to two megabytes', linkOfText(`{"ottla":1,"about":"${' '.repeat(2_000_000)}"}`), 'the most that is read'],
  ['that is longer than 64 KiB', `#s1=${'A'.repeat(70_000)}`, 'Ask for the scenario as a file.'],
  ['with an unknown command', linkOf(scenario([{ do: 'drop-table' }])), 'drop-table'],
  ['with more brokers than there are', linkOf({ ...quiet(), cluster: { brokers: 4_000_000_000 } }), 'brokers'],
  ['with a title without end', linkOf(quiet({ title: 'Orders '.repeat(1_000) })), 'title'],
]) {
  test(`a link ${name} is told, and the default plays`, async ({ page }) => {
    await open(page, `./${hash}`);
    const notice = page.locator('.notice');
    await expect(notice).toContainText('This link can\'t be opened.');
    await expect(notice).toContainText(why);
    await expect(notice).toContainText('Nothing saved was changed.');
    await expect(title(page)).toHaveValue('Orders on three brokers');
    await notice.getByRole('button', { name: 'Close' }).click();
    await expect(notice).toHaveCount(0);
  });
}

test('markup in a document stays text', async ({ page }) => {
  const markup = '<img src=x onerror="document.title=1">';
  await stage(page, quiet({ title: markup, journal: [
    { at: 1_000, do: 'produce', producer: 'checkout', topic: 'orders', key: markup, value: markup, partition: 0 },
  ] }));
  await expect(title(page)).toHaveValue(markup);
  await page.getByRole('group', { name: 'Partition 0:' }).focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('tabpanel', { name: 'Record' })).toContainText(markup);
  expect(await page.locator('img').count()).toBe(0);
});

test('an iframe needs nothing but src, width and height', async ({ page }) => {
  await host(page, `<iframe src="./embed/${linkOf(quiet())}" width="720" height="420"></iframe>`);
  const frame = page.frameLocator('iframe');
  await expect(frame.getByRole('heading', { name: 'Shared' })).toBeVisible();
  await expect(frame.getByRole('group', { name: /^Partition 0/ })).toBeVisible();
  await expect(frame.getByRole('button', { name: 'Play' })).toBeVisible();
  // What is for authors is not in the frame.
  await expect(frame.getByRole('button', { name: 'Share' })).toHaveCount(0);
  await frame.getByRole('button', { name: 'Step one event' }).click();
  await frame.getByRole('button', { name: 'Play' }).click();
  await expect(frame.getByRole('button', { name: 'Pause' })).toBeVisible();
});

test('from the frame, the way to the whole page keeps what was done', async ({ page, context }) => {
  await host(page, `<iframe src="./embed/${linkOf(quiet())}" width="720" height="420"></iframe>`);
  const frame = page.frameLocator('iframe');
  await expect(frame.getByRole('button', { name: 'Play' })).toBeVisible();
  const inner = page.frames()[1];
  await inner.evaluate(async () => {
    const api = await window.ottla!.ready as any;
    api.apply({ do: 'produce', producer: 'checkout', topic: 'orders', key: 'k', value: 'v' });
    await api.advance(3_000);
  });
  const [whole] = await Promise.all([
    context.waitForEvent('page'),
    frame.getByRole('link', { name: 'Open in Ottla' }).click(),
  ]);
  await expect(title(whole)).toHaveValue('Shared');
  const there = await inner.evaluate(() => (window.ottla as any).traceHash());
  await expect.poll(async () => (await state(whole)).hash).toBe(there);
});

test('the embed dialog shows the frame and gives its snippet', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await stage(page, quiet());
  await page.getByRole('button', { name: 'Embed', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Embed' });
  await expect(dialog.frameLocator('iframe').getByRole('heading', { name: 'Shared' })).toBeVisible();
  await dialog.getByRole('group', { name: 'Size' }).getByRole('button', { name: 'L', exact: true }).click();
  await dialog.getByRole('button', { name: /^Copy for/ }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('<iframe');
  const snippet = await page.evaluate(() => navigator.clipboard.readText());
  expect(snippet).toContain('width="960"');
  expect(snippet).toContain('height="560"');
  await page.unrouteAll();
  await host(page, snippet);
  await expect(page.frameLocator('iframe').getByRole('heading', { name: 'Shared' })).toBeVisible();
});
