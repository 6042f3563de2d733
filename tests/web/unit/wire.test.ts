import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 as zlibCrc, deflateSync, inflateSync } from 'node:zlib';
import { create } from '@bufbuild/protobuf';
import { MaskEncoding, MaskRegionSchema } from '@segbridge/contract/segbridge/v1/masks_pb.js';
import { BrickEncoding } from '@segbridge/contract/segbridge/v1/volumes_pb.js';
import { boxOfBrick, brickOf, crc32 } from '../../../server/web/src/client/bricks.ts';
import { ReplyError, VolumeMask, decodeMask, encodeMask, holds, type PackedMask } from '../../../server/web/src/client/masks.ts';
import type { Box, Vec3 } from '../../../server/web/src/volume/grid.ts';
import { chance } from './chance.ts';

function anyMask(next: () => number, size: Vec3): PackedMask {
  const edge = size.map((count) => {
    const [a, b] = [Math.floor(next() * count), Math.floor(next() * count)];
    return [Math.min(a, b), Math.max(a, b) + 1] as const;
  });
  const box: Box = { lower: edge.map(([low]) => low) as unknown as Vec3, upper: edge.map(([, high]) => high) as unknown as Vec3 };
  const whole = new VolumeMask(size);
  for (let n = 0; n < whole.rows.length; n++) whole.rows[n] = Math.floor(next() * 256);
  return whole.cut(box);
}

/** The encoding that the server replies with, done by the contract's words. */
function sparse({ box, rows }: PackedMask): Uint8Array<ArrayBuffer> {
  const stride = Math.ceil((box.upper[0] - box.lower[0]) / 8);
  const changes = rows.map((value, n) => (n < stride ? value : value ^ rows[n - stride]));
  const bitmap = new Uint8Array(Math.ceil(changes.length / 8));
  changes.forEach((value, n) => {
    if (value !== 0) bitmap[n >> 3] |= 1 << (n & 7);
  });
  return new Uint8Array(deflateSync(Buffer.concat([bitmap, changes.filter((value) => value !== 0)])));
}

test('A mask is the same after its way over the wire, in every encoding', async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const next = chance(seed);
    const size: Vec3 = [1 + Math.floor(next() * 40), 1 + Math.floor(next() * 12), 1 + Math.floor(next() * 6)];
    const mask = anyMask(next, size);
    const sent = await encodeMask(mask);
    for (const region of [
      sent,
      create(MaskRegionSchema, { box: sent.box!, encoding: MaskEncoding.PACKED, data: mask.rows }),
      create(MaskRegionSchema, { box: sent.box!, encoding: MaskEncoding.XOR_SPARSE_ZLIB, data: sparse(mask) }),
    ]) {
      const got = await decodeMask(region, size);
      assert.deepEqual(got.box, mask.box);
      assert.deepEqual([...got.rows], [...mask.rows]);
    }
  }
});

test('Taking a region over touches its box and nothing else', () => {
  const next = chance(7);
  const size: Vec3 = [21, 7, 5];
  const mask = new VolumeMask(size);
  mask.apply(anyMask(next, size));
  const before = mask.cut(mask.box);
  const part = anyMask(next, size);
  mask.apply(part);
  const inside = (i: number, j: number, k: number): boolean => [i, j, k].every((at, n) => at >= part.box.lower[n] && at < part.box.upper[n]);
  for (let k = 0; k < 5; k++) for (let j = 0; j < 7; j++) for (let i = 0; i < 21; i++) {
    assert.equal(mask.holds(i, j, k), holds(inside(i, j, k) ? part : before, i, j, k));
  }
});

test('A reply that is not a mask is refused', async () => {
  const box = { lower: { i: 0, j: 0, k: 0 }, upper: { i: 9, j: 2, k: 1 } };
  const reply = (data: Uint8Array<ArrayBuffer>, encoding = MaskEncoding.PACKED): Promise<PackedMask> => decodeMask(create(MaskRegionSchema, { box, encoding, data }), [9, 2, 1]);
  await assert.rejects(reply(new Uint8Array(3)), ReplyError);
  await assert.rejects(reply(new Uint8Array(4), MaskEncoding.UNSPECIFIED), /does not know/);
  await assert.rejects(decodeMask(create(MaskRegionSchema, { box, encoding: MaskEncoding.PACKED, data: new Uint8Array(4) }), [8, 2, 1]), /outside/);
});

test('A brick decodes to its voxels, also at the end of the volume', async () => {
  const next = chance(5);
  const size: Vec3 = [10, 7, 5];
  const kinds = [Uint8Array, Int8Array, Uint16Array, Int16Array, Uint32Array, Int32Array, Float32Array];
  const values = Array.from({ length: 350 }, (_, n) => 0.25 * n + Math.floor(next() * 20));
  for (const kind of kinds) {
    const voxels = new kind(values);
    for (const index of [[0, 0, 0], [1, 1, 2]] as const) {
      const brick = await brickOf(voxels, size, [6, 4, 2], index);
      const box = boxOfBrick(size, [6, 4, 2], index);
      const [ni, nj, nk] = [0, 1, 2].map((axis) => box.upper[axis] - box.lower[axis]) as [number, number, number];
      const width = voxels.BYTES_PER_ELEMENT;
      let raw = brick.data;
      if (brick.encoding === BrickEncoding.DELTA_PLANES_ZLIB) {
        const planes = new Uint8Array(inflateSync(brick.data));
        const [count, bits] = [ni * nj * nk, 8 * width];
        raw = new Uint8Array(count * width);
        for (let n = 0, sum = 0n; n < count; n++) {
          let value = 0n;
          for (let plane = 0; plane < width; plane++) value |= BigInt(planes[plane * count + n]) << BigInt(8 * plane);
          sum = BigInt.asUintN(bits, n % ni === 0 ? value : sum + value);
          for (let plane = 0; plane < width; plane++) raw[n * width + plane] = Number((sum >> BigInt(8 * plane)) & 255n);
        }
      }
      const got = new kind(raw.slice().buffer);
      let at = 0;
      for (let k = box.lower[2]; k < box.upper[2]; k++) for (let j = box.lower[1]; j < box.upper[1]; j++) for (let i = box.lower[0]; i < box.upper[0]; i++) {
        assert.equal(got[at++], voxels[(k * 7 + j) * 10 + i]);
      }
      assert.equal(brick.crc32, crc32(raw));
    }
  }
});

test('The checksum is that of zlib', () => {
  const bytes = Buffer.from('123456789');
  assert.equal(crc32(bytes), 0xcbf43926);
  if (typeof zlibCrc === 'function') assert.equal(crc32(bytes), zlibCrc(bytes));
});
