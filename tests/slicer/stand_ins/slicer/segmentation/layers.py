"""The layers of a segmentation: label maps that segments share as long as they do not overlap."""
from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, Optional

import numpy as np
import vtk

from .converter import LABELMAP
from .oriented_image import empty_image, image_to_world, oriented_image, pad, vtkOrientedImageData, voxels
from .segment import vtkSegment


class Layers:
    """Part of vtkSegmentation."""

    _segments: Dict[str, vtkSegment]
    _watchedLayers: Optional[List[tuple]]

    def _layers(self) -> List[vtkOrientedImageData]:
        layers: List[vtkOrientedImageData] = []
        for segment in self._segments.values():
            layer = segment.GetRepresentation(LABELMAP)
            if layer is not None and not any(known is layer for known in layers):
                layers.append(layer)
        return layers

    def GetNumberOfLayers(self, representationName: str = "") -> int:
        return len(self._layers())

    def GetLayerIndex(self, segmentId: str, representationName: str = "") -> int:
        layer = self._segments[segmentId].GetRepresentation(LABELMAP)
        return next((n for n, known in enumerate(self._layers()) if known is layer), -1)

    def GetLayerDataObject(self, layer: int, representationName: str = "") -> Any:
        return self._layers()[layer]

    def GetSegmentIDsForLayer(self, layer: int, representationName: str = "") -> tuple:
        data = self._layers()[layer]
        return tuple(segmentId for segmentId, segment in self._segments.items() if segment.GetRepresentation(LABELMAP) is data)

    def IsSharedBinaryLabelmap(self, segmentId: str) -> bool:
        """As in the real one, in all versions: True for a segment that has its layer for itself."""
        return not self._sharing(segmentId)

    def _sharing(self, segmentId: str) -> List[str]:
        """Other segments in the same layer."""
        layer = self._segments[segmentId].GetRepresentation(LABELMAP)
        return [other for other, segment in self._segments.items()
                if other != segmentId and segment.GetRepresentation(LABELMAP) is layer]

    def SeparateSegmentLabelmap(self, segmentId: str) -> None:
        """Gives the segment a layer of its own. What is left of the other layer has its voxels at another place in memory."""
        if not self._sharing(segmentId):
            return
        segment = self._segments[segmentId]
        layer, label = segment.GetRepresentation(LABELMAP), segment.GetLabelValue()
        alone = voxels(layer) == label
        segment.AddRepresentation(LABELMAP, empty_image() if layer.IsEmpty() else oriented_image(
            alone.astype(np.uint8), image_to_world(layer), layer.GetExtent()[::2]))
        with self._layersUnwatched():
            if not layer.IsEmpty():
                layer.ShallowCopy(oriented_image(np.where(alone, 0, voxels(layer)), image_to_world(layer), layer.GetExtent()[::2]))
        segment.SetLabelValue(1)
        self.InvokeEvent(self.SourceRepresentationModified)
        self.InvokeEvent(self.RepresentationModified, segmentId)
        self.Modified()

    def CollapseBinaryLabelmaps(self, forceToSingleLayer: bool = False) -> None:
        """Puts segments that do not overlap into the first layer."""
        for segmentId in list(self._segments)[1:]:
            first = self._segments[self.GetNthSegmentID(0)].GetRepresentation(LABELMAP)
            segment = self._segments[segmentId]
            layer = segment.GetRepresentation(LABELMAP)
            if layer is first or layer.IsEmpty() or not np.allclose(image_to_world(first), image_to_world(layer)):
                continue
            pad(first, layer.GetExtent())
            pad(layer, first.GetExtent())
            inside = voxels(layer) == segment.GetLabelValue()
            if (voxels(first)[inside] > 0).any() and not forceToSingleLayer:
                continue
            taken = [other.GetLabelValue() for other in self._segments.values() if other.GetRepresentation(LABELMAP) is first]
            segment._fields()["LabelValue"] = max(taken) + 1
            voxels(first)[inside] = segment.GetLabelValue()
            segment.AddRepresentation(LABELMAP, first)

    def _sharedLayer(self) -> Optional[vtkOrientedImageData]:
        layers = self._layers()
        return layers[0] if layers else None

    # Changes

    def _watchLayers(self) -> None:
        if self._watchedLayers is None:
            return
        for layer, tag in self._watchedLayers:
            layer.RemoveObserver(tag)
        self._watchedLayers = [
            (layer, layer.AddObserver(vtk.vtkCommand.ModifiedEvent, lambda caller, event: self._layerModified())) for layer in self._layers()]

    def _layerModified(self) -> None:
        """Whoever changes a label map himself and says so: what was made of it is dropped."""
        for segment in self._segments.values():
            for name in [name for name in segment._representations if name != self._source]:
                segment.RemoveRepresentation(name)
        # Whether there was something to drop or not.
        self.InvokeEvent(self.ContainedRepresentationNamesModified)
        self.InvokeEvent(self.SourceRepresentationModified)

    @contextmanager
    def _layersUnwatched(self) -> Iterator[None]:
        """While Slicer's own functions are at work, which tell of it when they are done."""
        for layer, tag in self._watchedLayers or ():
            layer.RemoveObserver(tag)
        self._watchedLayers = None
        try:
            yield
        finally:
            self._watchedLayers = []
            self._watchLayers()
