"""Tasks made up: a region of one real image in many disguises, and label sets from nothing."""

from __future__ import annotations

from typing import List, Optional, Tuple

import numpy as np
from scipy import ndimage

from ..data.augmentation import random_intensity
from ..data.superpixels import superpixel_target
from ..data.synthetic import blob
from ..prompts.random_fields import smooth
from .views import HEAVY, Frame, sample

Pair = Tuple[np.ndarray, np.ndarray]


def superpixel_task(
    image: np.ndarray, count: int, rng: np.random.Generator
) -> Optional[List[Pair]]:
    """``count`` heavily augmented copies of an image (size, size) with one of its superpixels as
    the object; None where the image has no region that fits."""
    region = superpixel_target(image, rng)
    if region is None:
        return None
    frame = Frame.draw((0.8, 1.2), 0.0, rng)
    pairs = []
    for _ in range(count):
        grid = frame.grid(region > 0.5, image.shape[0], HEAVY, rng)
        copy = sample(image, grid, frame.beyond)
        pairs.append((random_intensity(copy, rng), sample(region, grid, "zeros")))
    return pairs


def _template(size: int, rng: np.random.Generator) -> np.ndarray:
    """Label image: smooth regions, then a few blobs on top."""
    fields = [
        smooth((size, size), sigma, 1.0, rng)
        for sigma in [rng.uniform(size / 14, size / 5)] * int(rng.integers(3, 8))
    ]
    labels = np.argmax(np.stack(fields), axis=0)
    for _ in range(int(rng.integers(1, 6))):
        labels[blob(size, rng)] = labels.max() + 1
    return labels


def _paint(
    labels: np.ndarray, levels: np.ndarray, rough: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """An image (size, size) in [0, 1] of a label image, with this subject's own variation."""
    size = labels.shape[0]
    own = levels + rng.normal(0.0, 0.04, size=levels.shape).astype(np.float32)
    texture = smooth((size, size), rng.uniform(0.6, 2.5), 1.0, rng)
    image = ndimage.gaussian_filter(own[labels] + rough[labels] * texture, rng.uniform(0.3, 1.2))
    image = image + smooth((size, size), size / 4, rng.uniform(0.0, 0.08), rng)
    low, high = np.percentile(image, [0.5, 99.5])
    return np.clip((image - low) / max(float(high - low), 1e-6), 0, 1).astype(np.float32)


def label_set_task(size: int, count: int, rng: np.random.Generator) -> List[Pair]:
    """``count`` synthetic subjects: deformed copies of one label image, painted alike."""
    labels = _template(size, rng)
    names = np.unique(labels)
    levels = rng.uniform(0, 1, size=int(labels.max()) + 1).astype(np.float32)
    rough = rng.uniform(0.0, 0.1, size=levels.shape).astype(np.float32)
    areas = np.bincount(labels.ravel())[names]
    fitting = names[(areas >= 30) & (areas <= 0.6 * labels.size)]
    chosen = int(rng.choice(fitting if len(fitting) else names))
    frame = Frame.draw((0.85, 1.15), 0.0, rng)
    pairs = []
    for _ in range(count):
        grid = frame.grid(labels == chosen, size, HEAVY, rng)
        moved = sample(labels, grid, "border", mode="nearest").astype(np.int64)
        image = _paint(moved, levels, rough, rng)
        pairs.append((random_intensity(image, rng), (moved == chosen).astype(np.float32)))
    return pairs
