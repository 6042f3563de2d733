"""Where voxels are: boxes of voxels (IJK) and volumes in the world (LPS, millimetres).

Index triples are in the order (i, j, k); numpy arrays are indexed [k, j, i]. World points are LPS: +L towards the
patient's left, +P posterior, +S superior. 3D Slicer and NIfTI speak RAS; ``swap_ras_lps`` is the one place where
the two meet.
"""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Iterable, Sequence, Tuple, Union

import numpy as np

from . import contract
from .errors import GeometryError

Triple = Tuple[float, float, float]
IntTriple = Tuple[int, int, int]

MAX_AXIS_VOXELS = 32768
MAX_VOXELS = 1 << 40
_AXES = {"i": contract.Axis.I, "j": contract.Axis.J, "k": contract.Axis.K}


def swap_ras_lps(points: Any) -> np.ndarray:
    """RAS points or vectors (..., 3) to LPS, or LPS to RAS: both are (-x, -y, z). Returns a new float64 array."""
    values = np.array(points, dtype=np.float64)
    if values.shape[-1:] != (3,):
        raise GeometryError(f"points must have 3 coordinates each, got an array of shape {values.shape}")
    values[..., :2] *= -1.0
    return values


def inverse(matrix: np.ndarray) -> np.ndarray:
    """Inverse of an affine 4 x 4 matrix, by its cofactors.

    Not by numpy: its LAPACK wakes threads even for this, which takes milliseconds on a machine that is busy.
    """
    (a, b, c, x), (d, e, f, y), (g, h, i, z) = matrix[:3].tolist()
    cofactors = np.array(((e * i - f * h, c * h - b * i, b * f - c * e), (f * g - d * i, a * i - c * g, c * d - a * f),
                          (d * h - e * g, b * g - a * h, a * e - b * d)))
    determinant = float(a * cofactors[0, 0] + b * cofactors[1, 0] + c * cofactors[2, 0])
    if determinant == 0 or not math.isfinite(determinant):
        raise GeometryError(f"a matrix that flattens space has no inverse, its determinant is {determinant}")
    result = np.eye(4)
    result[:3, :3] = cofactors / determinant
    result[:3, 3] = -result[:3, :3] @ (x, y, z)
    return result


def _finite_triple(name: str, values: Any) -> Triple:
    try:
        triple = tuple(float(value) for value in values)
    except (TypeError, ValueError) as error:
        raise GeometryError(f"{name} must be 3 numbers, got {values!r}") from error
    if len(triple) != 3 or not all(math.isfinite(value) for value in triple):
        raise GeometryError(f"{name} must be 3 finite numbers, got {triple}")
    return triple  # type: ignore[return-value]


def _int_triple(name: str, values: Any) -> IntTriple:
    numbers = _finite_triple(name, values)
    if any(value != int(value) for value in numbers):
        raise GeometryError(f"{name} must be 3 whole numbers, got {numbers}")
    return tuple(int(value) for value in numbers)  # type: ignore[return-value]


@dataclass(frozen=True)
class VoxelBox:
    """A half-open box of voxels (i, j, k): ``lower`` is inside, ``upper`` one past the last on each axis."""

    lower: IntTriple
    upper: IntTriple

    def __post_init__(self) -> None:
        object.__setattr__(self, "lower", _int_triple("a box's lower corner", self.lower))
        object.__setattr__(self, "upper", _int_triple("a box's upper corner", self.upper))
        if any(high < low for low, high in zip(self.lower, self.upper)):
            raise GeometryError(f"a box's upper corner must not lie below its lower corner, got {self.lower} to {self.upper}")

    @property
    def size(self) -> IntTriple:
        return tuple(high - low for low, high in zip(self.lower, self.upper))  # type: ignore[return-value]

    @property
    def shape(self) -> IntTriple:
        """Shape of an array that covers the box, (k, j, i)."""
        return self.size[::-1]  # type: ignore[return-value]

    @property
    def voxel_count(self) -> int:
        return math.prod(self.size)

    @property
    def is_empty(self) -> bool:
        return self.voxel_count == 0

    @property
    def slices(self) -> Tuple[slice, slice, slice]:
        """Index of the box in a (k, j, i) array."""
        return tuple(slice(low, high) for low, high in zip(self.lower[::-1], self.upper[::-1]))  # type: ignore[return-value]

    def common(self, other: "VoxelBox") -> "VoxelBox":
        """The voxels that both boxes have; empty when there are none."""
        lower = tuple(map(max, self.lower, other.lower))
        return VoxelBox(lower, tuple(map(max, lower, map(min, self.upper, other.upper))))  # type: ignore[arg-type]

    @staticmethod
    def around(boxes: Iterable["VoxelBox"]) -> "VoxelBox":
        """Smallest box that holds all of them; empty ones do not count."""
        some = [box for box in boxes if not box.is_empty]
        if not some:
            return VoxelBox((0, 0, 0), (0, 0, 0))
        return VoxelBox(np.min([box.lower for box in some], axis=0), np.max([box.upper for box in some], axis=0))

    def shifted(self, by: IntTriple) -> "VoxelBox":
        return VoxelBox(*(tuple(n + step for n, step in zip(corner, by)) for corner in (self.lower, self.upper)))  # type: ignore[arg-type]

    def seen_from(self, corner: IntTriple) -> "VoxelBox":
        """The box in indices that count from a voxel (i, j, k)."""
        return self.shifted(tuple(-n for n in corner))  # type: ignore[arg-type]

    @staticmethod
    def from_message(message: Any) -> "VoxelBox":
        """From the contract's VoxelBox; None is the empty box."""
        if message is None:
            return VoxelBox((0, 0, 0), (0, 0, 0))
        corners = (message.lower or contract.VoxelIndex(), message.upper or contract.VoxelIndex())
        lower, upper = ((corner.i, corner.j, corner.k) for corner in corners)
        return VoxelBox(lower, upper)

    def to_message(self) -> contract.VoxelBox:
        return contract.VoxelBox(contract.VoxelIndex(*self.lower), contract.VoxelIndex(*self.upper))


