// Main-thread work a frame and the interval between frames, from Chromium's own trace.

const CATEGORIES = ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline'];

/** Records a trace of the page's process for `ms` and returns its events. */
export async function trace(browser, page, ms) {
  await browser.startTracing(page, { categories: CATEGORIES });
  await page.waitForTimeout(ms);
  const text = (await browser.stopTracing()).toString();
  return JSON.parse(text).traceEvents;
}

/** The main thread of the renderer that ran most of the tasks: the page's. */
function mainThread(events) {
  const mains = events.filter((event) => event.name === 'thread_name' && event.args.name === 'CrRendererMain');
  const tasks = ({ pid, tid }) => events.filter((event) => event.pid === pid && event.tid === tid && event.name === 'RunTask').length;
  return mains.sort((a, b) => tasks(b) - tasks(a))[0];
}

/** Milliseconds of work in each frame (all tasks from its begin to the next one's) and from begin to begin. */
export function framesOf(events) {
  const { pid, tid } = mainThread(events);
  const own = events.filter((event) => event.pid === pid && event.tid === tid);
  const tasks = own.filter((event) => event.name === 'RunTask' && event.dur);
  const begins = own
    .filter((event) => event.name === 'BeginMainThreadFrame')
    .map((event) => event.ts)
    .sort((a, b) => a - b);
  const work = [];
  const intervals = [];
  let next = 0;
  tasks.sort((a, b) => a.ts - b.ts);
  for (let frame = 0; frame + 1 < begins.length; frame += 1) {
    const end = begins[frame + 1];
    let spent = 0;
    while (next < tasks.length && tasks[next].ts + tasks[next].dur <= begins[frame]) next += 1;
    for (let at = next; at < tasks.length && tasks[at].ts < end; at += 1) {
      spent += Math.min(tasks[at].ts + tasks[at].dur, end) - Math.max(tasks[at].ts, begins[frame]);
    }
    work.push(spent / 1000);
    intervals.push((end - begins[frame]) / 1000);
  }
  return { work, intervals };
}

export const percentile = (values, share) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
};
