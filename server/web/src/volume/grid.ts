// Where a volume lies in the world. Everything here is IJK (voxel index) or LPS (millimetres), as in the contract; the RAS
// of NIfTI is turned into LPS in this file and nowhere else.

export type Vec3 = readonly [number, number, number];
/** Rows of a 3 x 4 affine from IJK to a world frame. */
export type Affine = readonly [readonly number[], readonly number[], readonly number[]];

export interface Grid {
  /** Voxels along i, j, k. */
  readonly size: Vec3;
  /** Millimetres between voxel centres along i, j, k. */
  readonly spacing: Vec3;
  /** Centre of voxel (0, 0, 0), LPS. */
  readonly origin: Vec3;
  /** Unit vectors of i, j, k, LPS. */
  readonly axes: readonly [Vec3, Vec3, Vec3];
}

/** A half-open box of voxels. */
export interface Box {
  readonly lower: Vec3;
  readonly upper: Vec3;
}

export class GridError extends Error {}

const minus = (n: number): number => 0 - n;
const flipped = (v: Vec3): Vec3 => [minus(v[0]), minus(v[1]), v[2]];

/** The grid of a volume whose affine from IJK to LPS is known. */
export function gridOfLps(size: Vec3, affine: Affine): Grid {
  const column = (n: number): Vec3 => [affine[0][n], affine[1][n], affine[2][n]];
  const columns = [column(0), column(1), column(2)] as const;
  const spacing = columns.map((axis) => Math.hypot(...axis)) as unknown as Vec3;
  const axes = columns.map((axis, n) => axis.map((value) => value / spacing[n])) as unknown as [Vec3, Vec3, Vec3];
  const [a, b, c] = axes;
  const det = a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0]);
  if (![...spacing, ...column(3), det].every(Number.isFinite) || spacing.some((value) => value <= 0) || Math.abs(det) <= 0.001) {
    throw new GridError('The file says nothing usable about spacing and direction: its three axes must be finite, longer than 0 and not in one plane.');
  }
  if (size.some((count) => !Number.isInteger(count) || count < 1 || count > 32768)) {
    throw new GridError(`A volume must have 1 to 32768 voxels on each axis; the file says ${size.join(' x ')}.`);
  }
  return { size, spacing, origin: column(3), axes };
}

/** The same from IJK to RAS, as NIfTI has it. */
export const gridOfRas = (size: Vec3, [r, a, s]: Affine): Grid => gridOfLps(size, [r.map(minus), a.map(minus), s]);

/** Rows of the affine from IJK to RAS. */
export function rasAffineOf(grid: Grid): Affine {
  const columns = [...grid.axes.map((axis, n) => axis.map((value) => value * grid.spacing[n]) as unknown as Vec3), grid.origin].map(flipped);
  return [0, 1, 2].map((row) => columns.map((value) => value[row])) as unknown as Affine;
}

/** Continuous IJK of a point in RAS millimetres. */
export function rasToIjk(grid: Grid, ras: Vec3): Vec3 {
  const [a, b, c] = grid.axes.map((axis, n) => axis.map((value) => value * grid.spacing[n]) as unknown as Vec3) as [Vec3, Vec3, Vec3];
  const lps = flipped(ras);
  const d: Vec3 = [lps[0] - grid.origin[0], lps[1] - grid.origin[1], lps[2] - grid.origin[2]];
  const cross = (u: Vec3, v: Vec3): Vec3 => [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
  const dot = (u: Vec3, v: Vec3): number => u[0] * v[0] + u[1] * v[1] + u[2] * v[2];
  const det = dot(a, cross(b, c));
  return [dot(d, cross(b, c)) / det, dot(a, cross(d, c)) / det, dot(a, cross(b, d)) / det];
}

export const voxelCount = (size: Vec3): number => size[0] * size[1] * size[2];
export const sizeOf = (box: Box): Vec3 => [box.upper[0] - box.lower[0], box.upper[1] - box.lower[1], box.upper[2] - box.lower[2]];
export const isEmpty = (box: Box): boolean => sizeOf(box).some((count) => count <= 0);

export const NO_BOX: Box = { lower: [0, 0, 0], upper: [0, 0, 0] };

/** The smallest box that holds all of these; empty ones do not count. */
export function boxAround(...boxes: readonly Box[]): Box {
  const [first, ...others] = boxes.filter((box) => !isEmpty(box));
  if (!first) return NO_BOX;
  const reach = (end: 'lower' | 'upper', most: (...values: number[]) => number): Vec3 =>
    first[end].map((value, axis) => most(value, ...others.map((box) => box[end][axis]))) as unknown as Vec3;
  return { lower: reach('lower', Math.min), upper: reach('upper', Math.max) };
}
