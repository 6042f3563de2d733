// A scan as it was opened: its voxels as stored, in C-order (k, j, i), and what they mean. It stays in the browser.

import type { Grid } from './grid.ts';

export type Voxels = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array;

/** Real values shown as black and as white. */
export interface Window {
  readonly lower: number;
  readonly upper: number;
}

export interface Scan {
  /** Name of the file, for the person who opened it; it never goes to the server. */
  readonly name: string;
  readonly grid: Grid;
  readonly voxels: Voxels;
  /** real value = stored value * slope + intercept */
  readonly slope: number;
  readonly intercept: number;
  readonly isCt: boolean;
  readonly window: Window;
  /** The DICOM files that it was made of, if it was. */
  readonly dicom?: readonly File[];
  /** What a person should know about how it was opened. */
  readonly remark?: string;
}

/** What the file is not, or does not say; for people. */
export class ScanError extends Error {}

const SAMPLES = 200_000;
const SOFT_TISSUE: Window = { lower: -160, upper: 240 };

/** Values spread over the whole volume, sorted. */
function sampled(voxels: Voxels, slope: number, intercept: number): Float64Array {
  const step = Math.max(1, Math.floor(voxels.length / SAMPLES));
  const values = new Float64Array(Math.ceil(voxels.length / step));
  let count = 0;
  for (let n = 0; n < voxels.length; n += step) {
    const value = voxels[n] * slope + intercept;
    if (Number.isFinite(value)) values[count++] = value;
  }
  return values.subarray(0, count).sort();
}

/** A scan with a window to start from: soft tissue where the values are those of a CT, else the middle 99 % of them. */
export function scanOf(name: string, grid: Grid, voxels: Voxels, slope = 1, intercept = 0): Scan {
  const values = sampled(voxels, slope, intercept);
  const at = (share: number): number => values[Math.round(share * (values.length - 1))] ?? 0;
  // Air is at -1000 in a CT and nowhere else.
  const isCt = !(voxels instanceof Float32Array) && at(0) <= -900 && at(0) >= -4096 && at(0.02) <= -400 && at(1) >= 150;
  const [lower, upper] = [at(0.005), at(0.995)];
  const window = isCt ? SOFT_TISSUE : { lower, upper: upper > lower ? upper : lower + 1 };
  return { name, grid, voxels, slope, intercept, isCt, window };
}

/** 64-bit voxels in a type that travels: floats to 32 bits, whole numbers to 32 bits where they fit. */
export function narrowed(voxels: Voxels | Float64Array | BigInt64Array | BigUint64Array): Voxels {
  if (voxels instanceof Float64Array) return Float32Array.from(voxels);
  if (!(voxels instanceof BigInt64Array || voxels instanceof BigUint64Array)) return voxels;
  const whole = new Int32Array(voxels.length);
  for (let n = 0; n < voxels.length; n++) {
    whole[n] = Number(voxels[n]);
    if (BigInt(whole[n]) !== voxels[n]) throw new ScanError('Voxels of 64-bit whole numbers must fit into 32 bits; these do not.');
  }
  return whole;
}

/** The elements of a file's bytes, turned to little endian. */
export function elementsOf(bytes: Uint8Array, kind: ElementKind, littleEndian: boolean): Voxels {
  const { width, make } = ELEMENTS[kind];
  // A copy, since an element must start at a multiple of its width.
  const own = new Uint8Array(bytes);
  if (!littleEndian && width > 1) {
    for (let start = 0; start < own.length; start += width) own.subarray(start, start + width).reverse();
  }
  return narrowed(make(own.buffer));
}

export type ElementKind = 'u1' | 'i1' | 'u2' | 'i2' | 'u4' | 'i4' | 'u8' | 'i8' | 'f4' | 'f8';

export const ELEMENTS: Record<ElementKind, { width: number; make: (buffer: ArrayBuffer) => Parameters<typeof narrowed>[0] }> = {
  u1: { width: 1, make: (buffer) => new Uint8Array(buffer) },
  i1: { width: 1, make: (buffer) => new Int8Array(buffer) },
  u2: { width: 2, make: (buffer) => new Uint16Array(buffer) },
  i2: { width: 2, make: (buffer) => new Int16Array(buffer) },
  u4: { width: 4, make: (buffer) => new Uint32Array(buffer) },
  i4: { width: 4, make: (buffer) => new Int32Array(buffer) },
  u8: { width: 8, make: (buffer) => new BigUint64Array(buffer) },
  i8: { width: 8, make: (buffer) => new BigInt64Array(buffer) },
  f4: { width: 4, make: (buffer) => new Float32Array(buffer) },
  f8: { width: 8, make: (buffer) => new Float64Array(buffer) },
};
