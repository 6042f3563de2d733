import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { rasAffineOf, type Grid, type Vec3 } from '../../../server/web/src/volume/grid.ts';
import { readNrrd } from '../../../server/web/src/volume/nrrd.ts';
import type { Workspace } from '../../../server/web/src/editing/workspace.ts';
import { ball } from './ball.ts';
import { SMALL, target } from './browser.ts';
import { NO_BROWSER } from './places.ts';
import { Setting } from './setting.ts';

declare const segbridge: Workspace;

const setting = new Setting();

function sameGrid(one: Grid, two: Grid, within: number): void {
  assert.deepEqual(one.size, two.size);
  rasAffineOf(one).flat().forEach((value, n) => assert.ok(Math.abs(value - rasAffineOf(two).flat()[n]) <= within, `${JSON.stringify(one)} is not ${JSON.stringify(two)}`));
}

test('An NRRD file on an oblique, left-handed grid is segmented with the keyboard alone and saved on that grid, with names and colours', { skip: NO_BROWSER }, async (t) => {
  const file = path.join(setting.folder, 'ball.nrrd');
  const { bytes, centre } = ball();
  writeFileSync(file, bytes);
  const reader = await setting.reader(t, { viewport: SMALL });
  const { page } = reader;
  await page.setInputFiles('#choose-file', file);
  await reader.ready();
  await page.selectOption('#model', 'scribble-2d');
  // To the middle of the ball by keys, from a place beside it.
  const at = (): Promise<readonly number[]> => page.evaluate(() => segbridge.viewer.slices.crosshair());
  await page.click('button:text-is("Axial")');
  await page.evaluate((place) => segbridge.viewer.slices.moveTo(place), [centre[0] - 2, centre[1] + 1, centre[2]]);
  await page.focus('#slices');
  const apart = async (): Promise<number> => (await at()).reduce((sum, value, n) => sum + Math.abs(value - centre[n]), 0);
  for (const keys of [['ArrowLeft', 'ArrowRight'], ['ArrowUp', 'ArrowDown'], ['PageUp', 'PageDown']]) {
    for (const [there, back] of [keys, keys.toReversed()]) {
      for (let before = await apart(); ; before--) {
        await page.keyboard.press(there);
        const now = await apart();
        assert.equal(Math.abs(now - before), 1, `${there} moves by one voxel`);
        if (now > before) break;
      }
      await page.keyboard.press(back);
    }
  }
  assert.deepEqual([...(await at())], [...centre]);
  await page.keyboard.press('s');
  for (let n = 0; n < 6; n++) await page.keyboard.press(']');
  // The pen goes down and, on the same place, up again.
  await page.keyboard.press('Space');
  await page.keyboard.press('Space');
  await reader.atStep(1);
  const { voxels } = await reader.segment();
  assert.ok(voxels > 100, `${voxels} voxels`);
  await page.keyboard.press('Control+z');
  await reader.atStep(0);
  await page.keyboard.press('Control+y');
  await reader.atStep(1);
  await page.focus('.segment input[type=text]');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('Left ball');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => segbridge.segments.value[0].name === 'Left ball');
  const saved = await reader.save('#save-nrrd');
  const header = saved.bytes.subarray(0, 3000).toString('latin1');
  assert.match(header, /Segment0_Name:=Left ball/);
  assert.match(header, /Segment0_Color:=/);
  const mask = await readNrrd(saved.bytes, 'saved');
  sameGrid(mask.grid, (await readNrrd(bytes, 'ball')).grid, 1e-4);
  assert.equal(mask.voxels[(centre[2] * 50 + centre[1]) * 60 + centre[0]], 1);
  assert.equal(mask.voxels.filter((value) => value !== 0).length, voxels);
  reader.assertWellBehaved();
});

