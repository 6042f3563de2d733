import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dice, missed, nifti, target } from './browser.ts';
import { NO_BROWSER } from './places.ts';
import { Setting } from './setting.ts';
import type { Workspace } from '../../../server/web/src/editing/workspace.ts';

declare const segbridge: Workspace;

const setting = new Setting();

test('The phantom is segmented, corrected, kept through a killed server and a reload, and saved', { skip: NO_BROWSER }, async (t) => {
  const { server } = setting;
  const reader = await setting.reader(t);
  const { page } = reader;
  await page.waitForSelector('#open-phantom');
  await reader.shoot('01-start');
  await reader.openPhantom();
  await reader.shoot('02-phantom');
  const truth = await reader.sample('phantom-truth.nii.gz');
  const { centre, lower, upper } = target(truth);

  // A click; then, from the beginning, a box that says how large the object is, and a click.
  await page.keyboard.press('p');
  await reader.click(centre);
  await reader.atStep(1);
  await reader.shoot('03-first-click');
  assert.ok((await reader.segment()).voxels > 0);
  await page.keyboard.press('Control+z');
  await reader.atStep(0);
  assert.equal(await reader.shownVoxels(), 0);
  await page.keyboard.press('b');
  await page.fill('#box-depth', '10');
  await reader.drag([lower[0] - 1, lower[1] - 1, centre[2]], [upper[0] + 1, upper[1] + 1, centre[2]]);
  await reader.atStep(1);
  await reader.shoot('04-box');
  await page.keyboard.press('s');
  await reader.drag([centre[0] - 10, centre[1] - 4, centre[2]], centre, [centre[0] + 10, centre[1] + 2, centre[2]]);
  await reader.atStep(2);
  const saved = nifti((await reader.save('#save-nifti')).bytes);
  assert.deepEqual(saved.grid.size, truth.grid.size);
  const first = dice(saved, truth);
  assert.ok(first > 0.75, `Dice ${first}`);
  assert.equal(saved.voxels.filter((value) => value !== 0).length, await reader.shownVoxels(), 'what is shown is what is saved');

  // Another candidate; back; and again.
  const before = await reader.segment();
  await page.keyboard.press('d');
  await reader.shoot('05-disagreement');
  await page.keyboard.press('d');
  const other = await page.evaluate(() => segbridge.active!.candidates!.candidates.findIndex(({ index }) => index !== segbridge.active!.candidates!.chosen.get(segbridge.active!.step)));
  await page.click(`.candidate:nth-child(${other + 1})`);
  await reader.atStep(3);
  await reader.shoot('06-other-candidate');
  await page.keyboard.press('Control+z');
  await reader.atStep(2);
  assert.equal((await reader.segment()).voxels, before.voxels);
  await page.keyboard.press('Control+y');
  await reader.atStep(3);
  await page.click('#undo');
  await reader.atStep(2);

  // A killed server: a prompt waits for it to come back, and is not lost.
  await server.kill();
  await page.keyboard.press('s');
  await reader.drag(...missed(saved, truth));
  await page.waitForSelector('.banner[data-link=away]:not([hidden])');
  await reader.shoot('07-server-away');
  await server.start();
  await reader.atStep(3);
  await page.waitForSelector('.banner', { state: 'hidden' });
  await reader.shoot('08-server-back');
  const now = await reader.segment();
  assert.equal(await reader.shownVoxels(), now.voxels);
  assert.equal(now.undo, 3);

  // A reload: the page opens the sample by itself and the session is there, with its history.
  await page.reload();
  await reader.ready();
  await reader.shoot('09-reloaded');
  assert.deepEqual(await reader.segment(), now);
  assert.equal(await reader.shownVoxels(), now.voxels);
  await page.click('#undo');
  await reader.atStep(2);
  assert.equal((await reader.segment()).voxels, before.voxels);
  await page.click('#redo');
  await reader.atStep(3);

  const end = dice(nifti((await reader.save('#save-nifti')).bytes), truth);
  assert.ok(end > first, `Dice ${first}, then ${end}`);
  reader.assertWellBehaved();
});
