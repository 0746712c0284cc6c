// axe finds no violation, in both themes, wide and narrow.
import AxeBuilder from '@axe-core/playwright';

import { expect, open, test } from './fixtures';

const widths = { wide: 1440, tablet: 900, phone: 375 };

for (const path of ['./', './embed/']) {
  for (const theme of ['light', 'dark']) {
    for (const [name, width] of Object.entries(widths)) {
      test(`${path} has no violation: ${theme}, ${name}`, async ({ page }) => {
        await page.setViewportSize({ width, height: 812 });
        await open(page, `${path}?theme=${theme}`);
        const { violations } = await new AxeBuilder({ page }).analyze();
        const told = violations.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map((node) => `  ${node.html}`).join('\n')}`);
        expect(told).toEqual([]);
      });
    }
  }
}
