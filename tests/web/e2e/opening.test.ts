import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { EstimateMemoryReplySchema } from '@segbridge/contract/segbridge/v1/sessions_pb.js';
import { rasAffineOf } from '../../../server/web/src/volume/grid.ts';
import { readNifti } from '../../../server/web/src/volume/nifti.ts';
import type { Scan } from '../../../server/web/src/volume/scan.ts';
import type { Workspace } from '../../../server/web/src/editing/workspace.ts';
import { ball } from './ball.ts';
import { SMALL, dice, nifti, target } from './browser.ts';
import { NO_BROWSER, data } from './places.ts';
import { run } from './server.ts';
import { Setting } from './setting.ts';

declare const segbridge: Workspace;

const setting = new Setting();

test('A folder and a file are dropped on the page; masks that are not saved are not lost by it', { skip: NO_BROWSER }, async (t) => {
  const { bytes, centre: [i, j, k] } = ball();
  const folder = path.join(setting.folder, 'study');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'ball.nrrd'), bytes);
  writeFileSync(path.join(folder, '.DS_Store'), 'no scan');
  const reader = await setting.reader(t);
  const { page } = reader;
  await reader.drop(folder);
  await reader.ready();
  await reader.shoot('26-dropped');
  assert.equal(await page.evaluate(() => segbridge.scan.value!.name), 'ball.nrrd');
  await reader.drag([i - 11, j - 11, k], [i + 11, j + 11, k]);
  await reader.atStep(1);
  const { voxels } = await reader.segment();
  const other = path.join(setting.folder, 'other.nrrd');
  writeFileSync(other, bytes);
  await reader.drop(other);
  await page.waitForSelector('.notice:has-text("not saved")');
  await reader.shoot('27-not-saved');
  assert.equal((await reader.segment()).voxels, voxels);
  await page.click('.notice button:text-is("Leave them")');
  await page.waitForFunction(() => segbridge.scan.value!.name === 'other.nrrd' && segbridge.active !== null && segbridge.activity.value === null);
  assert.equal((await reader.segment()).voxels, 0);
  reader.assertWellBehaved();
});

test('After a reload the page names the file that was open, and goes on with the session once it is chosen again', { skip: NO_BROWSER }, async (t) => {
  const reader = await setting.reader(t, { viewport: SMALL });
  const { page } = reader;
  const file = { name: 'picked.nrrd', mimeType: '', buffer: Buffer.from(ball().bytes) };
  await page.setInputFiles('#choose-file', file);
  await reader.ready();
  await page.reload();
  await page.waitForSelector('.notice:has-text("Open picked.nrrd again")');
  await page.setInputFiles('#choose-file', file);
  await reader.ready();
  assert.equal(await page.evaluate(() => segbridge.scan.value!.name), 'picked.nrrd');
  assert.match((await page.textContent('.notice'))!, /session is back/);
  reader.assertWellBehaved();
});

test('A file that was picked is remembered: a reload goes on with it, and it is offered again', { skip: NO_BROWSER }, async (t) => {
  const reader = await setting.readerWithProfile(t);
  const { page } = reader;
  // A file of the browser's own file system stands for what a person picks in the dialog, which is not the page's.
  await page.evaluate(async (values) => {
    const handle = await (await navigator.storage.getDirectory()).getFileHandle('picked.nrrd', { create: true });
    const writer = await handle.createWritable();
    await writer.write(Uint8Array.from(values));
    await writer.close();
    Object.assign(globalThis, { showOpenFilePicker: () => Promise.resolve([handle]) });
  }, [...ball().bytes]);
  await page.click('text=Choose a file');
  await reader.ready();
  await page.reload();
  await reader.ready();
  assert.equal(await page.evaluate(() => segbridge.scan.value!.name), 'picked.nrrd');
  assert.match((await page.textContent('.notice'))!, /session is back/);

  // One that was dropped is asked for, since a browser forgets with the page that it may be read.
  const file = path.join(setting.folder, 'dropped.nrrd');
  writeFileSync(file, ball().bytes);
  await reader.drop(file);
  await page.waitForFunction(() => segbridge.scan.value?.name === 'dropped.nrrd');
  await reader.ready();
  await page.reload();
  await page.waitForSelector('.notice:has-text("Open dropped.nrrd again")');
  assert.deepEqual(await page.locator('.recent').allTextContents(), ['dropped.nrrd', 'picked.nrrd']);
  await reader.shoot('28-reloaded-file');
  await reader.drop(file);
  await reader.ready();
  assert.match((await page.textContent('.notice'))!, /session is back/);
  await page.click('text=Open another');
  await page.click('.recent:text-is("picked.nrrd")');
  await reader.ready();
  assert.equal(await page.evaluate(() => segbridge.scan.value!.name), 'picked.nrrd');
  reader.assertWellBehaved();
});

