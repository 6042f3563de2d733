"""Masks (bool arrays, (k, j, i)) as Slicer's label maps, and back."""
from __future__ import annotations

from typing import Any, Tuple

import numpy as np
import slicer
import vtk
from SegBridgeLib import VoxelBox
from vtk.util import numpy_support


def extent_of(box: VoxelBox) -> Tuple[int, int, int, int, int, int]:
    """VTK's extent, both ends included."""
    return (box.lower[0], box.upper[0] - 1, box.lower[1], box.upper[1] - 1, box.lower[2], box.upper[2] - 1)


def labelmap_of(voxels: np.ndarray, box: VoxelBox, ijk_to_ras: np.ndarray) -> Any:
    """A vtkOrientedImageData of a box of a grid: 1 inside the mask, 0 outside."""
    image = empty_labelmap(box, ijk_to_ras)
    image.AllocateScalars(vtk.VTK_UNSIGNED_CHAR, 1)
    numpy_support.vtk_to_numpy(image.GetPointData().GetScalars()).reshape(box.shape)[...] = voxels
    return image


def empty_labelmap(box: VoxelBox, ijk_to_ras: np.ndarray) -> Any:
    """The grid alone, without voxels."""
    image = slicer.vtkOrientedImageData()
    image.SetExtent(*extent_of(box))
    image.SetImageToWorldMatrix(slicer.util.vtkMatrixFromArray(ijk_to_ras))
    return image


def box_of(image: Any) -> VoxelBox:
    """The box of voxels that an image has; empty when it has none."""
    extent = image.GetExtent()
    if any(extent[2 * axis] > extent[2 * axis + 1] for axis in range(3)):
        return VoxelBox((0, 0, 0), (0, 0, 0))
    return VoxelBox(extent[0::2], tuple(last + 1 for last in extent[1::2]))


def voxels_of(image: Any) -> np.ndarray:
    """A view (k, j, i) on an image's voxels, of the shape of its box; not to be kept."""
    box = box_of(image)
    scalars = image.GetPointData().GetScalars()
    if box.is_empty or scalars is None:
        return np.zeros((0, 0, 0), dtype=np.uint8)
    return numpy_support.vtk_to_numpy(scalars).reshape(box.shape)


def image_to_world(image: Any) -> np.ndarray:
    matrix = vtk.vtkMatrix4x4()
    image.GetImageToWorldMatrix(matrix)
    return slicer.util.arrayFromVTKMatrix(matrix)


def resampled(image: Any, grid: Any) -> Any:
    """A mask on another grid, nearest neighbour; both in the same frame."""
    result = slicer.vtkOrientedImageData()
    if not slicer.vtkOrientedImageDataResample.ResampleOrientedImageToReferenceOrientedImage(image, grid, result, False, False):
        raise RuntimeError("a label map could not be brought onto another grid")
    return result


def copy_label(image: Any, label: int, mask: np.ndarray, first: int, end: int) -> None:
    """Sets the planes first..end - 1 of a mask (bool, (k, j, i), starting at voxel 0) where an image has a label."""
    box = box_of(image)
    part = box.common(VoxelBox((0, 0, first), (*mask.shape[:0:-1], end)))
    if not part.is_empty:
        np.equal(voxels_of(image)[part.seen_from(box.lower).slices], label, out=mask[part.slices])
