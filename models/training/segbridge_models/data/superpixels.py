"""Synthetic targets on real images: one Felzenszwalb region of the image itself."""

from __future__ import annotations

import warnings
from typing import Optional

import numpy as np
from skimage.segmentation import felzenszwalb

SCALE_RANGE = (1.0, 500.0)
SIGMA = 0.5
MIN_SIZE = 32
MAX_SHARE = 0.6


def superpixel_target(image: np.ndarray, rng: np.random.Generator) -> Optional[np.ndarray]:
    """A region (H, W) float32 of 0 and 1 drawn uniformly by index; None where there is no fit."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        regions = felzenszwalb(
            image, scale=rng.uniform(*SCALE_RANGE), sigma=SIGMA, min_size=MIN_SIZE
        )
    areas = np.bincount(regions.ravel())
    fitting = np.flatnonzero((areas >= MIN_SIZE) & (areas <= MAX_SHARE * image.size))
    if not len(fitting):
        return None
    return (regions == fitting[rng.integers(len(fitting))]).astype(np.float32)
