// NRRD with the voxels in the same file, raw or gzip.

import { gridOfLps, gridOfRas, voxelCount, type Affine, type Grid, type Vec3 } from './grid.ts';
import { gunzip } from './inflate.ts';
import { ELEMENTS, ScanError, elementsOf, scanOf, type ElementKind, type Scan } from './scan.ts';

const KINDS: [ElementKind, string][] = [
  ['i1', 'signed char|int8|int8_t'],
  ['u1', 'uchar|unsigned char|uint8|uint8_t'],
  ['i2', 'short|short int|signed short|signed short int|int16|int16_t'],
  ['u2', 'ushort|unsigned short|unsigned short int|uint16|uint16_t'],
  ['i4', 'int|signed int|int32|int32_t'],
  ['u4', 'uint|unsigned int|uint32|uint32_t'],
  ['i8', 'longlong|long long|long long int|signed long long|signed long long int|int64|int64_t'],
  ['u8', 'ulonglong|unsigned long long|unsigned long long int|uint64|uint64_t'],
  ['f4', 'float'],
  ['f8', 'double'],
];
const MAX_HEADER = 1 << 20;

function fieldsOf(bytes: Uint8Array): { fields: Map<string, string>; start: number } {
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, MAX_HEADER));
  const end = /\r?\n\r?\n/.exec(text);
  if (!text.startsWith('NRRD') || !end) throw new ScanError('This is not an NRRD file with its voxels inside: "NRRD" and a header that an empty line ends must come first.');
  const fields = new Map<string, string>();
  for (const line of text.slice(0, end.index).split(/\r?\n/).slice(1)) {
    const found = /^([^:#]+): (.*)$/.exec(line);
    if (found) fields.set(found[1].trim().toLowerCase(), found[2].trim());
  }
  return { fields, start: end.index + end[0].length };
}

function gridOf(fields: Map<string, string>, size: Vec3): Grid {
  const vectors = [...(fields.get('space directions') ?? '').matchAll(/\(([^)]*)\)/g)].map(([, text]) => text.split(',').map(Number));
  const origin = (fields.get('space origin') ?? '(0,0,0)').replace(/[()]/g, '').split(',').map(Number);
  const space = (fields.get('space') ?? 'left-posterior-superior').toLowerCase();
  if (vectors.length === 0) {
    const spacings = (fields.get('spacings') ?? '1 1 1').split(/\s+/).map(Number);
    return gridOfLps(size, [[spacings[0], 0, 0, 0], [0, spacings[1], 0, 0], [0, 0, spacings[2], 0]]);
  }
  if (vectors.length !== 3) throw new ScanError(`An NRRD file must give a direction for each of its 3 axes; this one gives ${vectors.length}.`);
  const affine = [0, 1, 2].map((row) => [...vectors.map((vector) => vector[row]), origin[row]]) as unknown as Affine;
  switch (space) {
    case 'left-posterior-superior': case 'lps': return gridOfLps(size, affine);
    case 'right-anterior-superior': case 'ras': return gridOfRas(size, affine);
    case 'left-anterior-superior': case 'las': return gridOfLps(size, [affine[0], affine[1].map((value) => 0 - value), affine[2]]);
    default: throw new ScanError(`The space of an NRRD file must be left-posterior-superior, right-anterior-superior or left-anterior-superior; this one says "${space}".`);
  }
}

/** A scan from the bytes of a .nrrd file. */
export async function readNrrd(bytes: Uint8Array, name: string): Promise<Scan> {
  const { fields, start } = fieldsOf(bytes);
  if (fields.has('data file') || fields.has('datafile')) throw new ScanError('The voxels of this NRRD file are in another file. Save it as one file (.nrrd).');
  const sizes = (fields.get('sizes') ?? '').split(/\s+/).map(Number);
  if (sizes.length !== 3) throw new ScanError(`An NRRD file must have 3 dimensions; this one has sizes "${fields.get('sizes') ?? ''}".`);
  const type = (fields.get('type') ?? '').toLowerCase();
  const kind = KINDS.find(([, names]) => names.split('|').includes(type))?.[0];
  if (!kind) throw new ScanError(`Voxels must be whole numbers or floats; this NRRD file has type "${type}".`);
  const grid = gridOf(fields, sizes as unknown as Vec3);
  const encoding = (fields.get('encoding') ?? 'raw').toLowerCase();
  if (!['raw', 'gzip', 'gz'].includes(encoding)) throw new ScanError(`The encoding of an NRRD file must be raw or gzip; this one says "${encoding}".`);
  const data = encoding === 'raw' ? bytes.subarray(start) : await gunzip(bytes.subarray(start));
  const length = voxelCount(grid.size) * ELEMENTS[kind].width;
  if (data.length < length) throw new ScanError(`The file is cut short: ${grid.size.join(' x ')} voxels need ${length} bytes, it has ${data.length}.`);
  return scanOf(name, grid, elementsOf(data.subarray(0, length), kind, (fields.get('endian') ?? 'little').toLowerCase() === 'little'));
}
