"""What the simulated readers of training and of ``segbridge evaluate`` must have in common.

``python3 shared_vectors.py`` (with ``models/training`` on PYTHONPATH) writes ``tests/vectors/prompts.json`` and
``metrics.json``: every step of a simulated prompt that chance does not decide, and measures by SciPy.  The tests of both
languages compare themselves with these files.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, Sequence

import numpy as np
from scipy import ndimage
from skimage.morphology import skeletonize

from segbridge_models.prompts import boxes, canny, clicks, random_fields, scribbles

FOLDER = Path(__file__).resolve().parents[2] / "vectors"


class Told:
    """A source of chance that gives what it is told: shares of a range, and arrays of white noise."""

    def __init__(self, shares: Sequence[float] = (), whites: Sequence[np.ndarray] = ()) -> None:
        self._shares, self._whites = list(shares), list(whites)

    def uniform(self, low: float, high: float) -> float:
        return low + self._shares.pop(0) * (high - low)

    def standard_normal(self, shape: Any, dtype: Any = None) -> np.ndarray:
        return self._whites.pop(0).reshape(shape)


class Picks:
    """Gives the n-th of what may be picked, and remembers of how many."""

    def __init__(self, n: int) -> None:
        self.n, self.count = n, 0

    def integers(self, count: int) -> int:
        self.count = count
        return self.n


class Jitter:
    """Gives the jitter of a box."""

    def __init__(self, sides: Sequence[int]) -> None:
        self.sides = sides

    def integers(self, low: int, high: int, size: int) -> np.ndarray:
        return np.array(self.sides)


def shapes() -> List[np.ndarray]:
    """Regions: an ellipse, a ring, a bar that touches the border, and a lobed blob."""
    rows, columns = np.mgrid[:30, :36].astype(float)
    ellipse = ((rows - 14) / 9) ** 2 + ((columns - 17) / 13) ** 2 <= 1
    radius = np.hypot(rows - 15, columns - 16)
    ring = (radius <= 12) & (radius >= 6)
    bar = (np.abs(rows - 20 + columns / 4) <= 3) & (columns <= 28)
    angle = np.arctan2(rows - 14, columns - 18)
    lobes = np.hypot(rows - 14, columns - 18) <= 8 + 4 * np.cos(3 * angle)
    return [ellipse, ring, bar, lobes]


def thinned(mask: np.ndarray) -> np.ndarray:
    """Zhang and Suen's thinning as they wrote it, of which ``skeletonize`` is a variant."""
    mask = np.pad(mask, 1)
    while True:
        before = int(mask.sum())
        for third, fourth in (((0, 2, 4), (2, 4, 6)), ((0, 2, 6), (0, 4, 6))):
            places = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
            around = np.stack([np.roll(mask, (-r, -c), (0, 1)) for r, c in places]).astype(int)
            neighbours = around.sum(axis=0)
            rises = ((around == 0) & (np.roll(around, -1, axis=0) == 1)).sum(axis=0)
            opened = (around[list(third)].prod(axis=0) == 0) & (around[list(fourth)].prod(axis=0) == 0)
            mask = mask & ~((neighbours >= 2) & (neighbours <= 6) & (rises == 1) & opened)
        if int(mask.sum()) == before:
            return mask[1:-1, 1:-1]


def text(mask: np.ndarray) -> List[str]:
    return ["".join("#" if pixel else "." for pixel in row) for row in mask]


def numbers(values: np.ndarray) -> List[float]:
    return [float(f"{value:.6g}") for value in np.asarray(values, dtype=float).ravel()]