@dataclass(frozen=True)
class VolumeGeometry:
    """Where a volume lies: lps = origin + i * spacing_i * i_axis + j * spacing_j * j_axis + k * spacing_k * k_axis.

    ``size`` is in voxels (i, j, k), ``spacing`` in mm, ``origin`` the centre of voxel (0, 0, 0) in LPS mm; the axes
    are LPS unit vectors, of any orientation: oblique, flipped and sheared volumes are fine.
    """

    size: IntTriple
    spacing: Triple = (1.0, 1.0, 1.0)
    origin: Triple = (0.0, 0.0, 0.0)
    i_axis: Triple = (1.0, 0.0, 0.0)
    j_axis: Triple = (0.0, 1.0, 0.0)
    k_axis: Triple = (0.0, 0.0, 1.0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", _int_triple("size", self.size))
        for name in ("spacing", "origin", "i_axis", "j_axis", "k_axis"):
            object.__setattr__(self, name, _finite_triple(name, getattr(self, name)))
        if not all(1 <= count <= MAX_AXIS_VOXELS for count in self.size) or math.prod(self.size) > MAX_VOXELS:
            raise GeometryError(f"size must be 1..{MAX_AXIS_VOXELS} voxels per axis and at most 2^40 together, got {self.size}")
        if not all(value > 0 for value in self.spacing):
            raise GeometryError(f"spacing must be above 0 mm on every axis, got {self.spacing}")
        lengths = np.linalg.norm(self._axes, axis=0)
        if np.any(np.abs(lengths - 1.0) > 1e-3):
            raise GeometryError(f"axes must have length 1, got {tuple(lengths.tolist())}")
        determinant = float(np.linalg.det(self._axes))
        if abs(determinant) <= 1e-3:
            raise GeometryError(f"axes must not lie in one plane, their determinant is {determinant}")

    @property
    def _axes(self) -> np.ndarray:
        return np.array([self.i_axis, self.j_axis, self.k_axis], dtype=np.float64).T

    @property
    def shape(self) -> IntTriple:
        """Shape of the volume's array, (k, j, i)."""
        return self.size[::-1]  # type: ignore[return-value]

    @property
    def voxel_volume_mm3(self) -> float:
        return abs(float(np.linalg.det(self._axes))) * math.prod(self.spacing)

    @property
    def ijk_to_lps(self) -> np.ndarray:
        """4 x 4 matrix from voxel indices (i, j, k, 1) to LPS millimetres."""
        matrix = np.eye(4)
        matrix[:3, :3] = self._axes * np.array(self.spacing)
        matrix[:3, 3] = self.origin
        return matrix

    @property
    def ijk_to_ras(self) -> np.ndarray:
        """4 x 4 matrix from voxel indices to RAS millimetres, as NIfTI and 3D Slicer use it."""
        matrix = self.ijk_to_lps
        matrix[:3] = swap_ras_lps(matrix[:3].T).T
        return matrix

    def to_lps(self, ijk: Any) -> np.ndarray:
        """Continuous voxel indices (..., 3) to LPS millimetres."""
        matrix = self.ijk_to_lps
        return np.asarray(ijk, dtype=np.float64) @ matrix[:3, :3].T + matrix[:3, 3]

    def to_ijk(self, lps: Any) -> np.ndarray:
        """LPS millimetres (..., 3) to continuous voxel indices."""
        matrix = inverse(self.ijk_to_lps)
        return np.asarray(lps, dtype=np.float64) @ matrix[:3, :3].T + matrix[:3, 3]

    @staticmethod
    def from_direction(
        shape_kji: Sequence[int], spacing: Any = (1.0, 1.0, 1.0), origin: Any = (0.0, 0.0, 0.0), direction: Any = None
    ) -> "VolumeGeometry":
        """From an array's shape, spacing (i, j, k), LPS origin and ITK's direction: 3 x 3 (or 9 values, row by row)
        whose columns are the LPS axes of i, j and k. None is the identity."""
        matrix = np.eye(3) if direction is None else np.asarray(direction, dtype=np.float64)
        if matrix.size != 9:
            raise GeometryError(f"direction must be 3 x 3, got shape {matrix.shape}")
        i_axis, j_axis, k_axis = (tuple(column) for column in matrix.reshape(3, 3).T.tolist())
        return VolumeGeometry(tuple(shape_kji)[::-1], spacing, origin, i_axis, j_axis, k_axis)  # type: ignore[arg-type]

    @staticmethod
    def from_ijk_to_lps(shape_kji: Sequence[int], matrix: Any) -> "VolumeGeometry":
        """From an array's shape and a 4 x 4 matrix from voxel indices to LPS millimetres."""
        affine = np.asarray(matrix, dtype=np.float64)
        if affine.shape != (4, 4) or not np.allclose(affine[3], (0, 0, 0, 1)):
            raise GeometryError(f"a voxel-to-world matrix must be 4 x 4 with the last row 0 0 0 1, got shape {affine.shape}")
        spacing = np.linalg.norm(affine[:3, :3], axis=0)
        if not np.all(np.isfinite(affine)) or np.any(spacing <= 0):
            raise GeometryError("a voxel-to-world matrix must be finite and have no zero column")
        return VolumeGeometry.from_direction(shape_kji, spacing.tolist(), affine[:3, 3].tolist(), affine[:3, :3] / spacing)

    @staticmethod
    def from_ijk_to_ras(shape_kji: Sequence[int], matrix: Any) -> "VolumeGeometry":
        """From an array's shape and a 4 x 4 matrix to RAS: nibabel's affine, 3D Slicer's GetIJKToRASMatrix."""
        affine = np.array(matrix, dtype=np.float64)
        if affine.shape != (4, 4):
            raise GeometryError(f"a voxel-to-world matrix must be 4 x 4, got shape {affine.shape}")
        affine[:3] = swap_ras_lps(affine[:3].T).T
        return VolumeGeometry.from_ijk_to_lps(shape_kji, affine)

    @staticmethod
    def from_message(message: contract.VolumeGeometry) -> "VolumeGeometry":
        """From the contract's geometry, as the server gives it."""
        size, spacing, origin = message.size or contract.Size(), message.spacing or contract.Spacing(), message.origin or contract.LpsPoint()
        axes = [axis or contract.LpsVector() for axis in (message.i_axis, message.j_axis, message.k_axis)]
        i_axis, j_axis, k_axis = ((axis.l, axis.p, axis.s) for axis in axes)
        return VolumeGeometry(
            (size.i, size.j, size.k), (spacing.i, spacing.j, spacing.k), (origin.l, origin.p, origin.s), i_axis, j_axis, k_axis)

    def to_message(self) -> contract.VolumeGeometry:
        return contract.VolumeGeometry(
            size=contract.Size(*self.size), spacing=contract.Spacing(*self.spacing), origin=contract.LpsPoint(*self.origin),
            i_axis=contract.LpsVector(*self.i_axis), j_axis=contract.LpsVector(*self.j_axis),
            k_axis=contract.LpsVector(*self.k_axis))


SliceLike = Union[contract.GridSlice, contract.ObliqueSlice, Tuple[str, int]]


def plane_message(plane: SliceLike) -> Union[contract.GridSlice, contract.ObliqueSlice]:
    """("k", 12) to the contract's message; messages pass as they are."""
    if isinstance(plane, (contract.GridSlice, contract.ObliqueSlice)):
        return plane
    try:
        axis, index = plane
        return contract.GridSlice(_AXES[axis], int(index))
    except (TypeError, ValueError, KeyError) as error:
        raise GeometryError(f'a slice must be like ("k", 12), with the axis i, j or k, got {plane!r}') from error
