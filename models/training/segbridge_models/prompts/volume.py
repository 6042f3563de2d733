"""Simulated prompts in a volume patch: error points, centerline scribbles per slice, boxes.

Volumes are bool arrays (G, G, G) in the order (R, A, S); scribbles are drawn on the slices along
the last axis, as a reader of axial images would.  Strengths of the random fields are those of a
patch of 128 voxels and scale with G.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple

import numpy as np
import torch
from skimage.morphology import skeletonize
from torch.nn import functional

from .random_fields import AMPLITUDE_RANGE, SIGMA_RANGE, _blur_matrix

REFERENCE_GRID = 128
FALSE_POSITIVE_MARGIN = 15
MAX_BOX_JITTER = 9

Box = Tuple[int, int, int, int, int, int]


def random_points(region: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """At most ``count`` distinct voxels (n, 3) of the region, uniformly."""
    voxels = np.flatnonzero(region)
    if not len(voxels) or count < 1:
        return np.empty((0, 3), dtype=np.int64)
    chosen = rng.choice(voxels, size=min(count, len(voxels)), replace=False)
    return np.stack(np.unravel_index(chosen, region.shape), axis=1)


def tight_box(region: np.ndarray) -> Optional[Box]:
    """Inclusive lowest and highest voxel (i0, j0, k0, i1, j1, k1); None of an empty region."""
    if not region.any():
        return None
    spans = []
    for axis in range(3):
        others = tuple(a for a in range(3) if a != axis)
        spans.append(np.flatnonzero(region.any(axis=others))[[0, -1]])
    (i0, i1), (j0, j1), (k0, k1) = spans
    return int(i0), int(j0), int(k0), int(i1), int(j1), int(k1)


def moved_box(box: Box, jitter: np.ndarray, grid: int) -> Box:
    """A box with its six sides moved outwards (inwards where negative), never empty or outside."""
    low = np.clip(np.array(box[:3]) - jitter[:3], 0, grid - 1)
    high = np.clip(np.array(box[3:]) + jitter[3:], 0, grid - 1)
    low, high = np.minimum(low, high), np.maximum(low, high)
    return tuple(int(v) for v in (*low, *high))


def box_map(box: Optional[Box], grid: int) -> np.ndarray:
    """Bool (G, G, G), true inside the box, corners included."""
    filled = np.zeros((grid, grid, grid), dtype=bool)
    if box is not None:
        i0, j0, k0, i1, j1, k1 = box
        filled[i0 : i1 + 1, j0 : j1 + 1, k0 : k1 + 1] = True
    return filled


def _smooth_stack(count: int, size: Tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """(count, H, W) independent smooth fields of one random sigma, unit deviation per slice."""
    scale = size[0] / REFERENCE_GRID
    sigma = max(rng.uniform(*SIGMA_RANGE) * scale, 0.6)
    noise = rng.standard_normal((count, *size), dtype=np.float32)
    field = _blur_matrix(size[0], sigma) @ noise @ _blur_matrix(size[1], sigma).T
    return field / np.maximum(field.std(axis=(1, 2), keepdims=True), 1e-12)


def _skeletons(stack: np.ndarray) -> np.ndarray:
    """Skeleton of every slice (off the patch border, where there is more than border)."""
    result = np.zeros_like(stack)
    for drawn, region in zip(result, stack):
        rows = np.flatnonzero(region.any(axis=1))
        columns = np.flatnonzero(region.any(axis=0))
        inner = np.zeros_like(region)
        inner[1:-1, 1:-1] = region[1:-1, 1:-1]
        source = inner if inner.any() else region
        window = np.s_[
            max(rows[0] - 1, 0) : rows[-1] + 2, max(columns[0] - 1, 0) : columns[-1] + 2
        ]
        drawn[window] = skeletonize(source[window])
    return result


def _warped(stack: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Every slice displaced smoothly by its own field; true wherever the result is not zero."""
    count, height, width = stack.shape
    amplitude = rng.uniform(*AMPLITUDE_RANGE) * height / REFERENCE_GRID
    shift = amplitude * np.stack([_smooth_stack(count, (height, width), rng) for _ in range(2)], -1)
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    x = 2.0 * (columns + shift[..., 0]) / max(width - 1, 1) - 1.0
    y = 2.0 * (rows + shift[..., 1]) / max(height - 1, 1) - 1.0
    grid = torch.from_numpy(np.stack([x, y], axis=-1).astype(np.float32))
    source = torch.from_numpy(stack.astype(np.float32))[:, None]
    moved = functional.grid_sample(source, grid, "bilinear", "zeros", align_corners=True)
    return moved[:, 0].numpy() > 1e-3


