// Measures the built page in Chromium. usage: node tools/bench/page.mjs ADDRESS
// Prints one JSON line a row: { name, value, unit, note? }; xtask makes the table of them.
import { chromium } from '@playwright/test';

import { launchOptions } from '../chromium.mjs';
import { files } from './files.mjs';
import { frames } from './frames.mjs';
import { interactive, reopen } from './loading.mjs';

const address = process.argv[2];
const print = (row) => console.log(JSON.stringify(row));

/** The engine's own measurements, in a page of its own each: the memory of one is not to slow the next. */
async function engine(browser, name) {
  const page = await browser.newPage();
  await page.goto(address);
  await page.waitForFunction(() => window.ottla?.ready);
  const row = await page.evaluate(async (which) => {
    const ottla = await window.ottla.ready;
    ottla.pause();
    return ottla.bench(which);
  }, name);
  await page.close();
  return row;
}

const measures = [
  (browser) => interactive(browser, address),
  ...[
    'throughput',
    'replicated',
    'account',
    'idle-week',
    'idle-week-cluster',
    'hundred',
    'clone',
    'seek',
    'step-back',
    'keyframes',
    'first-difference',
  ].map((name) => (browser) => engine(browser, name)),
  (browser) => reopen(browser, address),
  (browser) => frames(browser, address),
  (browser) => files(browser, address),
];

for (const measure of measures) {
  const browser = await chromium.launch(launchOptions);
  try {
    for (const row of [await measure(browser)].flat()) print(row);
  } catch (error) {
    // One that fails takes away no other.
    console.error(error);
    process.exitCode = 1;
  } finally {
    await browser.close();
  }
}
