// Tells whether a file is the one that a session was on, without keeping anything of it.

import { crc32 } from '../client/bricks.ts';
import type { Scan } from './scan.ts';

const MOST_BYTES = 4 << 20;

/** Size and spacing, and a checksum of the voxels; of large scans, of bytes spread evenly over them. */
export function fingerprintOf({ grid, voxels }: Scan): string {
  const bytes = new Uint8Array(voxels.buffer, voxels.byteOffset, voxels.byteLength);
  const step = Math.max(1, Math.ceil(bytes.length / MOST_BYTES));
  const some = step === 1 ? bytes : Uint8Array.from({ length: Math.floor(bytes.length / step) }, (_, n) => bytes[n * step]);
  return `${grid.size.join('x')}/${grid.spacing.map((value) => value.toFixed(4)).join('x')}/${crc32(some).toString(16)}`;
}
