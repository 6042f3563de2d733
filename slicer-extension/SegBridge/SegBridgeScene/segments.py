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

from .labelmaps import labelmap_of, resampled
from .problems import SceneProblem
from .segment_grid import SegmentGrid
from .segment_reader import SegmentReader
from .slab_writer import SlabWriter, slabs_of

ALGORITHM_TAG = "SegBridge.Algorithm"

# Takes a label map of a changed box, or of one slab of it after the other, in the segmentation's frame, in the place of
# the writer: sink(segmentation_node, segment_id, labelmap, begins). Returns whether the segment is now as the label map says.
Sink = Callable[[Any, str, Any, bool], bool]


def new_segmentation(volume_node: Any) -> Any:
    """A segmentation with the volume's geometry and parent transform."""
    node = slicer.mrmlScene.AddNewNodeByClass(
        "vtkMRMLSegmentationNode", _("{volume} segmentation").format(volume=volume_node.GetName()))
    make_visible(node)
    _fit(node, volume_node)
    return node


def make_visible(segmentation_node: Any) -> None:
    """One that the user made with a node selector, or a script, has nothing yet that shows it."""
    if segmentation_node.GetDisplayNode() is None:
        segmentation_node.CreateDefaultDisplayNodes()


def _fit(segmentation_node: Any, volume_node: Any) -> None:
    """Gives an empty segmentation the volume's place and geometry."""
    if segmentation_node.GetTransformNodeID() is None:
        # Before the geometry, which is noted as seen from the segmentation.
        segmentation_node.SetAndObserveTransformNodeID(volume_node.GetTransformNodeID())
    segmentation_node.SetReferenceImageGeometryParameterFromVolumeNode(volume_node)


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
                _fit(segmentation_node, volume_node)

    def write(
        self, segment_id: str, box: VoxelBox, voxels: np.ndarray, whole: Callable[[], np.ndarray], before: Optional[np.ndarray] = None,
    ) -> Iterator[bool]:
        """Makes a segment equal to ``voxels`` (bool, (k, j, i)) in a box of the volume's grid, a slab at each step of the
        iterator. Each step tells whether the slab is so now: the rules of the Segment Editor may have kept some voxels.

        ``whole`` gives the mask of the whole volume, for segments on a grid of their own. Where a segment on the volume's
        grid is not as ``before`` says, in the same box, it stays as it is; not so with a ``sink``. The steps raise SceneProblem when
        another tool has meanwhile put a label map in the place of the segment's.
        """
        self._check(segment_id)
        limit = self.grid.volume_box.upper
        if voxels.shape != box.shape or voxels.dtype != bool or any(n > end for n, end in zip(box.upper, limit)):
            raise ValueError(
                f"a mask must be bool and of the shape {box.shape} of a box within {limit}, got {voxels.dtype} and {voxels.shape}")
        return iter(()) if box.is_empty else self._guarded(segment_id, self._parts(segment_id, box, voxels, whole, before))

    def _parts(
        self, segment_id: str, box: VoxelBox, voxels: np.ndarray, whole: Callable[[], np.ndarray], before: Optional[np.ndarray],
    ) -> Iterator[bool]:
        on_grid, to_segmentation, sink = self.grid.is_volumes(segment_id), self.grid.volume_to_segmentation, self.sink
        if sink is not None:
            # On another grid a part of the mask cannot be told from one that ends there.
            mask, parts = (voxels, slabs_of(box)) if on_grid else (whole(), [self.grid.volume_box])
            corner = box.lower if on_grid else (0, 0, 0)
            return (
                sink(self.node, segment_id, labelmap_of(mask[part.seen_from(corner).slices], part, to_segmentation), n == 0)
                for n, part in enumerate(parts))
        return self._write_slabs(segment_id, box, voxels, before) if on_grid else self._write_whole(segment_id, whole, to_segmentation)

    def _guarded(self, segment_id: str, parts: Iterator[bool]) -> Iterator[bool]:
        """Steps between which anything may happen to the segmentation."""
        layer = None
        while True:
            self._check(segment_id)
            if layer is not None and layer is not self.node.GetBinaryLabelmapInternalRepresentation(segment_id):
                raise SceneProblem("segment-replaced", _(
                    "The segment was put back while its mask was being written: what you see counts."))
            with self._own_change():
                self._remove_surface()
                exact = next(parts, None)
            if exact is None:
                return
            layer = self.node.GetBinaryLabelmapInternalRepresentation(segment_id)
            yield exact

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

    def _write_slabs(
        self, segment_id: str, box: VoxelBox, voxels: np.ndarray, before: Optional[np.ndarray],
    ) -> Iterator[bool]:
        writer = SlabWriter(self.grid, segment_id)
        # For the whole mask at once; then again for each slab, because other tools cut layers to what they hold.
        yield from (True for _step in writer.stand_apart(box, voxels))
        yield from (True for _step in writer.make_room(box, voxels))
        for slab in slabs_of(box):
            inner = slab.seen_from(box.lower).slices
            yield from (True for _step in writer.make_room(slab, voxels[inner]))
            writer.write(slab, voxels[inner], None if before is None else before[inner])
            yield True

    def _write_whole(self, segment_id: str, whole: Callable[[], np.ndarray], to_segmentation: np.ndarray) -> Iterator[bool]:
        """For a segmentation with a grid or a transform of its own: the whole mask is brought there."""
        logic, mask = slicer.vtkSlicerSegmentationsModuleLogic, whole()
        box = bounding_box(mask)
        if box.is_empty:
            done = logic.ClearSegment(self.node, segment_id)
        else:
            labelmap = resampled(labelmap_of(mask[box.slices], box, to_segmentation), self.grid.of(segment_id))
            done = logic.SetBinaryLabelmapToSegment(labelmap, self.node, segment_id, logic.MODE_REPLACE)
        if not done:
            raise RuntimeError("Slicer did not take a label map")
        yield True

    def others_replaced(self) -> bool:
        """Whether a segment has another label map than after this writer's last change, or than when this was last asked.

        The Segment Editor's undo replaces label maps and tells of the segments, not of their voxels.
        """
        before, now = self._labelmaps, self._labelmaps_now()
        # One that is away may come back, as while a segmentation is filled with a copy.
        self._labelmaps = {**dict.fromkeys(before, (None, -1)), **now}
        return any(
            image is not before[segment_id][0] or changed != before[segment_id][1]
            for segment_id, (image, changed) in now.items() if segment_id in before)

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

    def _check(self, segment_id: str) -> None:
        # Slicer's own functions take unknown segments, and wrong shapes, without a word.
        if self.node.GetSegmentation().GetSegment(segment_id) is None:
            raise SceneProblem("segment-removed", _("The segment is no longer there: choose another one."))
        check_segmentation(self.node)

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
