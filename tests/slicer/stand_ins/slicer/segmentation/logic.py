"""vtkSlicerSegmentationsModuleLogic: moving labelmaps between segments, volumes and arrays."""
from __future__ import annotations

from typing import Any, Iterable, List, Optional, Sequence

import numpy as np
import vtk
from vtk.util.numpy_support import numpy_to_vtk

from ..mrml.roi import _matrix
from ..mrml.stand_in import StandIn
from .oriented_image import (grow, image_to_world, intersection, oriented_image, pad, part, resampled, same_lattice, set_image_to_world, shrink,
                             vtkOrientedImageData, voxels)
from .converter import LABELMAP, SURFACE


class vtkSlicerSegmentationsModuleLogic(StandIn, vtk.vtkObject):
    """Most calls are static."""

    @staticmethod
    def SetBinaryLabelmapToSegment(labelmap: vtkOrientedImageData, segmentationNode: Any, segmentId: str, mergeMode: int = 0,
                                   extent: Optional[Sequence[int]] = None, minimumOfAllSegments: bool = False,
                                   segmentIdsToOverwrite: Iterable[str] = ()) -> bool:
        """Inside the extent (default: the labelmap's) MIN clears what is 0, MASK adds what is above 0, REPLACE makes it the segment.

        As in the real one, MAX writes the values of the labelmap as they are: in a shared layer 1 is another segment. A segment
        that would cover others of its layer goes to a layer of its own, unless these are to be overwritten; segments of other
        layers are never looked at. A labelmap on another lattice takes the whole layer to its lattice.
        """
        cls = vtkSlicerSegmentationsModuleLogic
        if not isinstance(labelmap, vtkOrientedImageData) or segmentationNode is None:
            raise TypeError("SetBinaryLabelmapToSegment() needs a vtkOrientedImageData and a segmentation node")
        segmentation = segmentationNode.GetSegmentation()
        segment = segmentation.GetSegment(segmentId)
        if segment is None or labelmap.GetPointData().GetScalars() is None:
            return False
        region = intersection(labelmap.GetExtent(), extent) if extent is not None else tuple(labelmap.GetExtent())
        if region is None:
            return True
        _separate(segmentation, segmentId, labelmap, region, set(segmentIdsToOverwrite))
        with segmentation._layersUnwatched():
            changed = cls._change(segmentation, segmentId, labelmap, region, mergeMode, minimumOfAllSegments)
        if changed:
            segmentation._representationModified(segmentId)
        return True

    @staticmethod
    def _change(segmentation: Any, segmentId: str, labelmap: vtkOrientedImageData, region: Sequence[int], mergeMode: int,
                minimumOfAllSegments: bool) -> bool:
        """Returns whether the layer is another than before."""
        cls, segment = vtkSlicerSegmentationsModuleLogic, segmentation.GetSegment(segmentId)
        layer, shared = segment.GetRepresentation(LABELMAP), segmentation._sharing(segmentId)
        if layer.IsEmpty():
            if mergeMode == cls.MODE_MERGE_MIN:
                return False
            mergeMode = cls.MODE_REPLACE
        changed = mergeMode == cls.MODE_REPLACE
        if mergeMode == cls.MODE_REPLACE and not shared:
            whole = part(labelmap, region)
            label = segment.GetLabelValue()
            labelled = whole if label == 1 else ((whole > 0) * label).astype(whole.dtype)
            layer.DeepCopy(oriented_image(labelled, image_to_world(labelmap), region[::2]))
        else:
            if mergeMode == cls.MODE_REPLACE:
                voxels(layer)[voxels(layer) == segment.GetLabelValue()] = 0
                mergeMode = cls.MODE_MERGE_MASK
            if not layer.IsEmpty() and not same_lattice(layer, labelmap):
                changed = True
                layer.DeepCopy(_onLattice(layer, labelmap))
            elif layer.IsEmpty():
                set_image_to_world(layer, image_to_world(labelmap))
            changed |= _merge(layer, segment.GetLabelValue(), part(labelmap, region), region, mergeMode, minimumOfAllSegments)
        shrink(layer)
        return changed

    @staticmethod
    def CreateOrientedImageDataFromVolumeNode(volume: Any, transform: Any = None) -> vtkOrientedImageData:
        image = vtkOrientedImageData()
        image.ShallowCopy(volume.GetImageData())
        set_image_to_world(image, volume._ijkToRas)
        return image

    @staticmethod
    def CopyOrientedImageDataToVolumeNode(image: vtkOrientedImageData, volume: Any, shallowCopy: bool = True, shiftImageDataExtentToZeroStart: bool = True) -> bool:
        array = voxels(image)
        plain = vtk.vtkImageData()
        plain.SetDimensions(array.shape[::-1])
        plain.GetPointData().SetScalars(numpy_to_vtk(array.ravel(), deep=True))
        whole = image_to_world(image)
        whole[:3, 3] += whole[:3, :3] @ np.array(image.GetExtent()[::2])
        volume.SetIJKToRASMatrix(_matrix(whole))
        volume.SetAndObserveImageData(plain)
        return True

    @staticmethod
    def ExportSegmentsToLabelmapNode(segmentationNode: Any, ids: Any, labelmapNode: Any, referenceVolume: Any = None, extentMode: int = 0) -> bool:
        """Labels 1, 2 … in the order of the ids, in the geometry of the reference volume."""
        wanted = _strings(ids)
        reference = referenceVolume or segmentationNode.GetNodeReference(segmentationNode.GetReferenceImageGeometryReferenceRole())
        if reference is None or reference.GetImageData() is None:
            return False
        matrix = vtk.vtkMatrix4x4()
        type(segmentationNode.GetParentTransformNode() or _anyTransform()).GetMatrixTransformBetweenNodes(
            reference.GetParentTransformNode(), segmentationNode.GetParentTransformNode(), matrix)
        from ..mrml.volume import _array

        whole = _array(matrix) @ reference._ijkToRas
        extent = reference.GetImageData().GetExtent()
        labels = np.zeros(reference.GetImageData().GetDimensions()[::-1], np.int16)
        for label, segmentId in enumerate(wanted, 1):
            segment = segmentationNode.GetSegmentation().GetSegment(segmentId)
            layer = segment.GetRepresentation(LABELMAP)
            if not layer.IsEmpty():
                labels[resampledOrCut(layer, whole, extent) == segment.GetLabelValue()] = label
        image = vtk.vtkImageData()
        image.SetDimensions(labels.shape[::-1])
        image.GetPointData().SetScalars(numpy_to_vtk(labels.ravel(), deep=True))
        labelmapNode.SetAndObserveTransformNodeID(reference.GetTransformNodeID())
        labelmapNode.SetIJKToRASMatrix(_matrix(reference._ijkToRas))
        labelmapNode.SetAndObserveImageData(image)
        return True

    @staticmethod
    def ExportVisibleSegmentsToLabelmapNode(segmentationNode: Any, labelmapNode: Any, referenceVolume: Any = None, extentMode: int = 0) -> bool:
        ids = segmentationNode.GetDisplayNode().GetVisibleSegmentIDs()
        return vtkSlicerSegmentationsModuleLogic.ExportSegmentsToLabelmapNode(segmentationNode, list(ids), labelmapNode, referenceVolume)

    @staticmethod
    def ExportAllSegmentsToLabelmapNode(segmentationNode: Any, labelmapNode: Any, extentMode: int = 0) -> bool:
        ids = segmentationNode.GetSegmentation().GetSegmentIDs()
        return vtkSlicerSegmentationsModuleLogic.ExportSegmentsToLabelmapNode(segmentationNode, list(ids), labelmapNode)

    @staticmethod
    def ImportLabelmapToSegmentationNode(labelmapNode: Any, segmentationNode: Any, ids: Any = None) -> bool:
        """With ids, label n becomes the nth segment, in a layer of its own that is as large as the volume; a segment that is
        missing is created with that id, silently. Without, each label becomes a segment."""
        source = vtkSlicerSegmentationsModuleLogic.CreateOrientedImageDataFromVolumeNode(labelmapNode)
        segmentation = segmentationNode.GetSegmentation()
        wanted = _strings(ids) if isinstance(ids, (vtk.vtkStringArray, list, tuple)) else []
        labels = range(1, len(wanted) + 1) if wanted else [int(label) for label in np.unique(voxels(source)) if label > 0]
        for n, label in enumerate(labels):
            segmentId = wanted[n] if wanted else ""
            if segmentation.GetSegment(segmentId) is None:
                segmentId = segmentation.AddEmptySegment(segmentId, segmentId)
            segmentation.ClearSegment(segmentId)
            segmentation.GetSegment(segmentId).SetLabelValue(label)
            segmentation.GetSegment(segmentId).AddRepresentation(LABELMAP, source)
        return True

    @staticmethod
    def GetSegmentBinaryLabelmapRepresentation(segmentationNode: Any, segmentId: str, output: vtkOrientedImageData,
                                               applyParentTransform: bool = True) -> bool:
        return segmentationNode.GetBinaryLabelmapRepresentation(segmentId, output)

    @staticmethod
    def ClearSegment(segmentationNode: Any, segmentId: str) -> bool:
        segmentationNode.GetSegmentation().ClearSegment(segmentId)
        return True

    @staticmethod
    def GetAllLabelValues(labels: vtk.vtkIntArray, labelmap: vtk.vtkImageData) -> None:
        labels.Reset()
        for label in np.unique(voxels(labelmap)):
            if label > 0:
                labels.InsertNextValue(int(label))

    @staticmethod
    def CreateRepresentationForOneSegment(segmentation: Any, segmentId: str, name: str) -> bool:
        if name == SURFACE:
            segmentation._convert(segmentId)
        return True


