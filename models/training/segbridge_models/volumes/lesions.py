"""Lesions of varied size, shape, texture, contrast and edge, and how they grow into tissue."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor

from . import fields

MINIMUM_VOXELS = 24


@dataclass(frozen=True)
class Look:
    """Intensities of a lesion in units of the image (HU, or tissue contrasts of 100 in MR)."""

    contrast: float
    texture: float
    texture_scale: float
    edge: float
    core: float
    rim: float
    flatten: float


def draw_look(rng: np.random.Generator) -> Look:
    """A third of the lesions differ from their host by little more than texture."""
    hidden = rng.random() < 0.35
    size = rng.uniform(4.0, 15.0) if hidden else math.exp(rng.uniform(math.log(15), math.log(110)))
    sign = 1.0 if rng.random() < 0.5 else -1.0
    return Look(
        contrast=sign * size,
        texture=rng.uniform(2.0, 20.0),
        texture_scale=rng.uniform(1.5, 8.0),
        edge=rng.uniform(0.3, 1.6),
        core=rng.uniform(10.0, 50.0) if rng.random() < 0.35 else 0.0,
        rim=rng.uniform(10.0, 60.0) if rng.random() < 0.2 else 0.0,
        flatten=rng.uniform(0.5, 1.0),
    )


def lesion_distance(
    grid: int, centre: np.ndarray, extent: float, rng: np.random.Generator
) -> Tensor:
    """(G, G, G) below 1 inside a blob whose largest extent is about ``extent`` voxels.

    A union of one to four ellipsoids, roughened by coarse lobes and by fine spicules.
    """
    radius = extent / 2.0
    stretch = np.exp(rng.uniform(-0.7, 0.0, size=3))
    stretch[rng.integers(3)] = 1.0
    rotation = fields.random_rotation(rng)
    distance = fields.ellipsoid_distance(grid, centre, radius * stretch, rotation)
    for _ in range(int(rng.integers(0, 4))):
        offset = rotation @ (rng.uniform(-0.6, 0.6, size=3) * radius * stretch)
        radii = radius * stretch * np.exp(rng.uniform(-0.9, -0.3, size=3))
        part = fields.ellipsoid_distance(grid, centre + offset, radii, fields.random_rotation(rng))
        distance = torch.minimum(distance, part)
    lobes = fields.smooth(grid, max(radius * rng.uniform(0.4, 1.0), 2.0), rng)[0]
    distance = distance + rng.uniform(0.03, 0.22) * lobes
    if rng.random() < 0.3:
        spicules = fields.smooth(grid, max(radius * 0.15, 1.5), rng)[0]
        distance = distance + rng.uniform(0.03, 0.15) * spicules
    return distance


def largest_component(mask: Tensor) -> Tensor:
    """The largest 6-connected part of a mask (G, G, G); an empty mask stays empty."""
    labels, count = ndimage.label(mask.numpy())
    if count <= 1:
        return mask
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    return torch.from_numpy(labels == int(sizes.argmax()))


def confine(distance: Tensor, allowed: Tensor, centre: np.ndarray) -> Tensor:
    """The part of a lesion that the tissue lets grow: its largest piece in ``allowed``.

    Falls back to a small ball around the centre where nothing of size is left.
    """
    grid = distance.shape[0]
    mask = largest_component((distance < 1.0) & allowed)
    if int(mask.sum()) < MINIMUM_VOXELS:
        ball = fields.ellipsoid_distance(grid, centre, np.full(3, 2.5), np.eye(3)) < 1.0
        mask = ball
    return mask


def implant(image: Tensor, mask: Tensor, look: Look, rng: np.random.Generator) -> Tensor:
    """The image (G, G, G) with a lesion of the given look inside the mask."""
    grid = image.shape[0]
    inside = mask.float()
    soft = fields.blur(inside, look.edge)
    level = float(image[mask].mean())
    texture = look.texture * fields.smooth(grid, look.texture_scale, rng)[0]
    lesion = image * (1.0 - look.flatten) + level * look.flatten + look.contrast + texture
    if look.core or look.rim:
        depth = fields.blur(inside, max(float(mask.sum()) ** (1 / 3) / 5.0, 1.0))
        rough = 0.1 * fields.smooth(grid, 4.0, rng)[0]
        direction = -math.copysign(1.0, look.contrast)
        lesion = lesion + direction * look.core * ((depth + rough) > 0.8).float()
        lesion = lesion - direction * look.rim * ((depth + rough) < 0.55).float()
    return image * (1.0 - soft) + lesion * soft
