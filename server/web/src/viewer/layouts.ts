// How the views share the canvas.

import { SLICE_TYPE } from '@niivue/niivue';

export type Layout = 'all' | 'slices' | 'axial' | 'coronal' | 'sagittal' | 'surface';

/** Left, top, width and height of each view, as parts of the canvas. The first is the one that is worked on. */
export const LAYOUTS: Record<Layout, { sliceType: SLICE_TYPE; position: [number, number, number, number] }[]> = {
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
