// NiiVue: slices in three directions and the 3D view, the masks as its drawing layer.

import { DRAG_MODE, MULTIPLANAR_TYPE, NVImage, Niivue, SLICE_TYPE } from '@niivue/niivue';
import { rasToIjk, voxelCount, type Box, type Vec3 } from '../volume/grid.ts';
import { niftiOf } from '../volume/nifti.ts';
import { ScanError, type Scan, type Window } from '../volume/scan.ts';
import { DisplayGrid, type Axis } from './displayGrid.ts';

export type Layout = 'all' | 'slices' | 'axial' | 'coronal' | 'sagittal' | 'surface';

/** A place on a slice that is shown. */
export interface Spot {
  /** Continuous IJK. */
  readonly ijk: Vec3;
  /** The scan's axis that the slice lies across. */
  readonly across: Axis;
  readonly tile: number;
}

// NiiVue keeps several textures of the scan beside its voxels, and array buffers end at 2 GB in some browsers.
const MOST_VOXELS = 400 << 20;
/** NiiVue's unit for the texture of drawings. */
const DRAWING_UNIT = 33991; // gl.TEXTURE7
const SHOWN_AXIS: Partial<Record<number, Axis>> = { [SLICE_TYPE.SAGITTAL]: 0, [SLICE_TYPE.CORONAL]: 1, [SLICE_TYPE.AXIAL]: 2 };
const LAYOUTS: Record<Layout, { sliceType: SLICE_TYPE; position: [number, number, number, number] }[]> = {
  all: [
    { sliceType: SLICE_TYPE.AXIAL, position: [0, 0, 0.62, 1] },
    { sliceType: SLICE_TYPE.CORONAL, position: [0.62, 0, 0.38, 0.34] },
    { sliceType: SLICE_TYPE.SAGITTAL, position: [0.62, 0.34, 0.38, 0.33] },
    { sliceType: SLICE_TYPE.RENDER, position: [0.62, 0.67, 0.38, 0.33] },
  ],
  slices: [
    { sliceType: SLICE_TYPE.AXIAL, position: [0, 0, 0.62, 1] },
    { sliceType: SLICE_TYPE.CORONAL, position: [0.62, 0, 0.38, 0.5] },
    { sliceType: SLICE_TYPE.SAGITTAL, position: [0.62, 0.5, 0.38, 0.5] },
  ],
  axial: [{ sliceType: SLICE_TYPE.AXIAL, position: [0, 0, 1, 1] }],
  coronal: [{ sliceType: SLICE_TYPE.CORONAL, position: [0, 0, 1, 1] }],
  sagittal: [{ sliceType: SLICE_TYPE.SAGITTAL, position: [0, 0, 1, 1] }],
  surface: [{ sliceType: SLICE_TYPE.RENDER, position: [0, 0, 1, 1] }],
};

