"""Strokes with fewer points."""
from __future__ import annotations

from typing import List, Tuple

import numpy as np


def simplified(points: np.ndarray, tolerance: float) -> np.ndarray:
    """The polyline (n, 3) with as few of its points as keep it within ``tolerance`` (the points' unit) of itself."""
    if len(points) < 3:
        return points
    keep = np.zeros(len(points), dtype=bool)
    keep[[0, -1]] = True
    parts: List[Tuple[int, int]] = [(0, len(points) - 1)]
    while parts:
        first, last = parts.pop()
        if last - first < 2:
            continue
        distances = _distances(points[first + 1:last], points[first], points[last])
        far = int(distances.argmax())
        if distances[far] > tolerance:
            middle = first + 1 + far
            keep[middle] = True
            parts += [(first, middle), (middle, last)]
    return points[keep]


def _distances(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Of points to the straight line from start to end, not beyond its ends."""
    along = end - start
    length = float(along @ along)
    parts = np.clip((points - start) @ along / length, 0.0, 1.0) if length > 0 else np.zeros(len(points))
    return np.linalg.norm(points - start - np.outer(parts, along), axis=1)
