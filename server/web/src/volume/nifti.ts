// NIfTI-1 and NIfTI-2, single files: reading scans, and writing the one that the viewer shows.

import { gridOfRas, rasAffineOf, voxelCount, type Affine, type Vec3 } from './grid.ts';
import { ELEMENTS, ScanError, elementsOf, scanOf, type ElementKind, type Scan } from './scan.ts';

const KINDS: Record<number, ElementKind> = { 2: 'u1', 4: 'i2', 8: 'i4', 16: 'f4', 64: 'f8', 256: 'i1', 512: 'u2', 768: 'u4', 1024: 'i8', 1280: 'u8' };
const HEADER_BYTES = 352;

interface Header {
  littleEndian: boolean;
  dims: number[];
  datatype: number;
  pixdims: number[];
  offset: number;
  slope: number;
  intercept: number;
  qform: number;
  sform: number;
  quaternion: number[];
  rows: number[][];
  units: number;
}

function headerOf(view: DataView): Header {
  if (view.byteLength < 348) throw new ScanError('This is not a scan: NIfTI, NRRD or DICOM is needed, and the file is shorter than the NIfTI header.');
  const version = [[348, 1], [540, 2]].flatMap(([size, number]) => [true, false].map((le) => ({ size, number, le })))
    .find(({ size, le }) => view.getInt32(0, le) === size);
  if (!version) throw new ScanError('This is neither a NIfTI file (its header must be 348 or 540 bytes long) nor NRRD nor DICOM.');
  const { le } = version;
  const floats = (start: number, count: number, wide: boolean): number[] =>
    Array.from({ length: count }, (_, n) => (wide ? view.getFloat64(start + 8 * n, le) : view.getFloat32(start + 4 * n, le)));
  if (version.number === 1) {
    return {
      littleEndian: le, dims: Array.from({ length: 8 }, (_, n) => view.getInt16(40 + 2 * n, le)), datatype: view.getInt16(70, le),
      pixdims: floats(76, 8, false), offset: view.getFloat32(108, le), slope: view.getFloat32(112, le), intercept: view.getFloat32(116, le),
      units: view.getUint8(123), qform: view.getInt16(252, le), sform: view.getInt16(254, le), quaternion: floats(256, 6, false),
      rows: [floats(280, 4, false), floats(296, 4, false), floats(312, 4, false)],
    };
  }
  if (view.byteLength < 540) throw new ScanError('The file ends within the NIfTI header.');
  return {
    littleEndian: le, dims: Array.from({ length: 8 }, (_, n) => Number(view.getBigInt64(16 + 8 * n, le))), datatype: view.getInt16(12, le),
    pixdims: floats(104, 8, true), offset: Number(view.getBigInt64(168, le)), slope: view.getFloat64(176, le), intercept: view.getFloat64(184, le),
    units: view.getInt32(500, le), qform: view.getInt32(344, le), sform: view.getInt32(348, le), quaternion: floats(352, 6, true),
    rows: [floats(400, 4, true), floats(432, 4, true), floats(464, 4, true)],
  };
}

/** IJK to RAS by the quaternion: NIfTI's method 2. */
function quaternionAffine({ pixdims, quaternion }: Header): Affine {
  const [b, c, d, x, y, z] = quaternion as [number, number, number, number, number, number];
  const a = Math.sqrt(Math.max(0, 1 - b * b - c * c - d * d));
  const [si, sj, sk] = [pixdims[1], pixdims[2], pixdims[3] * (pixdims[0] < 0 ? -1 : 1)];
  return [
    [(a * a + b * b - c * c - d * d) * si, 2 * (b * c - a * d) * sj, 2 * (b * d + a * c) * sk, x],
    [2 * (b * c + a * d) * si, (a * a + c * c - b * b - d * d) * sj, 2 * (c * d - a * b) * sk, y],
    [2 * (b * d - a * c) * si, 2 * (c * d + a * b) * sj, (a * a + d * d - c * c - b * b) * sk, z],
  ];
}

function affineOf(header: Header): Affine {
  if (header.sform > 0) return header.rows as unknown as Affine;
  if (header.qform > 0) return quaternionAffine(header);
  const [, x, y, z] = header.pixdims as [number, number, number, number];
  return [[x, 0, 0, 0], [0, y, 0, 0], [0, 0, z, 0]];
}

/** A scan from the bytes of a .nii file. Of several volumes the first one. */
export function readNifti(bytes: Uint8Array, name: string): Scan {
  const header = headerOf(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const kind = KINDS[header.datatype];
  if (!kind) throw new ScanError(`Voxels must be one whole number or float each; this NIfTI file has data type ${header.datatype} (colour, complex or bits).`);
  const count = header.dims[0];
  if (count < 2 || count > 7) throw new ScanError(`A NIfTI file must have 2 to 7 dimensions; this one says ${count}.`);
  const size: Vec3 = [header.dims[1], header.dims[2], count >= 3 ? header.dims[3] : 1];
  const metres = { 1: 1000, 3: 0.001 }[header.units & 7] ?? 1;
  const grid = gridOfRas(size, affineOf(header).map((row) => row.map((value) => value * metres)) as unknown as Affine);
  const start = Math.max(header.offset, 0);
  const end = start + voxelCount(size) * ELEMENTS[kind].width;
  if (end > bytes.length) throw new ScanError(`The file is cut short: ${size.join(' x ')} voxels need ${end} bytes, it has ${bytes.length}.`);
  const scaled = header.slope !== 0 && Number.isFinite(header.slope);
  const voxels = elementsOf(bytes.subarray(start, end), kind, header.littleEndian);
  return scanOf(name, grid, voxels, scaled ? header.slope : 1, scaled && Number.isFinite(header.intercept) ? header.intercept : 0);
}

/** A NIfTI-1 file of the scan, for the viewer: the same voxels, its window, and the affine as this client understands it. */
export function niftiOf(scan: Scan): ArrayBuffer {
  const { grid, voxels } = scan;
  const file = new Uint8Array(HEADER_BYTES + voxels.byteLength);
  const view = new DataView(file.buffer);
  const shorts = (start: number, values: readonly number[]): void => values.forEach((value, n) => view.setInt16(start + 2 * n, value, true));
  const floats = (start: number, values: readonly number[]): void => values.forEach((value, n) => view.setFloat32(start + 4 * n, value, true));
  const kind = { Uint8Array: 'u1', Int8Array: 'i1', Uint16Array: 'u2', Int16Array: 'i2', Uint32Array: 'u4', Int32Array: 'i4', Float32Array: 'f4' }[voxels.constructor.name];
  view.setInt32(0, 348, true);
  shorts(40, [3, ...grid.size, 1, 1, 1, 1]);
  shorts(70, [Number(Object.keys(KINDS).find((code) => KINDS[Number(code)] === kind)), 8 * voxels.BYTES_PER_ELEMENT]);
  floats(76, [1, ...grid.spacing]);
  floats(108, [HEADER_BYTES, scan.slope, scan.intercept]);
  view.setUint8(123, 2);
  floats(124, [scan.window.upper, scan.window.lower]);
  shorts(252, [0, 1]);
  floats(280, rasAffineOf(grid).flat());
  file.set([0x6e, 0x2b, 0x31, 0], 344);
  file.set(new Uint8Array(voxels.buffer, voxels.byteOffset, voxels.byteLength), HEADER_BYTES);
  return file.buffer;
}
