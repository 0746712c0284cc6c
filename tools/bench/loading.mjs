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
