"""Random views of a real object: where the patch lies, how it is turned, what field is seen."""

from __future__ import annotations

from typing import Optional, Tuple

import numpy as np
from torch import Tensor

from . import fields
from .cases import VolumeCase
from .patch import FittedSpacing, PatchFrame, extent_mm, sample


def frame_around(
    case: VolumeCase,
    mask: np.ndarray,
    grid: int,
    rule: Optional[FittedSpacing],
    rng: np.random.Generator,
) -> PatchFrame:
    """A patch fitted to the object by ``rule``, or, without one, around a voxel of the object.

    Turned, stretched and flipped at random.
    """
    centre, size = extent_mm(mask, case.spacing)
    if rule is not None:
        fitted = rule.around(float(size.max()), grid)
        fitted *= float(np.exp(rng.uniform(-0.15, 0.15)))
        if rng.random() < 0.15:
            fitted *= rng.uniform(1.0, 2.0)
        centre = centre + rng.uniform(-4.0, 4.0, size=3) * fitted * grid / 64.0
    else:
        # The object takes between a fifth of the patch and a little more than all of it.
        wider = float(np.exp(rng.uniform(np.log(0.9), np.log(5.0))))
        fitted = float(size.max()) / grid * wider
        voxels = np.argwhere(mask)
        centre = voxels[rng.integers(len(voxels))] * np.array(case.spacing)
    turn = np.eye(3)
    if rng.random() < 0.5:
        turn = fields.random_rotation(rng, 0.5)
    stretch = np.exp(rng.uniform(-0.12, 0.12, size=3)) * np.where(rng.random(3) < 0.5, -1, 1)
    axes = turn @ np.diag(fitted * stretch)
    if rng.random() < 0.3:
        axes = axes[:, rng.permutation(3)]
    return PatchFrame(centre, axes, grid)


def view(
    case: VolumeCase, mask: np.ndarray, frame: PatchFrame, rng: np.random.Generator
) -> Tuple[Tensor, Tensor]:
    """Values, NaN beyond the volume, and the object, each (G, G, G)."""
    image, origin = case.image, np.zeros(3)
    if rng.random() < 0.3:
        # The field of view need not end where the data set was cropped.
        low, high = np.zeros(3, int), np.array(mask.shape)
        axis = int(rng.integers(3))
        cut = int(rng.integers(0, max(mask.shape[axis] // 4, 1)))
        if rng.random() < 0.5:
            low[axis] += cut
        else:
            high[axis] -= cut
        part = tuple(slice(a, b) for a, b in zip(low, high))
        if mask[part].any():
            image, mask, origin = image[part], mask[part], low * np.array(case.spacing)
    moved = PatchFrame(frame.centre - origin, frame.axes, frame.grid)
    seen = sample(image, case.spacing, moved, np.nan) * case.scale + case.offset
    truth = sample(mask.astype(np.uint8), case.spacing, moved, 0.0) >= 0.5
    return seen, truth
