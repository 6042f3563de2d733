"""Simulated clicks: random, component centre, and along the border of a region.

Each generator returns an integer array (n, 2) of (row, column).  An empty region gives no click.
"""

from __future__ import annotations

from typing import List, Tuple

import numpy as np
from scipy import ndimage

from .scribbles import blurred_complement

BORDER_SEPARATION = 8.0
RANDOM_SEPARATION = 4.0
_EIGHT = np.ones((3, 3), dtype=bool)
_NONE = np.empty((0, 2), dtype=np.int64)


def _apart(
    free: np.ndarray, spare: np.ndarray, count: int, separation: float, rng: np.random.Generator
) -> np.ndarray:
    """``count`` of the pixels ``free`` (n, 2) at least ``separation`` apart.

    When they are exhausted, any of the pixels ``spare`` take their place.
    """
    clicks: List[np.ndarray] = []
    while len(clicks) < count and len(free):
        click = free[rng.integers(len(free))]
        clicks.append(click)
        free = free[((free - click) ** 2).sum(axis=1) >= separation**2]
    missing = count - len(clicks)
    if missing:
        clicks += list(spare[rng.integers(len(spare), size=missing)])
    return np.array(clicks, dtype=np.int64)


def random(
    region: np.ndarray, count: int, rng: np.random.Generator, separation: float = 0.0
) -> np.ndarray:
    """Uniform over the pixels of the region: with replacement, or so many pixels apart.

    Where no pixel is that far from the others, any pixel of the region takes its place.
    """
    pixels = np.argwhere(region)
    if not len(pixels) or count < 1:
        return _NONE
    if separation > 0:
        return _apart(pixels, pixels, count, separation, rng)
    return pixels[rng.integers(len(pixels), size=count)]


def anywhere(
    shape: Tuple[int, int], count: int, rng: np.random.Generator
) -> np.ndarray:
    """Random pixels of the image: what the published training clicks on when nothing is wrong."""
    return rng.integers(shape, size=(max(count, 0), 2))


def component_centre(component: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Pixel (2,) of a non-empty component farthest from what is outside it, ties at random.

    The image border does not count as outside.
    """
    if component.all():
        return (np.array(component.shape) // 2).astype(np.int64)
    rows = np.flatnonzero(component.any(axis=1))
    columns = np.flatnonzero(component.any(axis=0))
    r0, c0 = max(rows[0] - 1, 0), max(columns[0] - 1, 0)
    crop = component[r0 : rows[-1] + 2, c0 : columns[-1] + 2]
    if crop.all():
        r0 = c0 = 0
        crop = component
    distance = ndimage.distance_transform_edt(crop)
    best = np.argwhere(distance == distance.max())
    return best[rng.integers(len(best))] + np.array([r0, c0])


def _components(error: np.ndarray) -> list:
    """(label image, index, area) of every 8-connected component of error +1 and error -1."""
    found = []
    for sign in (1, -1):
        labels, count = ndimage.label(error == sign, structure=_EIGHT)
        areas = np.bincount(labels.ravel(), minlength=count + 1)
        found += [(labels, index, int(areas[index])) for index in range(1, count + 1)]
    return found


def centre(
    error: np.ndarray, count: int, rng: np.random.Generator, largest_first: bool
) -> np.ndarray:
    """Centres of connected components of a signed error map (+1, 0, -1).

    Evaluation takes the components by descending area; training draws them without replacement
    with probability proportional to area and fills what is missing with random error pixels.
    """
    error = np.asarray(error).astype(np.int8)
    components = _components(error)
    if not components or count < 1:
        return _NONE
    chosen = min(count, len(components))
    areas = np.array([area for _, _, area in components], dtype=np.float64)
    if largest_first:
        order = np.argsort(-areas, kind="stable")[:chosen]
    else:
        order = rng.choice(len(components), size=chosen, replace=False, p=areas / areas.sum())
    clicks = [component_centre(components[i][0] == components[i][1], rng) for i in order]
    if not largest_first and chosen < count:
        clicks += list(random(error != 0, count - chosen, rng))
    return np.array(clicks, dtype=np.int64)


def _band(
    inside: np.ndarray, depth: np.ndarray, high: float, rng: np.random.Generator
) -> np.ndarray:
    """Pixels (n, 2) of ``inside`` whose depth is between two random thresholds."""
    low = float(depth.min())
    a, b = np.sort(rng.uniform(low, high, size=2)) if high > low else (low, high)
    return np.argwhere(inside & (depth >= a) & (depth <= b))


def border(region: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Clicks inside the region in a random band along its border, at least 8 px apart.

    Where the band is exhausted, random pixels of the region take its place.
    """
    region = np.asarray(region, dtype=bool)
    if not region.any() or count < 1:
        return _NONE
    depth = blurred_complement(region, rng)
    free = _band(region, depth, float(depth[region].max()), rng)
    return _apart(free, np.argwhere(region), count, BORDER_SEPARATION, rng)


def published_border(error: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Border clicks of a signed error map (+1, 0, -1) as the published code makes them.

    It takes the map for a mask, so that excess (-1) counts as doubly outside: clicks fall on what
    is missing and, when that is exhausted or absent, anywhere on the image.
    """
    if count < 1:
        return _NONE
    error = np.asarray(error).astype(np.float32)
    depth = blurred_complement(error, rng)
    free = _band(np.ones(error.shape, dtype=bool), depth, float((depth * error).max()), rng)
    everywhere = np.argwhere(np.ones(error.shape, dtype=bool))
    return _apart(free, everywhere, count, BORDER_SEPARATION, rng)