export class Viewer {
  readonly canvas: HTMLCanvasElement;
  /** Called after each frame: what lies on top must follow. */
  onFrame: () => void = () => {};
  /** Called when the crosshair moved. */
  onMove: () => void = () => {};
  /** Called when the user changed the window with the mouse. */
  onWindow: (window: Window) => void = () => {};
  grid: DisplayGrid | null = null;
  private readonly nv: Niivue;
  private nextFrame = 0;

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
    this.nv = new Niivue({
      backColor: [0.04, 0.045, 0.055, 1], crosshairWidth: 0,
      fontColor: [0.62, 0.66, 0.72, 1], isRadiologicalConvention: true, dragAndDropEnabled: false, isNearestInterpolation: false, logLevel: 'error',
      multiplanarLayout: MULTIPLANAR_TYPE.GRID, multiplanarPadPixels: 2, isColorbar: false, loadingText: '', smoothDrawing: 0, fontMinPx: 11, fontSizeScaling: 0.25,
      isAntiAlias: false,
    });
    // Keys are the page's matter.
    this.nv.opts.clipPlaneHotKey = this.nv.opts.cycleClipPlaneHotKey = this.nv.opts.viewModeHotKey = '';
    this.nv.setMouseEventConfig({ leftButton: { primary: DRAG_MODE.crosshair }, rightButton: DRAG_MODE.windowing, centerButton: DRAG_MODE.pan });
    const draw = this.nv.drawScene.bind(this.nv);
    // However much changes at once, it is drawn once.
    this.nv.drawScene = (): void => {
      this.nextFrame ||= requestAnimationFrame(() => {
        this.nextFrame = 0;
        draw();
        this.onFrame();
      });
    };
    this.nv.onLocationChange = (): void => this.onMove();
    this.nv.onIntensityChange = ({ cal_min, cal_max }): void => this.onWindow({ lower: cal_min!, upper: cal_max! });
  }

  async attach(): Promise<void> {
    await this.nv.attachToCanvas(this.canvas);
    if (!this.nv.gl) throw new Error('This browser has no WebGL 2, which the viewer needs.');
  }

  /** Whether the processor draws, for want of a graphics card: then the 3D view takes a second or more for each frame. */
  get isSoftware(): boolean {
    const { gl } = this.nv;
    const extension = gl.getExtension('WEBGL_debug_renderer_info');
    return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(String(gl.getParameter(extension?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER)));
  }

  /** Refuses what the graphics card cannot hold. */
  requireFit({ grid }: Scan): void {
    const most = this.nv.gl.getParameter(this.nv.gl.MAX_3D_TEXTURE_SIZE) as number;
    const size = grid.size.join(' x ');
    if (grid.size.some((count) => count > most)) {
      throw new ScanError(`This scan has ${size} voxels, and this computer's graphics show at most ${most} on an axis. Crop it, or reduce its resolution.`);
    }
    if (voxelCount(grid.size) > MOST_VOXELS) {
      throw new ScanError(`This scan has ${size} voxels; a browser shows at most ${MOST_VOXELS >> 20} million. Crop it to the region of interest, or use 3D Slicer.`);
    }
  }

  async show(scan: Scan): Promise<void> {
    for (const volume of [...this.nv.volumes]) this.nv.removeVolume(volume);
    const image = await NVImage.loadFromFile({ file: new File([niftiOf(scan)], 'scan.nii'), name: 'scan.nii', colormap: 'gray', cal_min: scan.window.lower, cal_max: scan.window.upper });
    this.nv.addVolume(image);
    const shown = image.dimsRAS!.slice(1, 4) as unknown as Vec3;
    this.grid = new DisplayGrid(scan.grid.size, shown, (fraction) => {
      const mm = image.convertFrac2MM(fraction, true);
      return rasToIjk(scan.grid, [mm[0], mm[1], mm[2]]);
    });
    this.nv.createEmptyDrawing();
    this.nv.setPan2Dxyzmm([0, 0, 0, 1]);
  }

  // ---- what is seen ----------------------------------------------------------------------------------------

  setLayout(layout: Layout): void {
    this.nv.setCustomLayout(LAYOUTS[layout]);
  }

  setWindow({ lower, upper }: Window): void {
    const volume = this.nv.volumes[0];
    if (!volume) return;
    volume.cal_min = lower;
    volume.cal_max = upper;
    this.nv.updateGLVolume();
  }

  /** @param contour The masks' edges are drawn at full strength, and what is inside hardly. */
  setMaskLook(opacity: number, contour: boolean): void {
    this.nv.drawRimOpacity = contour ? 1 : -1;
    this.nv.setDrawOpacity(contour ? 0.1 : opacity);
  }

  /** Colours (0xRRGGBB) of the labels 1, 2, ... and of others by number. */
  setColors(colors: readonly number[], others: Readonly<Record<number, number>>): void {
    const lut = this.nv.drawLut.lut;
    const set = (label: number, color: number): void => lut.set([color >> 16, (color >> 8) & 255, color & 255, 255], 4 * label);
    colors.forEach((color, n) => set(n + 1, color));
    for (const [label, color] of Object.entries(others)) set(Number(label), color);
    this.nv.updateGLVolume();
  }

  /** Shows new labels inside a box of the scan; nothing outside it is touched. */
  setLabels({ lower, upper }: Box, labelOf: (i: number, j: number, k: number) => number): void {
    const { grid, nv } = this;
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
    this.redraw();
  }

  redraw(): void {
    this.nv.drawScene();
  }

  // ---- where things are ------------------------------------------------------------------------------------

  /** The place under a point of the window (CSS pixels); null beside the slices and on the 3D view. */
  spotAt(clientX: number, clientY: number): Spot | null {
    const frame = this.canvas.getBoundingClientRect();
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
  slices(): { tile: number; across: Axis; index: number }[] {
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
    this.redraw();
    this.onMove();
  }

  /** The slice that a user works on: the largest in view. */
  mainSlice(): { across: Axis; index: number } | null {
    return this.slices()[0] ?? null;
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
  stepSlice(by: number): void {
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
