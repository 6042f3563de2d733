import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { GridError, gridOfLps, rasAffineOf, rasToIjk, type Affine, type Grid, type Vec3 } from '../../../server/web/src/volume/grid.ts';
import { niftiOf, readNifti } from '../../../server/web/src/volume/nifti.ts';
import { readNrrd } from '../../../server/web/src/volume/nrrd.ts';
import { ScanError, scanOf, type Scan } from '../../../server/web/src/volume/scan.ts';
import { chance } from './chance.ts';

// Any spacing, any rotation, flipped or not, sheared a little.
function anyGrid(next: () => number): Grid {
  const size: Vec3 = [2 + Math.floor(next() * 9), 2 + Math.floor(next() * 9), 2 + Math.floor(next() * 9)];
  for (;;) {
    const affine = [0, 1, 2].map(() => [...[0, 1, 2].map(() => (next() - 0.5) * 6), (next() - 0.5) * 800]) as unknown as Affine;
    try {
      return gridOfLps(size, affine);
    } catch (error) {
      assert.ok(error instanceof GridError);
    }
  }
}

function anyScan(seed: number): Scan {
  const next = chance(seed);
  const grid = anyGrid(next);
  const voxels = Int16Array.from({ length: grid.size[0] * grid.size[1] * grid.size[2] }, () => Math.floor(next() * 4000) - 1000);
  return scanOf('scan.nii', grid, voxels, 2, -5);
}

function close(one: readonly number[], two: readonly number[], within: number): void {
  one.forEach((value, n) => assert.ok(Math.abs(value - two[n]) <= within, `${one.join(' ')} is not ${two.join(' ')}`));
}

function sameGrid(one: Grid, two: Grid): void {
  assert.deepEqual(one.size, two.size);
  close(one.spacing, two.spacing, 1e-4);
  close(one.origin, two.origin, 1e-3);
  one.axes.forEach((axis, n) => close(axis, two.axes[n], 1e-5));
}

test('A world point goes back to its voxel on any grid', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const next = chance(seed);
    const grid = anyGrid(next);
    const ijk: Vec3 = [next() * 9, next() * 9, next() * 9];
    const ras = rasAffineOf(grid).map((row) => row[0] * ijk[0] + row[1] * ijk[1] + row[2] * ijk[2] + row[3]) as unknown as Vec3;
    close(rasToIjk(grid, ras), ijk, 1e-6);
  }
});

test('A NIfTI file written is read again, whatever its grid', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const scan = anyScan(seed);
    const again = readNifti(new Uint8Array(niftiOf(scan)), 'scan.nii');
    sameGrid(again.grid, scan.grid);
    assert.deepEqual(again.voxels, scan.voxels);
    assert.deepEqual([again.slope, again.intercept], [2, -5]);
  }
});

test('A big-endian NIfTI file with a quaternion is read as its little-endian twin', () => {
  const little = new DataView(new ArrayBuffer(352 + 2 * 24));
  const big = new DataView(new ArrayBuffer(352 + 2 * 24));
  for (const [view, le] of [[little, true], [big, false]] as const) {
    view.setInt32(0, 348, le);
    [3, 2, 3, 4, 1, 1, 1, 1].forEach((value, n) => view.setInt16(40 + 2 * n, value, le));
    view.setInt16(70, 512, le);
    [-1, 0.5, 1.5, 2.5].forEach((value, n) => view.setFloat32(76 + 4 * n, value, le));
    view.setFloat32(108, 352, le);
    view.setInt16(252, 1, le);
    [0.1, 0.2, 0.3, 10, -20, 30].forEach((value, n) => view.setFloat32(256 + 4 * n, value, le));
    for (let n = 0; n < 24; n++) view.setUint16(352 + 2 * n, 1000 + n, le);
  }
  const [one, two] = [little, big].map((view) => readNifti(new Uint8Array(view.buffer), 'q.nii'));
  assert.deepEqual(one.voxels, two.voxels);
  sameGrid(one.grid, two.grid);
  close(one.grid.spacing, [0.5, 1.5, 2.5], 1e-6);
  close(one.grid.origin, [-10, 20, 30], 1e-6);
  // The third axis is flipped: the frame is left-handed.
  const [a, b, c] = one.grid.axes;
  assert.ok(a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0]) < 0);
});

test('NRRD in RAS and in LPS, raw and gzip, is the same scan', async () => {
  const voxels = Uint8Array.from({ length: 24 }, (_, n) => 10 * n);
  const header = (space: string, sign: number, encoding: string): Buffer => Buffer.from(
    `NRRD0004\n# a comment\ntype: uint8\ndimension: 3\nspace: ${space}\nsizes: 2 3 4\nspace directions: (${sign * 2},0,0) (0,${sign * 0.5},0.1) (0,0,3)\n`
    + `kinds: domain domain domain\nendian: little\nencoding: ${encoding}\nspace origin: (${sign * 7},${sign * -8},9)\nnote:=left: alone\n\n`);
  const lps = await readNrrd(Buffer.concat([header('left-posterior-superior', 1, 'raw'), voxels]), 'a.nrrd');
  const ras = await readNrrd(Buffer.concat([header('right-anterior-superior', -1, 'gzip'), gzipSync(voxels)]), 'b.nrrd');
  assert.deepEqual(lps.voxels, voxels);
  assert.deepEqual(ras.voxels, voxels);
  sameGrid(lps.grid, ras.grid);
  close(lps.grid.origin, [7, -8, 9], 1e-9);
});

test('A file that cannot be says what is wrong with it', async () => {
  const scan = anyScan(3);
  const bytes = new Uint8Array(niftiOf(scan));
  assert.throws(() => readNifti(bytes.subarray(0, bytes.length - 1), 'x'), (error) => error instanceof ScanError && error.message.includes('cut short'));
  assert.throws(() => readNifti(new Uint8Array(400), 'x'), /neither a NIfTI file/);
  const colour = bytes.slice();
  new DataView(colour.buffer).setInt16(70, 128, true);
  assert.throws(() => readNifti(colour, 'x'), /data type 128/);
  const flat = bytes.slice();
  new DataView(flat.buffer).setFloat32(280, NaN, true);
  assert.throws(() => readNifti(flat, 'x'), GridError);
  await assert.rejects(readNrrd(new TextEncoder().encode('NRRD0004\ntype: float\nsizes: 1 1 1\nencoding: bzip2\n\n....'), 'x'), /raw or gzip/);
  await assert.rejects(readNrrd(new TextEncoder().encode('NRRD0004\ntype: float\nsizes: 2 2 2\ndata file: other.raw\n\n'), 'x'), /another file/);
});

test('Values of a CT get the window of soft tissue, others the middle of what is there', () => {
  const grid = gridOfLps([10, 10, 10], [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]);
  const ct = Int16Array.from({ length: 1000 }, (_, n) => (n < 300 ? -1000 : n < 900 ? n % 100 : 700));
  const mr = Int16Array.from({ length: 1000 }, (_, n) => n);
  assert.deepEqual([scanOf('a', grid, ct).isCt, scanOf('a', grid, ct).window.lower], [true, -160]);
  assert.deepEqual([scanOf('b', grid, mr).isCt, scanOf('b', grid, mr).window], [false, { lower: 5, upper: 994 }]);
});
