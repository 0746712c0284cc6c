// The Configs drawer: every config with type, range, default, importance, source, what it does here and why.
import AxeBuilder from '@axe-core/playwright';

import { checkout, expect, orders, scenario, stage, test, type Page } from './fixtures';

const story = scenario([{ ...orders, configs: { 'retention.ms': '30000' } }, checkout,
  { do: 'add-group', group: 'billing', topics: ['orders'], members: [{}] }], { at: 1_000 });

async function drawer(page: Page) {
  await page.getByRole('tab', { name: 'Configs' }).click();
  const whose = page.getByRole('group', { name: 'Whose configs' });
  const rows = page.getByRole('region', { name: 'Configs' }).locator('tbody tr');
  return { whose, rows, search: page.getByRole('textbox', { name: 'Search configs' }) };
}

test('all have a name, a type, an importance, a source, a model and an explanation', async ({ page }) => {
  await stage(page, story);
  const { whose, rows } = await drawer(page);
  const least: Record<string, number> = { 'Topic orders': 33, Broker: 20, Producer: 20, Consumer: 20, Group: 5 };
  for (const [name, count] of Object.entries(least)) {
    await whose.getByRole('button', { name, exact: true }).click();
    await expect(page.getByRole('textbox', { name: 'Search configs' })).toHaveAttribute('placeholder', /^Search \d+ configs$/);
    expect(await rows.count(), name).toBeGreaterThanOrEqual(count);
    for (const row of await rows.all()) {
      const [config, , , kind, importance, source, model, effect] = await row.locator('th, td').allTextContents();
      expect(config).toMatch(/^[a-z0-9.]+$/);
      expect(kind, config).toMatch(/^(BOOLEAN|STRING|INT|SHORT|LONG|DOUBLE|LIST|CLASS|PASSWORD)/);
      expect(importance, config).toMatch(/^(high|medium|low)$/);
      expect(source, config).toMatch(/_CONFIG$/);
      expect(model, config).toMatch(/^(honoured|simplified|ignored)$/);
      expect(effect.length, config).toBeGreaterThan(10);
    }
  }
  const { violations } = await new AxeBuilder({ page }).include('.drawer').analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes[0].html}`)).toEqual([]);
});

test('they are searched and narrowed', async ({ page }) => {
  await stage(page, story);
  const { whose, rows, search } = await drawer(page);
  await expect(rows.first()).toContainText('retention.ms');
  await expect(rows.first()).toContainText('DYNAMIC_TOPIC_CONFIG');
  await search.fill('dirty ratio');
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toContainText('min.cleanable.dirty.ratio');
  await expect(rows.first()).toContainText('DOUBLE [0,...,1]');
  await search.fill('');
  await page.getByRole('button', { name: /^Set 1/ }).click();
  await expect(rows).toHaveCount(1);
  await page.getByRole('button', { name: /^Set 1/ }).click();
  await whose.getByRole('button', { name: 'Producer' }).click();
  await page.getByRole('button', { name: /^Important/ }).click();
  for (const row of await rows.all()) await expect(row).toContainText('high');
});
