"""vtkMRMLSegmentationNode and how it is shown."""
from __future__ import annotations

from typing import Any, Dict

import numpy as np
import vtk

from ..segmentation.oriented_image import image_to_world, oriented_image, set_image_to_world, vtkOrientedImageData, voxels
from ..segmentation.segment import vtkSegment
from ..segmentation.converter import LABELMAP, SURFACE, vtkSegmentationConverter
from ..segmentation.segmentation import vtkSegmentation
from .transform import vtkMRMLTransformNode
from .volume import _array
from .storable import vtkMRMLDisplayableNode, vtkMRMLDisplayNode


class vtkMRMLSegmentationDisplayNode(vtkMRMLDisplayNode):
    FIELDS = {"Visibility2DFill": True, "Visibility2DOutline": True, "Opacity2DFill": 0.5, "Opacity2DOutline": 1.0, "Opacity3D": 1.0,
              "PreferredDisplayRepresentationName2D": None, "PreferredDisplayRepresentationName3D": None}

    def _setUp(self) -> None:
        super()._setUp()
        self._segments: Dict[str, dict] = {}

    def _of(self, segmentId: str) -> dict:
        return self._segments.setdefault(segmentId, {"visible": True, "visible3D": True, "fill": True, "outline": True, "opacity": 1.0,
                                                     "opacity2DFill": 1.0, "opacity2DOutline": 1.0, "opacity3D": 1.0})

    def _set(self, segmentId: str, **values: Any) -> None:
        self._of(segmentId).update(values)
        self.Modified()

    def SetSegmentVisibility(self, segmentId: str, visible: bool) -> None:
        self._set(segmentId, visible=bool(visible))

    def GetSegmentVisibility(self, segmentId: str) -> bool:
        return self._of(segmentId)["visible"]

    def SetSegmentVisibility3D(self, segmentId: str, visible: bool) -> None:
        self._set(segmentId, visible3D=bool(visible))

    def GetSegmentVisibility3D(self, segmentId: str) -> bool:
        return self._of(segmentId)["visible3D"]

    def SetSegmentVisibility2DFill(self, segmentId: str, visible: bool) -> None:
        self._set(segmentId, fill=bool(visible))

    def SetSegmentVisibility2DOutline(self, segmentId: str, visible: bool) -> None:
        self._set(segmentId, outline=bool(visible))

    def SetSegmentOpacity(self, segmentId: str, opacity: float) -> None:
        self._set(segmentId, opacity2DFill=opacity, opacity2DOutline=opacity, opacity3D=opacity)

    def SetSegmentOpacity2DFill(self, segmentId: str, opacity: float) -> None:
        self._set(segmentId, opacity2DFill=opacity)

    def SetSegmentOpacity2DOutline(self, segmentId: str, opacity: float) -> None:
        self._set(segmentId, opacity2DOutline=opacity)

    def SetSegmentOpacity3D(self, segmentId: str, opacity: float) -> None:
        self._set(segmentId, opacity3D=opacity)

    def _ids(self) -> tuple:
        node = self.GetDisplayableNode()
        return node.GetSegmentation().GetSegmentIDs() if node is not None else ()

    def SetAllSegmentsVisibility(self, visible: bool) -> None:
        for segmentId in self._ids():
            self._of(segmentId)["visible"] = bool(visible)
        self.Modified()

    def GetVisibleSegmentIDs(self, output: Any = None) -> Any:
        visible = [segmentId for segmentId in self._ids() if self._of(segmentId)["visible"]]
        if output is None:
            return tuple(visible)
        output.Reset()
        for segmentId in visible:
            output.InsertNextValue(segmentId)
        return None


