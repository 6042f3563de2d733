"""Writes masks the way an effect does: undoable, within the editable area, overwriting what the user allows."""
from typing import Any

import numpy as np
import slicer
from SegBridgeLib.masks import bounding_box
from SegBridgeScene.labelmaps import box_of, empty_labelmap, image_to_world, labelmap_of, resampled, voxels_of


class EditorWriter:
    """Takes the place of the loop's own writer while the effect is active, see SegBridgeScene.segments."""

    def __init__(self, scriptedEffect: Any) -> None:
        self._effect = scriptedEffect
        self._propagating = False
        self._undoStateKept = False

    def keepUndoStateDuring(self, propagating: bool) -> None:
        """While slices follow one by one, the state before the first of them is what undo goes back to."""
        if propagating != self._propagating:
            self._propagating, self._undoStateKept = propagating, False

    def __call__(self, segmentationNode: Any, segmentId: str, labelmap: Any, begins: bool) -> bool:
        """Brings the segment to the label map inside its box, as far as masking lets it. Returns whether it is so then.

        What does not begin a mask belongs to the undo state of what did.
        """
        wanted = self._onSegmentGrid(segmentationNode, segmentId, labelmap)
        box, inside = box_of(wanted), voxels_of(wanted) > 0
        grid = image_to_world(wanted)
        there = self._voxels(segmentationNode, segmentId, wanted)
        changed = bounding_box(there != inside)
        if begins and not self._propagating:
            self._undoStateKept = False
        if changed.is_empty:
            return True
        if not self._undoStateKept:
            self._effect.saveStateForUndo()
            self._undoStateKept = True
        editor = slicer.qSlicerSegmentEditorAbstractEffect
        for voxels, mode in ((there & ~inside, editor.ModificationModeRemove), (inside & ~there, editor.ModificationModeAdd)):
            part = voxels[changed.slices]
            if part.any():
                self._modify(segmentationNode, segmentId, labelmap_of(part, changed.shifted(box.lower), grid), mode)
        return bool((self._voxels(segmentationNode, segmentId, wanted) == inside).all())

    def _modify(self, segmentationNode: Any, segmentId: str, labelmap: Any, mode: int) -> None:
        # The label map has the voxels of a box around what changes only, so that nothing else is touched or looked at.
        parameters = self._effect.parameterSetNode()
        if parameters.GetSegmentationNode() is segmentationNode and parameters.GetSelectedSegmentID() == segmentId:
            self._effect.modifySelectedSegmentByLabelmap(labelmap, mode)
        else:
            # The user has gone on to another segment in the meantime.
            self._effect.modifySegmentByLabelmap(segmentationNode, segmentId, labelmap, mode)

    @staticmethod
    def _onSegmentGrid(segmentationNode: Any, segmentId: str, labelmap: Any) -> Any:
        """The label map on the grid of the segmentation, in which the editor works."""
        segmentation = segmentationNode.GetSegmentation()
        reference = segmentation.GetConversionParameter(
            slicer.vtkSegmentationConverter.GetReferenceImageGeometryParameterName())
        if not reference:
            return labelmap
        grid = slicer.vtkOrientedImageData()
        slicer.vtkSegmentationConverter.DeserializeImageGeometry(reference, grid, False)
        if np.allclose(image_to_world(grid), image_to_world(labelmap), rtol=0, atol=1e-3):
            # The editor does nothing by intensity where the last digits differ.
            labelmap.SetImageToWorldMatrix(slicer.util.vtkMatrixFromArray(image_to_world(grid)))
            return labelmap
        return resampled(labelmap, grid)

    @staticmethod
    def _voxels(segmentationNode: Any, segmentId: str, like: Any) -> np.ndarray:
        """The segment in the box of the label map ``like``: bool, (k, j, i)."""
        box = box_of(like)
        found = np.zeros(box.shape, dtype=bool)
        there = segmentationNode.GetBinaryLabelmapInternalRepresentation(segmentId)
        if there is None or box_of(there).is_empty:
            return found
        if not np.allclose(image_to_world(there), image_to_world(like), atol=1e-4):
            there = resampled(there, empty_labelmap(box, image_to_world(like)))
        value = segmentationNode.GetSegmentation().GetSegment(segmentId).GetLabelValue()
        inner = box_of(there)
        part = box.common(inner)
        found[part.seen_from(box.lower).slices] = voxels_of(there)[part.seen_from(inner.lower).slices] == value
        return found
