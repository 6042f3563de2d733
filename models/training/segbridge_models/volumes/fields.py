"""Cheap smooth random fields on a cube: coarse noise, interpolated."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional


def smooth(grid: int, wavelength: float, rng: np.random.Generator, channels: int = 1) -> Tensor:
    """(channels, G, G, G) of about zero mean and unit deviation; knots lie ``wavelength`` apart."""
    knots = min(max(math.ceil(grid / max(wavelength, 1.0)) + 2, 3), grid)
    noise = torch.from_numpy(rng.standard_normal((1, channels, knots, knots, knots), np.float32))
    size = (grid, grid, grid)
    field = functional.interpolate(noise, size, mode="trilinear", align_corners=True)[0]
    return field / field.flatten(1).std(1)[:, None, None, None].clamp_min(1e-6)


def blur(volume: Tensor, sigma: float) -> Tensor:
    """Gaussian blur of (G, G, G) with replicated borders, axis by axis."""
    if sigma < 0.2:
        return volume
    radius = max(1, int(2.5 * sigma + 0.5))
    taps = torch.exp(-0.5 * (torch.arange(-radius, radius + 1) / sigma) ** 2)
    taps = (taps / taps.sum()).to(volume.dtype)
    out = volume
    for axis in range(3):
        moved = out.movedim(axis, -1)
        rows = functional.pad(moved.reshape(1, -1, moved.shape[-1]), (radius, radius), "replicate")
        out = rows.unfold(2, taps.numel(), 1) @ taps
        out = out.reshape(moved.shape).movedim(-1, axis)
    return out


def random_rotation(rng: np.random.Generator, limit: float = math.pi) -> np.ndarray:
    """A rotation (3, 3) about a random axis by at most ``limit`` radians."""
    axis = rng.standard_normal(3)
    axis /= np.linalg.norm(axis)
    angle = rng.uniform(-limit, limit)
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    return np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * cross @ cross


def ellipsoid_distance(
    grid: int, centre: np.ndarray, radii: np.ndarray, rotation: np.ndarray
) -> Tensor:
    """(G, G, G): 1 on the surface of an ellipsoid, below inside; centre and radii in voxels."""
    line = torch.arange(grid, dtype=torch.float32)
    x, y, z = line[:, None, None], line[None, :, None], line[None, None, :]
    x, y, z = x - float(centre[0]), y - float(centre[1]), z - float(centre[2])
    total = torch.zeros(grid, grid, grid)
    for row, radius in zip(rotation.T, radii):
        along = x * float(row[0]) + y * float(row[1]) + z * float(row[2])
        total += (along / float(radius)) ** 2
    return total.sqrt()
