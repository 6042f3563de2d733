import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { rasAffineOf, type Grid, type Vec3 } from '../../../server/web/src/volume/grid.ts';
import { readNifti } from '../../../server/web/src/volume/nifti.ts';
import { readNrrd } from '../../../server/web/src/volume/nrrd.ts';
import type { Scan } from '../../../server/web/src/volume/scan.ts';
import type { Work } from '../../../server/web/src/work/work.ts';
import { Reader, dice, launch, nifti, target } from './browser.ts';
import { NO_BROWSER, data } from './places.ts';
import { Server, addKey, run } from './server.ts';

declare const segbridge: Work;

let browser: Browser;
const server = new Server();
const folder = mkdtempSync(path.join(tmpdir(), 'segbridge-web-files-'));

before(async () => {
  if (NO_BROWSER) return;
  await server.start();
  browser = await launch();
});
after(async () => {
  if (NO_BROWSER) return;
  await browser.close();
  await server.stop();
});

function sameGrid(one: Grid, two: Grid, within: number): void {
  assert.deepEqual(one.size, two.size);
  rasAffineOf(one).flat().forEach((value, n) => assert.ok(Math.abs(value - rasAffineOf(two).flat()[n]) <= within, `${JSON.stringify(one)} is not ${JSON.stringify(two)}`));
}

/** A bright ball in noise, on an oblique, left-handed, anisotropic grid, as NRRD. */
function ball(): { bytes: Buffer; centre: Vec3; radius: number } {
  const size: Vec3 = [60, 50, 24];
  const voxels = new Int16Array(60 * 50 * 24);
  const [centre, radius]: [Vec3, number] = [[24, 30, 11], 11];
  for (let n = 0; n < voxels.length; n++) {
    const [i, j, k] = [n % 60, Math.floor(n / 60) % 50, Math.floor(n / 3000)];
    const inside = (i - centre[0]) ** 2 + (j - centre[1]) ** 2 + (2 * (k - centre[2])) ** 2 <= radius ** 2;
    voxels[n] = (inside ? 160 : 40) + ((n * 7919) % 23);
  }
  const header = `NRRD0004\ntype: short\ndimension: 3\nspace: left-posterior-superior\nsizes: ${size.join(' ')}\nspace directions: (0.1,0.96,-0.2) (0.97,-0.08,0.1) (0.2,-0.4,1.95)\n`
    + 'endian: little\nencoding: raw\nspace origin: (-31.5,12.25,407)\n\n';
  return { bytes: Buffer.concat([Buffer.from(header), Buffer.from(voxels.buffer)]), centre, radius };
}

