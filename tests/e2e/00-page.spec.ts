// The page as a static site: under any path, with its policy, without faults.
import { expect, open, test } from './fixtures';

for (const path of ['./', './embed/']) {
  test(`${path} opens under a sub-path and draws itself`, async ({ page }) => {
    await open(page, path);
    await expect(page).toHaveTitle(/Ottla/);
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
    expect((await page.locator('body').innerText()).trim()).not.toBe('');
  });

  test(`${path} keeps its policy: no inline script runs`, async ({ page, faults }) => {
    faults.allow(/script-src/);
    faults.allow(/Content Security Policy/);
    await open(page, path);
    const policy = await page.locator('meta[http-equiv="Content-Security-Policy" i]').getAttribute('content');
    const scripts = policy!.split(';').map((part) => part.trim()).find((part) => part.startsWith('script-src '));
    expect(scripts).toBe("script-src 'self' 'wasm-unsafe-eval'");
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.inlineScriptRan = true';
      document.body.append(script);
    });
    expect(await page.evaluate(() => 'inlineScriptRan' in window)).toBe(false);
  });

  test(`${path} takes the theme that is asked for before it draws anything`, async ({ page }) => {
    await page.goto(`${path}?theme=dark`, { waitUntil: 'commit' });
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto(`${path}?theme=light`, { waitUntil: 'commit' });
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  });
}

test('the frame of the page stands before its wasm has come', async ({ page }) => {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/*.wasm', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('./');
  await expect(page.getByRole('status')).toHaveText('Starting the cluster');
  release();
  await expect(page.locator('#loading')).toHaveCount(0);
});

test('a wasm that does not come is told, with what to do', async ({ page, faults }) => {
  faults.allow(/./);
  await page.route('**/*.wasm', (route) => route.abort());
  await page.goto('./');
  await expect(page.getByRole('alert')).toContainText('Ottla could not start');
});

test('both pages share one wasm and name no path of the host', async ({ request }) => {
  const page = await (await request.get('./')).text();
  const embed = await (await request.get('./embed/')).text();
  const wasm = (text: string) => new Set([...text.matchAll(/[\w-]+\.wasm/g)].map((match) => match[0]));
  expect([...wasm(page)].filter((name) => /^web-[0-9a-f]+_bg\.wasm$/.test(name))).toHaveLength(1);
  expect(wasm(embed)).toEqual(wasm(page));
  for (const text of [page, embed]) expect(text).not.toMatch(/(?:href|src|data-script|data-wasm|data-documents)=["']?\//);
});
