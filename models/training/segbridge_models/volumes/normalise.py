"""What the network sees of intensities: clip, then z-score, as the bundle's manifest says."""

from __future__ import annotations

import torch
from torch import Tensor

CT_CLIP = (-160.0, 240.0)
CT_MEAN, CT_STD = 40.0, 90.0
PERCENTILES = (0.5, 99.5)
_MINIMUM_STD = 1e-3


def normalise(patch: Tensor, hounsfield: bool) -> Tensor:
    """A patch of HU by constants; any other by its own percentiles, mean and deviation.

    NaN, which is what lies beyond the volume, does not count for the percentiles and becomes the
    lowest value of the window.
    """
    if hounsfield:
        filled = torch.nan_to_num(patch, nan=CT_CLIP[0])
        return (filled.clamp(*CT_CLIP) - CT_MEAN) / CT_STD
    inside = patch[~patch.isnan()]
    if not inside.numel():
        return torch.zeros_like(patch)
    share = torch.tensor([p / 100.0 for p in PERCENTILES], dtype=patch.dtype)
    low, high = torch.quantile(inside, share).tolist()
    clipped = torch.nan_to_num(patch, nan=low).clamp(low, high)
    return (clipped - clipped.mean()) / clipped.std(unbiased=False).clamp_min(_MINIMUM_STD)
