"""The volume that is worked on: whether it can be, what the user sees of it, and a copy of its voxels."""
from __future__ import annotations

from typing import Any, Optional, Tuple

import numpy as np
import vtk
from slicer.i18n import tr as _
from vtk.util import numpy_support

from .frames import ijk_to_ras_of, matrix_to_world
from .problems import SceneProblem

# Copied at once, on the main thread: a few milliseconds.
_SLAB_BYTES = 8 << 20


def check_volume(volume_node: Any) -> None:
    """Raises SceneProblem unless the node is a scalar volume with voxels under linear transforms."""
    name = volume_node.GetName()
    if volume_node.IsA("vtkMRMLLabelMapVolumeNode"):
        raise SceneProblem("volume-is-labelmap", _("{volume} is a label map: choose the image it was drawn on.").format(volume=name))
    if not volume_node.IsA("vtkMRMLScalarVolumeNode") or volume_node.IsA("vtkMRMLTensorVolumeNode"):
        raise SceneProblem("volume-not-scalar", _("{volume} is not a scalar volume: choose one.").format(volume=name))
    image = volume_node.GetImageData()
    if image is None or image.GetPointData().GetScalars() is None:
        raise SceneProblem("volume-empty", _("{volume} has no voxels: load its image first.").format(volume=name))
    if image.GetNumberOfScalarComponents() != 1:
        raise SceneProblem("volume-not-scalar", _(
            "{volume} has {count} values per voxel: convert it to a scalar volume first.").format(
                volume=name, count=image.GetNumberOfScalarComponents()))
    if image.GetScalarType() == vtk.VTK_BIT:
        raise SceneProblem("volume-type", _(
            "{volume} has one bit per voxel: convert it to \"unsigned char\" with the module Cast Scalar Volume.").format(volume=name))
    if abs(np.linalg.det(ijk_to_ras_of(volume_node)[:3, :3])) < 1e-9:
        raise SceneProblem("volume-flat", _("{volume} has a spacing of zero: correct it in the Volumes module.").format(volume=name))
    matrix_to_world(volume_node)


def display_window(volume_node: Any) -> Optional[Tuple[float, float]]:
    """Lower and upper value of the window that the user looks through; None without one."""
    display = volume_node.GetScalarVolumeDisplayNode()
    window = display.GetWindow() if display is not None else 0.0
    if window <= 0:
        return None
    level = display.GetLevel()
    return level - window / 2, level + window / 2


def voxel_mark(volume_node: Any) -> Tuple[Any, ...]:
    """Equal marks: nothing has changed that a session depends on. Cheap, for every ModifiedEvent."""
    image = volume_node.GetImageData()
    scalars = image.GetPointData().GetScalars() if image is not None else None
    if scalars is None:
        return ()
    return (
        image.GetDimensions(), scalars.GetDataType(), scalars.GetMTime(), tuple(ijk_to_ras_of(volume_node).ravel().tolist()))


class VolumeSnapshot:
    """A copy of a volume's voxels (k, j, i), made slab by slab so that the main thread is never held up."""

    def __init__(self, volume_node: Any) -> None:
        image = volume_node.GetImageData()
        # Not slicer.util.arrayFromVolume(): it knows few of the classes that are scalar volumes.
        self._source: Optional[np.ndarray] = numpy_support.vtk_to_numpy(
            image.GetPointData().GetScalars()).reshape(image.GetDimensions()[::-1])
        self.voxels = np.empty(self._source.shape, self._source.dtype)
        self._copied = 0
        self._planes = max(1, _SLAB_BYTES // max(1, self.voxels[0].nbytes))

    @property
    def done(self) -> bool:
        return self._source is None

    @property
    def fraction(self) -> float:
        """0..1."""
        return self._copied / len(self.voxels)

    def copy_some(self) -> None:
        """Copies the next slab, at most 8 MB unless one slice is larger."""
        if self._source is None:
            return
        upper = min(self._copied + self._planes, len(self.voxels))
        self.voxels[self._copied:upper] = self._source[self._copied:upper]
        self._copied = upper
        if upper == len(self.voxels):
            # The node's memory must not be looked at for longer than it is needed.
            self._source = None
