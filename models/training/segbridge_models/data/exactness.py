"""How exactly intensities are kept in packed data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple

import numpy as np

from .packed import Stored

_TOP_PERCENTILE = 99.95


@dataclass(frozen=True)
class Level:
    """How exactly intensities are kept.

    Volumes in Hounsfield units: ``hounsfield`` = (lowest, step), in 256 steps or fewer of them;
    other volumes: ``greys`` between 0 and the 99.95 percentile; slices: every ``slice_step``-th
    grey.  None keeps integers as they are.
    """

    name: str
    hounsfield: Tuple[float, float] | None = None
    greys: int | None = None
    slice_step: int = 1


CT_LOW, CT_SPAN = -200.0, 1024.0
LEVELS = (
    Level("exact"),
    Level("fine", (CT_LOW, 4.0), 256),
    Level("medium", (CT_LOW, 8.0), 128),
    Level("coarse", (CT_LOW, 16.0), 64, 2),
    Level("coarsest", (CT_LOW, 32.0), 32, 4),
)


def stored_as(values: np.ndarray, hounsfield: bool, level: Level) -> Stored:
    """How an image's values are kept at a level."""
    kind = str(values.dtype)
    if values.ndim == 2:
        return Stored(float(level.slice_step), 0.0, kind)
    if hounsfield and level.hounsfield is not None:
        low, step = level.hounsfield
        return Stored(step, low, kind)
    if not hounsfield and level.greys is not None:
        top = max(float(np.percentile(values, _TOP_PERCENTILE)), 1e-6)
        exact = np.issubdtype(values.dtype, np.integer) and top < level.greys
        return Stored(1.0 if exact else top / (level.greys - 1), 0.0, kind)
    if np.issubdtype(values.dtype, np.integer):
        return Stored(1.0, float(values.min()), kind)
    span = max(float(values.max()) - float(values.min()), 1e-6)
    return Stored(span / 65535, float(values.min()), kind)


def kept_range(values: np.ndarray, stored: Stored, level: Level) -> np.ndarray:
    """The values with what lies beyond the level's range moved to its ends."""
    if values.ndim == 3 and stored.offset == CT_LOW and level.hounsfield is not None:
        return np.clip(values, CT_LOW, CT_LOW + CT_SPAN - stored.scale)
    if values.ndim == 3 and level.greys is not None and stored.offset == 0.0:
        return np.clip(values, 0, stored.scale * (level.greys - 1))
    return values
