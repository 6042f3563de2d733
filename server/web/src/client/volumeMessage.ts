// What the contract is told of a scan before any voxel goes up.

import type { MessageInitShape } from '@bufbuild/protobuf';
import type { SizeSchema } from '@segbridge/contract/segbridge/v1/geometry_pb.js';
import { Modality, type VolumeSchema } from '@segbridge/contract/segbridge/v1/volumes_pb.js';
import type { Scan } from '../volume/scan.ts';
import { voxelTypeOf } from './bricks.ts';

type Size = MessageInitShape<typeof SizeSchema>;

/** @param brickSize Voxels of a brick; without it the server chooses. */
export function volumeOf(scan: Scan, brickSize?: Size): MessageInitShape<typeof VolumeSchema> {
  const { size, spacing, origin, axes } = scan.grid;
  const ijk = ([i, j, k]: readonly number[]): { i: number; j: number; k: number } => ({ i, j, k });
  const lps = ([l, p, s]: readonly number[]): { l: number; p: number; s: number } => ({ l, p, s });
  return {
    geometry: { size: ijk(size), spacing: ijk(spacing), origin: lps(origin), iAxis: lps(axes[0]), jAxis: lps(axes[1]), kAxis: lps(axes[2]) },
    voxelType: voxelTypeOf(scan.voxels),
    rescaleSlope: scan.slope,
    rescaleIntercept: scan.intercept,
    modality: scan.isCt ? Modality.CT : Modality.UNSPECIFIED,
    displayWindow: { ...scan.window },
    ...(brickSize ? { brickSize } : {}),
  };
}
