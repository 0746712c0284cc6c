import { defineConfig } from '@playwright/test';

import { launchOptions } from '../../tools/chromium.mjs';

// `cargo xtask test` sets these; the defaults are for `npx playwright test` by hand.
const port = Number(process.env.OTTLA_PORT ?? 4179);
const base = process.env.OTTLA_BASE ?? '/courses/kafka/ottla/';
const xtask = process.env.OTTLA_XTASK ?? 'cargo xtask';
const root = new URL('../..', import.meta.url).pathname;

export default defineConfig({
  testDir: '.',
  outputDir: '../../target/e2e/results',
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
  // A test that passes only at the second try has found something.
  retries: 0,
  workers: 2,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: {
    baseURL: `http://127.0.0.1:${port}${base}`,
    viewport: { width: 1440, height: 900 },
    colorScheme: 'light',
    reducedMotion: 'no-preference',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    video: 'off',
    launchOptions,
  },
  webServer: {
    command: `${xtask} static --dir dist --base ${base} --port ${port}`,
    cwd: root,
    url: `http://127.0.0.1:${port}${base}`,
    reuseExistingServer: !process.env.CI,
    timeout: 60_000,
  },
});
