// Point 6: groups form, share partitions, fall behind, lose members and find others.
import { checkout, expect, orders, ottla, scenario, stage, test, type Page } from './fixtures';

const billing = (members: number, more: Record<string, unknown> = {}) => ({
  do: 'add-group',
  group: 'billing',
  topics: ['orders'],
  configs: { 'auto.offset.reset': 'earliest' },
  members: Array.from({ length: members }, (_, n) => ({ member: `billing-${n + 1}` })),
  ...more,
});
const formed = (members: number, more = {}) => scenario([orders, checkout, billing(members, more)], { at: 10_000 });

const group = (page: Page, name = 'billing') => page.getByRole('article', { name: `Consumer group ${name}` });
const member = (page: Page, name: string) => group(page).getByRole('listitem').filter({ hasText: name });

async function look(page: Page, name = 'billing') {
  const api = await ottla(page);
  return (await api.view('group', { group: name })).group;
}

/** What each member owns; every partition has exactly one owner, or this fails. */
async function owners(page: Page, name = 'billing', partitions = 4) {
  const { members } = await look(page, name);
  const owned = members.flatMap((one: any) => one.owned.map((tp: any) => tp.partition));
  expect([...owned].sort()).toEqual(Array.from({ length: partitions }, (_, n) => n));
  return Object.fromEntries(members.map((one: any) => [one.name, one.owned.map((tp: any) => tp.partition)]));
}

test('a group forms, and its chips show who owns what', async ({ page }) => {
  await stage(page, formed(2));
  await expect(group(page)).toContainText('Stable');
  const owned = await owners(page);
  for (const [name, partitions] of Object.entries(owned)) {
    expect(partitions).toHaveLength(2);
    for (const partition of partitions as number[]) {
      await expect(member(page, name).getByText(`P${partition}`, { exact: true })).toBeVisible();
    }
  }
});

test('joining is seen as it happens: the group waits, then is stable', async ({ page }) => {
  const api = await stage(page, { ...formed(2), at: 1_000 });
  await expect(group(page)).toContainText('PreparingRebalance');
  expect((await look(page)).generation).toBe(0);
  await api.advance(9_000);
  await expect(group(page)).toContainText('Stable');
  expect((await look(page)).generation).toBe(1);
});

test('one more member takes its share', async ({ page }) => {
  const api = await stage(page, formed(1));
  const before = (await look(page)).generation;
  await group(page).getByRole('button', { name: 'Member', exact: true }).click();
  const form = page.getByRole('dialog', { name: 'New member of billing' });
  await form.getByLabel('Name').fill('extra');
  await form.getByRole('button', { name: 'Add member' }).click();
  await api.advance(20_000);
  await expect(group(page)).toContainText('Stable');
  expect((await look(page)).generation).toBeGreaterThan(before);
  expect((await owners(page)).extra).toHaveLength(2);
});

test('a member that gets no partition is plainly idle', async ({ page }) => {
  await stage(page, formed(5));
  const { members } = await look(page);
  const idle = members.filter((one: any) => one.owned.length === 0);
  expect(idle).toHaveLength(1);
  await expect(member(page, idle[0].name)).toContainText('idle, no partition left');
  await expect(group(page).getByText('idle, no partition left')).toHaveCount(1);
});

test('a crashed member\'s partitions wait for session.timeout.ms', async ({ page }) => {
  const api = await stage(page, formed(2));
  const before = await owners(page);
  await group(page).getByRole('button', { name: 'Crash billing-2' }).click();
  await expect(member(page, 'billing-2')).toContainText(/session ends in/);
  await api.advance(30_000);
  // Nobody has missed it yet: 45 s is the default.
  expect((await look(page)).members.find((one: any) => one.name === 'billing-1').owned).toHaveLength(2);
  await api.advance(30_000);
  expect((await owners(page))['billing-1']).toEqual([0, 1, 2, 3]);
  expect(before['billing-2']).toHaveLength(2);
  await group(page).getByRole('button', { name: 'Start billing-2' }).click();
  await api.advance(20_000);
  expect((await owners(page))['billing-2']).toHaveLength(2);
});

test('a closed member leaves at once', async ({ page }) => {
  const api = await stage(page, formed(2));
  await group(page).getByRole('button', { name: 'Close billing-1' }).click();
  await api.advance(6_000);
  await expect(member(page, 'billing-1')).toHaveCount(0);
  expect((await owners(page))['billing-2']).toEqual([0, 1, 2, 3]);
});

test('a paused member keeps its partitions, and lag grows until it resumes', async ({ page }) => {
  const api = await stage(page, formed(1));
  await group(page).getByRole('button', { name: 'Pause billing-1' }).click();
  await api.apply({ do: 'produce', producer: 'checkout', topic: 'orders', key: 'k', value: 'v', count: 40 });
  await api.advance(10_000);
  expect((await look(page)).total_lag).toBe(40);
  await expect(member(page, 'billing-1')).toContainText('paused');
  await expect(member(page, 'billing-1')).toContainText('lag 40');
  await owners(page);
  await group(page).getByRole('button', { name: 'Resume billing-1' }).click();
  await api.advance(10_000);
  await expect(member(page, 'billing-1')).toContainText('lag 0');
});

test('slow processing falls behind; auto-commit follows the position', async ({ page }) => {
  const api = await stage(page, formed(1, { processing_us: 1_000_000 }));
  await api.apply({ do: 'produce', producer: 'checkout', topic: 'orders', key: 'k', value: 'v', count: 30 });
  await api.advance(8_000);
  const { total_lag: lag } = await look(page);
  expect(lag).toBeGreaterThan(0);
  await expect(group(page)).toContainText(`total lag ${lag}`);
  await api.advance(60_000);
  const { offsets } = await look(page);
  const row = offsets.find((one: any) => one.log_end === 30);
  expect(row).toMatchObject({ committed: 30, position: 30, lag: 0 });
});

for (const assignor of ['range', 'roundrobin', 'sticky', 'cooperative-sticky']) {
  test(`a group from the form, with the ${assignor} assignor, from the earliest record`, async ({ page }) => {
    const api = await stage(page, scenario([orders, checkout], { at: 1_000 }));
    await api.apply({ do: 'produce', producer: 'checkout', topic: 'orders', key: 'k', value: 'v', count: 5 });
    await page.getByRole('button', { name: 'Add a consumer group' }).click();
    const form = page.getByRole('complementary', { name: 'New group' });
    await form.getByLabel('group.id').fill('shipping');
    await form.getByRole('group', { name: 'auto.offset.reset' }).getByRole('button', { name: 'earliest' }).click();
    await form.getByRole('radio', { name: new RegExp(`^${assignor} `) }).check({ force: true });
    await form.getByRole('button', { name: 'Add group' }).click();
    await api.advance(20_000);
    const shipping = await look(page, 'shipping');
    expect(shipping).toMatchObject({ state: 'Stable', assignor, total_lag: 0, auto_offset_reset: 'earliest' });
    await owners(page, 'shipping');
    expect(shipping.members.reduce((sum: number, one: any) => sum + one.consumed, 0)).toBe(5);
    const sheet = page.getByRole('complementary', { name: 'Group shipping' });
    await sheet.getByRole('button', { name: 'Close', exact: true }).click();
    await expect(group(page, 'shipping')).toContainText(assignor);
  });
}
