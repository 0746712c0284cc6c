// Log files of a broker, out and in: a zip of the folders a broker has, and topics made of what is handed in.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import AxeBuilder from '@axe-core/playwright';

import { checkout, expect, open, orders, ottla, recordsOf, scenario, stage, test, textOf, type Page } from './fixtures';

const send = (at: number, key: string, count: number) => ({
  at, do: 'produce', producer: 'checkout', topic: 'orders', key, value: 'x'.repeat(60), count,
});
const written = scenario([
  { ...orders, partitions: 2, configs: { 'internal.segment.bytes': '1024' } }, checkout,
], { at: 3_000, journal: [send(500, 'alice', 12), send(1_000, 'bob', 7), send(1_500, 'carol', 9)] });

const bodies = async (page: Page, topic: string) =>
  (await recordsOf(page, topic)).map((r) => [r.partition, r.offset, r.timestamp, textOf(r.key), textOf(r.value)]);

/** Exports by the topic menu; the zip's bytes and name. */
async function exported(page: Page, what: string) {
  await page.getByRole('button', { name: /^Topic / }).first().click();
  await page.getByRole('menuitem', { name: /Export log files/ }).click();
  const form = page.getByRole('dialog', { name: 'Export log files' });
  await form.getByLabel('What').selectOption({ label: what });
  const saved = page.waitForEvent('download');
  await form.getByRole('button', { name: 'Export as a zip' }).click();
  const download = await saved;
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

async function importTab(page: Page) {
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Open' });
  await dialog.getByRole('button', { name: 'Import a file' }).click();
  return dialog;
}

const handIn = (page: Page, name: string, buffer: Buffer) =>
  page.getByLabel('File', { exact: true }).setInputFiles({ name, mimeType: 'application/octet-stream', buffer });

/** Files of a zip that was stored, not packed. */
function unzipped(zip: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let at = 0; zip.readUInt32LE(at) === 0x04034b50;) {
    const [size, name, extra] = [zip.readUInt32LE(at + 18), zip.readUInt16LE(at + 26), zip.readUInt16LE(at + 28)];
    const body = at + 30 + name + extra;
    files.set(zip.toString('utf8', at + 30, at + 30 + name), zip.subarray(body, body + size));
    at = body + size;
  }
  return files;
}

