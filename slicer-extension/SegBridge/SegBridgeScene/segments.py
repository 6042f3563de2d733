"""Writes masks into a segmentation and reads them from it, in the grid of the volume that is worked on."""
from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Callable, Iterator, Optional

import numpy as np
import slicer
import vtk
from SegBridgeLib import VoxelBox
from SegBridgeLib.masks import bounding_box
from slicer.i18n import tr as _

from .frames import VolumeFrame, matrix_to_world
from .labelmaps import box_of, empty_labelmap, extent_of, image_to_world, inside, labelmap_of, resampled
from .problems import SceneProblem

ALGORITHM_TAG = "SegBridge.Algorithm"

# Takes a label map of a changed box, in the segmentation's frame, in the place of the writer:
# sink(segmentation_node, segment_id, labelmap). Returns whether the segment is now as the label map says.
Sink = Callable[[Any, str, Any], bool]


def new_segmentation(volume_node: Any) -> Any:
    """A segmentation with the volume's geometry and parent transform."""
    node = slicer.mrmlScene.AddNewNodeByClass(
        "vtkMRMLSegmentationNode", _("{volume} segmentation").format(volume=volume_node.GetName()))
    node.CreateDefaultDisplayNodes()
    node.SetReferenceImageGeometryParameterFromVolumeNode(volume_node)
    node.SetAndObserveTransformNodeID(volume_node.GetTransformNodeID())
    return node


