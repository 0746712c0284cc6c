// Point 11: the page is scripted as it is clicked. (That the same engine runs natively: 11-trace.)
import { checkout, expect, linkOf, orders, scenario, stage, test, type Page } from './fixtures';

const quiet = scenario([orders, checkout], { at: 2_000 });
const order = { do: 'produce', producer: 'checkout', topic: 'orders', key: 'k', value: 'v' };

test('window.ottla applies commands and returns views, and the page follows', async ({ page }) => {
  const api = await stage(page, quiet);
  const { event } = await api.apply({ do: 'create-topic', topic: 'payments', partitions: 2 }) as any;
  expect(event).toBeGreaterThan(0);
  await api.advance(1_000);
  expect((await api.view('cluster')).topics.map((topic: any) => topic.name)).toEqual(['orders', 'payments']);
  await page.getByRole('button', { name: /^Topic orders/ }).click();
  await expect(page.getByRole('menuitem', { name: /^payments/ })).toBeVisible();
  await page.getByRole('menuitem', { name: /^payments/ }).click();
  await expect(page.getByRole('group', { name: /^Partition 1/ })).toBeVisible();
});

test('it is ready when the document stands where it was left, so that a script acts there', async ({ page }) => {
  const stream = { topic: 'orders', records: 2_000, keys: { kind: 'sequence', prefix: 'k', count: 9 } };
  const at = 120_000;
  const api = await stage(page, scenario([orders, { ...checkout, stream }], { at }));
  await api.apply(order);
  expect(await api.elapsed()).toBe(at);
  const { journal } = await api.call('document');
  expect(journal).toEqual([{ at, ...order }]);
});

test('what is clicked and what is scripted is one journal', async ({ page }) => {
  const api = await stage(page, quiet);
  await api.apply(order);
  await page.getByTitle('Produce  P').click();
  const { journal } = await api.call('document');
  expect(journal.map((entry: any) => entry.do)).toEqual(['produce', 'produce']);
  expect(journal[0]).toEqual({ at: 2_000, ...order });
});

test('a refused command throws Kafka\'s error name, the field, and what to do', async ({ page }) => {
  await stage(page, quiet);
  const refused = await page.evaluate(() => {
    try {
      window.ottla!.apply({ do: 'create-topic', topic: 'no spaces', partitions: 1 });
      return null;
    } catch (error) {
      const { code, field, message } = error as Error & { code: string; field: string };
      return { code, field, message, isError: error instanceof Error };
    }
  });
  expect(refused).toMatchObject({ code: 'INVALID_TOPIC_EXCEPTION', field: 'topic', isError: true });
  expect(refused!.message).toContain('no spaces');
});

test('what is no command changes nothing', async ({ page }) => {
  const api = await stage(page, quiet);
  const hash = await api.call('traceHash');
  for (const bad of [{ do: 'drop-table' }, { do: 'produce' }, 7, null, 'produce', { ...order, count: 0 }, { ...order, count: 1e9 }]) {
    const outcome = await api.apply(bad).then(() => 'applied', () => 'refused');
    expect(outcome, JSON.stringify(bad)).toBe('refused');
  }
  for (const ms of [-1, NaN, '5', null, Infinity]) {
    const outcome = await api.call('advance', ms).then(() => 'advanced', () => 'refused');
    expect(outcome, String(ms)).toBe('refused');
  }
  expect(await api.call('traceHash')).toBe(hash);
});

test('undo and redo go through what scripts did', async ({ page }) => {
  const api = await stage(page, quiet);
  const before = await api.call('traceHash');
  await api.apply(order);
  await api.advance(1_000);
  const after = await api.call('traceHash');
  expect(await api.call('undo')).toBe(true);
  expect((await api.call('document')).journal ?? []).toEqual([]);
  expect(await api.call('redo')).toBe(true);
  await api.call('seek', 3_000);
  expect(await api.call('traceHash')).toBe(after);
  expect(after).not.toBe(before);
});

