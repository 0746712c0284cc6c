// How long a person waits: for the first load, and for a saved workspace to be back.

/** Runs in the page before anything of it: notes the first frame after it has drawn itself. */
function noteDrawn() {
  const isDrawn = () => document.body && !document.getElementById('loading') && document.body.childElementCount > 0;
  const look = () => {
    if (isDrawn()) requestAnimationFrame(() => requestAnimationFrame((now) => (window.__drawnAt = now)));
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

const drawnAt = async (page) => {
  await page.waitForFunction(() => window.__drawnAt !== undefined);
  return page.evaluate(() => window.__drawnAt);
};

/** Times are told with their spread: the median of so many loads. */
const LOADS = 5;

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** From navigation to the first frame that shows the page itself and answers: an empty cache each time. */
export async function interactive(browser, address) {
  const times = [];
  for (let load = 0; load < LOADS; load += 1) {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.addInitScript(noteDrawn);
    await page.goto(address);
    times.push(await drawnAt(page));
    await context.close();
  }
  const note = `median of ${LOADS}, slowest ${Math.round(Math.max(...times))} ms`;
  return { name: 'interactive', value: median(times), unit: 'ms', note };
}

const RECORDS = 100_000;

/** What the workspace begins with; its journal makes 100,000 records. */
const workspace = {
  ottla: 1,
  title: 'A hundred thousand records',
  setup: [
    { do: 'create-topic', topic: 'orders', partitions: 4 },
    { do: 'add-producer', producer: 'checkout' },
  ],
};

/** Done in the page: the first edit makes a workspace of what was opened. */
const produce = {
  do: 'produce',
  producer: 'checkout',
  topic: 'orders',
  key: 'alice',
  value: '{"total":42}',
  count: RECORDS,
};

/** Runs in the page before anything of it: notes the first frame in which the workspace is back. */
function noteReopened(records) {
  const isBack = () => {
    const cluster = window.ottla?.view?.('cluster');
    return cluster && cluster.topics.reduce((sum, topic) => sum + topic.records, 0) >= records;
  };
  const look = () => {
    if (isBack()) requestAnimationFrame((now) => (window.__reopenedAt = now));
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** From navigation to the first frame of the saved workspace, in the browser that has saved it. */
export async function reopen(browser, address) {
  const context = await browser.newContext();
  const first = await context.newPage();
  await first.goto(address);
  await first.waitForFunction(() => window.ottla?.ready);
  await first.evaluate(
    async ([document, command]) => {
      const ottla = await window.ottla.ready;
      await ottla.load(document);
      await ottla.seek(1_000);
      await ottla.apply(command);
      await ottla.seek(30_000);
    },
    [workspace, produce],
  );
  // Written in the background, and said when done.
  await first.getByText('Saved in this browser').waitFor();
  await first.close();

  const times = [];
  for (let load = 0; load < LOADS; load += 1) {
    const page = await context.newPage();
    await page.addInitScript(noteReopened, RECORDS);
    await page.goto(address);
    await page.waitForFunction(() => window.__reopenedAt !== undefined);
    times.push(await page.evaluate(() => window.__reopenedAt));
    await page.close();
  }
  await context.close();
  const note = `median of ${LOADS}, slowest ${Math.round(Math.max(...times))} ms`;
  return { name: 'reopen', value: median(times), unit: 'ms', note };
}