def centerlines(region: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Broken, warped centerlines of every slice (last axis) of a region, inside the region."""
    drawn = np.zeros_like(region)
    slices = np.flatnonzero(region.any(axis=(0, 1)))
    if not len(slices):
        return drawn
    stack = np.ascontiguousarray(np.moveaxis(region[:, :, slices], -1, 0))
    skeleton = _skeletons(stack)
    broken = skeleton & (_smooth_stack(len(stack), stack.shape[1:], rng) > 0)
    broken = np.where(broken.any(axis=(1, 2), keepdims=True), broken, skeleton)
    warped = _warped(broken, rng) & stack
    lines = np.where(warped.any(axis=(1, 2), keepdims=True), warped, broken & stack)
    drawn[:, :, slices] = np.moveaxis(lines, 0, -1)
    return drawn


def slice_errors(truth: np.ndarray, predicted: np.ndarray, axis: int) -> np.ndarray:
    """(G,) wrong voxels of every slice across an axis."""
    others = tuple(a for a in range(3) if a != axis)
    return (truth ^ predicted).sum(axis=others)


def slice_centerline(
    region: np.ndarray, axis: int, index: int, rng: np.random.Generator
) -> np.ndarray:
    """Voxels (n, 3) of the broken, warped centerline of a region on one slice across an axis."""
    alone = np.zeros_like(region)
    at = tuple(index if a == axis else slice(None) for a in range(3))
    alone[at] = region[at]
    lines = centerlines(np.ascontiguousarray(np.moveaxis(alone, axis, -1)), rng)
    return np.argwhere(np.moveaxis(lines, -1, axis))


@dataclass
class StepPrompts:
    """Voxels prompted in one step: ``positive`` and ``negative`` (n, 3)."""

    positive: np.ndarray
    negative: np.ndarray

    @property
    def empty(self) -> bool:
        return not len(self.positive) and not len(self.negative)

    def tokens(self, limit: int, rng: np.random.Generator) -> Tuple[np.ndarray, np.ndarray]:
        """Points (n, 3) and labels (n,), at most ``limit``: an even random choice when more."""
        points = np.concatenate([self.positive, self.negative]).astype(np.float32)
        labels = np.repeat([1.0, 0.0], [len(self.positive), len(self.negative)]).astype(np.float32)
        if len(points) > limit:
            kept = np.sort(rng.choice(len(points), size=limit, replace=False))
            points, labels = points[kept], labels[kept]
        return points, labels


def correct(
    truth: np.ndarray,
    predicted: np.ndarray,
    points: int,
    scribbles: bool,
    rng: np.random.Generator,
    within: Optional[Box] = None,
) -> StepPrompts:
    """Prompts on the errors of a prediction; with an empty prediction, on the object.

    ``points`` voxels of the error, and with ``scribbles`` centerlines of the missed part and of
    the part too much.  ``within``: a box beyond whose surroundings (15 of 128 voxels) nothing too
    much is scribbled.
    """
    missed, extra = truth & ~predicted, predicted & ~truth
    chosen = random_points(missed | extra, points, rng)
    wanted = truth[tuple(chosen.T)]
    positive, negative = [chosen[wanted]], [chosen[~wanted]]
    if scribbles:
        positive.append(np.argwhere(centerlines(missed, rng)))
        if within is not None:
            grid = truth.shape[0]
            margin = max(round(FALSE_POSITIVE_MARGIN * grid / REFERENCE_GRID), 1)
            extra = extra & box_map(moved_box(within, np.full(6, margin), grid), grid)
        negative.append(np.argwhere(centerlines(extra, rng)))
    return StepPrompts(np.concatenate(positive), np.concatenate(negative))


class PromptMaps:
    """What was ever prompted on a patch, as the network takes it: [positive, negative, box]."""

    def __init__(self, grid: int, box: Optional[Box] = None) -> None:
        self.maps = np.zeros((3, grid, grid, grid), dtype=np.float32)
        self.maps[2] = box_map(box, grid)
        self.box = box

    def add(self, prompts: StepPrompts) -> None:
        """Mark the voxels of one step; a voxel once set stays, also in both maps."""
        for channel, voxels in ((0, prompts.positive), (1, prompts.negative)):
            self.maps[channel][tuple(np.asarray(voxels, dtype=np.int64).T)] = 1.0

    def tensor(self) -> torch.Tensor:
        """(1, 3, G, G, G)."""
        return torch.from_numpy(self.maps.copy())[None]
