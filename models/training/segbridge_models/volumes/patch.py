"""Cubic isotropic patches of volumes.

A patch has G voxels along each axis in the order (R, A, S); a volume is an array in the same order
with a spacing per axis.  Positions are in mm from the middle of voxel (0, 0, 0) of the volume.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Sequence, Tuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True)
class FittedSpacing:
    """Of a patch of G voxels a side around an object: clamp(margin x largest extent in mm / G,
    minimum, maximum); around prompts alone ``default``, or less where the whole volume, taken for
    the object, needs less.
    """

    minimum: float = 0.75
    maximum: float = 8.0
    default: float = 5.0
    margin: float = 1.3

    def around(self, extent: float, grid: int) -> float:
        """Spacing in mm for an object of the given largest extent (mm)."""
        return float(np.clip(self.margin * extent / grid, self.minimum, self.maximum))

    def around_prompts(self, volume: float, grid: int) -> float:
        """Spacing in mm without an object, in a volume of the given largest extent (mm)."""
        return float(np.clip(self.margin * volume / grid, self.minimum, self.default))


@dataclass(frozen=True)
class PatchFrame:
    """Where a patch lies: ``centre`` (3,) mm, and ``axes`` (3, 3) mm per patch voxel in columns."""

    centre: np.ndarray
    axes: np.ndarray
    grid: int

    @staticmethod
    def aligned(centre: Sequence[float], spacing: float, grid: int) -> "PatchFrame":
        """A patch along the volume's axes."""
        return PatchFrame(np.asarray(centre, dtype=np.float64), np.eye(3) * spacing, grid)

    def to_patch(self, positions: np.ndarray) -> np.ndarray:
        """Continuous patch indices (n, 3) of positions (n, 3) in mm."""
        moved = np.linalg.solve(self.axes, (np.atleast_2d(positions) - self.centre).T).T
        return moved + (self.grid - 1) / 2.0


def bounds(mask: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Lowest and highest index (both inclusive) of a non-empty mask along each axis."""
    spans = []
    for axis in range(mask.ndim):
        others = tuple(a for a in range(mask.ndim) if a != axis)
        spans.append(np.flatnonzero(mask.any(axis=others))[[0, -1]])
    low, high = np.array(spans).T
    return low, high


def extent_mm(mask: np.ndarray, spacing: Sequence[float]) -> Tuple[np.ndarray, np.ndarray]:
    """Centre (mm) and size (mm) along each axis of the tight box of a non-empty mask."""
    low, high = bounds(mask)
    scale = np.asarray(spacing, dtype=np.float64)
    return (low + high) / 2.0 * scale, (high - low + 1) * scale


def _source_indices(frame: PatchFrame, spacing: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    matrix = frame.axes / spacing[:, None]
    start = frame.centre / spacing - matrix @ np.full(3, (frame.grid - 1) / 2.0)
    return matrix, start


def sample(
    volume: np.ndarray, spacing: Sequence[float], frame: PatchFrame, outside: float
) -> Tensor:
    """(G, G, G) float32 by trilinear interpolation; ``outside`` beyond the volume's voxels.

    That is beyond half a voxel from the middles of the outermost ones, which count up to there.
    """
    matrix, start = _source_indices(frame, np.asarray(spacing, dtype=np.float64))
    corners = np.stack(np.meshgrid(*[[0, frame.grid - 1]] * 3, indexing="ij"), -1).reshape(-1, 3)
    reach = corners @ matrix.T + start
    low = np.clip(np.floor(reach.min(0)).astype(int) - 1, 0, np.array(volume.shape) - 1)
    high = np.clip(np.ceil(reach.max(0)).astype(int) + 2, low + 1, volume.shape)
    part = np.ascontiguousarray(volume[tuple(slice(a, b) for a, b in zip(low, high))])
    # affine_grid spans [-1, 1] over the patch; both count from voxel middles, last axis first.
    middle = (np.array(part.shape) - 1) / 2.0
    half = np.maximum(middle, 0.5)
    centre = start + matrix @ np.full(3, (frame.grid - 1) / 2.0) - low
    linear = matrix * ((frame.grid - 1) / 2.0) / half[:, None]
    shift = (centre - middle) / half
    theta = np.concatenate([linear[::-1, ::-1], shift[::-1, None]], axis=1)
    places = torch.from_numpy(theta.copy()).float()[None]
    grid = functional.affine_grid(places, [1, 1, *[frame.grid] * 3], align_corners=True)
    source = torch.from_numpy(part).float()[None, None]
    seen = functional.grid_sample(source, grid, "bilinear", "border", align_corners=True)[0, 0]
    ends = np.stack([np.full(3, -0.5), np.array(volume.shape) - 0.5])
    limits = torch.from_numpy(((ends - low - middle) / half)[:, ::-1].copy()).float()
    inside = ((grid[0] >= limits[0]) & (grid[0] <= limits[1])).all(dim=-1)
    return torch.where(inside, seen, torch.tensor(float(outside)))


def onto_volume(
    patch: Tensor, frame: PatchFrame, shape: Sequence[int], spacing: Sequence[float], outside: float
) -> np.ndarray:
    """An aligned patch (G, G, G) read at every voxel middle of a volume, trilinearly.

    Volume voxels beyond the outermost patch voxels take ``outside``.
    """
    scale = np.asarray(spacing, dtype=np.float64)
    step = np.diag(frame.axes)
    if not np.allclose(frame.axes, np.diag(step)):
        raise ValueError("the patch must lie along the volume's axes")
    result = np.full(tuple(shape), outside, dtype=np.float32)
    first = frame.centre - step * (frame.grid - 1) / 2.0
    low = np.maximum(np.ceil(first / scale - 1e-9).astype(int), 0)
    last = np.floor((first + step * (frame.grid - 1)) / scale + 1e-9).astype(int)
    high = np.minimum(last + 1, shape)
    if (high <= low).any():
        return result
    indices = [
        (np.arange(a, b) * s - f) / t for a, b, s, f, t in zip(low, high, scale, first, step)
    ]
    out = patch.detach().cpu().numpy().astype(np.float32)
    for axis, position in enumerate(indices):
        base = np.clip(np.floor(position).astype(int), 0, max(frame.grid - 2, 0))
        weight = (position - base).astype(np.float32)
        weight = weight.reshape([-1 if a == axis else 1 for a in range(3)])
        out = np.take(out, base, axis) * (1 - weight) + np.take(out, base + 1, axis) * weight
    result[tuple(slice(a, b) for a, b in zip(low, high))] = out
    return result
