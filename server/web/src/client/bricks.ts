// Bricks: the blocks in which a scan travels, packed as the contract's DELTA_PLANES_ZLIB.

import { create } from '@bufbuild/protobuf';
import { BrickEncoding, BrickSchema, VoxelType, type Brick } from '@segbridge/contract/segbridge/v1/volumes_pb.js';
import type { Box, Vec3 } from '../volume/grid.ts';
import { sizeOf } from '../volume/grid.ts';
import { deflate } from '../volume/inflate.ts';
import type { Voxels } from '../volume/scan.ts';

export function voxelTypeOf(voxels: Voxels): VoxelType {
  if (voxels instanceof Uint8Array) return VoxelType.UINT8;
  if (voxels instanceof Int8Array) return VoxelType.INT8;
  if (voxels instanceof Uint16Array) return VoxelType.UINT16;
  if (voxels instanceof Int16Array) return VoxelType.INT16;
  if (voxels instanceof Uint32Array) return VoxelType.UINT32;
  return voxels instanceof Int32Array ? VoxelType.INT32 : VoxelType.FLOAT32;
}

/** Voxels of a brick; those at the end of the volume are smaller. */
export function boxOfBrick(size: Vec3, brickSize: Vec3, index: Vec3): Box {
  const lower = index.map((n, axis) => n * brickSize[axis]) as unknown as Vec3;
  return { lower, upper: lower.map((low, axis) => Math.min(low + brickSize[axis], size[axis])) as unknown as Vec3 };
}

/** The voxels of a box, little endian, C-order (k, j, i). */
export function bytesOf(voxels: Voxels, size: Vec3, { lower, upper }: Box): Uint8Array {
  const width = voxels.BYTES_PER_ELEMENT;
  const all = new Uint8Array(voxels.buffer, voxels.byteOffset, voxels.byteLength);
  const row = (upper[0] - lower[0]) * width;
  const bytes = new Uint8Array(row * (upper[1] - lower[1]) * (upper[2] - lower[2]));
  let at = 0;
  for (let k = lower[2]; k < upper[2]; k++) {
    for (let j = lower[1]; j < upper[1]; j++, at += row) {
      const start = ((k * size[1] + j) * size[0] + lower[0]) * width;
      bytes.set(all.subarray(start, start + row), at);
    }
  }
  return bytes;
}

/** Differences along each row, modulo 2^bits, as byte planes, least significant first. */
export function deltaPlanes(bytes: Uint8Array, width: number, rowLength: number): Uint8Array {
  const count = bytes.length / width;
  const planes = new Uint8Array(bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = (n: number): number => (width === 1 ? bytes[n] : width === 2 ? view.getUint16(2 * n, true) : view.getUint32(4 * n, true));
  for (let n = 0, before = 0; n < count; n++) {
    if (n % rowLength === 0) before = 0;
    const value = read(n);
    const difference = (value - before) | 0;
    before = value;
    for (let plane = 0; plane < width; plane++) planes[plane * count + n] = difference >>> (8 * plane);
  }
  return planes;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

export function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = CRC_TABLE[(value ^ byte) & 0xff] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

/** A brick as it is sent. */
export async function brickOf(voxels: Voxels, size: Vec3, brickSize: Vec3, index: Vec3): Promise<Brick> {
  const box = boxOfBrick(size, brickSize, index);
  const raw = bytesOf(voxels, size, box);
  const packed = await deflate(deltaPlanes(raw, voxels.BYTES_PER_ELEMENT, sizeOf(box)[0]));
  // Noise does not compress.
  const [encoding, data] = packed.length <= raw.length ? [BrickEncoding.DELTA_PLANES_ZLIB, packed] : [BrickEncoding.RAW, raw];
  return create(BrickSchema, { index: { i: index[0], j: index[1], k: index[2] }, encoding, data, crc32: crc32(raw) });
}