test('a topic goes out as the folders a broker has, and comes back as it was', async ({ page }) => {
  await stage(page, written);
  const before = await bodies(page, 'orders');
  expect(before.length).toBe(28);
  const zip = await exported(page, 'Topic orders, 2 partitions');
  expect(zip.name).toBe('orders.zip');
  const names = [...unzipped(zip.bytes).keys()];
  expect(names).toContain('orders-0/00000000000000000000.log');
  expect(names).toContain('orders-1/partition.metadata');
  expect(names.filter((name) => name.endsWith('.timeindex')).length).toBeGreaterThan(2);

  const dialog = await importTab(page);
  await handIn(page, zip.name, zip.bytes);
  const name = dialog.getByLabel('Topic', { exact: true });
  await expect(name).toHaveValue('orders');
  await expect(dialog.getByRole('alert')).toContainText("Topic 'orders' already exists");
  await name.fill('orders-again');
  await expect(dialog.getByRole('alert')).toHaveCount(0);
  const { violations } = await new AxeBuilder({ page }).include('dialog').analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await dialog.getByRole('button', { name: 'Import 1 topic' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole('button', { name: /^Topic orders-again/ })).toBeVisible();
  expect(await bodies(page, 'orders-again')).toEqual(before);
});

test('a partition alone, and a bare segment dropped on the page', async ({ page }) => {
  const api = await stage(page, written);
  const zip = await exported(page, 'orders P1');
  expect(zip.name).toBe('orders-1.zip');
  const files = unzipped(zip.bytes);
  expect([...files.keys()].every((name) => name.startsWith('orders-1/'))).toBe(true);
  const log = files.get('orders-1/00000000000000000000.log')!;
  const data = await page.evaluateHandle((bytes) => {
    const dropped = new DataTransfer();
    dropped.items.add(new File([new Uint8Array(bytes)], '00000000000000000000.log'));
    return dropped;
  }, [...log]);
  await page.dispatchEvent('main', 'dragover', { dataTransfer: data });
  await page.dispatchEvent('main', 'drop', { dataTransfer: data });
  const dialog = page.getByRole('dialog', { name: 'Open' });
  await expect(dialog.getByLabel('Topic', { exact: true })).toHaveValue('imported');
  await dialog.getByRole('button', { name: 'Import 1 topic' }).click();
  await expect(page.getByRole('button', { name: /^Topic imported/ })).toBeVisible();
  const first = await api.view('record', { topic: 'imported', partition: 0, offset: 0 });
  expect(textOf(first.value)).toBe('x'.repeat(60));
});

test('a damaged end is cut as a broker would, with a note; a damaged start is refused, and nothing changes', async ({ page }) => {
  const api = await stage(page, scenario([{ ...orders, partitions: 1 }, checkout], {
    at: 3_000, journal: [send(500, 'alice', 3), send(1_000, 'bob', 2)],
  }));
  const log = unzipped((await exported(page, 'orders P0')).bytes).get('orders-0/00000000000000000000.log')!;
  const before = await api.call('traceHash');
  const dialog = await importTab(page);
  await handIn(page, 'cut.log', log.subarray(0, log.length - 5));
  await expect(dialog).toContainText('This was cut or left out, as a broker would do:');
  await expect(dialog.locator('.found').last()).toContainText('cut.log at byte');
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  const broken = Buffer.from(log);
  broken[70] ^= 0xff;
  await handIn(page, 'broken.log', broken);
  await expect(dialog.getByRole('alert')).toContainText(/broken\.log was not opened\..*Nothing was changed\./);
  await handIn(page, 'photo.jpg', Buffer.from('not a log at all'));
  await expect(dialog.getByRole('alert')).toContainText('neither a segment of a Kafka log nor a zip');
  expect(await api.call('traceHash')).toBe(before);
});

test('what was imported is kept in the browser, once; a link says that it cannot carry it', async ({ page }) => {
  test.slow();
  await stage(page, scenario([{ ...orders, partitions: 1 }, checkout], {
    at: 3_000,
    journal: [{ at: 500, do: 'produce', producer: 'checkout', topic: 'orders', key: 'k', value: 'v'.repeat(900), count: 2_000 }],
  }));
  const zip = await exported(page, 'Topic orders, 1 partition');
  expect(zip.bytes.length).toBeGreaterThan(1_800_000);
  await open(page, './?scenario=empty');
  const dialog = await importTab(page);
  await handIn(page, 'orders.zip', zip.bytes);
  await dialog.getByLabel('Topic', { exact: true }).fill('imported');
  await dialog.getByRole('button', { name: 'Import 1 topic' }).click();
  await expect(page.locator('.saved')).toHaveText('Saved in this browser');
  const stored = () => page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((done) => {
      const request = indexedDB.open('ottla');
      request.onsuccess = () => done(request.result);
    });
    const all = (store: string) => new Promise<any[]>((done) => {
      const request = database.transaction(store).objectStore(store).getAll();
      request.onsuccess = () => done(request.result);
    });
    const [segments, documents] = [await all('segments'), await all('documents')];
    database.close();
    return { segments: segments.map((it) => it.length), documents: documents.map((it) => it.document.length) };
  });
  await expect.poll(async () => (await stored()).segments.length).toBe(1);
  const { segments, documents } = await stored();
  expect(segments[0]).toBeGreaterThan(1_800_000);
  expect(Math.max(...documents)).toBeLessThan(20_000);

  await page.getByRole('button', { name: 'Share', exact: true }).click();
  const share = page.getByRole('dialog', { name: 'Share' });
  await expect(share).toContainText('bytes of imported log files are in this document');
  await expect(share.getByRole('button', { name: /Save to a file/ }).first()).toBeVisible();
  const saved = page.waitForEvent('download');
  await share.getByRole('button', { name: /Save to a file/ }).first().click();
  const file = await readFile(await (await saved).path());
  await page.keyboard.press('Escape');

  const api = await ottla(page);
  const hash = await api.call('traceHash');
  await page.goto('./');
  await expect(page.getByRole('button', { name: /^Topic imported/ })).toBeVisible();
  expect(await (await ottla(page)).call('traceHash')).toBe(hash);
  const again = await importTab(page);
  await handIn(page, 'mine.ottla.json', file);
  await expect(again).toHaveCount(0);
  await expect(page.getByRole('button', { name: /^Topic imported/ })).toBeVisible();
  expect((await recordsOf(page, 'imported')).length).toBeGreaterThan(0);
});

