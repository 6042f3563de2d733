"""vtkOrientedImageData: voxels with a pose of their own; the extent need not begin at 0."""
from __future__ import annotations

from typing import Any, Optional, Sequence

import numpy as np
import vtk
from vtk.util.numpy_support import get_numpy_array_type, numpy_to_vtk, vtk_to_numpy

from ..mrml.stand_in import StandIn
from ..mrml.volume import _array


class vtkOrientedImageData(StandIn, vtk.vtkImageData):
    """Image to world: directions times spacing, and the origin, which is the centre of voxel (0, 0, 0)."""

    def __init__(self) -> None:
        self._directions = np.eye(3)

    def GetImageToWorldMatrix(self, matrix: vtk.vtkMatrix4x4) -> None:
        matrix.DeepCopy(image_to_world(self).ravel().tolist())

    def GetWorldToImageMatrix(self, matrix: vtk.vtkMatrix4x4) -> None:
        matrix.DeepCopy(np.linalg.inv(image_to_world(self)).ravel().tolist())

    def SetImageToWorldMatrix(self, matrix: vtk.vtkMatrix4x4) -> None:
        set_image_to_world(self, _array(matrix))

    def SetGeometryFromImageToWorldMatrix(self, matrix: vtk.vtkMatrix4x4) -> None:
        self.SetImageToWorldMatrix(matrix)

    def GetDirectionMatrix(self, matrix: vtk.vtkMatrix4x4) -> None:
        whole = np.eye(4)
        whole[:3, :3] = self._directions
        matrix.DeepCopy(whole.ravel().tolist())

    def SetDirectionMatrix(self, matrix: vtk.vtkMatrix4x4) -> None:
        self._directions = _array(matrix)[:3, :3]
        self.Modified()

    def GetDirections(self, directions: list) -> None:
        for row, values in enumerate(self._directions):
            directions[row][:] = values.tolist()

    def SetDirections(self, directions: Any) -> None:
        self._directions = np.array(directions, float).reshape(3, 3)
        self.Modified()

    def CopyDirections(self, source: Any) -> None:
        self._directions = source._directions.copy() if isinstance(source, vtkOrientedImageData) else np.eye(3)

    def DeepCopy(self, source: vtk.vtkDataObject) -> None:
        super().DeepCopy(source)
        self.CopyDirections(source)

    def ShallowCopy(self, source: vtk.vtkDataObject) -> None:
        super().ShallowCopy(source)
        self.CopyDirections(source)

    def IsEmpty(self) -> bool:
        low, high = self.GetExtent()[::2], self.GetExtent()[1::2]
        return any(one > other for one, other in zip(low, high))


# What the logic below does with arrays; (K, J, I) order, like everywhere in Slicer's Python.


def image_to_world(image: vtkOrientedImageData) -> np.ndarray:
    whole = np.eye(4)
    whole[:3, :3] = image._directions * np.array(image.GetSpacing())
    whole[:3, 3] = image.GetOrigin()
    return whole


def set_image_to_world(image: vtkOrientedImageData, whole: np.ndarray) -> None:
    spacing = np.linalg.norm(whole[:3, :3], axis=0)
    image._directions = whole[:3, :3] / spacing
    image.SetSpacing(spacing.tolist())
    image.SetOrigin(whole[:3, 3].tolist())


def voxels(image: vtk.vtkImageData) -> np.ndarray:
    """View of the voxels, (K, J, I)."""
    counts = image.GetDimensions()
    scalars = image.GetPointData().GetScalars()
    if scalars is None:
        return np.zeros((0, 0, 0), np.uint8)
    return vtk_to_numpy(scalars).reshape(counts[::-1])


def oriented_image(array: np.ndarray, whole: np.ndarray, first: Sequence[int] = (0, 0, 0)) -> vtkOrientedImageData:
    """A copy of the array whose voxel (0, 0, 0) has the index ``first`` (I, J, K)."""
    image = vtkOrientedImageData()
    k, j, i = array.shape
    image.SetExtent(first[0], first[0] + i - 1, first[1], first[1] + j - 1, first[2], first[2] + k - 1)
    image.GetPointData().SetScalars(numpy_to_vtk(np.ascontiguousarray(array).ravel(), deep=True))
    set_image_to_world(image, whole)
    return image


def empty_image() -> vtkOrientedImageData:
    image = vtkOrientedImageData()
    image.SetExtent(0, -1, 0, -1, 0, -1)
    image.AllocateScalars(vtk.VTK_UNSIGNED_CHAR, 1)
    return image


