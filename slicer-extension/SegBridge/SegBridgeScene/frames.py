"""Where a volume's voxels are, and how the world's points get there.

Everything here is RAS millimetres and voxel indices (i, j, k). The *volume frame* is RAS as the volume node's own
IJKToRAS matrix means it: without the parent transform, so that a transform that moves later disturbs nothing that
was said before. World points are taken into it by the inverse of the parent transform.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Tuple

import numpy as np
import slicer
import vtk
from SegBridgeLib.geometry import inverse
from slicer.i18n import tr as _

from .problems import SceneProblem


def matrix_to_world(node: Any) -> np.ndarray:
    """4 x 4 matrix from a node's own frame to world RAS: its parent transform, which must be linear."""
    parent = node.GetParentTransformNode()
    matrix = vtk.vtkMatrix4x4()
    if parent is not None:
        if not parent.IsTransformToWorldLinear():
            raise SceneProblem("transform-not-linear", _(
                "{node} is under a non-linear transform: harden or remove the transform.").format(node=node.GetName()))
        parent.GetMatrixTransformToWorld(matrix)
    return slicer.util.arrayFromVTKMatrix(matrix)


def ijk_to_ras_of(volume_node: Any) -> np.ndarray:
    """4 x 4 matrix from voxel indices to the volume frame."""
    matrix = vtk.vtkMatrix4x4()
    volume_node.GetIJKToRASMatrix(matrix)
    return slicer.util.arrayFromVTKMatrix(matrix)


def axes_in_world(volume_node: Any) -> np.ndarray:
    """4 x 4 rotation whose axes follow the voxel axes i, j and k in world RAS, up to their signs; the nearest one of right
    angles when the grid has others."""
    grid = (matrix_to_world(volume_node) @ ijk_to_ras_of(volume_node))[:3, :3]
    left, _lengths, right = np.linalg.svd(grid / np.linalg.norm(grid, axis=0))
    matrix = np.eye(4)
    matrix[:3, :3] = left @ right
    if np.linalg.det(matrix) < 0:
        matrix[:3, 2] *= -1
    return matrix


def apply(matrix: np.ndarray, points: Any) -> np.ndarray:
    """Points (n, 3) through a 4 x 4 matrix."""
    rows = np.atleast_2d(np.asarray(points, dtype=np.float64))
    return rows @ matrix[:3, :3].T + matrix[:3, 3]


@dataclass(frozen=True, eq=False)
class VolumeFrame:
    """A volume's grid and place. Holds no node: it stays as it was when it was made."""

    # (k, j, i)
    shape: Tuple[int, int, int]
    ijk_to_ras: np.ndarray
    to_world: np.ndarray

    @staticmethod
    def of(volume_node: Any) -> "VolumeFrame":
        size = volume_node.GetImageData().GetDimensions()
        return VolumeFrame((size[2], size[1], size[0]), ijk_to_ras_of(volume_node), matrix_to_world(volume_node))

    @property
    def size(self) -> Tuple[int, int, int]:
        """(i, j, k)"""
        return self.shape[::-1]  # type: ignore[return-value]

    @property
    def spacing(self) -> Tuple[float, float, float]:
        """Of i, j and k, mm in the volume frame."""
        return tuple(np.linalg.norm(self.ijk_to_ras[:3, :3], axis=0).tolist())  # type: ignore[return-value]

    def world_to_volume(self, ras: Any) -> np.ndarray:
        """World RAS points (n, 3) into the volume frame."""
        return apply(inverse(self.to_world), ras)

    def world_to_ijk(self, ras: Any) -> np.ndarray:
        """World RAS points (n, 3) to continuous voxel indices."""
        return apply(inverse(self.to_world @ self.ijk_to_ras), ras)

    def ijk_to_world(self, ijk: Any) -> np.ndarray:
        return apply(self.to_world @ self.ijk_to_ras, ijk)

    def holds(self, ijk: np.ndarray) -> np.ndarray:
        """Which of the points (n, 3) are inside the volume, whose voxels reach half a voxel beyond their centres."""
        return np.all((ijk >= -0.5) & (ijk <= np.array(self.size) - 0.5), axis=1)
