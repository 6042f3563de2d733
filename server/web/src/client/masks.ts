// Masks: one bit per voxel, as they travel and as they are kept here.

import { create } from '@bufbuild/protobuf';
import { MaskEncoding, MaskRegionSchema, type MaskRegion } from '@segbridge/contract/segbridge/v1/masks_pb.js';
import { NO_BOX, isEmpty, sizeOf, type Box, type Vec3 } from '../volume/grid.ts';
import { deflate, inflate } from '../volume/inflate.ts';

/** A reply that is not what the contract says. */
export class ReplyError extends Error {}

/** Rows (k, j) of a box, each of whole bytes, voxel i at bit i mod 8: numpy's packbits, little. */
export interface PackedMask {
  readonly box: Box;
  readonly rows: Uint8Array;
}

const rowBytes = (box: Box): number => Math.ceil(sizeOf(box)[0] / 8);
const byteCount = (box: Box): number => rowBytes(box) * sizeOf(box)[1] * sizeOf(box)[2];

/** Whether voxel (i, j, k) of the volume is set. */
export function holds({ box, rows }: PackedMask, i: number, j: number, k: number): boolean {
  const [x, y, z] = [i - box.lower[0], j - box.lower[1], k - box.lower[2]];
  const [ni, nj, nk] = sizeOf(box);
  if (x < 0 || y < 0 || z < 0 || x >= ni || y >= nj || z >= nk) return false;
  return ((rows[(z * nj + y) * rowBytes(box) + (x >> 3)] >> (x & 7)) & 1) === 1;
}

function boxOf(region: MaskRegion): Box {
  const { lower, upper } = region.box ?? {};
  return { lower: [lower?.i ?? 0, lower?.j ?? 0, lower?.k ?? 0], upper: [upper?.i ?? 0, upper?.j ?? 0, upper?.k ?? 0] };
}

function expanded(sparse: Uint8Array, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = Math.ceil(length / 8);
  for (let n = 0; n < length; n++) {
    if ((sparse[n >> 3] >> (n & 7)) & 1) bytes[n] = sparse[at++]!;
  }
  if (at !== sparse.length) throw new ReplyError('A mask in the reply does not fit its bitmap.');
  return bytes;
}

/** The mask of a reply. */
export async function decodeMask(region: MaskRegion | undefined, size: Vec3): Promise<PackedMask> {
  const box = region ? boxOf(region) : NO_BOX;
  if (!region || isEmpty(box)) return { box: NO_BOX, rows: new Uint8Array() };
  if (box.lower.some((low) => low < 0) || box.upper.some((high, axis) => high > size[axis])) {
    throw new ReplyError('A mask in the reply lies outside the volume.');
  }
  const length = byteCount(box);
  let rows: Uint8Array;
  switch (region.encoding) {
    case MaskEncoding.PACKED: rows = region.data; break;
    case MaskEncoding.XOR_ZLIB: rows = await inflate(region.data); break;
    case MaskEncoding.XOR_SPARSE_ZLIB: rows = expanded(await inflate(region.data), length); break;
    default: throw new ReplyError(`A mask in the reply has an encoding that this page does not know (${region.encoding}).`);
  }
  if (rows.length !== length) throw new ReplyError(`A mask in the reply must have ${length} bytes, it has ${rows.length}.`);
  if (region.encoding !== MaskEncoding.PACKED) {
    for (let n = rowBytes(box); n < length; n++) rows[n] ^= rows[n - rowBytes(box)];
  }
  return { box, rows };
}

/** A mask to send. */
export async function encodeMask({ box, rows }: PackedMask): Promise<MaskRegion> {
  const changes = rows.slice();
  for (let n = changes.length - 1; n >= rowBytes(box); n--) changes[n] ^= changes[n - rowBytes(box)];
  const index = ([i, j, k]: Vec3): { i: number; j: number; k: number } => ({ i, j, k });
  return create(MaskRegionSchema, {
    box: { lower: index(box.lower), upper: index(box.upper) }, encoding: MaskEncoding.XOR_ZLIB, data: await deflate(changes),
  });
}

/** A mask of a whole volume. */
export class VolumeMask implements PackedMask {
  readonly box: Box;
  rows: Uint8Array;

  constructor(size: Vec3) {
    this.box = { lower: [0, 0, 0], upper: size };
    this.rows = new Uint8Array(byteCount(this.box));
  }

  holds(i: number, j: number, k: number): boolean {
    return holds(this, i, j, k);
  }

  clear(): void {
    this.rows.fill(0);
  }

  /** Takes a region over, touching its box only. */
  apply(part: PackedMask): void {
    const { lower, upper } = part.box;
    const [nj, stride, partStride] = [this.box.upper[1], rowBytes(this.box), rowBytes(part.box)];
    let from = 0;
    for (let k = lower[2]; k < upper[2]; k++) {
      for (let j = lower[1]; j < upper[1]; j++, from += partStride) {
        const row = (k * nj + j) * stride;
        for (let x = 0, i = lower[0]; i < upper[0]; x++, i++) {
          const bit = 1 << (i & 7);
          if ((part.rows[from + (x >> 3)] >> (x & 7)) & 1) this.rows[row + (i >> 3)] |= bit;
          else this.rows[row + (i >> 3)] &= ~bit;
        }
      }
    }
  }

  /** The voxels of a box. */
  cut(box: Box): PackedMask {
    const [stride, { lower, upper }] = [rowBytes(box), box];
    const rows = new Uint8Array(byteCount(box));
    let to = 0;
    for (let k = lower[2]; k < upper[2]; k++) {
      for (let j = lower[1]; j < upper[1]; j++, to += stride) {
        for (let x = 0, i = lower[0]; i < upper[0]; x++, i++) {
          if (this.holds(i, j, k)) rows[to + (x >> 3)] |= 1 << (x & 7);
        }
      }
    }
    return { box, rows };
  }
}