class SegmentWriter:
    """Of one segmentation and one volume. Touches the named segment only, and of it the changed box only.

    ``sink`` is for the Segment Editor: it gets the label map instead, so that masking and overwrite rules apply.
    """

    def __init__(self, segmentation_node: Any, volume_node: Any) -> None:
        self.node, self._volume = segmentation_node, volume_node
        self.sink: Optional[Sink] = None
        # True while a change of the segmentation is this writer's own.
        self.writing = False
        self._surface_removed = False
        if not self._reference_geometry() and segmentation_node.GetSegmentation().GetNumberOfSegments() == 0:
            with self._own_change():
                segmentation_node.SetReferenceImageGeometryParameterFromVolumeNode(volume_node)

    # ---- writing -------------------------------------------------------------------------------------------

    def write(self, segment_id: str, box: VoxelBox, mask: np.ndarray) -> bool:
        """Makes a segment equal to ``mask`` (bool, (k, j, i), the whole volume) inside ``box``. Returns whether it is so
        now: the rules of the Segment Editor may have kept some voxels as they were."""
        self._check(segment_id, mask)
        if box.is_empty:
            return True
        with self._own_change():
            self._remove_surface()
            if self.sink is not None:
                # On another grid a part of the mask cannot be told from one that ends there.
                whole = box if self._is_on_volume_grid(segment_id) else VoxelBox((0, 0, 0), self._frame().size)
                return self.sink(self.node, segment_id, labelmap_of(mask[whole.slices], whole, self._volume_to_segmentation()))
            if self._is_on_volume_grid(segment_id):
                self._write_box(segment_id, box, mask[box.slices])
            else:
                self._write_whole(segment_id, mask)
        return True

    def set_algorithm(self, segment_id: str, text: str) -> None:
        """Notes in the segment what made it."""
        segment = self.node.GetSegmentation().GetSegment(segment_id)
        if segment is not None and self._tag(segment) != text:
            with self._own_change():
                segment.SetTag(ALGORITHM_TAG, text)

    def restore_surface(self) -> None:
        """Makes the closed surface again that writing removed: seconds for large masks, so only when idle."""
        if self._surface_removed:
            self._surface_removed = False
            with self._own_change():
                self.node.CreateClosedSurfaceRepresentation()

    def _write_box(self, segment_id: str, box: VoxelBox, voxels: np.ndarray) -> None:
        logic = slicer.vtkSlicerSegmentationsModuleLogic
        labelmap, extent = labelmap_of(voxels, box, self._frame().ijk_to_ras), extent_of(box)
        there = self.node.GetBinaryLabelmapInternalRepresentation(segment_id)
        if there is not None and not box_of(there).is_empty:
            # The lesser of both clears what is no longer inside, ...
            self._done(logic.SetBinaryLabelmapToSegment(labelmap, self.node, segment_id, logic.MODE_MERGE_MIN, extent))
        if voxels.any():
            # ... the greater of both adds what is new.
            self._done(logic.SetBinaryLabelmapToSegment(labelmap, self.node, segment_id, logic.MODE_MERGE_MAX, extent))

    def _write_whole(self, segment_id: str, mask: np.ndarray) -> None:
        """For a segmentation with a grid or a transform of its own: the whole mask is brought there."""
        logic, box = slicer.vtkSlicerSegmentationsModuleLogic, bounding_box(mask)
        if box.is_empty:
            self._done(logic.ClearSegment(self.node, segment_id))
            return
        labelmap = labelmap_of(mask[box.slices], box, self._volume_to_segmentation())
        self._done(logic.SetBinaryLabelmapToSegment(
            resampled(labelmap, self._segment_grid(segment_id)), self.node, segment_id, logic.MODE_REPLACE))

    # ---- reading -------------------------------------------------------------------------------------------

    def read(self, segment_id: str) -> np.ndarray:
        """A copy of a segment as it is now: bool, (k, j, i), in the volume's grid."""
        shape = self._frame().shape
        segment = self.node.GetSegmentation().GetSegment(segment_id)
        there = self.node.GetBinaryLabelmapInternalRepresentation(segment_id) if segment is not None else None
        if there is None or box_of(there).is_empty:
            return np.zeros(shape, dtype=bool)
        if self._is_on_volume_grid(segment_id):
            return inside(there, segment.GetLabelValue(), shape)
        own = slicer.vtkOrientedImageData()
        self.node.GetBinaryLabelmapRepresentation(segment_id, own)
        grid = empty_labelmap(VoxelBox((0, 0, 0), shape[::-1]), self._volume_to_segmentation())
        return inside(resampled(own, grid), 1, shape)

    # ---- geometry ------------------------------------------------------------------------------------------

    def _frame(self) -> VolumeFrame:
        return VolumeFrame.of(self._volume)

    def _volume_to_segmentation(self) -> np.ndarray:
        """4 x 4 from voxel indices of the volume to the segmentation's own frame."""
        frame = self._frame()
        return np.linalg.inv(matrix_to_world(self.node)) @ frame.to_world @ frame.ijk_to_ras

    def _segment_grid(self, segment_id: str) -> Any:
        there = self.node.GetBinaryLabelmapInternalRepresentation(segment_id)
        reference = self._reference_geometry()
        if reference:
            grid = slicer.vtkOrientedImageData()
            slicer.vtkSegmentationConverter.DeserializeImageGeometry(reference, grid)
            return grid
        if there is not None and not box_of(there).is_empty:
            return there
        return empty_labelmap(VoxelBox((0, 0, 0), self._frame().size), self._volume_to_segmentation())

    def _reference_geometry(self) -> str:
        return self.node.GetSegmentation().GetConversionParameter(
            slicer.vtkSegmentationConverter.GetReferenceImageGeometryParameterName())

    def _is_on_volume_grid(self, segment_id: str) -> bool:
        frame = self._frame()
        there = self.node.GetBinaryLabelmapInternalRepresentation(segment_id)
        if there is None or box_of(there).is_empty:
            if not self._reference_geometry():
                return self.node.GetParentTransformNode() is self._volume.GetParentTransformNode()
            there = self._segment_grid(segment_id)
        corners = np.array([[(0, size - 1)[bit >> axis & 1] for axis, size in enumerate(frame.size)] + [1] for bit in range(8)])
        off = corners @ (image_to_world(there) - self._volume_to_segmentation()).T
        return bool(np.abs(off).max() < 0.01 * min(frame.spacing))

    # ---- small parts ---------------------------------------------------------------------------------------

    def _check(self, segment_id: str, mask: np.ndarray) -> None:
        # Slicer's own functions take wrong shapes, and unknown segments, without a word.
        if self.node.GetSegmentation().GetSegment(segment_id) is None:
            raise SceneProblem("segment-removed", _("The segment is no longer there: choose another one."))
        if mask.shape != self._frame().shape or mask.dtype != bool:
            raise ValueError(f"a mask must be bool and of shape {self._frame().shape}, got {mask.dtype} and {mask.shape}")

    @staticmethod
    def _done(result: bool) -> None:
        if not result:
            raise RuntimeError("Slicer did not take a label map")

    @staticmethod
    def _tag(segment: Any) -> str:
        text = vtk.reference("")
        return text.get() if segment.GetTag(ALGORITHM_TAG, text) else ""

    def _remove_surface(self) -> None:
        name = slicer.vtkSegmentationConverter.GetSegmentationClosedSurfaceRepresentationName()
        if self.node.GetSegmentation().ContainsRepresentation(name):
            self.node.RemoveClosedSurfaceRepresentation()
            self._surface_removed = True

    @contextmanager
    def _own_change(self) -> Iterator[None]:
        outer, self.writing = self.writing, True
        try:
            yield
        finally:
            self.writing = outer
