// What every test of the page holds, whatever it is about: no console error, no uncaught error, no
// violation of the Content-Security-Policy, no request that leaves the origin.
import { deflateRawSync } from 'node:zlib';

import { test as base, expect, type BrowserContext, type Locator, type Page } from '@playwright/test';

export { expect };
export type { Locator, Page };

interface Faults {
  /** Expect a fault of this kind in this test, because the test provokes it. */
  allow(pattern: RegExp): void;
}

export const test = base.extend<{ faults: Faults }>({
  faults: [
    async ({ context, baseURL }, use) => {
      const seen: string[] = [];
      const allowed: RegExp[] = [];
      await watch(context, new URL(baseURL!).origin, (fault) => seen.push(fault));
      await use({ allow: (pattern) => allowed.push(pattern) });
      const faults = seen.filter((fault) => !allowed.some((pattern) => pattern.test(fault)));
      expect(faults, 'faults of the page beside what the test is about').toEqual([]);
    },
    { auto: true },
  ],
});

async function watch(context: BrowserContext, origin: string, report: (fault: string) => void) {
  await context.exposeFunction('__ottlaReportViolation', (what: string) => report(`policy violated: ${what}`));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const { violatedDirective, blockedURI, sourceFile, lineNumber } = event;
      const reportViolation = (window as unknown as Record<string, (what: string) => void>).__ottlaReportViolation;
      reportViolation(`${violatedDirective} ${blockedURI} at ${sourceFile}:${lineNumber}`);
    });
  });
  context.on('console', (message) => {
    if (message.type() === 'error') report(`console error: ${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (error) => report(`uncaught: ${error.error().message}`));
  context.on('request', (request) => {
    const url = new URL(request.url());
    const isInside = url.origin === origin || url.protocol === 'data:' || url.protocol === 'blob:';
    if (!isInside) report(`request leaves the origin: ${request.url()}`);
  });
}

type Call = (...args: unknown[]) => unknown;

declare global {
  interface Window {
    /** The page's calls, as docs/embedding.md has them; there once `ready` has resolved. */
    ottla?: { ready: Promise<unknown> } & Record<string, Call>;
  }
}

/** `window.ottla`, once it is ready, called from the test. */
export async function ottla(page: Page) {
  await page.waitForFunction(() => window.ottla !== undefined);
  await page.evaluate(async () => void (await window.ottla!.ready));
  const call = <T = any>(name: string, ...args: unknown[]) =>
    page.evaluate(([method, given]) => window.ottla![method](...given), [name, args] as const) as Promise<T>;
  return {
    /** Any call by its name; throws what the page throws. */
    call,
    /** Applies one command of the journal's own JSON. */
    apply: (command: unknown) => call('apply', command),
    /** Advances virtual time by this many milliseconds. */
    advance: (ms: number) => call('advance', ms),
    /** A view as plain data. */
    view: <T = any>(name: string, args?: unknown) => call<T>('view', name, args),
    /** Milliseconds of virtual time since the document's start. */
    elapsed: async () => {
      const { now_ms, start_ms } = await call('view', 'cluster');
      return now_ms - start_ms as number;
    },
  };
}

/** Opens the page and waits until it has drawn itself. */
export async function open(page: Page, path = './') {
  await page.goto(path);
  await expect(page.locator('#loading')).toHaveCount(0, { timeout: 60_000 });
}

/** What `#` and what follows it hold for a document (docs/scenario-format.md). */
export function linkOf(document: unknown): string {
  return linkOfText(JSON.stringify(document));
}

/** The same for any text, also one that is no document. */
export function linkOfText(text: string): string {
  return `#s1=${deflateRawSync(Buffer.from(text)).toString('base64url')}`;
}

/** A document that stands still: one broker, what `setup` makes, and whatever else is given. */
export function scenario(setup: object[], more: Record<string, unknown> = {}) {
  return {
    ottla: 1,
    title: 'A quiet cluster',
    seed: 7,
    start: '2026-01-01T00:00:00Z',
    cluster: { brokers: 1, latency_ms: 1 },
    setup,
    view: { playing: false },
    ...more,
  };
}

/** Topic `orders` of four partitions. */
export const orders = { do: 'create-topic', topic: 'orders', partitions: 4 };

/** A producer that sends only what it is told to. */
export const checkout = { do: 'add-producer', producer: 'checkout' };

/** Opens a document by its link; time stands unless the document says otherwise. */
export async function stage(page: Page, document: unknown, path = './') {
  await open(page, `${path}${linkOf(document)}`);
  return ottla(page);
}

/** The topic's records, all partitions one after the other: where each is, and what it is. */
export async function recordsOf(page: Page, topic: string) {
  const api = await ottla(page);
  const { summary } = await api.view('topic', { topic });
  const records: any[] = [];
  for (let partition = 0; partition < summary.partitions; partition += 1) {
    const lane = await api.view('lane', { topic, partition });
    for (const cell of lane.cells) {
      records.push(await api.view('record', { topic, partition, offset: cell.offset }));
    }
  }
  return records;
}

/** Bytes of a view as text; null stays null. */
export function textOf(bytes: number[] | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('utf8');
}
