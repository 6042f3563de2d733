// What a user draws, in voxels of the scan, and as the contract says it.

import { create } from '@bufbuild/protobuf';
import { PromptSchema, Polarity, type Prompt } from '@segbridge/contract/segbridge/v1/prompts_pb.js';
import type { Box, Grid, Vec3 } from '../volume/grid.ts';
import type { Axis } from '../viewer/displayGrid.ts';

export type Tool = 'move' | 'point' | 'scribble' | 'box' | 'lasso' | 'erase';

/** A slice of the scan's own grid. */
export interface Slice {
  readonly across: Axis;
  readonly index: number;
}

export type Shape =
  | { readonly kind: 'point'; readonly at: Vec3 }
  | { readonly kind: 'scribble'; readonly path: readonly Vec3[]; readonly radiusMm: number }
  | { readonly kind: 'lasso'; readonly path: readonly Vec3[] }
  | { readonly kind: 'box'; readonly box: Box };

export interface Drawn {
  readonly shape: Shape;
  readonly positive: boolean;
  /** Where it was drawn; a box in 3D spans more. */
  readonly slice: Slice;
}

const MAX_POINTS = 5000;
const flat = (path: readonly Vec3[]): number[] => path.flatMap((point) => [...point]);

/** Every n-th point of a path that has too many; its ends stay. */
function thinned(path: readonly Vec3[]): readonly Vec3[] {
  const step = Math.ceil(path.length / MAX_POINTS);
  return step <= 1 ? path : path.filter((_, n) => n % step === 0 || n === path.length - 1);
}

export function messageOf({ shape, positive }: Drawn): Prompt {
  const polarity = positive ? Polarity.POSITIVE : Polarity.NEGATIVE;
  switch (shape.kind) {
    case 'point': {
      const [i, j, k] = shape.at;
      return create(PromptSchema, { kind: { case: 'point', value: { polarity, position: { case: 'ijk', value: { i, j, k } } } } });
    }
    case 'scribble': {
      const path = { points: { case: 'ijk' as const, value: { coordinates: flat(thinned(shape.path)) } } };
      return create(PromptSchema, { kind: { case: 'scribble', value: { polarity, radiusMm: shape.radiusMm, stroke: { case: 'path', value: path } } } });
    }
    case 'lasso': {
      const outline = { points: { case: 'ijk' as const, value: { coordinates: flat(thinned(shape.path)) } } };
      return create(PromptSchema, { kind: { case: 'lasso', value: { polarity, outline } } });
    }
    case 'box': {
      const [lower, upper] = [shape.box.lower, shape.box.upper].map(([i, j, k]) => ({ i, j, k }));
      return create(PromptSchema, { kind: { case: 'box', value: { box: { lower, upper } } } });
    }
  }
}

/** The voxel that holds a position, inside the volume. */
export const voxelAt = (grid: Grid, at: Vec3): Vec3 =>
  at.map((value, axis) => Math.min(grid.size[axis] - 1, Math.max(0, Math.round(value)))) as unknown as Vec3;

/** A box that is as deep as it is wide. */
export const AS_DEEP_AS_WIDE = -1;

/** The box of two corners on a slice, with so many slices to each side; null when it is only a click. */
export function boxBetween(grid: Grid, one: Vec3, two: Vec3, slice: Slice, depth: number): Box | null {
  const [a, b] = [voxelAt(grid, one), voxelAt(grid, two)];
  const widths = a.map((value, axis) => (axis === slice.across ? 0 : Math.abs(value - b[axis]) * grid.spacing[axis]));
  const half = widths.reduce((sum, width) => sum + width, 0) / 4;
  const sidewards = depth === AS_DEEP_AS_WIDE ? Math.round(half / grid.spacing[slice.across]) : depth;
  const lower = a.map((value, axis) => (axis === slice.across ? Math.max(0, slice.index - sidewards) : Math.min(value, b[axis])));
  const upper = a.map((value, axis) =>
    axis === slice.across ? Math.min(grid.size[axis], slice.index + sidewards + 1) : Math.max(value, b[axis]) + 1);
  const thin = lower.some((low, axis) => axis !== slice.across && upper[axis] - low < 2);
  return thin ? null : { lower: lower as unknown as Vec3, upper: upper as unknown as Vec3 };
}

/** Whether a prompt is seen on a slice. */
export function isOn({ shape, slice }: Drawn, { across, index }: Slice): boolean {
  switch (shape.kind) {
    case 'point': return Math.round(shape.at[across]) === index;
    case 'box': return index >= shape.box.lower[across] && index < shape.box.upper[across];
    default: return slice.across === across ? slice.index === index : shape.path.some((point) => Math.round(point[across]) === index);
  }
}
