"""vtkSegmentation: segments in order, and the representations made of them."""
from __future__ import annotations

import uuid
from typing import Any, Dict, List, Optional

import numpy as np
import vtk

from ..mrml.stand_in import StandIn
from .converter import LABELMAP, SURFACE, vtkSegmentationConverter
from .layers import Layers
from .oriented_image import cast_for, empty_image, image_to_world, oriented_image, voxels
from .segment import vtkSegment
from .surface import surface_of


class vtkSegmentation(Layers, StandIn, vtk.vtkObject):
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
        if shared is not None:
            taken = {other.GetLabelValue() for other in self._segments.values() if other.GetRepresentation(LABELMAP) is shared}
            segment.SetLabelValue(next(label for label in range(1, len(taken) + 2) if label not in taken))
            cast_for(shared, segment.GetLabelValue())
        segment.AddRepresentation(LABELMAP, shared if shared is not None else empty_image())
        newId = self.GenerateUniqueSegmentID(segmentId)
        return newId if self.AddSegment(segment, newId) else ""

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
        self._segments[newId] = segment
        self._watched[newId] = segment.AddObserver(vtk.vtkCommand.ModifiedEvent, lambda caller, event: self._segmentModified(newId))
        self._watchLayers()
        self.Modified()
        self.InvokeEvent(self.SegmentAdded, newId)
        return True

    def _segmentModified(self, segmentId: str) -> None:
        self.InvokeEvent(self.SegmentModified, segmentId)
        self._watchLayers()

    def RemoveSegment(self, segmentId: str) -> None:
        if segmentId not in self._segments:
            return
        self._segments[segmentId].RemoveObserver(self._watched.pop(segmentId))
        self.SeparateSegmentLabelmap(segmentId)
        del self._segments[segmentId]
        self._watchLayers()
        self.Modified()
        self.InvokeEvent(self.SegmentRemoved, segmentId)

    def RemoveAllSegments(self) -> None:
        """As the real one, which forgets the segments' ids before it would remove them one by one: nobody is told."""
        for segmentId, tag in self._watched.items():
            self._segments[segmentId].RemoveObserver(tag)
        self._watched.clear()
        self._segments.clear()

    def DeepCopy(self, other: "vtkSegmentation") -> None:
        """One segment after the other is there again; those that shared a layer share its copy."""
        self.RemoveAllSegments()
        self._source, self._parameters = other._source, dict(other._parameters)
        copies: Dict[Any, Any] = {}
        for segmentId, segment in other._segments.items():
            copy = vtkSegment()
            copy._copyFrom(segment._fields(), segment._tags, segment._representations, copies)
            self.AddSegment(copy, segmentId)

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
        layer = segment.GetRepresentation(LABELMAP)
        if not self._sharing(segmentId):
            layer.Initialize()
        elif not layer.IsEmpty():
            rest = np.where(voxels(layer) == segment.GetLabelValue(), 0, voxels(layer))
            layer.ShallowCopy(oriented_image(rest, image_to_world(layer), layer.GetExtent()[::2]))
        layer.Modified()

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
        for segment in self._segments.values():
            segment.RemoveRepresentation(name)
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