test('A lasso holds all inside it, the eraser takes voxels away, and Ctrl draws the other of the two', { skip: NO_BROWSER }, async (t) => {
  const reader = await setting.reader(t);
  const { page } = reader;
  await reader.openPhantom();
  await page.selectOption('#model', 'scribble-2d');
  const { centre: [i, j, k] } = target(await reader.sample('phantom-truth.nii.gz'));
  const block = (from: number, to: number): Vec3[] => Array.from({ length: (to - from + 1) ** 2 }, (_, n): Vec3 =>
    [i + from + (n % (to - from + 1)), j + from + Math.floor(n / (to - from + 1)), k]);
  await page.keyboard.press('l');
  await reader.drag([i - 8, j - 8, k], [i + 8, j - 8, k], [i + 8, j + 8, k], [i - 8, j + 8, k], [i - 8, j - 7, k]);
  await reader.atStep(1);
  await reader.shoot('21-lasso');
  assert.ok((await reader.holds(block(-6, 6))).every(Boolean), 'all inside the lasso');
  await page.keyboard.press('e');
  assert.equal(await page.evaluate(() => segbridge.positive.value), true, 'erasing leaves the sign as it is');
  const before = await reader.shownVoxels();
  await reader.drag([i - 5, j - 5, k], [i + 5, j - 5, k]);
  await reader.atStep(2);
  await reader.shoot('22-erased');
  assert.ok((await reader.holds(Array.from({ length: 11 }, (_, n): Vec3 => [i - 5 + n, j - 5, k]))).every((held) => !held), 'nothing where the eraser went');
  assert.deepEqual(await reader.holds([[i, j + 2, k]]), [true], 'the rest stays');
  assert.ok((await reader.shownVoxels()) < before);
  await page.keyboard.press('p');
  await page.keyboard.down('Control');
  await reader.click([i + 4, j + 4, k]);
  await page.keyboard.up('Control');
  await reader.atStep(3);
  assert.deepEqual(await reader.holds([[i + 4, j + 4, k]]), [false], 'a negative point');
  reader.assertWellBehaved();
});

test('A box is drawn, and its mask saved, by keys alone from the first key on', { skip: NO_BROWSER }, async (t) => {
  const reader = await setting.reader(t, { viewport: SMALL });
  const { page } = reader;
  const { lower, upper, centre } = target(await reader.sample('phantom-truth.nii.gz'));
  const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.ariaLabel || document.activeElement?.textContent || '');
  const tabTo = async (name: string): Promise<void> => {
    for (let tries = 0; (await focused()) !== name; tries++) {
      assert.ok(tries < 60, `Tab never comes to "${name}"`);
      await page.keyboard.press('Tab');
    }
  };
  await tabTo('Try the phantom');
  await page.keyboard.press('Enter');
  await reader.ready();
  await tabTo('Slices of the scan');
  const go = async (to: Vec3): Promise<void> => {
    const at = await page.evaluate(() => segbridge.viewer.slices.crosshair());
    const press = async (key: string, times: number): Promise<void> => {
      for (let n = 0; n < Math.floor(times / 10); n++) await page.keyboard.press(`Shift+${key}`);
      for (let n = 0; n < times % 10; n++) await page.keyboard.press(key);
    };
    for (let n = at[2]; n !== to[2]; n += Math.sign(to[2] - n)) await page.keyboard.press(to[2] > n ? 'PageUp' : 'PageDown');
    // Columns run to the patient's left, which is on the right of the screen, and rows to the back.
    await press(to[0] > at[0] ? 'ArrowRight' : 'ArrowLeft', Math.abs(to[0] - at[0]));
    await press(to[1] > at[1] ? 'ArrowDown' : 'ArrowUp', Math.abs(to[1] - at[1]));
    assert.deepEqual(await page.evaluate(() => [...segbridge.viewer.slices.crosshair()]), [...to]);
  };
  await page.keyboard.press('b');
  await go([lower[0] - 1, lower[1] - 1, centre[2]]);
  await page.keyboard.press('Space');
  await go([upper[0] + 1, upper[1] + 1, centre[2]]);
  await page.keyboard.press('Space');
  await reader.atStep(1);
  assert.ok((await reader.segment()).voxels > 1000);
  await tabTo(await page.evaluate(() => document.querySelector('.candidate[aria-pressed=false]')!.ariaLabel!));
  await page.keyboard.press('Enter');
  await reader.atStep(2);
  assert.match(await focused(), /^Candidate/, 'the keyboard keeps its place');
  await tabTo('Save NIfTI');
  const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
  assert.match(download.suggestedFilename(), /nii\.gz$/);
  await tabTo('Keys');
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog[open]');
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog', { state: 'hidden' });
  reader.assertWellBehaved();
});

