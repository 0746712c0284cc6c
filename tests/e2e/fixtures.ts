// What every test of the page holds, whatever it is about: no console error, no uncaught error, no
// violation of the Content-Security-Policy, no request that leaves the origin.
import { test as base, expect, type BrowserContext, type Page } from '@playwright/test';

export { expect };
export type { Page };

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

/** The page's scripting surface, as docs/scenario-format.md has it. */
interface OttlaApi {
  ready?: Promise<unknown>;
  apply(command: unknown): unknown;
  advance(ms: number): unknown;
  view(name: string, argument?: unknown): unknown;
}

declare global {
  interface Window {
    ottla?: OttlaApi;
  }
}

/** `window.ottla`, once it is there and ready, called from the test. */
export async function ottla(page: Page) {
  await page.waitForFunction(() => window.ottla !== undefined);
  await page.evaluate(() => window.ottla!.ready);
  const call = (name: string, args: unknown[]) =>
    page.evaluate(([method, given]) => {
      const api = window.ottla as unknown as Record<string, (...args: unknown[]) => unknown>;
      return api[method as string](...(given as unknown[]));
    }, [name, args]);
  return {
    /** Applies one command of the journal's own JSON; throws what the page throws when it is refused. */
    apply: (command: unknown) => call('apply', [command]),
    /** Advances virtual time by this many milliseconds. */
    advance: (ms: number) => call('advance', [ms]),
    /** A view as plain data. */
    view: (name: string, ...args: unknown[]) => call('view', [name, ...args]),
    /** Any other method. */
    call: (name: string, ...args: unknown[]) => call(name, args),
  };
}

/** Opens the page and waits until it has drawn itself. */
export async function open(page: Page, path = './') {
  await page.goto(path);
  await expect(page.locator('#loading')).toHaveCount(0);
}
