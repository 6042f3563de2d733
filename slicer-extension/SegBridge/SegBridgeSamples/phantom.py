"""A made CT of an upper abdomen with a tumour in the liver: numpy only, no patient.

Shapes are in the phantom's own frame: millimetres from the middle of the volume; x towards the patient's right,
y anterior, z superior. Values are Hounsfield units.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple

import numpy as np

AIR, FAT, MUSCLE, LIVER, SPLEEN, VESSEL, BONE, TUMOUR = -1000, -100, 55, 110, 125, 170, 500, 15
# Window in which the organs are told apart: (lowest, highest) Hounsfield unit shown.
WINDOW = (-60.0, 200.0)
SPACING = (1.1, 1.1, 2.5)
_NOISE = 6.0
# Middle, semi-axes and tissue; a later one covers an earlier one. A semi-axis of 1e4 makes a cylinder.
_ORGANS = (
    ((0, 0, 0), (66, 56, 1e4), FAT),
    ((0, 0, 0), (61, 51, 1e4), MUSCLE),
    ((0, 2, 0), (55, 43, 1e4), FAT),
    ((26, 5, 4), (28, 33, 62), LIVER),
    ((-35, -7, 2), (14, 21, 38), SPLEEN),
    ((-15, 20, 12), (19, 13, 42), MUSCLE),
    ((0, -37, 0), (14, 11, 1e4), BONE),
    ((0, -42, 0), (5, 4, 1e4), FAT),
    ((-8, -20, 0), (7, 7, 1e4), VESSEL),
    ((8, -19, 0), (7, 5.5, 1e4), VESSEL),
)
_TUMOUR_MIDDLE = (29.0, 6.0, 4.0)
_TUMOUR_SEMI_AXES = (17.0, 15.0, 24.0)


@dataclass(frozen=True)
class Phantom:
    """``voxels``: int16 (k, j, i); ``tumour``: bool (k, j, i); ``ijk_to_ras``: 4 x 4, voxel indices to millimetres."""

    voxels: np.ndarray
    tumour: np.ndarray
    ijk_to_ras: np.ndarray

    def ras(self, ijk: Tuple[float, float, float]) -> np.ndarray:
        """RAS millimetres of a voxel index, before any parent transform."""
        return self.ijk_to_ras[:3, :3] @ np.asarray(ijk, dtype=float) + self.ijk_to_ras[:3, 3]


def make_phantom(size: Tuple[int, int, int] = (128, 128, 40), seed: int = 7, oblique: bool = True) -> Phantom:
    """``size`` in voxels (i, j, k) of 1.1 x 1.1 x 2.5 mm. ``oblique`` tilts the grid by 12 and turns it by 8 degrees.
    The same seed gives the same voxels."""
    x, y, z = np.meshgrid(
        *((np.arange(count, dtype=np.float32) - (count - 1) / 2) * step * sign
          for count, step, sign in zip(size, SPACING, (-1, -1, 1))), indexing="ij", sparse=True)
    values = np.full(size, AIR, dtype=np.float32)
    for middle, semi_axes, tissue in _ORGANS:
        _cover(values, _ellipsoid(x, y, z, middle, semi_axes), tissue)
    tumour = _lobulated(x, y, z)
    _cover(values, tumour, TUMOUR)
    chance = np.random.default_rng(seed)
    values += chance.normal(0, _NOISE, size).astype(np.float32)
    return Phantom(
        np.ascontiguousarray(np.rint(values).clip(-1024, 3071).astype(np.int16).T), np.ascontiguousarray((tumour < 0).T),
        _grid(size, oblique))


def _ellipsoid(x: np.ndarray, y: np.ndarray, z: np.ndarray, middle: Tuple, semi_axes: Tuple) -> np.ndarray:
    """Distance to the surface in millimetres, roughly; negative inside."""
    radius = np.sqrt(sum(((axis - at) / half) ** 2 for axis, at, half in zip((x, y, z), middle, semi_axes)))
    return (radius - 1) * min(semi_axes)


def _lobulated(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """As _ellipsoid, of the tumour, whose surface swells and sinks by up to a fifth."""
    u, v, w = ((axis - at) / half for axis, at, half in zip((x, y, z), _TUMOUR_MIDDLE, _TUMOUR_SEMI_AXES))
    radius = np.sqrt(u * u + v * v + w * w)
    swell = 0.12 * np.sin(3 * np.arctan2(v, u) + 2 * w) + 0.06 * np.sin(4 * w + 1)
    return (radius - 1 - swell) * min(_TUMOUR_SEMI_AXES)


def _cover(values: np.ndarray, distance: np.ndarray, tissue: float) -> None:
    """Voxels that the border crosses hold a share of both sides."""
    share = np.clip(0.5 - distance / (2 * SPACING[0]), 0, 1)
    values += share * (tissue - values)


def _grid(size: Tuple[int, int, int], oblique: bool) -> np.ndarray:
    """Voxel indices to RAS: i to the left, j to the back, k to the head; the volume's middle is 40 mm off the origin."""
    tilt, turn = np.radians((12.0, 8.0)) if oblique else (0.0, 0.0)
    about_x = np.array([[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]])
    about_z = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    matrix = np.eye(4)
    matrix[:3, :3] = about_x @ about_z @ np.diag((-1.0, -1.0, 1.0)) @ np.diag(SPACING)
    matrix[:3, 3] = (10.0, -15.0, 40.0) - matrix[:3, :3] @ ((np.array(size) - 1) / 2)
    return matrix
