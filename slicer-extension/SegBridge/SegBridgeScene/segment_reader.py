"""A segment as a mask in the volume's grid, read slab by slab so that the main thread is never held up."""
from __future__ import annotations

from typing import Any

import numpy as np
import slicer
from SegBridgeLib.masks import bounding_box

from .labelmaps import copy_label, empty_labelmap, labelmap_of, resampled
from .segment_grid import SegmentGrid

# Read at once, on the main thread: a few milliseconds.
_SLAB_VOXELS = 8 << 20


class SegmentReader:
    """``mask`` is bool, (k, j, i), a copy; complete once ``done``."""

    def __init__(self, grid: SegmentGrid, segment_id: str) -> None:
        self._grid, self._segment_id = grid, segment_id
        self.mask = np.zeros(grid.volume_box.shape, dtype=bool)
        self._planes = max(1, _SLAB_VOXELS // max(1, self.mask[0].size))
        self._read = 0

    @property
    def done(self) -> bool:
        return self._read == len(self.mask)

    def read_some(self) -> None:
        """Reads the next slab; all at once where the segment has a grid of its own."""
        first, self._read = self._read, min(self._read + self._planes, len(self.mask))
        segment = self._grid.node.GetSegmentation().GetSegment(self._segment_id)
        image = self._grid.labelmap(self._segment_id) if segment is not None else None
        if image is None:
            return
        if self._grid.is_volumes(self._segment_id):
            copy_label(image, segment.GetLabelValue(), self.mask, first, self._read)
        elif first == 0:
            own = slicer.vtkOrientedImageData()
            self._grid.node.GetBinaryLabelmapRepresentation(self._segment_id, own)
            self._to_volume(own, self.mask)
            self._read = len(self.mask)

    def seen_when_written(self, mask: np.ndarray) -> np.ndarray:
        """How a mask (bool, (k, j, i), of the whole volume) would be read after it was written: on another grid its
        surface comes back a little different."""
        box = bounding_box(mask)
        if box.is_empty or self._grid.is_volumes(self._segment_id):
            return mask
        written = resampled(
            labelmap_of(mask[box.slices], box, self._grid.volume_to_segmentation), self._grid.of(self._segment_id))
        read = np.zeros_like(self.mask)
        self._to_volume(written, read)
        return read

    def _to_volume(self, image: Any, mask: np.ndarray) -> None:
        whole = empty_labelmap(self._grid.volume_box, self._grid.volume_to_segmentation)
        copy_label(resampled(image, whole), 1, mask, 0, len(mask))