/** The class path of Kafka's tools, as `cargo xtask conformance` has Maven find it; none without a JDK and Maven. */
function kafkaTools(): string | null {
  const list = new URL('../../target/conformance/class-path.txt', import.meta.url).pathname;
  const project = new URL('../conformance/pom.xml', import.meta.url).pathname;
  const there = (tool: string, flag: string) => spawnSync(tool, [flag], { stdio: 'ignore' }).status === 0;
  if (!there('java', '-version') || !there('mvn', '-v')) return null;
  if (!existsSync(list)) {
    mkdirSync(dirname(list), { recursive: true });
    const found = spawnSync('mvn', ['-q', '-B', 'dependency:build-classpath', '-f', project, `-Dmdep.outputFile=${list}`]);
    if (found.status !== 0) return null;
  }
  return readFileSync(list, 'utf8').trim();
}

test("kafka-dump-log of Kafka 4.3.1 opens the page's export without complaint", async ({ page }, info) => {
  const classPath = kafkaTools();
  test.skip(classPath === null, 'needs a JDK from 17 on and Maven: kafka-dump-log is Kafka\'s own');
  test.slow();
  await stage(page, scenario([
    { ...orders, partitions: 2, configs: { 'internal.segment.bytes': '1024' } },
    { ...checkout, configs: { 'compression.type': 'gzip' } },
  ], { at: 3_000, journal: [send(500, 'alice', 12), send(1_000, 'bob', 7), send(1_500, 'carol', 9)] }));
  const zip = await exported(page, 'Topic orders, 2 partitions');
  const files = unzipped(zip.bytes);
  for (const [name, bytes] of files) {
    mkdirSync(dirname(info.outputPath(name)), { recursive: true });
    writeFileSync(info.outputPath(name), bytes);
  }
  const dump = (flags: string[], names: string[]) => spawnSync('java', [
    '-cp', classPath!, 'org.apache.kafka.tools.DumpLogSegments', ...flags, '--files', names.map((name) => info.outputPath(name)).join(','),
  ], { encoding: 'utf8' });
  const ending = (end: string) => [...files.keys()].filter((name) => name.endsWith(end));
  const log = dump(['--print-data-log', '--deep-iteration'], ending('.log'));
  await info.attach('kafka-dump-log', { body: log.stdout, contentType: 'text/plain' });
  expect(log.status, log.stderr).toBe(0);
  expect(log.stdout.match(/ payload: x{60}/g)).toHaveLength(28);
  expect(log.stdout).toContain('compresscodec: gzip');
  expect(log.stdout).not.toMatch(/isvalid: false|Found \d+ invalid bytes|Mismatches|corrupt/i);
  const index = dump(['--index-sanity-check'], [...ending('.index'), ...ending('.timeindex')]);
  expect(index.status, index.stderr).toBe(0);
  expect(index.stdout).toContain('passed sanity check');
  expect(index.stdout).not.toMatch(/Mismatches|Exception|larger timestamp|no entries found/i);
});
