// The slices in view: where things are on them, and going from one to another.

import { SLICE_TYPE, type Niivue } from '@niivue/niivue';
import type { Vec3 } from '../volume/grid.ts';
import type { Axis, DisplayGrid } from './displayGrid.ts';

/** A place on a slice that is shown. */
export interface Spot {
  /** Continuous IJK. */
  readonly ijk: Vec3;
  /** The scan's axis that the slice lies across. */
  readonly across: Axis;
  readonly tile: number;
}

const SHOWN_AXIS: Partial<Record<number, Axis>> = { [SLICE_TYPE.SAGITTAL]: 0, [SLICE_TYPE.CORONAL]: 1, [SLICE_TYPE.AXIAL]: 2 };

export class Slices {
  /** Of the scan that is shown. */
  grid: DisplayGrid | null = null;
  /** Called when the crosshair moved. */
  onMove: () => void = () => {};
  private readonly nv: Niivue;

  constructor(nv: Niivue) {
    this.nv = nv;
    nv.onLocationChange = (): void => this.onMove();
  }

  /** The place under a point of the window (CSS pixels); null beside the slices and on the 3D view. */
  spotAt(clientX: number, clientY: number): Spot | null {
    const frame = this.nv.canvas!.getBoundingClientRect();
    const scale = this.nv.uiData.dpr ?? 1;
    const [x, y] = [(clientX - frame.left) * scale, (clientY - frame.top) * scale];
    const tile = this.nv.tileIndex(x, y);
    const across = this.acrossOf(tile);
    if (!this.grid || across === null) return null;
    const fraction = this.nv.screenXY2TextureFrac(x, y, tile, false);
    if (fraction[0] < 0 || [...fraction].some((value) => value < 0 || value > 1)) return null;
    return { ijk: this.grid.ijkOfFraction(fraction), across, tile };
  }

  /** Where a voxel position is seen (CSS pixels of the canvas), on the slice that a tile shows; null when not on it. */
  pointOn(tile: number, ijk: ArrayLike<number>): [number, number] | null {
    const slice = this.nv.screenSlices[tile];
    const across = slice && SHOWN_AXIS[slice.axCorSag];
    if (!this.grid || across === undefined) return null;
    const fraction = [...this.grid.fractionOfIjk(ijk)];
    // NiiVue finds points of the slice itself only.
    fraction[across] = this.nv.scene.crosshairPos[across]!;
    const found = this.nv.frac2canvasPosWithTile(fraction, slice.axCorSag);
    const scale = this.nv.uiData.dpr ?? 1;
    return found && found.tileIndex === tile ? [found.pos[0] / scale, found.pos[1] / scale] : null;
  }

  /** All slices in view: their tile, the scan's axis across, and the index shown. */
  inView(): { tile: number; across: Axis; index: number }[] {
    return this.nv.screenSlices.flatMap((_, tile) => {
      const across = this.acrossOf(tile);
      return across === null ? [] : [{ tile, across, index: this.crosshair()[across] }];
    });
  }

  /** The voxel of the crosshair. */
  crosshair(): Vec3 {
    return this.grid?.voxelOfFraction(this.nv.scene.crosshairPos) ?? [0, 0, 0];
  }

  moveTo(ijk: ArrayLike<number>): void {
    if (!this.grid) return;
    this.nv.scene.crosshairPos = this.grid.fractionOfIjk(ijk);
    this.nv.drawScene();
    this.onMove();
  }

  /** The slice that a user works on: the largest in view. */
  main(): { across: Axis; index: number } | null {
    return this.inView()[0] ?? null;
  }

  /** Moves the crosshair within the large slice, by voxels towards the right and the top of the screen. */
  nudge(right: number, up: number): void {
    const shown = this.largeAxis();
    const [across, along] = [0, 1, 2].filter((axis) => axis !== shown) as [number, number];
    const move = [0, 0, 0];
    // Radiological convention: the patient's left is on the right of the screen.
    move[across] = across === 0 ? -right : right;
    move[along] = up;
    this.nv.moveCrosshairInVox(move[0], move[1], move[2]);
    this.onMove();
  }

  /** Shows the next slice (towards head, front or right) in the large view. */
  step(by: number): void {
    const move = [0, 0, 0];
    move[this.largeAxis()] = by;
    this.nv.moveCrosshairInVox(move[0], move[1], move[2]);
    this.onMove();
  }

  private largeAxis(): Axis {
    return SHOWN_AXIS[this.nv.screenSlices[0]?.axCorSag ?? SLICE_TYPE.AXIAL] ?? 2;
  }

  private acrossOf(tile: number): Axis | null {
    const slice = tile >= 0 ? this.nv.screenSlices[tile] : undefined;
    const shown = slice ? SHOWN_AXIS[slice.axCorSag] : undefined;
    return shown === undefined || !this.grid ? null : this.grid.source[shown];
  }
}
