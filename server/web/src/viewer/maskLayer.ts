// Masks on the slices and in 3D: NiiVue's drawing, a label for each voxel.

import type { Niivue } from '@niivue/niivue';
import type { Box } from '../volume/grid.ts';
import type { Slices } from './slices.ts';

/** NiiVue's unit for the texture of drawings. */
const DRAWING_UNIT = 33991; // gl.TEXTURE7

export class MaskLayer {
  private readonly nv: Niivue;
  private readonly slices: Slices;

  constructor(nv: Niivue, slices: Slices) {
    this.nv = nv;
    this.slices = slices;
  }

  /** An empty one, as large as the scan that is shown. */
  create(): void {
    this.nv.createEmptyDrawing();
  }

  /** @param contour The masks' edges are drawn at full strength, and what is inside hardly. */
  setLook(opacity: number, contour: boolean): void {
    this.nv.drawRimOpacity = contour ? 1 : -1;
    this.nv.setDrawOpacity(contour ? 0.1 : opacity);
  }

  /** Colours (0xRRGGBB) of the labels 1, 2, ... and of others by number. */
  setColors(colors: readonly number[], others: Readonly<Record<number, number>>): void {
    const { lut } = this.nv.drawLut;
    const set = (label: number, color: number): void => lut.set([color >> 16, (color >> 8) & 255, color & 255, 255], 4 * label);
    colors.forEach((color, n) => set(n + 1, color));
    for (const [label, color] of Object.entries(others)) set(Number(label), color);
    this.nv.refreshColormaps();
    this.nv.drawScene();
  }

  /** Shows new labels inside a box of the scan; nothing outside it is touched. */
  setLabels({ lower, upper }: Box, labelOf: (i: number, j: number, k: number) => number): void {
    const { nv } = this;
    const { grid } = this.slices;
    if (!grid || !nv.drawBitmap) return;
    const box = grid.shownBox(lower, upper);
    const [nx, ny, nz] = [0, 1, 2].map((axis) => box.upper[axis] - box.lower[axis]) as [number, number, number];
    if (nx <= 0 || ny <= 0 || nz <= 0) return;
    const labels = new Uint8Array(nx * ny * nz);
    let at = 0;
    for (let z = box.lower[2]; z < box.upper[2]; z++) {
      for (let y = box.lower[1]; y < box.upper[1]; y++) {
        const row = (z * grid.size[1] + y) * grid.size[0];
        for (let x = box.lower[0]; x < box.upper[0]; x++) {
          const [i, j, k] = grid.ijkOfShown(x, y, z);
          nv.drawBitmap[row + x] = labels[at++] = labelOf(i, j, k);
        }
      }
    }
    // NiiVue itself would send the whole volume to the graphics card.
    const gl = nv.gl;
    gl.activeTexture(DRAWING_UNIT);
    gl.bindTexture(gl.TEXTURE_3D, nv.drawTexture);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.texSubImage3D(gl.TEXTURE_3D, 0, ...box.lower, nx, ny, nz, gl.RED, gl.UNSIGNED_BYTE, labels);
    nv.drawScene();
  }
}
