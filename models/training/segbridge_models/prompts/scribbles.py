"""Line, centerline and contour scribbles inside a region.

Each generator returns a float32 map (H, W) in [0, 1] that is zero outside the region.  An empty
region gives an empty map.
"""

from __future__ import annotations

from typing import Callable, Dict, Optional

import numpy as np
from scipy import ndimage
from skimage.draw import line as draw_line
from skimage.morphology import skeletonize

from . import random_fields
from .canny import canny

BLUR_RADIUS = 16
BLUR_SIGMA_RANGE = (5.0, 20.0)


def blurred_complement(region: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Outside 1; inside, the complement blurred by a 33x33 Gaussian of random sigma."""
    outside = 1.0 - region.astype(np.float32)
    sigma = rng.uniform(*BLUR_SIGMA_RANGE)
    blurred = ndimage.gaussian_filter(
        outside, sigma, mode="mirror", truncate=(BLUR_RADIUS + 0.25) / sigma
    )
    return np.maximum(blurred, outside)


def _finish(
    drawn: np.ndarray,
    region: np.ndarray,
    rng: np.random.Generator,
    max_pixels: Optional[int],
    warped: bool = True,
) -> np.ndarray:
    drawn = drawn.astype(np.float32)
    inside = region.astype(np.float32)
    result = (random_fields.warp(drawn, rng) if warped else drawn) * inside
    if not result.any():
        result = drawn * inside
    return result if max_pixels is None else random_fields.cap(result, max_pixels, rng)


def line(
    region: np.ndarray, rng: np.random.Generator, count: int = 1, max_pixels: Optional[int] = None
) -> np.ndarray:
    """``count`` segments between uniformly drawn pixels of the region; the cap is per segment."""
    region = np.asarray(region, dtype=bool)
    drawn = np.zeros(region.shape, dtype=np.float32)
    pixels = np.argwhere(region)
    if len(pixels) and count > 0:
        for (r0, c0), (r1, c1) in pixels[rng.integers(len(pixels), size=(count, 2))]:
            drawn[draw_line(r0, c0, r1, c1)] = 1.0
    limit = None if max_pixels is None else max_pixels * max(count, 1)
    return _finish(drawn, region, rng, limit)


def centerline(
    region: np.ndarray, rng: np.random.Generator, count: int = 1, max_pixels: Optional[int] = None
) -> np.ndarray:
    """Broken skeleton of the region (its part off the image border, where there is one)."""
    region = np.asarray(region, dtype=bool)
    inner = np.zeros_like(region)
    inner[1:-1, 1:-1] = region[1:-1, 1:-1]
    skeleton = skeletonize(inner if inner.any() else region)
    broken = skeleton & random_fields.break_up(region.shape, rng)
    limit = None if max_pixels is None else max_pixels * max(count, 1)
    return _finish(broken if broken.any() else skeleton, region, rng, limit)


def shrunken(region: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A randomly shrunken copy (H, W) bool of a non-empty region: what is deep enough inside."""
    depth = blurred_complement(region, rng)
    low, high = float(depth.min()), float(depth[region].max())
    return region & (depth <= rng.uniform(low, high)) if high > low else region


def contour(
    region: np.ndarray,
    rng: np.random.Generator,
    count: int = 1,
    max_pixels: Optional[int] = None,
    published: bool = False,
) -> np.ndarray:
    """Broken outline of a randomly shrunken copy of the region: the pixels just inside it.

    With ``published`` the outline is the Canny edges of that copy, as the published code draws
    them.
    """
    region = np.asarray(region, dtype=bool)
    if not region.any():
        return np.zeros(region.shape, dtype=np.float32)
    core = shrunken(region, rng)
    if published:
        outline = canny(core)
    else:
        outline = core & ~ndimage.binary_erosion(core, np.ones((3, 3)), border_value=1)
    if not outline.any():
        outline = core
    broken = outline * random_fields.break_up(region.shape, rng)
    limit = None if max_pixels is None else max_pixels * max(count, 1)
    drawn = _finish(broken if broken.any() else outline, region, rng, limit)
    return drawn if drawn.any() else _finish(core, region, rng, limit, warped=False)


GENERATORS: Dict[str, Callable[..., np.ndarray]] = {
    "line": line,
    "centerline": centerline,
    "contour": contour,
}