test('An NRRD file on an oblique, left-handed grid is segmented with the keyboard alone and saved on that grid, with names and colours', { skip: NO_BROWSER }, async (t) => {
  const file = path.join(folder, 'ball.nrrd');
  const { bytes, centre } = ball();
  writeFileSync(file, bytes);
  const reader = await Reader.at(browser, server.address);
  t.after(() => reader.close());
  const { page } = reader;
  await page.setInputFiles('#choose-file', file);
  await reader.ready();
  await page.selectOption('#model', 'scribble-2d');
  // To the middle of the ball by keys, from a place beside it.
  const at = (): Promise<readonly number[]> => page.evaluate(() => segbridge.viewer.crosshair());
  await page.click('button:text-is("Axial")');
  await page.evaluate((place) => segbridge.viewer.moveTo(place), [centre[0] - 2, centre[1] + 1, centre[2]]);
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
  await page.keyboard.press('Space');
  await reader.atStep(1);
  await reader.shoot('10-keyboard');
  const { voxels } = await reader.segment();
  assert.ok(voxels > 100, `${voxels} voxels`);
  await page.keyboard.press('Control+z');
  await reader.atStep(0);
  await page.keyboard.press('Control+y');
  await reader.atStep(1);
  await page.fill('.segment input[type=text]', 'Left ball');
  await page.press('.segment input[type=text]', 'Enter');
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

test('Slices are filled from a finished one, a running fill is cancelled, and one undo takes it back', { skip: NO_BROWSER }, async (t) => {
  const reader = await Reader.at(browser, server.address);
  t.after(() => reader.close());
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

test('A server with keys asks for one, keeps it for the tab, and the work goes on', { skip: NO_BROWSER }, async () => {
  const keyFile = path.join(folder, 'keys.txt');
  const key = addKey(keyFile);
  const guarded = await new Server('--key-file', keyFile).start();
  try {
    const reader = await Reader.at(browser, guarded.address);
    const { page } = reader;
    await page.click('#open-phantom');
    await page.waitForSelector('.banner[data-link=key]:not([hidden])');
    await reader.shoot('14-key');
    await page.fill('#key', 'wrong');
    await page.press('#key', 'Enter');
    await page.waitForSelector('.banner[data-link=key]:not([hidden])');
    await page.fill('#key', key);
    await page.press('#key', 'Enter');
    await reader.ready();
    await page.reload();
    await reader.ready();
    assert.equal(await page.isVisible('.banner'), false);
    assert.ok(!(await page.content()).includes(key));
    reader.assertWellBehaved();
    } finally {
    await guarded.stop();
  }
});

test('A server that forgot the session gets the masks back from the page', { skip: NO_BROWSER }, async () => {
  const forgetful = await new Server('--no-journal').start();
  try {
    const reader = await Reader.at(browser, forgetful.address);
    const { page } = reader;
    await reader.openPhantom();
    const { lower, upper, centre } = target(await reader.sample('phantom-truth.nii.gz'));
    await reader.drag(lower, upper);
    await reader.atStep(1);
    const { voxels } = await reader.segment();
    await forgetful.kill();
    await forgetful.start();
    await page.keyboard.press('p');
    await reader.click(centre);
    await page.waitForFunction(() => segbridge.activity.value === null && (segbridge.active?.step ?? 0) >= 2);
    await reader.shoot('15-forgotten');
    assert.match((await page.textContent('.notice'))!, /masks are back/);
    assert.ok((await reader.segment()).voxels > voxels / 4);
    reader.assertWellBehaved();
    } finally {
    await forgetful.stop();
  }
});

test('A file that cannot be, and a scan that is too large for the server, are told in words', { skip: NO_BROWSER }, async () => {
  const small = await new Server('--max-memory-mb', '64').start();
  try {
    const reader = await Reader.at(browser, small.address);
    const { page } = reader;
    await page.setInputFiles('#choose-file', { name: 'notes.nii', mimeType: '', buffer: Buffer.alloc(1000) });
    await page.waitForSelector('.notice[data-kind=error]');
    assert.match((await page.textContent('.notice'))!, /not a NIfTI file/);
    await reader.shoot('16-wrong-file');
    const scan = (type: string, size: number[]): Buffer => Buffer.concat([Buffer.from(
      `NRRD0004\ntype: ${type}\ndimension: 3\nspace: left-posterior-superior\nsizes: ${size.join(' ')}\nspace directions: (0.8,0,0) (0,0.8,0) (0,0,1)\nendian: little\nencoding: raw\nspace origin: (0,0,0)\n\n`),
      Buffer.alloc((type === 'float' ? 4 : 1) * size.reduce((one, two) => one * two), 1)]);
    await page.setInputFiles('#choose-file', { name: 'long.nrrd', mimeType: '', buffer: scan('uint8', [65536 / 2, 2, 2]) });
    await page.waitForFunction(() => segbridge.notice.value?.text.includes('graphics'));
    assert.match((await page.textContent('.notice'))!, /32768 x 2 x 2 voxels.* at most \d+ on an axis\. Crop it/);
    // 67 MB for a server that has 64.
    const file = path.join(folder, 'large.nrrd');
    writeFileSync(file, scan('float', [2048, 2048, 4]));
    await page.setInputFiles('#choose-file', file);
    await page.waitForFunction(() => segbridge.notice.value?.text.includes('memory'));
    await reader.shoot('17-too-large');
    } finally {
    await small.stop();
  }
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
  const reader = await Reader.at(browser, server.address);
  t.after(() => reader.close());
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
  const [seg, labels] = [path.join(folder, name), path.join(folder, 'seg.nii.gz')];
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

test('A real tumour in a CT is segmented by a box and a scribble', { skip: NO_REAL }, async () => {
  const truth = readNifti(gunzipSync(readFileSync(path.join(real, 'labels', 'STS_008.nii.gz'))), 'truth');
  const { centre, lower, upper, reach } = target(truth);
  const reader = await Reader.at(browser, server.address);
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
  sameGrid(saved.grid, truth.grid, 1e-3);
  const score = dice(saved, truth);
  assert.ok(score > 0.6, `Dice ${score}`);
  reader.assertWellBehaved();
});
