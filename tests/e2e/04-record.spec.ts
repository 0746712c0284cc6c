// Point 4: look into a record, down to its bytes, by mouse and by keyboard.
import { checkout, expect, orders, ottla, scenario, stage, test, type Page } from './fixtures';

/** Five records in partition 1, four in partition 2, sent one by one. */
const produce = (partition: number, n: number) => ({
  at: 1_000 * n,
  do: 'produce',
  producer: 'checkout',
  topic: 'orders',
  key: `k${n}`,
  value: `{"n":${n}}`,
  headers: [['trace', `t${n}`]],
  partition,
});
const document = scenario([orders, checkout], {
  at: 20_000,
  journal: [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => produce(n <= 5 ? 1 : 2, n)),
});

const lane = (page: Page, partition: number) => page.getByRole('group', { name: `Partition ${partition}:` });
const pane = (page: Page) => page.getByRole('tabpanel', { name: 'Record' });

/** Moves the mouse over a lane until it is on the record: what is under it stands in the canvas's title. */
async function pointAt(page: Page, partition: number, offset: number) {
  const strip = lane(page, partition).locator('canvas');
  const title = `P${partition} offset ${offset}`;
  const box = (await strip.boundingBox())!;
  for (let y = 8; y < box.height; y += 14) {
    for (let x = 4; x < box.width; x += 8) {
      const found = await strip.evaluate((canvas, at) => {
        const { left, top } = canvas.getBoundingClientRect();
        canvas.dispatchEvent(new MouseEvent('mousemove', { clientX: left + at.x, clientY: top + at.y, bubbles: true }));
        return (canvas as HTMLElement).title;
      }, { x, y });
      if (found === title) {
        await page.mouse.move(box.x + x, box.y + y);
        return;
      }
    }
  }
  throw new Error(`${title} is nowhere in its lane`);
}

test('a click on a record shows what it is and where it sits', async ({ page }) => {
  await stage(page, document);
  await pointAt(page, 1, 3);
  await page.mouse.down();
  await page.mouse.up();
  await expect(pane(page)).toContainText('P1, offset 3');
  await expect(pane(page)).toContainText('k4');
  await expect(pane(page)).toContainText('{"n":4}');
  await expect(pane(page)).toContainText('trace = t4');
  await expect(pane(page)).toContainText('CreateTime');
  await expect(pane(page)).toContainText(/checkout, id \d+, epoch 0, seq 3/);
  await expect(pane(page)).toContainText('active');
});

test('the bytes shown are the batch\'s own', async ({ page }) => {
  const api = await stage(page, document);
  await pointAt(page, 2, 0);
  await page.mouse.down();
  await page.mouse.up();
  const { batch } = await api.view('record', { topic: 'orders', partition: 2, offset: 0 });
  await expect(pane(page)).toContainText(`${batch.bytes_len} bytes, 1 record, format v2`);
  const shown = await page.locator('.hex [data-at]').allTextContents();
  expect(shown.map((byte) => parseInt(byte, 16))).toEqual(batch.bytes);
  // Magic 2 stands at byte 16 of every batch (DefaultRecordBatch.MAGIC_OFFSET).
  expect(shown[16]).toBe('02');
});

test('a field marks its bytes, and a byte its field', async ({ page }) => {
  await stage(page, document);
  await pointAt(page, 1, 0);
  await page.mouse.down();
  await page.mouse.up();
  const fields = pane(page).getByRole('list', { name: 'Fields of the batch and of this record' });
  const hot = () => page.locator('.hex .hot').evaluateAll((all) => all.map((byte) => Number(byte.getAttribute('data-at'))));
  await fields.getByRole('button', { name: /^baseOffset/ }).hover();
  await expect.poll(hot).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  await page.locator('.hex [data-at="16"]').hover();
  await expect(pane(page)).toContainText('magic at byte 16: 2');
  await expect(fields.getByRole('button', { name: /^magic/ })).toHaveAttribute('aria-pressed', 'true');
  await fields.getByRole('button', { name: /^key(?!L)/ }).focus();
  const bytes = async () => (await page.locator('.hex .hot').allTextContents()).join('');
  await expect.poll(bytes).toBe(Buffer.from('k1').toString('hex'));
});

test('arrows walk through records and lanes', async ({ page }) => {
  await stage(page, document);
  await lane(page, 1).focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Home');
  await expect(pane(page)).toContainText('P1, offset 0');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(pane(page)).toContainText('P1, offset 2');
  await page.keyboard.press('ArrowLeft');
  await expect(pane(page)).toContainText('P1, offset 1');
  await page.keyboard.press('End');
  await expect(pane(page)).toContainText('P1, offset 4');
  await page.keyboard.press('ArrowDown');
  await expect(pane(page)).toContainText('P2, offset');
  await expect(lane(page, 2)).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(pane(page)).toContainText('Select a record in a lane');
});

test('a record tells its fate, and what is yet to come', async ({ page }) => {
  const api = await stage(page, { ...document, at: 20_000 });
  await lane(page, 1).focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  const fate = pane(page).getByRole('listitem').filter({ has: page.locator('b') });
  const { fate: steps } = await api.view('record', { topic: 'orders', partition: 1, offset: 4 });
  expect(steps.length).toBeGreaterThan(1);
  for (const step of steps) await expect(fate.filter({ hasText: step.title }).first()).toBeVisible();
  await pane(page).getByTitle('Go to this moment').first().click();
  expect(await (await ottla(page)).elapsed()).toBeLessThan(20_000);
});
