"""Images made from nothing, and lesions implanted in real ones."""

from __future__ import annotations

from typing import Tuple

import numpy as np
from scipy import ndimage

from ..prompts.random_fields import smooth


def blob(size: int, rng: np.random.Generator) -> np.ndarray:
    """A lobulated blob (size, size) bool: a rotated ellipse with a rough border."""
    radius = size * np.exp(rng.uniform(np.log(0.05), np.log(0.3)))
    margin = min(radius, size / 2 - 1)
    centre = rng.uniform(margin, size - margin, size=2)
    rows, columns = np.mgrid[:size, :size].astype(np.float32)
    angle = rng.uniform(0, np.pi)
    y, x = rows - centre[0], columns - centre[1]
    u = (x * np.cos(angle) + y * np.sin(angle)) / (radius * np.exp(rng.uniform(-0.4, 0.4)))
    v = (y * np.cos(angle) - x * np.sin(angle)) / (radius * np.exp(rng.uniform(-0.4, 0.4)))
    rough = smooth((size, size), max(radius * rng.uniform(0.2, 0.8), 2.0), 1.0, rng)
    inside = np.sqrt(u * u + v * v) + rng.uniform(0.0, 0.3) * rough < 1.0
    if not inside.any():
        inside = (np.abs(rows - centre[0]) < 2.5) & (np.abs(columns - centre[1]) < 2.5)
    return inside


def implant_lesion(
    image: np.ndarray, rng: np.random.Generator
) -> Tuple[np.ndarray, np.ndarray]:
    """Shift and roughen the intensity inside a blob of a square image in [0, 1]."""
    size = image.shape[0]
    inside = blob(size, rng)
    soft = ndimage.gaussian_filter(inside.astype(np.float32), rng.uniform(0.4, 1.6))
    level = float(image[inside].mean())
    shift = np.exp(rng.uniform(np.log(0.04), np.log(0.4)))
    up = rng.random() < (0.5 if 0.3 < level < 0.7 else float(level <= 0.3))
    texture = smooth((size, size), rng.uniform(0.8, 4.0), rng.uniform(0.0, 0.06), rng)
    flatten = rng.uniform(0.0, 0.8)
    lesion = image * (1 - flatten) + level * flatten + (shift if up else -shift) + texture
    mixed = image * (1 - soft) + lesion * soft
    return np.clip(mixed, 0, 1).astype(np.float32), inside.astype(np.float32)


def _regions(size: int, rng: np.random.Generator) -> np.ndarray:
    """Label image of a random partition: the largest of several smooth fields at every pixel."""
    count = int(rng.integers(3, 9))
    sigma = rng.uniform(size / 16, size / 5)
    fields = [smooth((size, size), sigma, 1.0, rng) for _ in range(count)]
    return np.argmax(np.stack(fields), axis=0)


def synthetic_image(size: int, rng: np.random.Generator) -> Tuple[np.ndarray, np.ndarray]:
    """An image of textured regions and blobs with one of its objects as the target."""
    regions = _regions(size, rng)
    for _ in range(int(rng.integers(0, 5))):
        regions[blob(size, rng)] = regions.max() + 1
    levels = rng.uniform(0, 1, size=int(regions.max()) + 1).astype(np.float32)
    rough = rng.uniform(0.0, 0.12, size=levels.shape).astype(np.float32)
    image = levels[regions] + rough[regions] * smooth((size, size), rng.uniform(0.6, 3), 1.0, rng)
    image = ndimage.gaussian_filter(image, rng.uniform(0.3, 1.5))
    image = image + smooth((size, size), size / 4, rng.uniform(0.0, 0.1), rng)
    image = (image - image.min()) / max(float(image.max() - image.min()), 1e-6)
    present = np.unique(regions)
    target = regions == present[rng.integers(len(present))]
    components, count = ndimage.label(target)
    if count > 1 and rng.random() < 0.7:
        areas = np.bincount(components.ravel())[1:]
        target = components == 1 + int(rng.choice(count, p=areas / areas.sum()))
    return image.astype(np.float32), target.astype(np.float32)
