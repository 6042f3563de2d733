"""Writes masks into a segmentation and reads them from it, in the grid of the volume that is worked on."""
from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Callable, Dict, Iterator, Optional, Tuple

import numpy as np
import slicer
import vtk
from SegBridgeLib import VoxelBox
from SegBridgeLib.masks import bounding_box
from slicer.i18n import tr as _

from .labelmaps import extent_of, image_to_world, labelmap_of, resampled
from .problems import SceneProblem
from .segment_grid import SegmentGrid
from .segment_reader import SegmentReader

ALGORITHM_TAG = "SegBridge.Algorithm"

# Takes a label map of a changed box, in the segmentation's frame, in the place of the writer:
# sink(segmentation_node, segment_id, labelmap). Returns whether the segment is now as the label map says.
Sink = Callable[[Any, str, Any], bool]


def new_segmentation(volume_node: Any) -> Any:
    """A segmentation with the volume's geometry and parent transform."""
    node = slicer.mrmlScene.AddNewNodeByClass(
        "vtkMRMLSegmentationNode", _("{volume} segmentation").format(volume=volume_node.GetName()))
    node.CreateDefaultDisplayNodes()
    # In this order: the geometry is noted as seen from the segmentation.
    node.SetAndObserveTransformNodeID(volume_node.GetTransformNodeID())
    node.SetReferenceImageGeometryParameterFromVolumeNode(volume_node)
    return node


def check_segmentation(segmentation_node: Any) -> None:
    """Raises SceneProblem unless it is kept as label maps, into which masks can be written. One without segments is made so."""
    segmentation, converter = segmentation_node.GetSegmentation(), slicer.vtkSegmentationConverter
    source, labelmap = segmentation.GetSourceRepresentationName(), converter.GetSegmentationBinaryLabelmapRepresentationName()
    if source == labelmap:
        return
    if segmentation.GetNumberOfSegments() == 0:
        segmentation.SetSourceRepresentationName(labelmap)
        return
    raise SceneProblem("segmentation-not-labelmap", _(
        "{segmentation} is kept as \"{kind}\": in the module Segmentations, make \"{labelmap}\" its source representation.").format(
            segmentation=segmentation_node.GetName(), kind=source, labelmap=labelmap))


class SegmentWriter:
    """Of one segmentation and one volume. Touches the named segment only, and of it the changed box only.

    ``sink`` is for the Segment Editor: it gets the label map instead, so that masking and overwrite rules apply.
    """

    def __init__(self, segmentation_node: Any, volume_node: Any) -> None:
        self.node = segmentation_node
        self.grid = SegmentGrid(segmentation_node, volume_node)
        self.sink: Optional[Sink] = None
        # True while a change of the segmentation is this writer's own.
        self.writing = False
        self._surface_removed = False
        self._labelmaps = self._labelmaps_now()
        if not self.grid.reference and segmentation_node.GetSegmentation().GetNumberOfSegments() == 0:
            with self._own_change():
                segmentation_node.SetReferenceImageGeometryParameterFromVolumeNode(volume_node)

    def write(self, segment_id: str, box: VoxelBox, voxels: np.ndarray, whole: Callable[[], np.ndarray]) -> bool:
        """Makes a segment equal to ``voxels`` (bool, (k, j, i)) in a box of the volume's grid. Returns whether it is so
        now: the rules of the Segment Editor may have kept some voxels as they were.

        ``whole`` gives the mask of the whole volume, for segments on a grid of their own.
        """
        self._check(segment_id, box, voxels)
        if box.is_empty:
            return True
        with self._own_change():
            self._remove_surface()
            on_grid = self.grid.is_volumes(segment_id)
            if self.sink is not None:
                # On another grid a part of the mask cannot be told from one that ends there.
                part, inside = (box, voxels) if on_grid else (self.grid.volume_box, whole())
                return self.sink(self.node, segment_id, labelmap_of(inside, part, self.grid.volume_to_segmentation))
            if on_grid:
                self._write_box(segment_id, box, voxels)
            else:
                self._write_whole(segment_id, whole())
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
        there = self.grid.labelmap(segment_id)
        # The numbers of the segment's own grid: where they differ from the volume's in the last digit only, Slicer would
        # resample the segment.
        grid = self.grid.of(segment_id) if there is None else there
        labelmap, extent = labelmap_of(voxels, box, image_to_world(grid)), extent_of(box)
        if there is not None:
            # The lesser of both clears what is no longer inside, ...
            self._done(logic.SetBinaryLabelmapToSegment(labelmap, self.node, segment_id, logic.MODE_MERGE_MIN, extent))
        if voxels.any():
            # ... the mask adds what is new. The greater of both would not do: it writes 1, which is another segment in a shared layer.
            self._done(logic.SetBinaryLabelmapToSegment(labelmap, self.node, segment_id, logic.MODE_MERGE_MASK, extent))

    def _write_whole(self, segment_id: str, mask: np.ndarray) -> None:
        """For a segmentation with a grid or a transform of its own: the whole mask is brought there."""
        logic, box = slicer.vtkSlicerSegmentationsModuleLogic, bounding_box(mask)
        if box.is_empty:
            self._done(logic.ClearSegment(self.node, segment_id))
            return
        labelmap = labelmap_of(mask[box.slices], box, self.grid.volume_to_segmentation)
        self._done(logic.SetBinaryLabelmapToSegment(
            resampled(labelmap, self.grid.of(segment_id)), self.node, segment_id, logic.MODE_REPLACE))

    def others_replaced(self) -> bool:
        """Whether a segment has another label map than after this writer's last change, or than when this was last asked.

        The Segment Editor's undo replaces label maps and tells of the segments, not of their voxels.
        """
        before, self._labelmaps = self._labelmaps, self._labelmaps_now()
        return any(
            image is not before[segment_id][0] or changed != before[segment_id][1]
            for segment_id, (image, changed) in self._labelmaps.items() if segment_id in before)

    def _labelmaps_now(self) -> Dict[str, Tuple[Any, int]]:
        """Label map of each segment and when it was changed."""
        images = {
            segment_id: self.node.GetBinaryLabelmapInternalRepresentation(segment_id)
            for segment_id in self.node.GetSegmentation().GetSegmentIDs()}
        return {segment_id: (image, image.GetMTime() if image is not None else 0) for segment_id, image in images.items()}

    def read(self, segment_id: str) -> np.ndarray:
        """A copy of a segment as it is now: bool, (k, j, i), in the volume's grid. SegmentReader does it in parts."""
        reader = SegmentReader(self.grid, segment_id)
        while not reader.done:
            reader.read_some()
        return reader.mask

    def _check(self, segment_id: str, box: VoxelBox, voxels: np.ndarray) -> None:
        # Slicer's own functions take wrong shapes, and unknown segments, without a word.
        if self.node.GetSegmentation().GetSegment(segment_id) is None:
            raise SceneProblem("segment-removed", _("The segment is no longer there: choose another one."))
        check_segmentation(self.node)
        whole = self.grid.volume_box
        if voxels.shape != box.shape or voxels.dtype != bool or any(n > end for n, end in zip(box.upper, whole.upper)):
            raise ValueError(
                f"a mask must be bool and of the shape {box.shape} of a box within {whole.upper}, "
                f"got {voxels.dtype} and {voxels.shape}")

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
            if not outer:
                self._labelmaps = self._labelmaps_now()
