// 100 MB of log out of the page and into it again: time, and the memory it took on top.
import { readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** 200 records of half a megabyte; one segment, as a broker of default configs has it. */
const RECORDS = 200;
const VALUE = 'x'.repeat(500_000);
const document = {
  ottla: 1,
  title: 'A hundred megabytes',
  setup: [
    { do: 'create-topic', topic: 'orders', partitions: 1 },
    { do: 'add-producer', producer: 'checkout', configs: { 'batch.size': '900000' } },
  ],
  view: { playing: false },
};

/** Megabytes that the page's process holds, as Linux counts them; none elsewhere. */
async function resident(session) {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const held = ({ id }) => {
    try {
      return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))[1]) / 1000;
    } catch {
      return Number.NaN;
    }
  };
  return Math.max(...processInfo.filter(({ type }) => type === 'renderer').map(held));
}

/** Runs `work` and tells its time and the most memory the page held on top of what it held before. */
async function watched(browser, work) {
  const session = await browser.newBrowserCDPSession();
  const before = await resident(session);
  let most = before;
  let running = true;
  const watch = (async () => {
    while (running) {
      most = Math.max(most, await resident(session));
      await new Promise((done) => setTimeout(done, 50));
    }
  })();
  const began = performance.now();
  await work();
  const took = (performance.now() - began) / 1000;
  running = false;
  await watch;
  await session.detach();
  return { took, extra: most - before };
}

async function started(browser, address) {
  const page = await browser.newPage();
  await page.goto(address);
  await page.waitForFunction(() => window.ottla?.ready);
  return page;
}

/** From the press of "Export as a zip" to the file; from handing it in to what is found in it. */
export async function files(browser, address) {
  const page = await started(browser, address);
  await page.evaluate(
    async ([made, value, count]) => {
      const ottla = await window.ottla.ready;
      await ottla.load(made);
      await ottla.seek(1_000);
      for (let n = 0; n < count; n += 1) {
        await ottla.apply({ do: 'produce', producer: 'checkout', topic: 'orders', key: `k${n}`, value });
        await ottla.advance(100);
      }
    },
    [document, VALUE, RECORDS],
  );
  await page.getByRole('button', { name: /^Topic / }).first().click();
  await page.getByRole('menuitem', { name: /Export log files/ }).click();
  const form = page.getByRole('dialog', { name: 'Export log files' });
  const path = join(tmpdir(), `ottla-bench-${process.pid}.zip`);
  const out = await watched(browser, async () => {
    const saved = page.waitForEvent('download');
    await form.getByRole('button', { name: 'Export as a zip' }).click();
    await (await saved).saveAs(path);
  });
  const megabytes = statSync(path).size / 1e6;
  await page.close();

  const other = await started(browser, `${address}?scenario=empty`);
  await other.getByRole('button', { name: 'Open', exact: true }).click();
  const dialog = other.getByRole('dialog', { name: 'Open' });
  await dialog.getByRole('button', { name: 'Import a file' }).click();
  const into = await watched(browser, async () => {
    await dialog.getByLabel('File', { exact: true }).setInputFiles(path);
    await dialog.getByLabel('Topic', { exact: true }).waitFor();
  });
  await dialog.getByLabel('Topic', { exact: true }).fill('imported');
  const topic = await watched(browser, async () => {
    await dialog.getByRole('button', { name: 'Import 1 topic' }).click();
    await other.getByRole('button', { name: /^Topic imported/ }).waitFor();
  });
  await other.close();
  rmSync(path);
  const size = `${megabytes.toFixed(0)} MB`;
  const times = (extra) => `${(extra / megabytes).toFixed(1)} times the data`;
  return [
    { name: 'export', value: out.took, unit: 's', note: `${size}, press to file` },
    { name: 'export-memory', value: out.extra / megabytes, unit: 'x', note: `${times(out.extra)} on top of the log itself` },
    {
      name: 'import',
      value: into.took + topic.took,
      unit: 's',
      note: `${size}, handed in to topic: read and checked in ${into.took.toFixed(1)} s`,
    },
  ];
}
