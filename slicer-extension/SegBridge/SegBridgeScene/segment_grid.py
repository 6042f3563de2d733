"""How the grid of a segment lies to that of the volume that is worked on."""
from __future__ import annotations

from typing import Any

import numpy as np
import slicer
from SegBridgeLib import VoxelBox
from SegBridgeLib.geometry import inverse

from .frames import ijk_to_ras_of, matrix_to_world
from .labelmaps import box_of, empty_labelmap, image_to_world


class SegmentGrid:
    """Of one segmentation and one volume."""

    def __init__(self, segmentation_node: Any, volume_node: Any) -> None:
        self.node, self._volume = segmentation_node, volume_node

    @property
    def volume_box(self) -> VoxelBox:
        return VoxelBox((0, 0, 0), self._volume.GetImageData().GetDimensions())

    @property
    def ijk_to_ras(self) -> np.ndarray:
        """4 x 4 from voxel indices to the volume frame."""
        return ijk_to_ras_of(self._volume)

    @property
    def volume_to_segmentation(self) -> np.ndarray:
        """4 x 4 from voxel indices of the volume to the segmentation's own frame."""
        if self.node.GetParentTransformNode() is self._volume.GetParentTransformNode():
            return self.ijk_to_ras
        return inverse(matrix_to_world(self.node)) @ matrix_to_world(self._volume) @ self.ijk_to_ras

    @property
    def reference(self) -> str:
        """The segmentation's reference geometry as Slicer writes it; "" without one."""
        return self.node.GetSegmentation().GetConversionParameter(
            slicer.vtkSegmentationConverter.GetReferenceImageGeometryParameterName())

    def labelmap(self, segment_id: str) -> Any:
        """The segment's label map, which others may share; None when it has no voxels."""
        image = self.node.GetBinaryLabelmapInternalRepresentation(segment_id)
        return None if image is None or box_of(image).is_empty else image

    def of(self, segment_id: str) -> Any:
        """The grid that the segment is kept on, as a vtkOrientedImageData whose voxels do not count."""
        if self.reference:
            grid = slicer.vtkOrientedImageData()
            slicer.vtkSegmentationConverter.DeserializeImageGeometry(self.reference, grid, False)
            return grid
        there = self.labelmap(segment_id)
        return there if there is not None else empty_labelmap(self.volume_box, self.volume_to_segmentation)

    def is_volumes(self, segment_id: str) -> bool:
        """Whether segment and volume have their voxels at the same places."""
        there = self.labelmap(segment_id)
        image = there if there is not None else self.of(segment_id)
        last = np.array(self.volume_box.upper) - 1
        corners = np.array([[(0, end)[bit >> axis & 1] for axis, end in enumerate(last)] + [1] for bit in range(8)])
        off = corners @ (image_to_world(image) - self.volume_to_segmentation).T
        return bool(np.abs(off).max() < 0.01 * min(np.linalg.norm(self.ijk_to_ras[:3, :3], axis=0)))
