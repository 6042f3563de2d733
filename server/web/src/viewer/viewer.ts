// NiiVue: slices in three directions and the 3D view, the masks as its drawing layer.

import { DRAG_MODE, MULTIPLANAR_TYPE, NVImage, Niivue } from '@niivue/niivue';
import { rasToIjk, voxelCount, type Vec3 } from '../volume/grid.ts';
import { niftiOf } from '../volume/nifti.ts';
import { ScanError, type Scan, type Window } from '../volume/scan.ts';
import { DisplayGrid } from './displayGrid.ts';
import { LAYOUTS, type Layout } from './layouts.ts';
import { MaskLayer } from './maskLayer.ts';
import { Slices } from './slices.ts';

// NiiVue keeps several textures of the scan beside its voxels, and array buffers end at 2 GB in some browsers.
const MOST_VOXELS = 400 << 20;

export class Viewer {
  readonly canvas: HTMLCanvasElement;
  /** Called after each frame: what lies on top must follow. */
  onFrame: () => void = () => {};
  /** Called when the user changed the window with the mouse. */
  onWindow: (window: Window) => void = () => {};
  readonly slices: Slices;
  readonly masks: MaskLayer;
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
    this.slices = new Slices(this.nv);
    this.masks = new MaskLayer(this.nv, this.slices);
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

  /** Reads a scan; calling back shows it in place of the one before, with masks of its own. */
  async prepare(scan: Scan): Promise<() => void> {
    const image = await NVImage.loadFromFile({ file: new File([niftiOf(scan)], 'scan.nii'), name: 'scan.nii', colormap: 'gray', cal_min: scan.window.lower, cal_max: scan.window.upper });
    return () => {
      for (const volume of [...this.nv.volumes]) this.nv.removeVolume(volume);
      this.nv.addVolume(image);
      const shown = image.dimsRAS!.slice(1, 4) as unknown as Vec3;
      this.slices.grid = new DisplayGrid(scan.grid.size, shown, (fraction) => {
        const mm = image.convertFrac2MM(fraction, true);
        return rasToIjk(scan.grid, [mm[0], mm[1], mm[2]]);
      });
      this.masks.create();
      this.nv.setPan2Dxyzmm([0, 0, 0, 1]);
    };
  }

  setLayout(layout: Layout): void {
    this.nv.setCustomLayout(LAYOUTS[layout]);
  }

  setWindow({ lower, upper }: Window): void {
    const volume = this.nv.volumes[0];
    // NiiVue makes the whole volume anew for it.
    if (!volume || (volume.cal_min === lower && volume.cal_max === upper)) return;
    volume.cal_min = lower;
    volume.cal_max = upper;
    this.nv.updateGLVolume();
  }

  redraw(): void {
    this.nv.drawScene();
  }
}
