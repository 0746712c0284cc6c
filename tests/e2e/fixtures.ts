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
  const call = (name: string, ...args: unknown[]) =>
    page.evaluate(([method, given]) => window.ottla![method](...given), [name, args] as const);
  return {
    /** Any call by its name; throws what the page throws. */
    call,
    /** Applies one command of the journal's own JSON. */
    apply: (command: unknown) => call('apply', command),
    /** Advances virtual time by this many milliseconds. */
    advance: (ms: number) => call('advance', ms),
    /** A view as plain data. */
    view: (name: string, args?: unknown) => call('view', name, args),
  };
}

/** Opens the page and waits until it has drawn itself. */
export async function open(page: Page, path = './') {
  await page.goto(path);
  await expect(page.locator('#loading')).toHaveCount(0);
}
