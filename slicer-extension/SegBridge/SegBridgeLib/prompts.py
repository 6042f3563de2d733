"""Prompts: what says "this belongs to the object" or "this does not".

Points are (i, j, k) voxel indices, whole or fractional; world points are LPS or RAS millimetres. Each function
returns the contract's Prompt message.
"""
from __future__ import annotations

from typing import Any, Optional

import numpy as np

from . import contract
from .contract import Polarity, Prompt
from .errors import GeometryError, PromptError
from .geometry import IntTriple, VoxelBox, swap_ras_lps
from .masks import region_of


def point(ijk: Any = None, *, lps: Any = None, ras: Any = None, positive: bool = True) -> Prompt:
    """A click at a voxel index or at a world point."""
    where, is_ijk = _points(ijk, lps, ras)
    if len(where) != 1:
        raise PromptError(f"a point prompt must be one point, got {len(where)}")
    first = where[0].tolist()
    message = contract.PointPrompt(_polarity(positive))
    if is_ijk:
        message.ijk = contract.VoxelPoint(*first)
    else:
        message.lps = contract.LpsPoint(*first)
    return Prompt(point=message)


def box(lower: Any, upper: Any) -> Prompt:
    """A box around the object: ``lower`` (i, j, k) is inside, ``upper`` one past the last voxel on each axis."""
    try:
        bounds = VoxelBox(lower, upper)
    except GeometryError as error:
        raise PromptError(str(error)) from error
    if bounds.is_empty:
        raise PromptError(f"a box prompt must not be empty, got {bounds.lower} to {bounds.upper}")
    return Prompt(box=contract.BoxPrompt(bounds.to_message()))


def scribble(
    voxels: Any = None, *, path: Any = None, lps: Any = None, ras: Any = None, radius_mm: float = 0.0, positive: bool = True,
    lower: IntTriple = (0, 0, 0),
) -> Prompt:
    """A stroke, one of:

    - ``voxels``: a bool array (k, j, i) of the covered voxels, of the whole volume or starting at voxel ``lower``;
      or an integer array (n, 3) of their indices (i, j, k);
    - ``path`` (i, j, k), ``lps`` or ``ras``: points (n, 3) of its centre line, with a brush radius in mm.
    """
    message = contract.ScribblePrompt(_polarity(positive))
    if voxels is not None:
        if path is not None or lps is not None or ras is not None:
            raise PromptError("a scribble is given either by its voxels or by its path")
        message.voxels = _voxel_region(np.asarray(voxels), lower)
    else:
        message.path = _polyline("a scribble", 1, path, lps, ras)
        message.radius_mm = float(radius_mm)
        if not 0 <= message.radius_mm <= 100:
            raise PromptError(f"a scribble's radius must be 0..100 mm, got {radius_mm}")
    return Prompt(scribble=message)


def lasso(outline: Any = None, *, lps: Any = None, ras: Any = None, positive: bool = True) -> Prompt:
    """A closed outline (n, 3), n at least 3, drawn on one slice; its inside counts."""
    return Prompt(lasso=contract.LassoPrompt(_polarity(positive), _polyline("a lasso", 3, outline, lps, ras)))


def mask(array: Any, lower: IntTriple = (0, 0, 0)) -> Prompt:
    """An initial segmentation (bool array (k, j, i)) of the whole volume or starting at voxel ``lower``."""
    return Prompt(mask=contract.MaskPrompt(region_of(array, lower)))


def _polarity(positive: bool) -> Polarity:
    return Polarity.POSITIVE if positive else Polarity.NEGATIVE


def _points(ijk: Any, lps: Any, ras: Any) -> Any:
    given = [points for points in (ijk, lps, ras) if points is not None]
    if len(given) != 1:
        raise PromptError(f"points must be given in one of ijk, lps and ras, got {len(given)} of them")
    try:
        points = np.atleast_2d(np.asarray(given[0], dtype=np.float64))
    except (TypeError, ValueError) as error:
        raise PromptError(f"points must be numbers, got {given[0]!r:.60}") from error
    if points.ndim != 2 or points.shape[1] != 3 or not np.all(np.isfinite(points)):
        raise PromptError(f"points must be finite and of shape (n, 3), got shape {points.shape}")
    return (swap_ras_lps(points) if ras is not None else points), ijk is not None


def _polyline(what: str, least: int, ijk: Any, lps: Any, ras: Any) -> contract.Polyline:
    points, is_ijk = _points(ijk, lps, ras)
    if not least <= len(points) <= 100_000:
        raise PromptError(f"{what} must have {least}..100000 points, got {len(points)}")
    coordinates = points.ravel().tolist()
    if is_ijk:
        return contract.Polyline(ijk=contract.VoxelPoints(coordinates))
    return contract.Polyline(lps=contract.LpsPoints(coordinates))


def _voxel_region(voxels: np.ndarray, lower: Optional[IntTriple]) -> contract.MaskRegion:
    if voxels.ndim == 3:
        return region_of(voxels, lower or (0, 0, 0))
    if voxels.ndim != 2 or voxels.shape[1] != 3 or len(voxels) == 0 or voxels.dtype.kind not in "iu":
        raise PromptError(
            f"a scribble's voxels must be a bool array (k, j, i) or whole numbers (n, 3), got {voxels.dtype} of shape {voxels.shape}")
    first = voxels.min(axis=0)
    extent = voxels.max(axis=0) - first + 1
    cover = np.zeros(extent[::-1], dtype=bool)
    cover[tuple((voxels - first).T[::-1])] = True
    return region_of(cover, tuple(first.tolist()))