def cast_for(image: vtkOrientedImageData, label: int) -> None:
    """Has the voxels hold a label."""
    if image.IsEmpty() or label <= np.iinfo(voxels(image).dtype).max:
        return
    kind = np.promote_types(voxels(image).dtype, np.min_scalar_type(label))
    image.ShallowCopy(oriented_image(voxels(image).astype(kind), image_to_world(image), image.GetExtent()[::2]))


def same_lattice(one: vtkOrientedImageData, two: vtkOrientedImageData) -> bool:
    """Whether the voxel indices of both mean the same places."""
    return np.allclose(image_to_world(one), image_to_world(two), atol=1e-4)


def intersection(one: Sequence[int], two: Sequence[int]) -> Optional[tuple]:
    """Extent that both have; None when there is none."""
    low = [max(one[2 * axis], two[2 * axis]) for axis in range(3)]
    high = [min(one[2 * axis + 1], two[2 * axis + 1]) for axis in range(3)]
    if any(a > b for a, b in zip(low, high)):
        return None
    return tuple(value for pair in zip(low, high) for value in pair)


def union(one: Sequence[int], two: Sequence[int]) -> tuple:
    pairs = ((min(one[2 * axis], two[2 * axis]), max(one[2 * axis + 1], two[2 * axis + 1])) for axis in range(3))
    return tuple(value for pair in pairs for value in pair)


def part(image: vtkOrientedImageData, extent: Sequence[int]) -> np.ndarray:
    """View of the voxels of an extent that lies inside the image's."""
    own = image.GetExtent()
    return voxels(image)[extent[4] - own[4]:extent[5] - own[4] + 1, extent[2] - own[2]:extent[3] - own[2] + 1,
                         extent[0] - own[0]:extent[1] - own[0] + 1]


def pad(image: vtkOrientedImageData, extent: Sequence[int]) -> None:
    """Grows the image to hold the extent; new voxels are 0."""
    old = image.GetExtent()
    grown = extent if image.IsEmpty() else union(old, extent)
    if tuple(grown) == tuple(old):
        return
    kind = get_numpy_array_type(image.GetScalarType()) if not image.IsEmpty() else np.uint8
    larger = np.zeros([grown[2 * axis + 1] - grown[2 * axis] + 1 for axis in (2, 1, 0)], kind)
    whole = image_to_world(image)
    fresh = oriented_image(larger, whole, grown[::2])
    if not image.IsEmpty():
        part(fresh, old)[...] = voxels(image)
    image.DeepCopy(fresh)


def grow(image: vtkOrientedImageData, extent: Sequence[int]) -> None:
    """As pad(). The real one copies all voxels, twice, even when the image is large enough."""
    if not image.IsEmpty() and union(image.GetExtent(), extent) == tuple(image.GetExtent()):
        copied = vtkOrientedImageData()
        copied.DeepCopy(image)
        image.DeepCopy(copied)
    pad(image, extent)


def shrink(image: vtkOrientedImageData) -> None:
    """Cuts the image to the voxels that are not 0; one without any stays as large as it is."""
    array, own = voxels(image), image.GetExtent()
    found = [np.flatnonzero(array.any(axis=others)) for others in ((0, 1), (0, 2), (1, 2))]
    if not len(found[0]):
        return
    extent = tuple(value for axis, indices in enumerate(found) for value in (int(indices[0]) + own[2 * axis], int(indices[-1]) + own[2 * axis]))
    if extent != tuple(own):
        image.DeepCopy(oriented_image(part(image, extent).copy(), image_to_world(image), extent[::2]))


def resampled(image: vtkOrientedImageData, whole: np.ndarray, extent: Sequence[int]) -> np.ndarray:
    """The image's voxels, nearest neighbour, on another grid; 0 outside."""
    shape = [extent[2 * axis + 1] - extent[2 * axis] + 1 for axis in (2, 1, 0)]
    k, j, i = np.meshgrid(*(np.arange(extent[2 * axis], extent[2 * axis + 1] + 1) for axis in (2, 1, 0)), indexing="ij")
    to_image = np.linalg.inv(image_to_world(image)) @ whole
    points = np.stack([i.ravel(), j.ravel(), k.ravel()])
    index = np.rint(to_image[:3, :3] @ points + to_image[:3, 3:]).astype(int)
    own = image.GetExtent()
    inside = np.all([(index[axis] >= own[2 * axis]) & (index[axis] <= own[2 * axis + 1]) for axis in range(3)], axis=0)
    found = np.zeros(points.shape[1], voxels(image).dtype)
    if inside.any():
        a, b, c = index[:, inside]
        found[inside] = voxels(image)[c - own[4], b - own[2], a - own[0]]
    return found.reshape(shape)
