// axe finds no violation, in both themes, wide and narrow.
import AxeBuilder from '@axe-core/playwright';

import { expect, open, ottla, test, type Page } from './fixtures';

async function expectNoViolation(page: Page, where: string) {
  // The embed dialog's preview is a page of its own, with landmarks of its own; it is looked at by itself below.
  const { violations } = await new AxeBuilder({ page }).exclude('iframe').analyze();
  const told = violations.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map((node) => `  ${node.html}`).join('\n')}`);
  expect(told, where).toEqual([]);
}

const widths = { wide: 1440, tablet: 900, phone: 375 };

for (const path of ['./', './embed/']) {
  for (const theme of ['light', 'dark']) {
    for (const [name, width] of Object.entries(widths)) {
      test(`${path} has no violation: ${theme}, ${name}`, async ({ page }) => {
        await page.setViewportSize({ width, height: 812 });
        await open(page, `${path}?theme=${theme}`);
        await expectNoViolation(page, path);
      });
    }
  }
}

/** How each panel is opened, by its name. */
const panels: [string, (page: Page) => Promise<void>][] = [
  ['Topic menu', (page) => page.getByRole('button', { name: /^Topic orders/ }).click()],
  ['New topic', (page) => page.keyboard.press('n')],
  ['Add partitions to orders', (page) => page.getByRole('button', { name: 'Partition', exact: true }).click()],
  ['Broker 2', (page) => page.getByRole('button', { name: 'Broker 2', exact: true }).click()],
  ['Jump ahead', (page) => page.getByRole('button', { name: 'Jump ahead' }).click()],
  ['Producer checkout', (page) => page.getByRole('button', { name: 'More for producer checkout' }).click()],
  ['Group billing', (page) => page.getByRole('button', { name: 'More for group billing' }).click()],
  ['New group', (page) => page.getByRole('button', { name: 'Add a consumer group' }).click()],
  ['Open', (page) => page.getByRole('button', { name: 'Open', exact: true }).click()],
  ['Share', (page) => page.getByRole('button', { name: 'Share', exact: true }).click()],
  ['Embed', (page) => page.getByRole('button', { name: 'Embed', exact: true }).click()],
  ['Help', (page) => page.getByRole('button', { name: 'Help and keyboard shortcuts' }).click()],
];

for (const theme of ['light', 'dark']) {
  test(`no panel has a violation: ${theme}`, async ({ page }) => {
    test.slow();
    await open(page, `./?theme=${theme}`);
    await (await ottla(page)).call('pause');
    for (const [name, show] of panels) {
      await show(page);
      const panel = page.getByRole('dialog', { name, exact: true }).or(page.getByRole('complementary', { name, exact: true }));
      await expect(panel).toBeVisible();
      await expectNoViolation(page, name);
      // The first leaves a field, the second the panel.
      await expect(async () => {
        await page.keyboard.press('Escape');
        await expect(panel).toHaveCount(0, { timeout: 500 });
      }).toPass();
    }
  });

  test(`no tab of the drawer has a violation: ${theme}`, async ({ page }) => {
    test.slow();
    await open(page, `./?theme=${theme}`);
    await (await ottla(page)).call('pause');
    const tabs = page.getByRole('tablist').getByRole('tab');
    for (const name of await tabs.allTextContents()) {
      await page.getByRole('tab', { name: name.trim() }).click();
      await expectNoViolation(page, name);
    }
  });
}
