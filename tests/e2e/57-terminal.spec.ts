// The Terminal: Kafka's command-line tools, typed. What changes the cluster is an action of the journal.
import AxeBuilder from '@axe-core/playwright';

import { checkout, expect, orders, scenario, stage, test, type Page } from './fixtures';

const story = scenario([{ ...orders, configs: { 'retention.ms': '30000' } }, checkout], { at: 1_000 });
const server = '--bootstrap-server localhost:9092';

async function terminal(page: Page) {
  await page.getByRole('tab', { name: 'Terminal' }).click();
  const line = page.locator('.term-line input');
  const output = page.getByRole('log', { name: 'Terminal output' });
  const enter = async (text: string) => {
    await line.fill(text);
    await line.press('Enter');
  };
  /** Lines of the newest command's output. */
  const printed = async () => (await output.locator('.term-block').last().locator('.term-text > div').allTextContents());
  return { line, output, enter, printed, list: page.getByRole('listbox', { name: 'Suggestions' }) };
}

test('a topic is described as the real tool describes it', async ({ page }) => {
  await stage(page, story);
  const { enter, printed } = await terminal(page);
  await enter(`kafka-topics.sh ${server} --describe --topic orders`);
  const [head, first] = await printed();
  expect(head).toMatch(/^Topic: orders\tTopicId: \S{22}\tPartitionCount: 4\tReplicationFactor: 1\tConfigs: min.insync.replicas=1,retention.ms=30000$/);
  expect(first).toBe('\tTopic: orders\tPartition: 0\tLeader: 1\tReplicas: 1\tIsr: 1\tElr: \tLastKnownElr: ');
});

test('what is typed is an action: in the journal, undone, in the link', async ({ page }) => {
  const api = await stage(page, story);
  const { enter, printed } = await terminal(page);
  await enter(`kafka-topics.sh ${server} --create --topic payments --partitions 3`);
  expect((await printed())[0]).toBe('Created topic payments.');
  await api.advance(1_000);
  const topics = async () => (await api.view('cluster')).topics.map((topic: any) => topic.name);
  expect(await topics()).toEqual(['orders', 'payments']);
  await page.getByRole('tab', { name: 'Journal' }).click();
  await expect(page.locator('.pane-journal')).toContainText('payments');
  await page.getByRole('button', { name: 'Undo', exact: true }).first().click();
  await expect.poll(topics).toEqual(['orders']);
  await page.getByRole('tab', { name: 'Terminal' }).click();
  await expect(page.locator('.term-out')).toContainText('Created topic payments.');
});

test('replicas are chosen, moved and led by what is typed', async ({ page }) => {
  const cluster = { brokers: 3, quorum: { separate: 1 }, latency_ms: 1 };
  const api = await stage(page, scenario([], { cluster }));
  const { enter, printed } = await terminal(page);
  const partition = async () => (await api.view('lane', { topic: 'placed', partition: 0 }));
  const replicas = async () => (await partition()).replicas.map((replica: any) => replica.broker);
  await enter(`kafka-topics.sh ${server} --create --topic placed --replica-assignment 1:2,2:3`);
  expect((await printed())[0]).toBe('Created topic placed.');
  await api.advance(1_000);
  expect(await replicas()).toEqual([1, 2]);
  await enter(`echo '{"version":1,"partitions":[{"topic":"placed","partition":0,"replicas":[3,1]}]}' > plan.json`);
  await enter(`kafka-reassign-partitions.sh ${server} --execute --reassignment-json-file plan.json`);
  expect((await printed()).at(-1)).toBe('Successfully started partition reassignment for placed-0');
  await api.advance(3_000);
  expect(await replicas()).toEqual([3, 1]);
  await enter(`kafka-reassign-partitions.sh ${server} --verify --reassignment-json-file plan.json`);
  expect(await printed()).toContain('Reassignment of partition placed-0 is completed.');
  await enter(`kafka-leader-election.sh ${server} --election-type preferred --topic placed --partition 0`);
  expect((await printed())[0]).toContain('leader election (PREFERRED) for partitions placed-0');
  await api.advance(1_000);
  expect((await partition()).leader).toBe(3);
  await enter(`kafka-configs.sh ${server} --alter --entity-type brokers --entity-name 2 --add-config log.retention.ms=5000`);
  expect((await printed())[0]).toBe('Completed updating config for broker 2.');
  await api.advance(1_000);
  await enter(`kafka-configs.sh ${server} --describe --entity-type brokers --entity-name 2`);
  expect((await printed()).join('\n')).toContain('DYNAMIC_BROKER_CONFIG:log.retention.ms=5000');
});