class vtkMRMLSegmentationNode(vtkMRMLDisplayableNode):
    """Invokes the events of its vtkSegmentation again as its own."""

    _DISPLAY_CLASS = "vtkMRMLSegmentationDisplayNode"
    _STORAGE_CLASS = "vtkMRMLSegmentationStorageNode"

    def _setUp(self) -> None:
        super()._setUp()
        self._segmentation, self._tags = None, []
        self.SetAndObserveSegmentation(vtkSegmentation())

    def SetAndObserveSegmentation(self, segmentation: vtkSegmentation) -> None:
        if segmentation is self._segmentation:
            return
        for tag in self._tags:
            self._segmentation.RemoveObserver(tag)
        self._segmentation = segmentation
        self._tags = [segmentation.AddObserver(event, self._forwarder(event)) for event in (
            vtkSegmentation.SourceRepresentationModified, vtkSegmentation.RepresentationModified, vtkSegmentation.SegmentAdded,
            vtkSegmentation.SegmentRemoved, vtkSegmentation.SegmentModified)]
        event = vtkSegmentation.ContainedRepresentationNamesModified
        self._tags.append(segmentation.AddObserver(event, lambda caller, name: self.InvokeCustomModifiedEvent(event)))
        self.InvokeCustomModifiedEvent(self.SegmentationChangedEvent)

    def CopyContent(self, node: Any, deepCopy: bool = True) -> None:
        if deepCopy:
            self._segmentation.DeepCopy(node._segmentation)
        else:
            self.SetAndObserveSegmentation(node._segmentation)
        self.Modified()

    def _forwarder(self, event: int) -> Any:
        def forward(caller, name, segmentId=None):
            self.InvokeCustomModifiedEvent(event, segmentId)
            if event == vtkSegmentation.SegmentAdded and self.GetDisplayNode() is not None:
                self.GetDisplayNode()._of(segmentId)

        forward.CallDataType = vtk.VTK_STRING
        return forward

    def GetSegmentation(self) -> vtkSegmentation:
        return self._segmentation

    def RemoveSegment(self, segmentId: str) -> None:
        self._segmentation.RemoveSegment(segmentId)

    @staticmethod
    def GetReferenceImageGeometryReferenceRole() -> str:
        return "referenceImageGeometryRef"

    def SetReferenceImageGeometryParameterFromVolumeNode(self, volume: Any) -> None:
        if volume is None or volume.GetImageData() is None:
            return
        self.SetNodeReferenceID(self.GetReferenceImageGeometryReferenceRole(), volume.GetID())
        image = vtkOrientedImageData()
        image.SetExtent(volume.GetImageData().GetExtent())
        # As seen from here: the parent transforms are part of it.
        between = vtk.vtkMatrix4x4()
        vtkMRMLTransformNode.GetMatrixTransformBetweenNodes(volume.GetParentTransformNode(), self.GetParentTransformNode(), between)
        set_image_to_world(image, _array(between) @ volume._ijkToRas)
        self._segmentation.SetConversionParameter("Reference image geometry", vtkSegmentationConverter.SerializeImageGeometry(image))
        self.InvokeCustomModifiedEvent(self.ReferenceImageGeometryChangedEvent)

    # Representations

    def SetSourceRepresentationToBinaryLabelmap(self) -> bool:
        self._segmentation.CreateRepresentation(LABELMAP)
        self._segmentation.SetSourceRepresentationName(LABELMAP)
        return True

    SetMasterRepresentationToBinaryLabelmap = SetSourceRepresentationToBinaryLabelmap

    def CreateBinaryLabelmapRepresentation(self) -> bool:
        return self._segmentation.CreateRepresentation(LABELMAP)

    def CreateClosedSurfaceRepresentation(self) -> bool:
        return self._segmentation.CreateRepresentation(SURFACE)

    def RemoveClosedSurfaceRepresentation(self) -> None:
        self._segmentation.RemoveRepresentation(SURFACE)

    def GetBinaryLabelmapInternalRepresentation(self, segmentId: str) -> Any:
        segment = self._segmentation.GetSegment(segmentId)
        return segment.GetRepresentation(LABELMAP) if segment is not None else None

    def GetBinaryLabelmapRepresentation(self, segmentId: str, output: vtkOrientedImageData) -> bool:
        """The segment alone, as 0 and 1, in its layer's geometry."""
        segment = self._segmentation.GetSegment(segmentId)
        if segment is None:
            return False
        layer = segment.GetRepresentation(LABELMAP)
        if layer.IsEmpty():
            output.Initialize()
            return True
        alone = (voxels(layer) == segment.GetLabelValue()).astype(np.uint8)
        output.DeepCopy(oriented_image(alone, image_to_world(layer), layer.GetExtent()[::2]))
        return True

    def GetClosedSurfaceInternalRepresentation(self, segmentId: str) -> Any:
        segment = self._segmentation.GetSegment(segmentId)
        return segment.GetRepresentation(SURFACE) if segment is not None else None

    def GetClosedSurfaceRepresentation(self, segmentId: str, output: vtk.vtkPolyData) -> bool:
        surface = self.GetClosedSurfaceInternalRepresentation(segmentId)
        if surface is None:
            return False
        output.DeepCopy(surface)
        return True

    def AddSegmentFromBinaryLabelmapRepresentation(self, image: vtkOrientedImageData, name: str = "", color: Any = None, segmentId: str = "") -> str:
        segment = vtkSegment()
        if name:
            segment.SetName(name)
        if color is not None:
            segment.SetColor(color)
        own = vtkOrientedImageData()
        own.DeepCopy(image)
        segment.AddRepresentation(LABELMAP, own)
        newId = self._segmentation.GenerateUniqueSegmentID(segmentId)
        return newId if self._segmentation.AddSegment(segment, newId) else ""

    def GetSegmentCenterRAS(self, segmentId: str, output: Any = None) -> Any:
        segment = self._segmentation.GetSegment(segmentId)
        layer = segment.GetRepresentation(LABELMAP)
        found = np.argwhere(voxels(layer) == segment.GetLabelValue())
        if not len(found):
            return None
        middle = ((found.min(axis=0) + found.max(axis=0)) // 2)[::-1] + np.array(layer.GetExtent()[::2])
        own = image_to_world(layer)
        center = self._worldTransform().TransformPoint((own[:3, :3] @ middle + own[:3, 3]).tolist())
        if output is None:
            return tuple(center)
        output[0:3] = list(center)
        return None

    def ApplyTransform(self, transform: vtk.vtkAbstractTransform) -> None:
        from ..segmentation.resample import vtkOrientedImageDataResample

        for layer in self._segmentation._layers():
            vtkOrientedImageDataResample.TransformOrientedImage(layer, transform)

    # Files

    def _saved(self) -> dict:
        layers = self._segmentation._layers()
        return {
            "parameters": dict(self._segmentation._parameters),
            "layers": [None if layer.IsEmpty() else (voxels(layer).copy(), image_to_world(layer), layer.GetExtent()) for layer in layers],
            "segments": [(segmentId, self._segmentation.GetLayerIndex(segmentId), dict(segment._fields()), dict(segment._tags))
                         for segmentId, segment in self._segmentation._segments.items()],
            "surface": self._segmentation.ContainsRepresentation(SURFACE),
        }

    def _restore(self, saved: dict) -> None:
        from ..segmentation.oriented_image import empty_image

        self._segmentation.RemoveAllSegments()
        self._segmentation._parameters = dict(saved["parameters"])
        layers = [empty_image() if layer is None else oriented_image(layer[0], layer[1], layer[2][::2]) for layer in saved["layers"]]
        for segmentId, layer, fields, tags in saved["segments"]:
            segment = vtkSegment()
            segment._fields().update(fields)
            segment._tags = dict(tags)
            segment.AddRepresentation(LABELMAP, layers[layer])
            self._segmentation.AddSegment(segment, segmentId)
        if saved["surface"]:
            self._segmentation.CreateRepresentation(SURFACE)