def _anyTransform() -> Any:
    from ..mrml.transform import vtkMRMLTransformNode

    return vtkMRMLTransformNode()


def _strings(ids: Any) -> List[str]:
    return [ids.GetValue(n) for n in range(ids.GetNumberOfValues())] if isinstance(ids, vtk.vtkStringArray) else list(ids or ())


def resampledOrCut(layer: vtkOrientedImageData, whole: np.ndarray, extent: Sequence[int]) -> np.ndarray:
    """The layer on another grid; on the same lattice without interpolation."""
    if not np.allclose(image_to_world(layer), whole, atol=1e-4):
        return resampled(layer, whole, extent)
    cut = np.zeros([extent[2 * axis + 1] - extent[2 * axis] + 1 for axis in (2, 1, 0)], voxels(layer).dtype)
    common = intersection(layer.GetExtent(), extent)
    if common is not None:
        target = cut[common[4] - extent[4]:common[5] - extent[4] + 1, common[2] - extent[2]:common[3] - extent[2] + 1,
                     common[0] - extent[0]:common[1] - extent[0] + 1]
        target[...] = part(layer, common)
    return cut


def _onLattice(labelmap: vtkOrientedImageData, layer: vtkOrientedImageData) -> vtkOrientedImageData:
    """The labelmap on the layer's lattice, as large as it is."""
    whole = image_to_world(layer)
    toLayer = np.linalg.inv(whole) @ image_to_world(labelmap)
    own = labelmap.GetExtent()
    corners = np.array([[own[0 + (n & 1)], own[2 + (n >> 1 & 1)], own[4 + (n >> 2 & 1)]] for n in range(8)])
    index = corners @ toLayer[:3, :3].T + toLayer[:3, 3]
    low, high = np.floor(index.min(axis=0)).astype(int), np.ceil(index.max(axis=0)).astype(int)
    extent = tuple(int(value) for pair in zip(low, high) for value in pair)
    return oriented_image(resampled(labelmap, whole, extent), whole, extent[::2])


