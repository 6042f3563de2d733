"""Procedural organ-like bodies: a piece of trunk or limb with fat, muscles, bones, vessels, organs.

Tissue maps are painted back to front; a patch may lie across the skin or deep inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Tuple

import numpy as np
import torch
from torch import Tensor

from . import fields

AIR, FAT, MUSCLE, ORGAN, VESSEL, BONE, MARROW, GAS = range(8)
CT_LEVELS: Dict[int, Tuple[float, float]] = {
    AIR: (-1000, 0), FAT: (-105, 15), MUSCLE: (52, 12), ORGAN: (60, 40), VESSEL: (70, 50),
    BONE: (420, 180), MARROW: (90, 80), GAS: (-700, 200),
}  # fmt: skip


@dataclass(frozen=True)
class Phantom:
    """``image`` in HU or MR units, ``parts`` a number per painted thing, ``tissue`` its kind.

    All are (G, G, G).
    """

    image: Tensor
    parts: Tensor
    tissue: Tensor
    hounsfield: bool


def _tube(grid: int, rng: np.random.Generator, radius: Tuple[float, float]) -> Tensor:
    """Distance-like map of a long bent rod, mostly along the last axis."""
    rotation = fields.random_rotation(rng, 0.5 if rng.random() < 0.8 else np.pi)
    size = grid * rng.uniform(*radius)
    radii = np.array([size * np.exp(rng.uniform(-0.3, 0.3)), size, grid * rng.uniform(0.5, 3.0)])
    centre = rng.uniform(-0.05, 1.05, size=3) * grid
    distance = fields.ellipsoid_distance(grid, centre, radii, rotation)
    return distance + 0.12 * fields.smooth(grid, grid / 3, rng)[0]


def _blob(grid: int, rng: np.random.Generator, radius: Tuple[float, float]) -> Tensor:
    radii = grid * rng.uniform(*radius, size=3)
    centre = rng.uniform(0.0, 1.0, size=3) * grid
    distance = fields.ellipsoid_distance(grid, centre, radii, fields.random_rotation(rng))
    rough = rng.uniform(0.05, 0.25)
    return distance + rough * fields.smooth(grid, grid * rng.uniform(0.1, 0.3), rng)[0]


def _skin(grid: int, rng: np.random.Generator) -> Tensor:
    """True inside the body."""
    if rng.random() < 0.3:
        return torch.ones(grid, grid, grid, dtype=torch.bool)
    radii = grid * np.array([rng.uniform(0.4, 1.0), rng.uniform(0.35, 0.8), rng.uniform(1.5, 4.0)])
    centre = grid * (0.5 + rng.uniform(-0.2, 0.2, size=3))
    distance = fields.ellipsoid_distance(grid, centre, radii, fields.random_rotation(rng, 0.3))
    return distance + 0.05 * fields.smooth(grid, grid / 3, rng)[0] < 1.0


def _paint(grid: int, rng: np.random.Generator) -> Tuple[Tensor, Tensor]:
    """(parts, tissue), both (G, G, G) int64."""
    inside = _skin(grid, rng)
    parts = inside.long()
    kinds = [AIR, FAT]

    def add(mask: Tensor, kind: int) -> None:
        parts[mask & inside] = len(kinds)
        kinds.append(kind)

    if rng.random() < 0.3:
        depth = fields.blur(inside.float(), grid / 16)
        add(depth > rng.uniform(0.7, 0.95), MUSCLE)
    for _ in range(int(rng.integers(2, 9))):
        add(_tube(grid, rng, (0.08, 0.3)) < 1.0, MUSCLE)
    for _ in range(int(rng.integers(0, 6))):
        add(_blob(grid, rng, (0.08, 0.4)) < 1.0, ORGAN)
    for _ in range(int(rng.integers(0, 5))):
        add(_tube(grid, rng, (0.02, 0.06)) < 1.0, VESSEL)
    for _ in range(int(rng.integers(0, 3))):
        bone = _tube(grid, rng, (0.05, 0.14))
        add(bone < 1.0, BONE)
        add(bone < rng.uniform(0.5, 0.8), MARROW)
    if rng.random() < 0.15:
        add(_blob(grid, rng, (0.06, 0.2)) < 1.0, GAS)
    return parts, torch.tensor(kinds)[parts]


def _levels(kinds: Tensor, hounsfield: bool, rng: np.random.Generator) -> Tensor:
    """One intensity per part."""
    if hounsfield:
        spread = [CT_LEVELS[int(k)] for k in kinds]
        return torch.tensor([rng.normal(m, s) if s else m for m, s in spread]).float()
    shared = {k: rng.uniform(20.0, 400.0) for k in range(8)}
    shared[AIR] = shared[GAS] = 0.0
    shared[BONE] = rng.uniform(0.0, 60.0)
    return torch.tensor([max(shared[int(k)] + rng.normal(0, 20.0), 0.0) for k in kinds]).float()


def _with_strands(image: Tensor, tissue: Tensor, rng: np.random.Generator) -> Tensor:
    """Thin sheets of half fat between the fibres of muscles."""
    sheets = fields.smooth(image.shape[0], rng.uniform(2.0, 5.0), rng)[0].abs()
    strands = (sheets < rng.uniform(0.02, 0.12)) & (tissue == MUSCLE)
    fat = image[tissue == FAT]
    return torch.where(strands, (image + fat.mean()) / 2, image) if len(fat) else image


def draw_phantom(grid: int, rng: np.random.Generator) -> Phantom:
    """A body piece, CT-like in two of three draws and else MR-like, without scanner noise."""
    hounsfield = bool(rng.random() < 0.65)
    parts, tissue = _paint(grid, rng)
    kinds = torch.zeros(int(parts.max()) + 1, dtype=torch.long)
    kinds[parts.flatten()] = tissue.flatten()
    image = _levels(kinds, hounsfield, rng)[parts]
    rough = rng.uniform(0.0, 8.0) * fields.smooth(grid, rng.uniform(1.5, 6.0), rng)[0]
    image = image + rough * (tissue != AIR)
    if rng.random() < 0.5:
        image = _with_strands(image, tissue, rng)
    if not hounsfield:
        image = image * torch.exp(rng.uniform(0.0, 0.3) * fields.smooth(grid, grid / 2, rng)[0])
    return Phantom(fields.blur(image, rng.uniform(0.2, 0.8)), parts, tissue, hounsfield)
