"""A mask into the layer that keeps a segment, on the layer's own grid."""
from __future__ import annotations

from typing import Any, Iterator

import numpy as np
import slicer
from SegBridgeLib import VoxelBox
from SegBridgeLib.masks import bounding_box
from vtk.util import numpy_support

from .labelmaps import box_of, empty_labelmap, image_to_world, voxels_of
from .segment_grid import SegmentGrid

# Written at once, on the main thread: a few milliseconds.
_SLAB_VOXELS = 1 << 20


def slabs_of(box: VoxelBox) -> Iterator[VoxelBox]:
    """A box cut across k."""
    (i, j, first), (i_end, j_end, end) = box.lower, box.upper
    planes = max(1, _SLAB_VOXELS // ((i_end - i) * (j_end - j)))
    for k in range(first, end, planes):
        yield VoxelBox((i, j, k), (i_end, j_end, min(k + planes, end)))


class SlabWriter:
    """Of one segment. Only voxels that differ are touched, and those of other segments never.

    Slicer's own SetBinaryLabelmapToSegment() copies the whole layer with each call, however little changes.
    """

    def __init__(self, grid: SegmentGrid, segment_id: str) -> None:
        self._grid, self._segment_id = grid, segment_id
        self._segmentation = grid.node.GetSegmentation()

    def make_room(self, box: VoxelBox, wanted: np.ndarray) -> Iterator[None]:
        """Has the layer reach as far as a mask (bool, (k, j, i), in a box) does, a slab at each step."""
        filled = bounding_box(wanted).shifted(box.lower)
        reach, label = self._reach, self._segment.GetLabelValue()
        there = self._grid.labelmap(self._segment_id)
        kind = np.promote_types(np.uint8 if there is None else voxels_of(there).dtype, np.min_scalar_type(label))
        if filled.is_empty or (reach.common(filled) == filled and kind == voxels_of(there).dtype):
            return
        whole, layer = VoxelBox.around([reach, filled]), self._layer
        # The numbers of the segment's own grid: where they differ from the volume's in the last digit only, Slicer would
        # resample the segment.
        larger = empty_labelmap(whole, image_to_world(self._grid.of(self._segment_id) if there is None else there))
        larger.AllocateScalars(numpy_support.get_vtk_array_type(kind), 1)
        changed = layer.GetMTime() if layer is not None else 0
        for slab in slabs_of(whole):
            voxels, part = voxels_of(larger)[slab.seen_from(whole.lower).slices], slab.common(reach)
            voxels[...] = 0
            if not part.is_empty:
                voxels[part.seen_from(slab.lower).slices] = voxels_of(there)[part.seen_from(reach.lower).slices]
            yield
        if layer is not None and layer.GetMTime() != changed:
            # Other tools have edited it meanwhile.
            yield from self.make_room(box, wanted)
            return
        name = slicer.vtkSegmentationConverter.GetSegmentationBinaryLabelmapRepresentationName()
        for sharing in map(self._segmentation.GetSegment, self._segmentation.GetSegmentIDs()):
            if sharing.GetRepresentation(name) is layer:
                sharing.AddRepresentation(name, larger)

    def write(self, box: VoxelBox, wanted: np.ndarray) -> None:
        """Makes the segment equal to ``wanted`` (bool, (k, j, i)) in a box, as far as the layer reaches."""
        layer, reach, label = self._layer, self._reach, self._segment.GetLabelValue()
        part = box.common(reach)
        if part.is_empty:
            return
        voxels, inside = voxels_of(layer)[part.seen_from(reach.lower).slices], wanted[part.seen_from(box.lower).slices]
        there = voxels == label
        gone, new = np.greater(there, inside), np.greater(inside, there)
        if np.logical_and(voxels, new).any():
            # Nothing is taken from the other segments of the layer.
            self._segmentation.SeparateSegmentLabelmap(self._segment_id)
            self.write(box, wanted)
        elif gone.any() or new.any():
            np.copyto(voxels, 0, where=gone)
            np.copyto(voxels, label, where=new)
            layer.Modified()
            self._segment.Modified()

    @property
    def _segment(self) -> Any:
        return self._segmentation.GetSegment(self._segment_id)

    @property
    def _layer(self) -> Any:
        return self._grid.node.GetBinaryLabelmapInternalRepresentation(self._segment_id)

    @property
    def _reach(self) -> VoxelBox:
        layer = self._layer
        return VoxelBox((0, 0, 0), (0, 0, 0)) if layer is None else box_of(layer)
