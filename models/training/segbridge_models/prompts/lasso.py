"""Lassos: closed outlines within a region, whose inside counts as drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple

import numpy as np
from scipy import ndimage
from skimage.draw import polygon2mask
from skimage.measure import find_contours

from .random_fields import smooth
from .scribbles import shrunken

SPACING_RANGE = (2, 8)
WOBBLE_RANGE = (0.0, 2.0)
_WOBBLE_SIGMA = 6.0
_EIGHT = np.ones((3, 3), dtype=bool)


@dataclass(frozen=True)
class Lasso:
    """A closed outline (n, 2) of (row, column) and the map (H, W) bool of what it encloses."""

    outline: np.ndarray
    inside: np.ndarray


def _one_component(region: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A connected part of the region, drawn with probability proportional to its area."""
    labels, count = ndimage.label(region, structure=_EIGHT)
    areas = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    return labels == 1 + rng.choice(count, p=areas / areas.sum())


def _outer_contour(component: np.ndarray) -> np.ndarray:
    """The longest closed outline (n, 2) around a component."""
    contours = find_contours(np.pad(component, 1).astype(np.float32), 0.5)
    return max(contours, key=len)[:-1] - 1.0


def _wobbled(
    path: np.ndarray, shape: Tuple[int, int], rng: np.random.Generator
) -> np.ndarray:
    """The path as an unsteady hand draws it: displaced by up to a few pixels, smoothly."""
    amplitude = rng.uniform(*WOBBLE_RANGE)
    places = np.clip(np.rint(path).astype(int), 0, np.array(shape) - 1)
    fields = [smooth(shape, _WOBBLE_SIGMA, amplitude, rng) for _ in range(2)]
    return path + np.stack([f[places[:, 0], places[:, 1]] for f in fields], axis=1)


def lasso(region: np.ndarray, rng: np.random.Generator) -> Optional[Lasso]:
    """A lasso around most of one connected part of the region, or None where there is none.

    The outline of a randomly shrunken copy, thinned to one point every few pixels and wobbled.
    What it encloses is cut to the region, and never empty.
    """
    region = np.asarray(region, dtype=bool)
    if not region.any():
        return None
    component = _one_component(region, rng)
    core = shrunken(component, rng)
    core = _one_component(core if core.any() else component, rng)
    contour = _outer_contour(core)
    step = min(int(rng.integers(*SPACING_RANGE, endpoint=True)), max(len(contour) // 4, 1))
    outline = _wobbled(contour[::step], region.shape, rng)
    inside = polygon2mask(region.shape, outline) & component
    return Lasso(outline, inside if inside.any() else core)