test('Every control has a name of its own', { skip: NO_BROWSER }, async (t) => {
  const reader = await setting.reader(t, { viewport: SMALL });
  await reader.openPhantom();
  await reader.page.click('text=Add segment');
  const names = await reader.page.evaluate(() => [...document.querySelectorAll<HTMLElement>('button, input, select, canvas[tabindex], progress')]
    .filter((control) => !control.hidden && (control as HTMLInputElement).type !== 'file')
    .map((control) => (control.ariaLabel || (control as HTMLInputElement).labels?.[0]?.textContent || control.textContent || '').trim()));
  assert.ok(names.length > 30);
  assert.deepEqual(names.filter((name) => !/[A-Za-z]{2}|^3D$/.test(name)), [], 'without a name');
  assert.deepEqual(names.filter((name, n) => names.indexOf(name) !== n), [], 'more than one of a name');
});

test('Slices are filled from a finished one, a running fill is cancelled, and one undo takes it back', { skip: NO_BROWSER }, async (t) => {
  const reader = await setting.reader(t);
  const { page } = reader;
  await reader.openPhantom();
  await page.selectOption('#model', 'scribble-2d');
  const { centre } = target(await reader.sample('phantom-truth.nii.gz'));
  await page.keyboard.press('s');
  await reader.drag([centre[0] - 10, centre[1] - 4, centre[2]], centre, [centre[0] + 10, centre[1] + 2, centre[2]]);
  await reader.atStep(1);
  const { voxels } = await reader.segment();
  await page.keyboard.press('a');
  await page.waitForSelector('#accept[aria-pressed=true]');
  await page.fill('#reach', '5');
  await page.click('#propagate');
  await page.waitForFunction(() => segbridge.notice.value?.text.includes(' filled'));
  await reader.shoot('11-propagated');
  const filled = await reader.segment();
  assert.ok(filled.voxels > voxels);
  assert.equal(await reader.shownVoxels(), filled.voxels);
  await page.click('#undo');
  await reader.atStep(1);
  assert.equal(await reader.shownVoxels(), voxels);

  // A fill that takes long: its call waits until it is given up.
  await page.route('**/Propagate', () => undefined);
  await page.click('#propagate');
  await page.waitForFunction(() => segbridge.activity.value?.cancel != null);
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => segbridge.activity.value === null);
  await page.waitForFunction(() => segbridge.notice.value?.text.startsWith('Propagation ended'));
  await page.unroute('**/Propagate');
  assert.equal(await reader.shownVoxels(), voxels);
  await page.selectOption('#model', 'tumour-3d');
  await page.click('text=Add segment');
  await page.waitForFunction(() => segbridge.segments.value.length === 2 && segbridge.activeId.value === '2');
  await page.keyboard.press('b');
  await reader.drag([centre[0] + 20, centre[1] - 12, centre[2]], [centre[0] + 45, centre[1] + 12, centre[2]]);
  await reader.atStep(1);
  await page.click('button:text-is("3D")');
  await reader.shoot('12-two-segments-3d');
  await page.click('button:text-is("All")');
  await page.check('#contour');
  await reader.shoot('13-contour');
  reader.assertWellBehaved();
});
