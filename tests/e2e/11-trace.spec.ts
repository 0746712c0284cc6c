// The same document plays the same way, native and in the browser: one trace hash for each scenario in tests/scenarios.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, open, ottla, test } from './fixtures';

const root = new URL('../..', import.meta.url).pathname;
const folder = join(root, 'tests/scenarios');
const runner = process.env.OTTLA_CLI ?? join(root, 'target/release/ottla');
const untilMs = 60_000;
/** A minute of the busiest one is millions of records, played twice. */
const limitMs = 240_000;

const scenarios = readdirSync(folder).filter((name) => name.endsWith('.json'));

test('there are scenarios to play', () => {
  expect(scenarios.length).toBeGreaterThan(0);
});

for (const name of scenarios) {
  test(`${name} leaves the same trace native and in the browser`, async ({ page }) => {
    test.setTimeout(limitMs);
    const file = join(folder, name);
    const report = execFileSync(runner, ['run', file, '--until', `${untilMs}ms`, '--json'], {
      encoding: 'utf8',
      maxBuffer: 256 * 1024 * 1024,
    });
    const native = JSON.parse(report);
    expect(native.trace_hash).toMatch(/^[0-9a-f]{16}$/);
    expect(native.elapsed_ms).toBe(untilMs);

    await open(page);
    const api = await ottla(page);
    await api.call('load', readFileSync(file, 'utf8'));
    expect(await api.call('seek', untilMs)).toBe(untilMs);
    expect(await api.call('traceHash')).toBe(native.trace_hash);

    // By another way to the same moment: back to the start, then in two pieces.
    await api.call('seek', 0);
    await api.advance(untilMs / 3);
    await api.call('seek', untilMs);
    expect(await api.call('traceHash')).toBe(native.trace_hash);
  });
}
