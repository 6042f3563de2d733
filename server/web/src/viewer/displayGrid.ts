// The grid in which NiiVue shows a scan: the scan's own voxels, with axes turned and flipped until they run nearest to
// right, anterior, superior. NiiVue's fractions (0..1 from edge to edge) belong to it.

import type { Vec3 } from '../volume/grid.ts';

export type Axis = 0 | 1 | 2;

export class DisplayGrid {
  /** Voxels along the shown axes. */
  readonly size: Vec3;
  /** For each shown axis, the scan's axis (i, j, k as 0, 1, 2). */
  readonly source: readonly [Axis, Axis, Axis];
  private readonly flip: readonly [boolean, boolean, boolean];

  /**
   * @param size Voxels of the scan along i, j, k.
   * @param shown Voxels along the shown axes, as NiiVue has them.
   * @param ijkOf Continuous IJK of a fraction, by NiiVue's affine and the scan's own.
   */
  constructor(size: Vec3, shown: Vec3, ijkOf: (fraction: Vec3) => Vec3) {
    const middle = ijkOf([0.5, 0.5, 0.5]);
    const steps = ([[1, 0.5, 0.5], [0.5, 1, 0.5], [0.5, 0.5, 1]] as Vec3[]).map((at) => ijkOf(at).map((value, n) => value - middle[n]));
    this.source = steps.map((step, axis) => {
      const lengths = step.map((value, n) => Math.abs(value) / size[n]);
      const found = lengths.indexOf(Math.max(...lengths)) as Axis;
      // Half of the scan, along one of its axes: anything else would put prompts and masks in wrong places.
      if (Math.abs(lengths[found] - 0.5) > 0.01 || size[found] !== shown[axis]) throw new Error('The viewer shows this scan on a grid that is not its own.');
      return found;
    }) as unknown as [Axis, Axis, Axis];
    this.flip = steps.map((step, axis) => step[this.source[axis]] < 0) as unknown as [boolean, boolean, boolean];
    this.size = shown;
  }

  /** Continuous IJK of a fraction. */
  ijkOfFraction(fraction: ArrayLike<number>): Vec3 {
    const ijk: [number, number, number] = [0, 0, 0];
    for (const axis of [0, 1, 2] as const) {
      const at = fraction[axis] * this.size[axis];
      ijk[this.source[axis]] = (this.flip[axis] ? this.size[axis] - at : at) - 0.5;
    }
    return ijk;
  }

  fractionOfIjk(ijk: ArrayLike<number>): Vec3 {
    return ([0, 1, 2] as const).map((axis) => {
      const at = ijk[this.source[axis]] + 0.5;
      return (this.flip[axis] ? this.size[axis] - at : at) / this.size[axis];
    }) as unknown as Vec3;
  }

  /** The voxel at a fraction; at the far edge the last one. */
  voxelOfFraction(fraction: ArrayLike<number>): Vec3 {
    const [x, y, z] = this.size.map((count, axis) => Math.min(count - 1, Math.max(0, Math.floor(fraction[axis] * count)))) as [number, number, number];
    return this.ijkOfShown(x, y, z);
  }

  /** The shown voxels of a scan's range [lower, upper) on each axis, as [lower, upper) on each shown axis. */
  shownBox(lower: Vec3, upper: Vec3): { lower: Vec3; upper: Vec3 } {
    const ends = ([0, 1, 2] as const).map((axis) => {
      const [low, high] = [lower[this.source[axis]], upper[this.source[axis]]];
      return this.flip[axis] ? [this.size[axis] - high, this.size[axis] - low] : [low, high];
    });
    return { lower: ends.map(([low]) => low) as unknown as Vec3, upper: ends.map(([, high]) => high) as unknown as Vec3 };
  }

  /** The scan's voxel that is shown at (x, y, z). */
  ijkOfShown(x: number, y: number, z: number): Vec3 {
    const ijk: [number, number, number] = [0, 0, 0];
    const at = [x, y, z];
    for (const axis of [0, 1, 2] as const) ijk[this.source[axis]] = this.flip[axis] ? this.size[axis] - 1 - at[axis] : at[axis];
    return ijk;
  }
}