def _prompts_on(region: np.ndarray, rng: np.random.Generator) -> Dict[str, Any]:
    inner = np.zeros_like(region)
    inner[1:-1, 1:-1] = region[1:-1, 1:-1]
    sigma, share = float(rng.uniform()), float(rng.uniform(0.3, 0.9))
    core = scribbles.shrunken(region, Told([sigma, share]))  # type: ignore[arg-type]
    whites = [np.round(rng.standard_normal(region.shape), 3).astype(np.float32) for _ in range(3)]
    drawn = skeletonize(inner).astype(np.float32)
    warped = random_fields.warp(drawn, Told([0.2, 0.3], whites[:2]))  # type: ignore[arg-type]
    capped = random_fields.cap(warped, 20, Told(whites=[whites[2]]))  # type: ignore[arg-type]
    pick = Picks(0)
    clicks.component_centre(region, pick)  # type: ignore[arg-type]
    deepest = [clicks.component_centre(region, Picks(n)) for n in range(pick.count)]  # type: ignore[arg-type]
    box = boxes.around(region, Jitter([3, 0, 19, 7]))  # type: ignore[arg-type]
    assert box is not None
    return {
        "region": text(region),
        "skeleton": text(skeletonize(inner)),
        "thinned": text(thinned(inner)),
        "sigma": 5.0 + 15.0 * sigma,
        "share": share,
        "core": text(core),
        "edges": numbers(canny.canny(core)),
        "white": [numbers(white) for white in whites],
        "warpSigma": 4.0 + 12.0 * 0.2,
        "warpAmplitude": 1.0 + 5.0 * 0.3,
        "warped": numbers(warped),
        "capped": numbers(capped),
        "deepest": sorted([int(row), int(column)] for row, column in deepest),
        "jitter": [3, 0, 19, 7],
        "box": [box.top, box.left, box.bottom, box.right],
    }


def prompts() -> List[Dict[str, Any]]:
    """Each deterministic step of a prompt on each shape."""
    rng = np.random.default_rng(5)
    return [_prompts_on(region, rng) for region in shapes()]


def _surface(mask: np.ndarray) -> np.ndarray:
    """Voxels with a neighbour along an axis of more than one voxel that is not in the mask."""
    cross = ndimage.generate_binary_structure(3, 1)
    for axis, size in enumerate(mask.shape):
        if size == 1:
            cross = cross & (np.abs(np.arange(3) - 1) == 0).reshape([3 if a == axis else 1 for a in range(3)])
    return mask & ~ndimage.binary_erosion(mask, cross)


def _measured(truth: np.ndarray, mask: np.ndarray, spacing: Sequence[float], tolerance: float) -> Dict[str, Any]:
    """Arrays (k, j, i); spacing in the same order, in mm."""
    on = [_surface(m) for m in (truth, mask)]
    there, back = (
        ndimage.distance_transform_edt(~other, sampling=spacing)[own] for own, other in (on, on[::-1])
    )
    both = np.concatenate([there, back])
    common, union = (truth & mask).sum(), (truth | mask).sum()
    return {
        "truth": [text(part) for part in truth],
        "mask": [text(part) for part in mask],
        "spacing": list(spacing),
        "tolerance": tolerance,
        "dice": float(2 * common / (truth.sum() + mask.sum())),
        "iou": float(common / union),
        "hd95": float(max(np.percentile(there, 95), np.percentile(back, 95))),
        "nsd": float((both <= tolerance).mean()),
        "volumeError": float((mask.sum() - truth.sum()) / truth.sum()),
    }


def metrics() -> Dict[str, Any]:
    """Measures of pairs of masks, and calibration of predictions."""
    k, j, i = np.mgrid[:7, :16, :18].astype(float)
    ball = ((k - 3) * 3) ** 2 + ((j - 7) * 1.2) ** 2 + ((i - 8) * 0.9) ** 2 <= 7**2
    egg = ((k - 3.5) * 2.6) ** 2 + ((j - 8) * 1.4) ** 2 + ((i - 9.5) * 0.8) ** 2 <= 6.2**2
    far = egg.copy()
    far[0, 0, 0] = True
    flat = [shape[None] for shape in shapes()[:2]]
    pairs = [
        _measured(ball, egg, (3.0, 1.2, 0.9), 1.0),
        _measured(ball, far, (3.0, 1.2, 0.9), 2.5),
        _measured(flat[0], flat[1], (1.0, 0.7, 1.3), 2.0),
    ]
    rng = np.random.default_rng(3)
    confidence, dice = np.round(rng.uniform(size=40), 3), np.round(rng.uniform(size=40), 3)
    bins = np.minimum((confidence * 10).astype(int), 9)
    error = sum(
        (bins == n).mean() * abs(confidence[bins == n].mean() - dice[bins == n].mean()) for n in np.unique(bins)
    )
    return {
        "pairs": pairs,
        "calibration": {"confidence": confidence.tolist(), "dice": dice.tolist(), "error": float(error)},
    }


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, content in (("prompts", prompts()), ("metrics", metrics())):
        (FOLDER / f"{name}.json").write_text(json.dumps(content) + "\n")


if __name__ == "__main__":
    main()