test('A file that cannot be, and a scan that is too large for the server, are told in words', { skip: NO_BROWSER }, async (t) => {
  const reader = await setting.reader(t);
  const { page } = reader;
  await page.setInputFiles('#choose-file', { name: 'notes.nii', mimeType: '', buffer: Buffer.alloc(1000) });
  await page.waitForSelector('.notice[data-kind=error]');
  assert.match((await page.textContent('.notice'))!, /neither a NIfTI file/);
  await reader.shoot('16-wrong-file');
  const long = Buffer.concat([Buffer.from(
    'NRRD0004\ntype: uint8\ndimension: 3\nspace: left-posterior-superior\nsizes: 32768 2 2\nspace directions: (0.8,0,0) (0,0.8,0) (0,0,1)\nencoding: raw\nspace origin: (0,0,0)\n\n'),
    Buffer.alloc(4 * 32768, 1)]);
  await page.setInputFiles('#choose-file', { name: 'long.nrrd', mimeType: '', buffer: long });
  await page.waitForFunction(() => segbridge.notice.value?.text.includes('graphics'));
  assert.match((await page.textContent('.notice'))!, /32768 x 2 x 2 voxels.* at most \d+ on an axis\. Crop it/);
  await reader.answer('EstimateMemory', EstimateMemoryReplySchema, { fits: false, volumeBytes: 157_286_400n, availableBytes: 67_108_864n });
  await reader.openPhantom();
  assert.match((await page.textContent('.notice'))!, /whole scan \(157 MB\) does not fit into the server’s free memory \(67\.1 MB\)/);
  await reader.shoot('17-too-large');
});

const dicom = path.join(data, 'dicom', 'ct_series_sts_026');
const NO_DICOM = NO_BROWSER || (existsSync(dicom) ? false : `${dicom} is not there; SEGBRIDGE_TEST_DATA names the folder of test data`);

/** Where the middle of what is not 0 lies, RAS in millimetres, and how many voxels that are. */
function middleOf(labels: Scan): { count: number; at: number[] } {
  const [ni, nj] = labels.grid.size;
  const [sum, affine] = [[0, 0, 0], rasAffineOf(labels.grid)];
  let count = 0;
  labels.voxels.forEach((value, n) => {
    if (value === 0) return;
    const ijk = [n % ni, Math.floor(n / ni) % nj, Math.floor(n / (ni * nj))];
    affine.forEach((row, axis) => (sum[axis] += row[0] * ijk[0] + row[1] * ijk[1] + row[2] * ijk[2] + row[3]));
    count++;
  });
  return { count, at: sum.map((total) => total / count) };
}

test('A folder of DICOM slices is opened in the browser, and a segmentation of them saved', { skip: NO_DICOM }, async (t) => {
  const reader = await setting.reader(t);
  const { page } = reader;
  await page.setInputFiles('#choose-folder', dicom);
  await reader.ready();
  await reader.shoot('18-dicom');
  const size = await page.evaluate(() => segbridge.scan.value!.grid.size);
  assert.ok(size.every((count) => count > 20), size.join(' x '));
  assert.equal(await page.evaluate(() => segbridge.scan.value!.isCt), true);

  await page.keyboard.press('b');
  await reader.drag([60, 60, 25], [120, 120, 25]);
  await reader.atStep(1);
  const shown = middleOf(nifti((await reader.save('#save-nifti')).bytes));
  const { name, bytes } = await reader.save('#save-seg');
  assert.match(name, /-segments-seg\.dcm$/);
  const [seg, labels] = [path.join(setting.folder, name), path.join(setting.folder, 'seg.nii.gz')];
  writeFileSync(seg, bytes);
  run('convert', seg, labels, '--source', path.join(dicom, 'image'));
  const saved = middleOf(nifti(readFileSync(labels)));
  assert.ok(saved.count > 0);
  assert.equal(saved.count, shown.count);
  saved.at.forEach((mm, axis) => assert.ok(Math.abs(mm - shown.at[axis]) < 0.01, `${saved.at.join(' ')} is not ${shown.at.join(' ')}`));
  reader.assertWellBehaved();
});

const real = path.join(data, 'open', 'sts_tumour_ct');
const NO_REAL = NO_BROWSER || (existsSync(real) ? false : `${real} is not there; SEGBRIDGE_TEST_DATA names the folder of test data`);

test('A real tumour in a CT is segmented by a box and a scribble', { skip: NO_REAL }, async (t) => {
  const truth = readNifti(gunzipSync(readFileSync(path.join(real, 'labels', 'STS_008.nii.gz'))), 'truth');
  const { centre, lower, upper, reach } = target(truth);
  const reader = await setting.reader(t);
  const { page } = reader;
  await page.setInputFiles('#choose-file', path.join(real, 'images', 'STS_008.nii.gz'));
  await reader.ready();
  await page.fill('#box-depth', String(reach));
  await reader.drag(lower, upper);
  await reader.atStep(1);
  await reader.shoot('19-real-box');
  await page.keyboard.press('s');
  await reader.drag([centre[0] - 3, centre[1], centre[2]], [centre[0] + 3, centre[1], centre[2]]);
  await reader.atStep(2);
  await reader.shoot('20-real');
  const saved = nifti((await reader.save('#save-nifti')).bytes);
  assert.deepEqual(saved.grid.size, truth.grid.size);
  rasAffineOf(saved.grid).flat().forEach((value, n) => assert.ok(Math.abs(value - rasAffineOf(truth.grid).flat()[n]) <= 1e-3));
  const score = dice(saved, truth);
  assert.ok(score > 0.6, `Dice ${score}`);
  reader.assertWellBehaved();
});
