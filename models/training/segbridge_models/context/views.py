"""Views of the images of one task: a frame that all share, and what differs from image to image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple

import numpy as np
import torch
from torch.nn import functional


@dataclass(frozen=True)
class Deformation:
    """How far one image of a task departs from the shared frame.

    Probabilities of the affine and elastic part; largest angle (radians), log scale and shift
    (share of the half view); range of the elastic displacement (share of the view's side).
    """

    affine: float = 0.35
    angle: float = 0.15
    scale: float = 0.12
    shift: float = 0.08
    elastic: float = 0.4
    elastic_size: Tuple[float, float] = (0.005, 0.03)
    flips: float = 0.0


WITHIN = Deformation()
HEAVY = Deformation(0.8, 0.6, 0.3, 0.25, 0.8, (0.01, 0.06), 0.5)


def _rotation(angle: float) -> np.ndarray:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _mirror(probability: float, rng: np.random.Generator) -> np.ndarray:
    return np.diag(np.where(rng.random(2) < probability, -1.0, 1.0))


@dataclass(frozen=True)
class Frame:
    """What the images of a task share: orientation, zoom (share of the side that is seen), and
    where the object lies in the view when that is smaller than the image."""

    matrix: np.ndarray
    zoom: float
    offset: np.ndarray
    beyond: str

    @staticmethod
    def draw(zoom: Tuple[float, float], rotate: float, rng: np.random.Generator) -> "Frame":
        scale = float(np.exp(rng.uniform(*np.log(zoom))))
        turn = _rotation(rng.uniform(0, 2 * np.pi) if rng.random() < rotate else 0.0)
        matrix = turn @ _mirror(0.35, rng)
        if rng.random() < 0.15:
            matrix = matrix[:, ::-1]
        beyond = "zeros" if rng.random() < 0.5 else "border"
        return Frame(scale * matrix, scale, rng.uniform(-0.5, 0.5, size=2), beyond)

    def centre(self, target: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """(x, y) in [-1, 1] of the view on an image: near its object, inside the image."""
        room = abs(1.0 - self.zoom)
        if self.zoom >= 1.0:
            return np.clip(self.offset, -room, room)
        rows = np.flatnonzero(target.any(axis=1))
        columns = np.flatnonzero(target.any(axis=0))
        if not len(rows):
            return np.clip(self.offset, -room, room)
        middle = np.array(
            [
                (columns[0] + columns[-1] + 1) / target.shape[1] - 1.0,
                (rows[0] + rows[-1] + 1) / target.shape[0] - 1.0,
            ]
        )
        moved = middle + self.zoom * (self.offset + rng.uniform(-0.12, 0.12, size=2))
        return np.clip(moved, -room, room)

    def grid(
        self, target: np.ndarray, size: int, deformation: Deformation, rng: np.random.Generator
    ) -> torch.Tensor:
        """Sampling grid (1, size, size, 2) of one image; ``target`` only says where to look."""
        matrix, centre = self.matrix @ _mirror(deformation.flips, rng), self.centre(target, rng)
        if rng.random() < deformation.affine:
            scale = np.exp(rng.uniform(-deformation.scale, deformation.scale))
            stretch = np.exp(rng.uniform(-0.5, 0.5) * deformation.scale)
            turn = _rotation(rng.uniform(-deformation.angle, deformation.angle))
            matrix = matrix @ turn @ np.diag([scale * stretch, scale / stretch])
            centre = centre + self.zoom * rng.uniform(-1, 1, size=2) * deformation.shift
        theta = np.concatenate([matrix, centre[:, None]], axis=1).astype(np.float32)
        shape = [1, 1, size, size]
        grid = functional.affine_grid(torch.from_numpy(theta)[None], shape, align_corners=False)
        if rng.random() < deformation.elastic:
            strength = 2.0 * self.zoom * rng.uniform(*deformation.elastic_size)
            grid = grid + displacement(size, float(strength), rng)
        return grid


def displacement(size: int, strength: float, rng: np.random.Generator) -> torch.Tensor:
    """A smooth random field (1, size, size, 2) of this standard deviation at its knots."""
    knots = int(rng.integers(3, 9))
    coarse = rng.standard_normal((1, 2, knots, knots), dtype=np.float32) * np.float32(strength)
    field = functional.interpolate(
        torch.from_numpy(coarse), (size, size), mode="bicubic", align_corners=True
    )
    return field.permute(0, 2, 3, 1)


def sample(
    image: np.ndarray, grid: torch.Tensor, beyond: str, mode: str = "bilinear"
) -> np.ndarray:
    """An image (H, W) on a sampling grid, float32."""
    source = torch.from_numpy(np.ascontiguousarray(image, dtype=np.float32))[None, None]
    return functional.grid_sample(source, grid, mode, beyond, align_corners=False)[0, 0].numpy()


def rough_mask(mask: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """A mask (H, W) of 0 and 1 with its outline moved smoothly, as a user leaves it: bool."""
    size = mask.shape[0]
    identity = functional.affine_grid(
        torch.eye(2, 3)[None], [1, 1, size, size], align_corners=False
    )
    moved = sample(mask, identity + displacement(size, 2.0 * strength, rng), "border") > 0.5
    return moved if moved.any() else mask > 0.5
