// Main-thread work a frame and the interval between frames, from Chromium's own trace.

const CATEGORIES = ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline'];

/** Records a trace of the page's process for `ms` and returns its events. */
async function trace(browser, page, ms) {
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
function framesOf(events) {
  const { pid, tid } = mainThread(events);
  const own = events.filter((event) => event.pid === pid && event.tid === tid);
  const tasks = own.filter((event) => event.name === 'RunTask' && event.dur);
  // What older Chromiums call BeginMainThreadFrame is the begin of an AnimationFrame in newer ones.
  const isBegin = ({ name, ph }) => name === 'BeginMainThreadFrame' || (name === 'AnimationFrame' && ph === 'b');
  const begins = own
    .filter(isBegin)
    .map((event) => event.ts)
    .sort((a, b) => a - b);
  if (begins.length < 2) throw new Error('the trace holds no frames: have their events other names in this Chromium?');
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

const percentile = (values, share) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
};

/** 10,000 records a second, read by a group; retention keeps the memory of a tab. */
const busy = (brokers, partitions) => ({
  ottla: 1,
  title: 'Busy',
  cluster: { brokers, configs: { 'log.retention.check.interval.ms': '1000' } },
  setup: [
    {
      do: 'create-topic',
      topic: 'orders',
      partitions,
      replication_factor: Math.min(brokers, 3),
      configs: { 'segment.bytes': '1048576', 'retention.bytes': '2097152' },
    },
    {
      do: 'add-producer',
      producer: 'checkout',
      stream: {
        topic: 'orders',
        records: 10_000,
        keys: { kind: 'sequence', prefix: 'user-', count: 64 },
        value_bytes_min: 100,
        value_bytes_max: 100,
      },
    },
    { do: 'add-group', group: 'billing', topics: ['orders'], members: [{}, {}, {}] },
  ],
});

const SETTLE_MS = 6_000;
const TRACE_MS = 10_000;

/** Work and interval of the frames while one broker's 12 partitions play at 1x, and three brokers' 100. */
export async function frames(browser, address) {
  const one = await framesWhile(browser, address, busy(1, 12), '');
  return [...one, ...(await framesWhile(browser, address, busy(3, 100), 'cluster-'))];
}

/** Work and interval of the frames while a document plays, as rows whose names begin with `prefix`. */
async function framesWhile(browser, address, document, prefix) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(address);
  await page.waitForFunction(() => window.ottla?.ready);
  await page.evaluate(async (scenario) => {
    const ottla = await window.ottla.ready;
    await ottla.load(scenario);
    ottla.play();
  }, document);
  await page.waitForTimeout(SETTLE_MS);
  await page.evaluate(() => window.ottla.frames());
  const before = await page.evaluate(() => window.ottla.view('cluster').now_ms);
  const events = await trace(browser, page, TRACE_MS);
  const played = (await page.evaluate(() => window.ottla.view('cluster').now_ms)) - before;
  const own = await page.evaluate(() => window.ottla.frames());
  await page.close();
  const { work, intervals } = framesOf(events);
  const pace = `${work.length} frames, ${Math.round((100 * played) / TRACE_MS)} % of real time`;
  return [
    {
      name: `${prefix}frame-work-p95`,
      value: percentile(work, 0.95),
      unit: 'ms',
      note: `${pace}; engine and views alone ${own.workP95Ms.toFixed(1)} ms`,
    },
    { name: `${prefix}frame-interval-p95`, value: percentile(intervals, 0.95), unit: 'ms', note: pace },
  ];
}