test('a line is completed: list, ghost text, Tab, arrows, Escape', async ({ page }) => {
  await stage(page, story);
  const { line, list } = await terminal(page);
  await line.pressSequentially('kafka-to');
  await expect(list.getByRole('option')).toHaveCount(1);
  await expect(page.locator('.ghost-in')).toHaveText('kafka-topics.sh ');
  await line.press('Tab');
  await expect(line).toHaveValue('kafka-topics.sh ');
  await line.press('Tab');
  await expect(line).toHaveValue('kafka-topics.sh --bootstrap-server ');
  await line.press('Tab');
  await line.pressSequentially('--d');
  await expect(list.getByRole('option')).toHaveText([/^--delete/, /^--describe/]);
  await line.press('ArrowDown');
  await expect(list.getByRole('option', { selected: true })).toHaveText(/^--describe/);
  await line.press('Enter');
  await expect(line).toHaveValue(`kafka-topics.sh ${server} --describe `);
  await line.pressSequentially('--topic o');
  await line.press('ArrowRight');
  await expect(line).toHaveValue(`kafka-topics.sh ${server} --describe --topic orders `);
  await line.press('Escape');
  await expect(list).toHaveCount(0);
  await expect(line).toBeFocused();
  // With no list there is no trap: Tab goes on.
  await line.press('Tab');
  await expect(line).not.toBeFocused();
});

test('Up and Down go through what was typed, clear empties the screen', async ({ page }) => {
  await stage(page, story);
  const { line, enter, output } = await terminal(page);
  await enter('echo one');
  await enter('echo two');
  await line.press('ArrowUp');
  await expect(line).toHaveValue('echo two');
  await line.press('ArrowUp');
  await expect(line).toHaveValue('echo one');
  await line.press('ArrowDown');
  await line.press('ArrowDown');
  await expect(line).toHaveValue('');
  await enter('clear');
  await expect(output.locator('.term-block')).toHaveCount(0);
  await enter('kafka-topic.sh --list');
  await expect(output).toContainText('Did you mean kafka-topics.sh?');
  await enter('kafka-topics.sh --list | sort');
  await expect(output).toContainText('Pipes are not supported');
});

test('a console producer takes lines, a console consumer prints them as time goes on', async ({ page }) => {
  const api = await stage(page, story);
  const { enter, output, line } = await terminal(page);
  await enter(`kafka-console-producer.sh ${server} --topic orders --reader-property parse.key=true --reader-property key.separator=:`);
  await expect(page.locator('.term-line > b')).toHaveText('>');
  await enter('alice:1');
  await enter('bob:2');
  await line.press('Control+d');
  await api.advance(3_000);
  await expect(page.locator('.term-line > b')).toHaveText('$');
  expect((await api.view('ledger')).acked).toBe(2);

  await enter(`kafka-console-consumer.sh ${server} --topic orders --from-beginning --group readers --formatter-property print.key=true`);
  await api.advance(8_000);
  await expect(output).toContainText('alice\t1');
  await expect(output).toContainText('bob\t2');
  const group = async () => (await api.view('groups')).find((known: any) => known.group === 'readers');
  expect((await group()).members[0].name).toBe('console-consumer');
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(output).toContainText('Processed a total of 2 messages');
  await api.advance(2_000);
  expect((await group()).members).toHaveLength(0);
});

test('a refusal is in the words of the tool', async ({ page }) => {
  await stage(page, story);
  const { enter, printed } = await terminal(page);
  await enter(`kafka-configs.sh ${server} --alter --topic orders --add-config retention.ms=-5`);
  expect(await printed()).toEqual([
    `Error while executing config command with args '${server} --alter --topic orders --add-config retention.ms=-5'`,
    'java.util.concurrent.ExecutionException: org.apache.kafka.common.errors.InvalidConfigurationException: Invalid value -5 for configuration retention.ms: Value must be at least -1',
    'Caused by: org.apache.kafka.common.errors.InvalidConfigurationException: Invalid value -5 for configuration retention.ms: Value must be at least -1',
  ]);
});

test('a block is copied whole', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await stage(page, story);
  const { enter, output } = await terminal(page);
  await enter('echo one');
  await output.locator('.term-block').first().hover();
  await output.getByRole('button', { name: 'Copy' }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('$ echo one\none');
});

test('a command to try goes into the line', async ({ page }) => {
  await stage(page, story);
  const { line } = await terminal(page);
  await page.getByRole('complementary', { name: 'Commands to try' }).getByRole('button').first().click();
  await expect(line).toHaveValue(`kafka-topics.sh ${server} --describe --topic orders`);
  await expect(line).toBeFocused();
});

for (const theme of ['light', 'dark']) {
  test(`no violation with the list open: ${theme}, wide and phone`, async ({ page }) => {
    await stage(page, story, `./?theme=${theme}`);
    for (const [width, height] of [[1440, 900], [375, 812]]) {
      await page.setViewportSize({ width, height });
      const { enter, line } = await terminal(page);
      await enter(`kafka-topics.sh ${server} --describe`);
      await line.pressSequentially('kafka-consumer-groups.sh --d');
      await expect(page.getByRole('listbox', { name: 'Suggestions' })).toBeVisible();
      const { violations } = await new AxeBuilder({ page }).include('.drawer').analyze();
      expect(violations.map(({ id, nodes }) => `${id} ${nodes[0].html}`)).toEqual([]);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(wide).toBe(0);
      await line.press('Escape');
      await line.fill('');
    }
  });
}