def _separate(segmentation: Any, segmentId: str, labelmap: vtkOrientedImageData, region: Sequence[int], overwrite: set) -> None:
    """Out of the shared layer, when the labelmap lies over voxels of others that are not to be overwritten."""
    layer = segmentation.GetSegment(segmentId).GetRepresentation(LABELMAP)
    kept = [segmentation.GetSegment(other).GetLabelValue() for other in segmentation._sharing(segmentId) if other not in overwrite]
    if not kept or layer.IsEmpty():
        return
    under = resampledOrCut(layer, image_to_world(labelmap), region)[part(labelmap, region) > 0]
    if np.isin(under, kept).any():
        segmentation.SeparateSegmentLabelmap(segmentId)


def _merge(layer: vtkOrientedImageData, label: int, values: np.ndarray, region: Sequence[int], mode: int, minimumOfAll: bool) -> bool:
    """Returns whether a voxel changed."""
    cls = vtkSlicerSegmentationsModuleLogic
    grow(layer, region)
    target = part(layer, region)
    if mode == cls.MODE_MERGE_MIN:
        wanted, where = 0, (values == 0) & (minimumOfAll | (target == label))
    elif mode == cls.MODE_MERGE_MASK:
        wanted, where = label, values > 0
    else:
        where = values > target
        wanted = values[where].astype(target.dtype)
    changed = bool((target[where] != wanted).any())
    target[where] = wanted
    return changed