test('every view of the documentation gives plain data', async ({ page }) => {
  const api = await stage(page, quiet);
  await api.apply(order);
  await api.advance(1_000);
  for (const name of ['cluster', 'topic', 'lane', 'producers', 'groups', 'ledger', 'events', 'marks', 'document']) {
    const view = await api.view(name);
    expect(view, name).not.toBeNull();
    expect(JSON.parse(JSON.stringify(view)), name).toEqual(view);
  }
  expect(await api.view('producer', { producer: 'nobody' })).toBeNull();
  const told = await api.view('no-such-view').then(() => '', (error: Error) => error.message);
  expect(told).toContain('there is no view "no-such-view"');
});

/** Asks the framed page by postMessage, as an embedding page does. */
async function ask(page: Page, call: string, ...args: unknown[]) {
  return page.evaluate(([name, given]) => new Promise<any>((resolve) => {
    const frame = document.querySelector('iframe')!;
    const id = Math.random();
    window.addEventListener('message', function hear({ data, source }) {
      if (source !== frame.contentWindow || data.ottla !== 1 || data.id !== id) return;
      window.removeEventListener('message', hear);
      resolve(data);
    });
    frame.contentWindow!.postMessage({ ottla: 1, id, call: name, args: given }, '*');
  }), [call, args] as const);
}

test('an embedding page scripts its frame by postMessage', async ({ page }) => {
  await page.route('**/host.html', (route) => route.fulfill({
    contentType: 'text/html',
    body: `<!doctype html><title>A course</title><iframe src="./embed/${linkOf(quiet)}" width="720" height="420"></iframe>`,
  }));
  await page.addInitScript(() => {
    (window as any).readyFrames = new Promise<void>((resolve) => {
      window.addEventListener('message', ({ data }) => { if (data.ottla === 1 && data.ready === true) resolve(); });
    });
  });
  await page.goto('./host.html');
  await page.evaluate(() => (window as any).readyFrames);
  expect((await ask(page, 'apply', order)).result).toMatchObject({ forked: 0 });
  expect((await ask(page, 'advance', 1_000)).result).toBe(3_000);
  expect((await ask(page, 'view', 'topic', { topic: 'orders' })).result.summary.records).toBe(1);
  expect((await ask(page, 'apply', { ...order, producer: 'nobody' })).error)
    .toMatchObject({ field: 'producer', message: expect.stringContaining('nobody') });
  expect((await ask(page, 'eval', '1')).error).toMatchObject({ code: 'UnknownCall' });
  expect((await ask(page, 'bench', 'produce')).error).toMatchObject({ code: 'UnknownCall' });
});

test('only the page that holds the frame is heard: a sibling frame and the page itself are not', async ({ page }) => {
  await page.route('**/host.html', (route) => route.fulfill({
    contentType: 'text/html',
    body: `<!doctype html><title>A course</title><iframe src="./embed/${linkOf(quiet)}"></iframe><iframe srcdoc="<p>sibling"></iframe>`,
  }));
  await page.addInitScript(() => {
    (window as any).readyFrames = new Promise<void>((resolve) => {
      window.addEventListener('message', ({ data }) => { if (data.ottla === 1 && data.ready === true) resolve(); });
    });
  });
  await page.goto('./host.html');
  await page.evaluate(() => (window as any).readyFrames);
  const sibling = page.frames().find((frame) => frame.url() === 'about:srcdoc')!;
  await sibling.evaluate((command) => {
    parent.frames[0].postMessage({ ottla: 1, id: 1, call: 'apply', args: [command] }, '*');
  }, order);
  const embedded = page.frames().find((frame) => frame.url().includes('/embed/'))!;
  await embedded.evaluate((command) => window.postMessage({ ottla: 1, id: 2, call: 'apply', args: [command] }, '*'), order);
  // An answered call after both shows that they had their turn.
  await ask(page, 'advance', 1_000);
  expect((await ask(page, 'view', 'topic', { topic: 'orders' })).result.summary.records).toBe(0);
});
