"""Intensity windows: clip to [low, high], then min-max of what is left to [0, 1].

All statistics are taken on the native slice, before any resizing.
"""

from __future__ import annotations

from typing import Tuple

import numpy as np

PERCENTILES = (0.5, 99.5)
SOFT_TISSUE = (-160.0, 240.0)
WIDE = (-1000.0, 1000.0)
_MAX_SAMPLES = 40_000


def percentile_window(
    image: np.ndarray, percentiles: Tuple[float, float] = PERCENTILES
) -> Tuple[float, float]:
    """(low, high) at the given percentiles, with linear interpolation between values."""
    low, high = np.percentile(image, percentiles)
    return float(low), float(high)


def apply_window(image: np.ndarray, window: Tuple[float, float]) -> np.ndarray:
    """float32 in [0, 1]; a slice that is constant inside the window becomes zeros."""
    clipped = np.clip(image.astype(np.float32), window[0], window[1])
    low, high = float(clipped.min()), float(clipped.max())
    if high <= low:
        return np.zeros_like(clipped)
    return (clipped - np.float32(low)) / np.float32(high - low)


def random_window(
    image: np.ndarray, hounsfield: bool, rng: np.random.Generator
) -> Tuple[float, float]:
    """A window as a viewer might set it: percentiles, full range, soft tissue, or wide (HU)."""
    choice = rng.random()
    if hounsfield and choice < 0.45:
        low, high = SOFT_TISSUE
        return low + rng.uniform(-60, 60), high + rng.uniform(-90, 120)
    if hounsfield and choice < 0.55:
        return WIDE[0] + rng.uniform(-24, 400), WIDE[1] + rng.uniform(-500, 400)
    thinned = image.ravel()[:: max(1, image.size // _MAX_SAMPLES)]
    if choice < 0.8:
        return percentile_window(thinned)
    low, high = percentile_window(thinned, (rng.uniform(0.0, 3.0), rng.uniform(96.0, 100.0)))
    return low, high
