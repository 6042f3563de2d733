import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Connection } from '../../../server/web/src/client/connection.ts';
import { SegmentWork } from '../../../server/web/src/editing/segment.ts';
import { DISAGREEMENT_LABEL, Workspace } from '../../../server/web/src/editing/workspace.ts';
import type { Viewer } from '../../../server/web/src/viewer/viewer.ts';
import { boxAround, gridOfLps, type Box, type Vec3 } from '../../../server/web/src/volume/grid.ts';
import { scanOf, type Scan } from '../../../server/web/src/volume/scan.ts';

const SIZE: Vec3 = [20, 10, 5];
const scan = (name: string): Scan => scanOf(name, gridOfLps(SIZE, [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]), new Uint8Array(1000));
const full = (box: Box): { box: Box; rows: Uint8Array } => ({ box, rows: new Uint8Array(1000).fill(255) });

/** A screen that notes what it was told to show. */
function screen(): { work: Workspace; boxes: Box[]; labels: Map<string, number> } {
  const [boxes, labels] = [[] as Box[], new Map<string, number>()];
  const masks = { setColors: () => undefined, setLabels: (box: Box, labelOf: (i: number, j: number, k: number) => number): void => {
    boxes.push(box);
    for (let k = box.lower[2]; k < box.upper[2]; k++) for (let j = box.lower[1]; j < box.upper[1]; j++) for (let i = box.lower[0]; i < box.upper[0]; i++) labels.set(`${i} ${j} ${k}`, labelOf(i, j, k));
  } };
  const [connection, viewer]: unknown[] = [{}, { masks, redraw: () => undefined }];
  return { work: new Workspace(connection as Connection, viewer as Viewer), boxes, labels };
}

test('A box around boxes leaves empty ones out', () => {
  const empty = { lower: [9, 9, 9], upper: [9, 12, 12] } as const;
  assert.deepEqual(boxAround({ lower: [1, 5, 2], upper: [3, 6, 4] }, empty, { lower: [2, 1, 3], upper: [9, 2, 5] }), { lower: [1, 1, 2], upper: [9, 6, 5] });
  assert.deepEqual(boxAround(empty), { lower: [0, 0, 0], upper: [0, 0, 0] });
});

test('Masks are shown anew where there was one, and nowhere else', () => {
  const { work, boxes, labels } = screen();
  work.scan.set(scan('first'));
  work.paintAll();
  assert.deepEqual(boxes, [], 'there is nothing to show');
  const segment = new SegmentWork('1', 'one', 0xffffff, SIZE);
  work.segments.set([segment]);
  work.activeId.set('1');
  const [one, two]: Box[] = [{ lower: [1, 2, 1], upper: [4, 5, 3] }, { lower: [6, 1, 2], upper: [9, 4, 4] }];
  for (const box of [one, two]) {
    segment.mask.apply(full(box));
    work.paint(box);
  }
  assert.equal(labels.get('6 3 3'), 1);
  segment.mask.clear();
  work.paintAll();
  assert.deepEqual(boxes, [one, two, boxAround(one, two)]);
  assert.ok([...labels.values()].every((label) => label === 0));

  // Where candidates disagree there may be no mask.
  const disputed: Box = { lower: [12, 6, 0], upper: [14, 9, 2] };
  segment.candidateSets.push({ candidates: [], disagreement: full(disputed), chosen: new Map([[0, 0]]) });
  work.disagreement.set(true);
  work.paintAll();
  assert.equal(labels.get('13 8 1'), DISAGREEMENT_LABEL);
  work.disagreement.set(false);
  work.paintAll();
  assert.equal(labels.get('13 8 1'), 0);

  work.scan.set(scan('second'));
  work.segments.set([]);
  boxes.length = 0;
  work.paintAll();
  assert.deepEqual(boxes, [], 'another scan begins with an empty screen');
});
