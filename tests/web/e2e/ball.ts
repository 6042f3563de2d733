// A made scan, small and of a difficult grid.

import type { Vec3 } from '../../../server/web/src/volume/grid.ts';

/** A bright ball in noise, on an oblique, left-handed, anisotropic grid, as NRRD. */
export function ball(): { bytes: Buffer; centre: Vec3; radius: number } {
  const size: Vec3 = [60, 50, 24];
  const voxels = new Int16Array(60 * 50 * 24);
  const [centre, radius]: [Vec3, number] = [[24, 30, 11], 11];
  for (let n = 0; n < voxels.length; n++) {
    const [i, j, k] = [n % 60, Math.floor(n / 60) % 50, Math.floor(n / 3000)];
    const inside = (i - centre[0]) ** 2 + (j - centre[1]) ** 2 + (2 * (k - centre[2])) ** 2 <= radius ** 2;
    voxels[n] = (inside ? 160 : 40) + ((n * 7919) % 23);
  }
  const header = `NRRD0004\ntype: short\ndimension: 3\nspace: left-posterior-superior\nsizes: ${size.join(' ')}\nspace directions: (0.1,0.96,-0.2) (0.97,-0.08,0.1) (0.2,-0.4,1.95)\n`
    + 'endian: little\nencoding: raw\nspace origin: (-31.5,12.25,407)\n\n';
  return { bytes: Buffer.concat([Buffer.from(header), Buffer.from(voxels.buffer)]), centre, radius };
}
