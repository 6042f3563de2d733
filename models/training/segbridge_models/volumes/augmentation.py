"""Random changes of the intensities of a patch, in HU or MR units, before normalisation."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from . import fields


def thick_slices(image: Tensor, rng: np.random.Generator) -> Tensor:
    """Average along one axis as a scanner with thick slices does, and interpolate back."""
    axis = 2 if rng.random() < 0.7 else int(rng.integers(3))
    grid = image.shape[axis]
    kept = max(int(grid / rng.uniform(1.2, 3.0)), 4)
    moved = image.movedim(axis, -1).reshape(1, -1, grid)
    coarse = functional.adaptive_avg_pool1d(moved, kept)
    fine = functional.interpolate(coarse, grid, mode="linear", align_corners=False)
    return fine.reshape(image.movedim(axis, -1).shape).movedim(-1, axis)


def scanner(image: Tensor, hounsfield: bool, rng: np.random.Generator) -> Tensor:
    """Blur, thick slices, correlated noise, shift and contrast."""
    out = image
    if rng.random() < 0.25:
        out = fields.blur(out, rng.uniform(0.3, 1.0))
    if rng.random() < 0.7:
        spread = 90.0 if hounsfield else float(out.std()) + 1e-3
        level = spread * np.exp(rng.uniform(np.log(0.02), np.log(0.35)))
        noise = torch.from_numpy(rng.standard_normal(out.shape, np.float32))
        if rng.random() < 0.5:
            noise = fields.blur(noise, 0.6)
        out = out + float(level) * noise
    if rng.random() < 0.3:
        out = thick_slices(out, rng)
    if hounsfield:
        if rng.random() < 0.5:
            out = (out - 40.0) * rng.uniform(0.8, 1.25) + 40.0 + rng.uniform(-15.0, 15.0)
    elif rng.random() < 0.4:
        top = out.max().clamp_min(1e-3)
        out = top * (out.clamp_min(0.0) / top) ** float(np.exp(rng.uniform(-0.4, 0.4)))
    return out
