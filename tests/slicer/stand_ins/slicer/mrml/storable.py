"""Nodes that can be saved to files of their own, moved by transforms, and shown."""
from __future__ import annotations

from typing import Any, Optional

import vtk

from .node import vtkMRMLNode


class vtkMRMLStorageNode(vtkMRMLNode):
    FIELDS = {"FileName": None}


class vtkMRMLVolumeArchetypeStorageNode(vtkMRMLStorageNode):
    pass


class vtkMRMLSegmentationStorageNode(vtkMRMLStorageNode):
    pass


class vtkMRMLMarkupsStorageNode(vtkMRMLStorageNode):
    pass


class vtkMRMLMarkupsJsonStorageNode(vtkMRMLMarkupsStorageNode):
    pass


class vtkMRMLStorableNode(vtkMRMLNode):
    _STORAGE_CLASS = ""

    def GetStorageNode(self) -> Any:
        return self.GetNodeReference("storage")

    def GetStorageNodeID(self) -> Optional[str]:
        return self.GetNodeReferenceID("storage")

    def SetAndObserveStorageNodeID(self, nodeId: Optional[str]) -> None:
        self.SetNodeReferenceID("storage", nodeId)

    def AddDefaultStorageNode(self, filename: str = "") -> bool:
        if self.GetStorageNode() is None and self._STORAGE_CLASS and self._scene is not None:
            self.SetNodeReferenceID("storage", self._scene.AddNewNodeByClass(self._STORAGE_CLASS).GetID())
        return True

    def StorableModified(self) -> None:
        self.Modified()


class vtkMRMLTransformableNode(vtkMRMLStorableNode):
    """The parent transform is the reference "transform"; its changes come as TransformModifiedEvent."""

    def _setUp(self) -> None:
        super()._setUp()
        self._parentObservation: Any = None

    def GetParentTransformNode(self) -> Any:
        return self.GetNodeReference("transform")

    def GetTransformNodeID(self) -> Optional[str]:
        return self.GetNodeReferenceID("transform")

    def SetAndObserveTransformNodeID(self, nodeId: Optional[str]) -> bool:
        self.SetNodeReferenceID("transform", nodeId)
        return True

    def _referenceChanged(self, role: str) -> None:
        super()._referenceChanged(role)
        if role != "transform":
            return
        if self._parentObservation is not None:
            self._parentObservation[0].RemoveObserver(self._parentObservation[1])
            self._parentObservation = None
        parent = self.GetParentTransformNode()
        if parent is not None:
            tag = parent.AddObserver(self.TransformModifiedEvent, lambda caller, event: self._parentMoved())
            self._parentObservation = (parent, tag)
        self._parentMoved()

    def _parentMoved(self) -> None:
        self.InvokeCustomModifiedEvent(self.TransformModifiedEvent)

    def TransformPointToWorld(self, local: Any, world: Any) -> None:
        self._transformPoint(local, world, toWorld=True)

    def TransformPointFromWorld(self, world: Any, local: Any) -> None:
        self._transformPoint(world, local, toWorld=False)

    def _transformPoint(self, point: Any, moved: Any, toWorld: bool) -> None:
        moved[0:3] = self._worldTransform(toWorld).TransformPoint(point)

    def _worldTransform(self, toWorld: bool = True) -> vtk.vtkGeneralTransform:
        """From the node's own frame to the world, or back."""
        from .transform import vtkMRMLTransformNode

        transform = vtk.vtkGeneralTransform()
        parent = self.GetParentTransformNode()
        ends = (parent, None) if toWorld else (None, parent)
        vtkMRMLTransformNode.GetTransformBetweenNodes(*ends, transform)
        return transform

    def HardenTransform(self) -> bool:
        parent = self.GetParentTransformNode()
        if parent is not None:
            self.ApplyTransform(self._worldTransform())
            self.SetAndObserveTransformNodeID(None)
        return True


class vtkMRMLDisplayableNode(vtkMRMLTransformableNode):
    _DISPLAY_CLASS = ""

    def GetDisplayNode(self) -> Any:
        return self.GetNodeReference("display")

    def GetDisplayNodeID(self) -> Optional[str]:
        return self.GetNodeReferenceID("display")

    def SetAndObserveDisplayNodeID(self, nodeId: Optional[str]) -> None:
        self.SetNodeReferenceID("display", nodeId)

    def CreateDefaultDisplayNodes(self) -> None:
        if self.GetDisplayNode() is None and self._DISPLAY_CLASS and self._scene is not None:
            self.SetAndObserveDisplayNodeID(self._scene.AddNewNodeByClass(self._DISPLAY_CLASS).GetID())

    def GetDisplayVisibility(self) -> int:
        return self.GetDisplayNode().GetVisibility() if self.GetDisplayNode() is not None else 0

    def SetDisplayVisibility(self, visible: int) -> None:
        self.CreateDefaultDisplayNodes()
        self.GetDisplayNode().SetVisibility(int(visible))


class vtkMRMLDisplayNode(vtkMRMLNode):
    FIELDS = {"Visibility": 1, "Visibility2D": 1, "Visibility3D": 1, "Opacity": 1.0, "Color": (0.5, 0.5, 0.5),
              "SelectedColor": (1.0, 0.0, 0.0), "LineWidth": 1.0, "PointSize": 1.0, "SliceIntersectionThickness": 1,
              "FolderDisplayOverrideAllowed": True}

    def AddViewNodeID(self, nodeId: str) -> None:
        self.AddNodeReferenceID("view", nodeId)

    def RemoveAllViewNodeIDs(self) -> None:
        self.RemoveNodeReferenceIDs("view")

    def GetNumberOfViewNodeIDs(self) -> int:
        return self.GetNumberOfNodeReferences("view")

    def IsDisplayableInView(self, nodeId: str) -> bool:
        return not self.GetNumberOfViewNodeIDs() or self.HasNodeReferenceID("view", nodeId)

    def GetDisplayableNode(self) -> Any:
        if self._scene is None:
            return None
        owners = (node for node in self._scene._nodes.values() if node.HasNodeReferenceID("display", self._id))
        return next(owners, None)

    def SetAndObserveColorNodeID(self, nodeId: Optional[str]) -> None:
        self.SetNodeReferenceID("color", nodeId)

    def GetColorNodeID(self) -> Optional[str]:
        return self.GetNodeReferenceID("color")

    def GetColorNode(self) -> Any:
        return self.GetNodeReference("color")

    def Modified(self) -> None:
        super().Modified()
        owner = self.GetDisplayableNode()
        if owner is not None:
            owner.InvokeCustomModifiedEvent(owner.DisplayModifiedEvent, self)
