"""Changing a segment by the rules of the Segment Editor: editable area, intensity range, and what may be overwritten."""
from __future__ import annotations

from typing import Any, List, Optional, Sequence

import numpy as np

from ..mrml.segmentation_node import vtkMRMLSegmentationNode
from ..segmentation.logic import resampledOrCut, vtkSlicerSegmentationsModuleLogic
from ..segmentation.oriented_image import image_to_world, intersection, oriented_image, part, vtkOrientedImageData

SET, ADD, REMOVE, REMOVE_ALL = range(4)


def modify(parameters: Any, segmentationNode: Any, segmentId: str, labelmap: vtkOrientedImageData, mode: int,
           extent: Optional[Sequence[int]], bypassMasking: bool) -> None:
    """Only voxels that the masking settings let be edited change; added voxels are taken from others as the overwrite mode says."""
    logic = vtkSlicerSegmentationsModuleLogic
    region = labelmap.GetExtent() if extent is None else intersection(labelmap.GetExtent(), extent)
    if region is None:
        return
    inside = part(labelmap, region) > 0
    if not bypassMasking:
        inside = inside & _editable(parameters, segmentationNode, labelmap, region)
    grid = image_to_world(labelmap)
    if mode == SET:
        logic.ClearSegment(segmentationNode, segmentId)
    if mode in (SET, ADD):
        image = oriented_image(inside.astype(np.uint8), grid, region[::2])
        others = [] if bypassMasking else _overwritten(parameters, segmentationNode, segmentId)
        logic.SetBinaryLabelmapToSegment(image, segmentationNode, segmentId, logic.MODE_MERGE_MASK, region, False, others)
        outside = oriented_image((~inside).astype(np.uint8), grid, region[::2])
        for other in others:
            logic.SetBinaryLabelmapToSegment(outside, segmentationNode, other, logic.MODE_MERGE_MIN, region, False, list(others) + [segmentId])
    else:
        image = oriented_image((~inside).astype(np.uint8), grid, region[::2])
        ids = [segmentId] if mode == REMOVE else segmentationNode.GetSegmentation().GetSegmentIDs()
        for one in ids:
            everyone = list(segmentationNode.GetSegmentation().GetSegmentIDs())
            logic.SetBinaryLabelmapToSegment(image, segmentationNode, one, logic.MODE_MERGE_MIN, region, False, everyone)


def _overwritten(parameters: Any, segmentationNode: Any, segmentId: str) -> List[str]:
    mode = parameters.GetOverwriteMode()
    ids = [other for other in segmentationNode.GetSegmentation().GetSegmentIDs() if other != segmentId]
    if mode == parameters.OverwriteNone:
        return []
    if mode == parameters.OverwriteVisibleSegments:
        return [other for other in ids if segmentationNode.GetDisplayNode().GetSegmentVisibility(other)]
    return ids


def _editable(parameters: Any, segmentationNode: Any, labelmap: vtkOrientedImageData, region: Sequence[int]) -> np.ndarray:
    grid = image_to_world(labelmap)
    area = _area(parameters, segmentationNode, grid, region)
    if parameters.GetSourceVolumeIntensityMask():
        source = vtkSlicerSegmentationsModuleLogic.CreateOrientedImageDataFromVolumeNode(parameters.GetSourceVolumeNode())
        low, high = parameters.GetSourceVolumeIntensityMaskRange()
        values = resampledOrCut(source, grid, region)
        area = area & (values >= low) & (values <= high)
    return area


def _area(parameters: Any, node: Any, grid: np.ndarray, region: Sequence[int]) -> np.ndarray:
    cls, mode = vtkMRMLSegmentationNode, parameters.GetMaskMode()
    ids = list(node.GetSegmentation().GetSegmentIDs())
    visible = [one for one in ids if node.GetDisplayNode() is None or node.GetDisplayNode().GetSegmentVisibility(one)]
    everywhere = np.ones([region[2 * axis + 1] - region[2 * axis] + 1 for axis in (2, 1, 0)], bool)
    if mode == cls.EditAllowedEverywhere:
        return everywhere
    if mode == cls.EditAllowedInsideSingleSegment:
        return _any(node, [parameters.GetMaskSegmentID()], grid, region)
    covered = _any(node, visible if mode in (cls.EditAllowedInsideVisibleSegments, cls.EditAllowedOutsideVisibleSegments) else ids, grid, region)
    return covered if mode in (cls.EditAllowedInsideAllSegments, cls.EditAllowedInsideVisibleSegments) else ~covered


def _any(node: Any, ids: Sequence[str], grid: np.ndarray, region: Sequence[int]) -> np.ndarray:
    covered = np.zeros([region[2 * axis + 1] - region[2 * axis] + 1 for axis in (2, 1, 0)], bool)
    for segmentId in ids:
        segment = node.GetSegmentation().GetSegment(segmentId)
        layer = node.GetBinaryLabelmapInternalRepresentation(segmentId)
        if layer is not None and not layer.IsEmpty():
            covered |= resampledOrCut(layer, grid, region) == segment.GetLabelValue()
    return covered
