"""What the network sees of intensities: clip, then z-score, as the bundle's manifest says."""

from __future__ import annotations

import torch
from torch import Tensor

CT_CLIP = (-160.0, 240.0)
CT_MEAN, CT_STD = 40.0, 90.0
PERCENTILES = (0.5, 99.5)
_MINIMUM_STD = 1e-3


def normalise(patch: Tensor, hounsfield: bool) -> Tensor:
    """A patch of HU by constants; any other by its own percentiles, mean and deviation."""
    if hounsfield:
        return (patch.clamp(*CT_CLIP) - CT_MEAN) / CT_STD
    share = torch.tensor([p / 100.0 for p in PERCENTILES], dtype=patch.dtype)
    low, high = torch.quantile(patch.flatten(), share).tolist()
    clipped = patch.clamp(low, high)
    return (clipped - clipped.mean()) / clipped.std(unbiased=False).clamp_min(_MINIMUM_STD)


def outside_value(hounsfield: bool, lowest: float) -> float:
    """What lies beyond a volume: the lowest of the CT window, else the volume's lowest value."""
    return CT_CLIP[0] if hounsfield else lowest
