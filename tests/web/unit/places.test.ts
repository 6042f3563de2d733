import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AS_DEEP_AS_WIDE, boxBetween, isOn, messageOf, type Drawn } from '../../../server/web/src/prompts/prompt.ts';
import { DisplayGrid } from '../../../server/web/src/viewer/displayGrid.ts';
import { gridOfLps, type Vec3 } from '../../../server/web/src/volume/grid.ts';
import { chance } from './chance.ts';

const ORDERS: Vec3[] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

test('All 48 ways to lay a scan out go from the screen to the scan and back', () => {
  const size: Vec3 = [4, 5, 6];
  for (const order of ORDERS) {
    for (let flips = 0; flips < 8; flips++) {
      const shown = order.map((axis) => size[axis]) as unknown as Vec3;
      const flipped = (axis: number): boolean => ((flips >> axis) & 1) === 1;
      const grid = new DisplayGrid(size, shown, (fraction) => {
        const ijk: [number, number, number] = [0, 0, 0];
        order.forEach((axis, n) => {
          ijk[axis as 0 | 1 | 2] = (flipped(n) ? 1 - fraction[n] : fraction[n]) * size[axis] - 0.5;
        });
        return ijk;
      });
      const next = chance(1 + flips);
      const ijk: Vec3 = [next() * 3, next() * 4, next() * 5];
      grid.ijkOfFraction(grid.fractionOfIjk(ijk)).forEach((value, n) => assert.ok(Math.abs(value - ijk[n]) < 1e-9));
      const box = grid.shownBox([1, 2, 3], [2, 3, 4]);
      assert.deepEqual(grid.ijkOfShown(...box.lower), [1, 2, 3]);
      assert.deepEqual(box.upper.map((high, n) => high - box.lower[n]), [1, 1, 1]);
    }
  }
});

test('A viewer that shows the scan on another grid is refused', () => {
  assert.throws(() => new DisplayGrid([4, 4, 4], [4, 4, 4], (fraction) => fraction.map((value) => 3 * value) as unknown as Vec3), /not its own/);
});

test('A box holds both corners, spans the slices asked for, and ends with the volume', () => {
  const grid = gridOfLps([20, 30, 10], [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]);
  assert.deepEqual(boxBetween(grid, [9.6, 3, 2], [4.2, 12, 2], { across: 2, index: 2 }, 3), { lower: [4, 3, 0], upper: [11, 13, 6] });
  assert.deepEqual(boxBetween(grid, [9, 3, 2], [4, 3, 7], { across: 1, index: 3 }, 0), { lower: [4, 3, 2], upper: [10, 4, 8] });
  assert.deepEqual(boxBetween(grid, [4, 3, 5], [8, 7, 5], { across: 2, index: 5 }, AS_DEEP_AS_WIDE), { lower: [4, 3, 3], upper: [9, 8, 8] });
  assert.equal(boxBetween(grid, [5, 5, 2], [5, 9, 2], { across: 2, index: 2 }, 3), null, 'a line is no box');
});

test('Prompts are seen on the slices that they are on', () => {
  const slice = { across: 2, index: 4 } as const;
  const stroke: Drawn = { shape: { kind: 'scribble', path: [[1, 1, 4], [2, 3, 4]], radiusMm: 2 }, positive: false, slice };
  assert.deepEqual([isOn(stroke, slice), isOn(stroke, { across: 2, index: 5 }), isOn(stroke, { across: 1, index: 3 })], [true, false, true]);
  const message = messageOf(stroke);
  assert.ok(message.kind.case === 'scribble' && message.kind.value.stroke.case === 'path' && message.kind.value.stroke.value.points.case === 'ijk');
  assert.deepEqual([...message.kind.value.stroke.value.points.value.coordinates], [1, 1, 4, 2, 3, 4]);
});
