"""vtkSegmentation: segments in order, their layers, and the representations made of them."""
from __future__ import annotations

import uuid
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, Optional

import numpy as np
import vtk

from ..mrml.stand_in import StandIn
from .converter import LABELMAP, SURFACE, vtkSegmentationConverter
from .oriented_image import empty_image, image_to_world, oriented_image, pad, vtkOrientedImageData, voxels
from .segment import vtkSegment
from .surface import surface_of

class vtkSegmentation(StandIn, vtk.vtkObject):
    """Events carry the segment's id."""

    def __init__(self) -> None:
        self._segments: Dict[str, vtkSegment] = {}
        self._watched: Dict[str, int] = {}
        self._parameters = {vtkSegmentationConverter.GetReferenceImageGeometryParameterName(): ""}
        self._named = 0
        self._surfaceConversions = 0
        self._source = LABELMAP
        # Label maps under watch, with the numbers of the observers; None while they are not.
        self._watchedLayers: Optional[List[tuple]] = []
        # Label maps that another source has displaced: what a conversion back gives.
        self._displaced: Dict[str, Any] = {}

    # Segments

    def AddEmptySegment(self, segmentId: str = "", segmentName: str = "", color: Any = None) -> str:
        segment = vtkSegment()
        if segmentName:
            segment.SetName(segmentName)
        if color is not None:
            segment.SetColor(color)
        shared = self._sharedLayer()
        segment.AddRepresentation(LABELMAP, shared if shared is not None else empty_image())
        newId = self.GenerateUniqueSegmentID(segmentId)
        return newId if self.AddSegment(segment, newId) else ""

    def _sharedLayer(self) -> Optional[vtkOrientedImageData]:
        layers = self._layers()
        return layers[0] if layers else None

    def GenerateUniqueSegmentID(self, segmentId: str = "") -> str:
        if not segmentId:
            return f"2.25.{uuid.uuid4().int}"
        number, candidate = 0, segmentId
        while candidate in self._segments:
            number += 1
            candidate = f"{segmentId}_{number}"
        return candidate

    def AddSegment(self, segment: vtkSegment, segmentId: str = "", insertBeforeSegmentId: str = "") -> bool:
        newId = segmentId or self.GenerateUniqueSegmentID()
        if newId in self._segments or segment is None:
            return False
        self._named += 1
        if not segment.GetName():
            segment.SetName(f"Segment_{self._named}")
            segment.SetColor(_generatedColor(self._named))
        sharing = [other for other in self._segments.values() if other.GetRepresentation(LABELMAP) is segment.GetRepresentation(LABELMAP)]
        taken = {other.GetLabelValue() for other in sharing}
        if segment.GetLabelValue() in taken:
            segment.SetLabelValue(max(taken) + 1)
        self._segments[newId] = segment
        self._watched[newId] = segment.AddObserver(vtk.vtkCommand.ModifiedEvent, lambda caller, event: self._segmentModified(newId))
        self._watchLayers()
        self.InvokeEvent(self.SegmentAdded, newId)
        self.Modified()
        return True

    def _segmentModified(self, segmentId: str) -> None:
        self.InvokeEvent(self.SegmentModified, segmentId)
        self._watchLayers()

    def _watchLayers(self) -> None:
        if self._watchedLayers is None:
            return
        for layer, tag in self._watchedLayers:
            layer.RemoveObserver(tag)
        self._watchedLayers = [
            (layer, layer.AddObserver(vtk.vtkCommand.ModifiedEvent, lambda caller, event: self._layerModified())) for layer in self._layers()]

    def _layerModified(self) -> None:
        """Whoever changes a label map himself and says so: what was made of it is dropped."""
        for name in {name for segment in self._segments.values() for name in segment._representations} - {self._source}:
            self.RemoveRepresentation(name)
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

    def RemoveSegment(self, segmentId: str) -> None:
        segment = self._segments.pop(segmentId, None)
        if segment is None:
            return
        segment.RemoveObserver(self._watched.pop(segmentId))
        layer = segment.GetRepresentation(LABELMAP)
        if any(other.GetRepresentation(LABELMAP) is layer for other in self._segments.values()):
            array = voxels(layer)
            array[array == segment.GetLabelValue()] = 0
        self._watchLayers()
        self.InvokeEvent(self.SegmentRemoved, segmentId)
        self.Modified()

    def RemoveAllSegments(self) -> None:
        for segmentId in list(self._segments):
            self.RemoveSegment(segmentId)

    def GetSegment(self, segmentId: str) -> Optional[vtkSegment]:
        if not isinstance(segmentId, str):
            raise TypeError(f"GetSegment({segmentId!r}): a string is required")
        return self._segments.get(segmentId)

    def GetNthSegment(self, n: int) -> Optional[vtkSegment]:
        return self._segments.get(self.GetNthSegmentID(n))

    def GetNthSegmentID(self, n: int) -> str:
        ids = list(self._segments)
        return ids[n] if 0 <= n < len(ids) else ""

    def GetNumberOfSegments(self) -> int:
        return len(self._segments)

    def GetSegmentIDs(self, output: Any = None) -> Any:
        if output is None:
            return tuple(self._segments)
        if isinstance(output, vtk.vtkStringArray):
            output.Reset()
            for segmentId in self._segments:
                output.InsertNextValue(segmentId)
        else:
            output[:] = list(self._segments)
        return None

    def GetSegmentIdBySegmentName(self, name: str) -> str:
        return next((segmentId for segmentId, segment in self._segments.items() if segment.GetName().lower() == name.lower()), "")

    def GetSegmentIdBySegment(self, segment: vtkSegment) -> str:
        return next((segmentId for segmentId, known in self._segments.items() if known is segment), "")

    def GetSegmentIndex(self, segmentId: str) -> int:
        return list(self._segments).index(segmentId) if segmentId in self._segments else -1

    def ClearSegment(self, segmentId: str) -> None:
        segment = self._segments[segmentId]
        array = voxels(segment.GetRepresentation(LABELMAP))
        array[array == segment.GetLabelValue()] = 0
        self._representationModified(segmentId)

    # Layers

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
        return len(self._sharing(segmentId)) > 0

    def _sharing(self, segmentId: str) -> List[str]:
        """Other segments in the same layer."""
        layer = self._segments[segmentId].GetRepresentation(LABELMAP)
        return [other for other, segment in self._segments.items()
                if other != segmentId and segment.GetRepresentation(LABELMAP) is layer]

    def SeparateSegmentLabelmap(self, segmentId: str) -> None:
        """Gives the segment a layer of its own."""
        if not self._sharing(segmentId):
            return
        segment = self._segments[segmentId]
        layer, label = segment.GetRepresentation(LABELMAP), segment.GetLabelValue()
        own = empty_image() if layer.IsEmpty() else oriented_image(
            (voxels(layer) == label).astype(np.uint8), image_to_world(layer), layer.GetExtent()[::2])
        if not layer.IsEmpty():
            voxels(layer)[voxels(layer) == label] = 0
        segment._fields()["LabelValue"] = 1
        segment.AddRepresentation(LABELMAP, own)

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

    # Representations

    def GetSourceRepresentationName(self) -> str:
        return self._source

    def SetSourceRepresentationName(self, name: str) -> None:
        """All other representations are gone then."""
        if name == self._source:
            return
        self._source = name
        for segmentId, segment in self._segments.items():
            if name != LABELMAP and segment.GetRepresentation(LABELMAP) is not None:
                self._displaced[segmentId] = segment.GetRepresentation(LABELMAP)
            for other in [kind for kind in segment._representations if kind != name]:
                segment.RemoveRepresentation(other)
        self.InvokeEvent(self.ContainedRepresentationNamesModified)
        self.Modified()
        self.InvokeEvent(self.SourceRepresentationModified)

    def ContainsRepresentation(self, name: str) -> bool:
        return bool(self._segments) and all(segment.GetRepresentation(name) is not None for segment in self._segments.values())

    def CreateRepresentation(self, name: str, alwaysConvert: bool = False) -> bool:
        if name == LABELMAP:
            for segmentId, segment in self._segments.items():
                if segment.GetRepresentation(LABELMAP) is None:
                    segment.AddRepresentation(LABELMAP, self._displaced.pop(segmentId))
            self.InvokeEvent(self.ContainedRepresentationNamesModified)
            return True
        if name != SURFACE:
            return False
        for segmentId, segment in self._segments.items():
            if alwaysConvert or segment.GetRepresentation(SURFACE) is None:
                self._convert(segmentId)
        self.InvokeEvent(self.ContainedRepresentationNamesModified)
        return True

    def _convert(self, segmentId: str) -> None:
        """Closed surface of one segment, counted: this is what takes the time in a real scene."""
        self._surfaceConversions += 1
        segment = self._segments[segmentId]
        segment.AddRepresentation(SURFACE, surface_of(segment.GetRepresentation(LABELMAP), segment.GetLabelValue()))
        self.InvokeEvent(self.RepresentationModified, segmentId)

    def RemoveRepresentation(self, name: str) -> None:
        removed = [segment.RemoveRepresentation(name) for segment in self._segments.values()]
        if any(removed):
            self.InvokeEvent(self.ContainedRepresentationNamesModified)

    def GetSegmentRepresentation(self, segmentId: str, name: str) -> Any:
        return self._segments[segmentId].GetRepresentation(name)

    def GetContainedRepresentationNames(self, names: list) -> None:
        first = self.GetNthSegment(0)
        names[:] = sorted(first._representations) if first is not None else []

    def SetConversionParameter(self, name: str, value: str) -> None:
        self._parameters[name] = value

    def GetConversionParameter(self, name: str) -> str:
        return self._parameters.get(name, "")

    def _representationModified(self, segmentId: str) -> None:
        """After a change of voxels: surfaces that are present follow, as in the real one."""
        for affected in [segmentId]:
            self.InvokeEvent(self.SourceRepresentationModified, affected)
            segment = self._segments[affected]
            if segment.GetRepresentation(SURFACE) is not None:
                self._convert(affected)
            segment.Modified()


def _generatedColor(n: int) -> tuple:
    return ((0.5, 0.68, 0.5), (0.95, 0.84, 0.57), (0.69, 0.48, 0.4), (0.44, 0.72, 0.82))[(n - 1) % 4]
