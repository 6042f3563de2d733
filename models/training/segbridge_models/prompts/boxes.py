"""Bounding-box prompts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

import numpy as np

MAX_JITTER = 19


@dataclass(frozen=True)
class Box:
    """Rows ``top`` to ``bottom`` and columns ``left`` to ``right``, upper bounds exclusive."""

    top: int
    left: int
    bottom: int
    right: int


def around(
    region: np.ndarray,
    rng: np.random.Generator,
    max_jitter: int = MAX_JITTER,
    published: bool = False,
) -> Optional[Box]:
    """Tight box with every side moved outwards by U{0..max_jitter} px, clamped to the image.

    With ``published`` the box is what the published code makes of it: it starts at the origin, its
    far sides leave out the last row and column unless moved, and nothing gets an empty box.
    """
    region = np.asarray(region, dtype=bool)
    if not region.any():
        return Box(0, 0, 0, 0) if published else None
    rows = np.flatnonzero(region.any(axis=1))
    columns = np.flatnonzero(region.any(axis=0))
    jitter = rng.integers(0, max_jitter + 1, size=4)
    exclusive = 0 if published else 1
    return Box(
        top=0 if published else max(int(rows[0] - jitter[0]), 0),
        left=0 if published else max(int(columns[0] - jitter[1]), 0),
        bottom=min(int(rows[-1] + exclusive + jitter[2]), region.shape[0]),
        right=min(int(columns[-1] + exclusive + jitter[3]), region.shape[1]),
    )
