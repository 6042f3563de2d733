"""A mask into the layer that keeps a segment, on the layer's own grid."""
from __future__ import annotations

from typing import Any, Generator, Iterator, List, Optional, Tuple

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
    if box.is_empty:
        return
    (i, j, first), (i_end, j_end, end) = box.lower, box.upper
    planes = max(1, _SLAB_VOXELS // ((i_end - i) * (j_end - j)))
    for k in range(first, end, planes):
        yield VoxelBox((i, j, k), (i_end, j_end, min(k + planes, end)))


def _tell(layer: Any) -> None:
    """Has everybody know that voxels were changed: the array as well, or it goes on with the range of values that it had."""
    scalars = layer.GetPointData().GetScalars()
    if scalars is not None:
        scalars.Modified()
    layer.Modified()


def _labelmap_name() -> str:
    return slicer.vtkSegmentationConverter.GetSegmentationBinaryLabelmapRepresentationName()


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
        if not filled.is_empty and not self._holds(filled):
            yield from self._renew(filled, alone=False)

    def stand_apart(self, box: VoxelBox, wanted: np.ndarray) -> Iterator[None]:
        """Gives the segment a layer of its own, a slab at each step, where a mask would take voxels from others of its layer.

        Slicer's own SeparateSegmentLabelmap() does it in one go, which holds the main thread up.
        """
        if len(self._sharing) == 1:
            return
        for slab in slabs_of(box.common(self._reach)):
            part, voxels = self._seen(slab)
            if part.is_empty:
                continue
            taken = np.logical_and(voxels, wanted[part.seen_from(box.lower).slices])
            if np.logical_and(taken, voxels != self._label).any():
                yield from self._renew(bounding_box(wanted).shifted(box.lower), alone=True)
                return
            yield

    def _holds(self, filled: VoxelBox) -> bool:
        """Whether the layer has all voxels of a box, and room for the segment's label in each."""
        there = self._grid.labelmap(self._segment_id)
        return there is not None and box_of(there).common(filled) == filled and voxels_of(there).dtype == self._kind

    @property
    def _kind(self) -> np.dtype:
        """Type of voxels that holds the layer's labels and the segment's: the layer's own where that is large enough."""
        there, label = self._grid.labelmap(self._segment_id), self._label
        kind = np.dtype(np.uint8) if there is None else voxels_of(there).dtype
        fits = kind.kind == "f" or label <= np.iinfo(kind).max
        return kind if fits else np.promote_types(kind, np.min_scalar_type(label))

    def _renew(self, filled: VoxelBox, alone: bool) -> Iterator[None]:
        """Puts a layer that reaches as far as ``filled`` in the place of this one: for all who share it, or ``alone``."""
        layer, label, there = self._layer, self._label, self._grid.labelmap(self._segment_id)
        changed = layer.GetMTime() if layer is not None else 0
        # The numbers of the segment's own grid: where they differ from the volume's in the last digit only, Slicer would
        # resample the segment.
        place = image_to_world(self._grid.of(self._segment_id) if there is None else there)
        own = (yield from self._own_box()) if alone else self._reach
        whole = VoxelBox.around([own, filled])
        new = empty_labelmap(whole, place)
        new.AllocateScalars(numpy_support.get_vtk_array_type(self._kind), 1)
        for slab in slabs_of(whole):
            voxels, (part, before) = voxels_of(new)[slab.seen_from(whole.lower).slices], self._seen(slab.common(own))
            voxels[...] = 0
            if not part.is_empty:
                np.copyto(voxels[part.seen_from(slab.lower).slices], before, where=before == label if alone else True)
            yield
            if self._layer is not layer or (layer is not None and layer.GetMTime() != changed):
                # Other tools have edited it meanwhile.
                yield from self._renew(filled, alone)
                return
        # Together: each of them is told of, and shown anew, at once.
        with slicer.util.NodeModify(self._grid.node):
            for segment in [self._segment] if alone else self._sharing:
                segment.AddRepresentation(_labelmap_name(), new)
        if alone:
            # At once: a label that no segment has may be given to the next one.
            for slab in slabs_of(own):
                voxels = voxels_of(layer)[slab.seen_from(box_of(layer).lower).slices]
                np.copyto(voxels, 0, where=voxels == label)
            _tell(layer)

    def _own_box(self) -> Generator[None, None, VoxelBox]:
        """The box of the segment's voxels in its layer."""
        boxes: List[VoxelBox] = []
        for slab in slabs_of(self._reach):
            part, voxels = self._seen(slab)
            boxes.append(bounding_box(voxels == self._label).shifted(part.lower))
            yield
        return VoxelBox.around(boxes)

    def _seen(self, box: VoxelBox) -> Tuple[VoxelBox, np.ndarray]:
        """As much of a box as the layer reaches now, and a view on its voxels."""
        layer, reach = self._layer, self._reach
        part = box.common(reach)
        voxels = np.zeros((0, 0, 0), dtype=np.uint8) if layer is None else voxels_of(layer)
        return part, voxels[part.seen_from(reach.lower).slices]

    def write(self, box: VoxelBox, wanted: np.ndarray, before: Optional[np.ndarray] = None) -> None:
        """Makes the segment equal to ``wanted`` (bool, (k, j, i)) in a box, as far as the layer reaches; but for where it is
        not as ``before`` says."""
        layer, label = self._layer, self._label
        part, voxels = self._seen(box)
        if part.is_empty:
            return
        inside, there = wanted[part.seen_from(box.lower).slices], voxels == label
        if before is not None:
            inside = np.where(there == before[part.seen_from(box.lower).slices], inside, there)
        gone, new = np.greater(there, inside), np.greater(inside, there)
        if len(self._sharing) > 1 and np.logical_and(voxels, new).any():
            # Nothing is taken from other segments, which have just come there.
            self._segmentation.SeparateSegmentLabelmap(self._segment_id)
            self.write(box, wanted, before)
        elif gone.any() or new.any():
            np.copyto(voxels, 0, where=gone)
            np.copyto(voxels, label, where=new)
            _tell(layer)
            self._segment.Modified()

    @property
    def _sharing(self) -> List[Any]:
        """The segments of the layer, this one too. Slicer's own IsSharedBinaryLabelmap() tells the contrary of its name."""
        layer, segments = self._layer, map(self._segmentation.GetSegment, self._segmentation.GetSegmentIDs())
        return [self._segment] if layer is None else [
            segment for segment in segments if segment.GetRepresentation(_labelmap_name()) is layer]

    @property
    def _segment(self) -> Any:
        return self._segmentation.GetSegment(self._segment_id)

    @property
    def _label(self) -> int:
        return self._segment.GetLabelValue()

    @property
    def _layer(self) -> Any:
        return self._grid.node.GetBinaryLabelmapInternalRepresentation(self._segment_id)

    @property
    def _reach(self) -> VoxelBox:
        layer = self._layer
        return VoxelBox((0, 0, 0), (0, 0, 0)) if layer is None else box_of(layer)
