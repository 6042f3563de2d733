"""Random geometry and intensity changes of one image and its target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple

import numpy as np
import torch
from scipy import ndimage
from torch.nn import functional


@dataclass(frozen=True)
class GeometrySettings:
    """How far the field of view may move; zoom is the share of the image side that is seen."""

    affine: float = 0.7
    rotate: float = 0.5
    zoom: Tuple[float, float] = (0.55, 1.2)
    elastic: float = 0.25
    elastic_size: Tuple[float, float] = (0.01, 0.04)


def _centre(target: np.ndarray, zoom: float, rng: np.random.Generator) -> Tuple[float, float]:
    """Centre (x, y) of the view in [-1, 1]: near the target, the view kept inside the image."""
    room = abs(1.0 - zoom)
    if zoom >= 1.0:
        return float(rng.uniform(-room, room)), float(rng.uniform(-room, room))
    pixels = np.flatnonzero(target)
    row, column = divmod(int(pixels[rng.integers(len(pixels))]), target.shape[1])
    x = 2.0 * (column + 0.5) / target.shape[1] - 1.0 + rng.uniform(-zoom, zoom) * 0.6
    y = 2.0 * (row + 0.5) / target.shape[0] - 1.0 + rng.uniform(-zoom, zoom) * 0.6
    return float(np.clip(x, -room, room)), float(np.clip(y, -room, room))


def _sampling_grid(
    target: np.ndarray, size: int, settings: GeometrySettings, rng: np.random.Generator
) -> torch.Tensor:
    matrix = np.eye(2)
    centre = (0.0, 0.0)
    if rng.random() < settings.affine:
        low, high = np.log(settings.zoom)
        zoom = float(np.exp(rng.uniform(low, high)))
        angle = rng.uniform(0.0, 2 * np.pi) if rng.random() < settings.rotate else 0.0
        stretch = np.exp(rng.uniform(-0.1, 0.1))
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        matrix = turn @ np.diag([zoom * stretch, zoom / stretch])
        centre = _centre(target, zoom, rng)
    flips = np.where(rng.random(2) < 0.5, -1.0, 1.0)
    matrix = matrix @ np.diag(flips)
    if rng.random() < 0.25:
        matrix = matrix[:, ::-1]
    theta = np.concatenate([matrix, np.array(centre)[:, None]], axis=1).astype(np.float32)
    grid = functional.affine_grid(
        torch.from_numpy(theta)[None], [1, 1, size, size], align_corners=False
    )
    if rng.random() < settings.elastic:
        knots = int(rng.integers(3, 9))
        coarse = rng.standard_normal((1, 2, knots, knots), dtype=np.float32)
        coarse *= np.float32(2.0 * rng.uniform(*settings.elastic_size))
        field = functional.interpolate(
            torch.from_numpy(coarse), (size, size), mode="bicubic", align_corners=True
        )
        grid = grid + field.permute(0, 2, 3, 1)
    return grid


def random_view(
    image: np.ndarray,
    target: np.ndarray,
    size: int,
    settings: GeometrySettings,
    rng: np.random.Generator,
) -> Tuple[np.ndarray, np.ndarray]:
    """Sample image and target (H, W) once, bilinearly, on a moved (size, size) grid.

    Without any change the grid is the half-pixel resize of the server.
    """
    grid = _sampling_grid(target, size, settings, rng)
    beyond = "zeros" if rng.random() < 0.5 else "border"
    source = torch.from_numpy(np.ascontiguousarray(image, dtype=np.float32))[None, None]
    mask = torch.from_numpy(np.ascontiguousarray(target, dtype=np.float32))[None, None]
    seen = functional.grid_sample(source, grid, "bilinear", beyond, align_corners=False)
    kept = functional.grid_sample(mask, grid, "bilinear", "zeros", align_corners=False)
    return seen[0, 0].numpy(), kept[0, 0].numpy()


def random_intensity(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Brightness, contrast, gamma, inversion, blur, sharpness and noise; result in [0, 1]."""
    out = image
    if rng.random() < 0.5:
        out = (out - 0.5) * rng.uniform(0.75, 1.25) + 0.5 + rng.uniform(-0.1, 0.1)
        out = np.clip(out, 0.0, 1.0)
    if rng.random() < 0.3:
        out = np.clip(out, 0.0, 1.0) ** np.exp(rng.uniform(-0.5, 0.5))
    if rng.random() < 0.05:
        out = 1.0 - out
    if rng.random() < 0.25:
        out = ndimage.gaussian_filter(out, rng.uniform(0.1, 1.1), truncate=2.0)
    elif rng.random() < 0.25:
        out = out + rng.uniform(0.0, 2.0) * (out - ndimage.uniform_filter(out, 3))
    if rng.random() < 0.4:
        noise = rng.standard_normal(out.shape, dtype=np.float32)
        out = out + np.float32(rng.uniform(0.0, 0.05)) * noise
    return np.clip(out, 0.0, 1.0).astype(np.float32)
