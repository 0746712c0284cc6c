// Measures the built page in Chromium. usage: node tools/bench/page.mjs ADDRESS
// Prints one JSON line a row: { name, value, unit, note? }; xtask makes the table of them.
import { frames } from './frames.mjs';
import { launch } from './launch.mjs';
import { interactive, reopen } from './loading.mjs';

const address = process.argv[2];
const print = (row) => console.log(JSON.stringify(row));

/** The engine's own measurements, in a page of its own each: the memory of one is not to slow the next. */
async function engine(browser, name) {
  const page = await browser.newPage();
  await page.goto(`${address}?bench`);
  await page.waitForFunction(() => window.ottla?.bench);
  const row = await page.evaluate((which) => window.ottla.bench(which), name);
  await page.close();
  return row;
}

const browser = await launch();
try {
  print(await interactive(browser, address));
  for (const name of ['throughput', 'idle-week', 'clone']) print(await engine(browser, name));
  print(await reopen(browser, address));
  for (const row of await frames(browser, address)) print(row);
} finally {
  await browser.close();
}
