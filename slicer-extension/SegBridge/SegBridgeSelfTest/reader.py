"""A simulated reader: looks where the mask is most wrong and draws there. numpy only; indices are (i, j, k)."""
from __future__ import annotations

from typing import List, Tuple

import numpy as np


def dice(one: np.ndarray, two: np.ndarray) -> float:
    """2 |A and B| / (|A| + |B|); 1 for two empty masks."""
    total = int(one.sum()) + int(two.sum())
    return 2.0 * int((one & two).sum()) / total if total else 1.0


def deepest_voxel(region: np.ndarray) -> Tuple[int, int]:
    """A pixel (i, j) deep inside of a 2D region (j, i)."""
    (j, i), _ = _deepest(region)
    return i, j


def stroke_through(region: np.ndarray) -> np.ndarray:
    """Centre line (n, 2) of (i, j) through the thickest part of a 2D region (j, i), along its longer side."""
    seed, depth = _deepest(region)
    core = _connected(_eroded(region, max(depth // 2, 0)), seed)
    rows, columns = np.nonzero(core)
    along_rows = np.ptp(rows) >= np.ptp(columns)
    grid, start = (core, seed) if along_rows else (core.T, seed[::-1])
    line = [*reversed(_walk(grid, start, -1)), *_walk(grid, start, 1)[1:]]
    return np.array([(side, step) if along_rows else (step, side) for step, side in line], dtype=float)


def _walk(grid: np.ndarray, start: Tuple[int, int], direction: int) -> List[Tuple[int, float]]:
    """Row by row from ``start``: the middle of the run of set pixels that goes on from the row before."""
    line: List[Tuple[int, float]] = []
    step, side = start[0], float(start[1])
    while 0 <= step < len(grid):
        there = np.flatnonzero(grid[step])
        runs = [run for run in np.split(there, np.flatnonzero(np.diff(there) > 1) + 1) if run.size]
        run = min(runs, key=lambda run: float(np.abs(run - side).min()), default=None)
        if run is None or np.abs(run - side).min() > 1.5:
            break
        side = float(np.median(run))
        line.append((step, side))
        step += direction
    return line


def worst_slices(mask: np.ndarray, truth: np.ndarray) -> List[Tuple[int, bool, np.ndarray]]:
    """Of two volumes (k, j, i), the two slices with most missing and the two with most extra voxels, 10 mm or so apart:
    slice index k, whether voxels are missing there, and which (j, i)."""
    found = []
    for positive, wrong in ((True, truth & ~mask), (False, mask & ~truth)):
        counts = wrong.sum(axis=(1, 2))
        for _turn in range(2):
            k = int(counts.argmax())
            if counts[k] < 4:
                break
            found.append((k, positive, wrong[k]))
            counts[max(0, k - 4):k + 5] = 0
    return found


def _deepest(region: np.ndarray) -> Tuple[Tuple[int, int], int]:
    """Pixel (j, i) that is left when the region is eroded as often as possible, and how often that was."""
    if not region.any():
        raise ValueError("the region must not be empty")
    depth, left = 0, region
    while True:
        smaller = _eroded(left, 1)
        if not smaller.any():
            rows, columns = np.nonzero(left)
            middle = len(rows) // 2
            return (int(rows[middle]), int(columns[middle])), depth
        depth, left = depth + 1, smaller


def _eroded(region: np.ndarray, times: int) -> np.ndarray:
    for _ in range(times):
        padded = np.pad(region, 1)
        region = padded[1:-1, 1:-1] & padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return region


def _connected(region: np.ndarray, seed: Tuple[int, int]) -> np.ndarray:
    """The part of the region that hangs together with the seed (j, i)."""
    part = np.zeros_like(region)
    part[seed] = region[seed]
    while True:
        padded = np.pad(part, 1)
        larger = region & (
            padded[1:-1, 1:-1] | padded[:-2, 1:-1] | padded[2:, 1:-1] | padded[1:-1, :-2] | padded[1:-1, 2:])
        if (larger == part).all():
            return part
        part = larger
