"""Nodes that every scene of the application has once, and the node of a scripted module."""
from __future__ import annotations

from typing import Any, Dict, Optional

from .node import vtkMRMLNode


class vtkMRMLScriptedModuleNode(vtkMRMLNode):
    """Strings by name."""

    def _setUp(self) -> None:
        self._parameters: Dict[str, str] = {}

    def SetModuleName(self, name: str) -> None:
        self.SetAttribute("ModuleName", name)

    def GetModuleName(self) -> Optional[str]:
        return self.GetAttribute("ModuleName")

    def SetParameter(self, name: str, value: Optional[str]) -> None:
        if not isinstance(name, str) or not (value is None or isinstance(value, str)):
            raise TypeError(f"SetParameter({name!r}, {value!r}): strings are required")
        if value is None:
            self.UnsetParameter(name)
        elif self._parameters.get(name) != value:
            self._parameters[name] = value
            self.Modified()

    def GetParameter(self, name: str) -> str:
        return self._parameters.get(name, "")

    def HasParameter(self, name: str) -> bool:
        return name in self._parameters

    def UnsetParameter(self, name: str) -> None:
        if self._parameters.pop(name, None) is not None:
            self.Modified()

    def UnsetAllParameters(self) -> None:
        self._parameters.clear()
        self.Modified()

    def GetParameterNames(self) -> tuple:
        return tuple(sorted(self._parameters))

    def GetParameterCount(self) -> int:
        return len(self._parameters)

    def GetParameterNamesAsCommaSeparatedList(self) -> str:
        return ",".join(sorted(self._parameters))

    def _saved(self) -> dict:
        return {"parameters": dict(self._parameters)}

    def _restore(self, saved: dict) -> None:
        self._parameters = dict(saved["parameters"])


class vtkMRMLSelectionNode(vtkMRMLNode):
    FIELDS = {"ActivePlaceNodeClassName": None}

    def SetReferenceActivePlaceNodeClassName(self, name: Optional[str]) -> None:
        if name == self.GetActivePlaceNodeClassName():
            return
        self.SetActivePlaceNodeClassName(name)
        self.InvokeCustomModifiedEvent(self.ActivePlaceNodeClassNameChangedEvent)

    def SetActivePlaceNodeID(self, nodeId: Optional[str]) -> None:
        if nodeId == self.GetActivePlaceNodeID():
            return
        self.SetNodeReferenceID("placeNode", nodeId)
        self.InvokeCustomModifiedEvent(self.ActivePlaceNodeIDChangedEvent)

    def SetReferenceActivePlaceNodeID(self, nodeId: Optional[str]) -> None:
        self.SetActivePlaceNodeID(nodeId)

    def GetActivePlaceNodeID(self) -> Optional[str]:
        return self.GetNodeReferenceID("placeNode")

    def SetActiveVolumeID(self, nodeId: Optional[str]) -> None:
        self.SetNodeReferenceID("activeVolume", nodeId)

    def SetReferenceActiveVolumeID(self, nodeId: Optional[str]) -> None:
        self.SetActiveVolumeID(nodeId)

    def GetActiveVolumeID(self) -> Optional[str]:
        return self.GetNodeReferenceID("activeVolume")


class vtkMRMLInteractionNode(vtkMRMLNode):
    def _setUp(self) -> None:
        self._mode = self._lastMode = self.ViewTransform
        self._persistent = 0

    def GetCurrentInteractionMode(self) -> int:
        return self._mode

    def GetLastInteractionMode(self) -> int:
        return self._lastMode

    def SetCurrentInteractionMode(self, mode: int) -> None:
        if mode == self._mode:
            return
        left, self._lastMode, self._mode = self._mode, self._mode, mode
        self.InvokeCustomModifiedEvent(self.InteractionModeChangedEvent)
        if left == self.Place:
            self.InvokeCustomModifiedEvent(self.EndPlacementEvent)
        self.Modified()

    def GetPlaceModePersistence(self) -> int:
        return self._persistent

    def SetPlaceModePersistence(self, persistent: int) -> None:
        if self._persistent != int(persistent):
            self._persistent = int(persistent)
            self.InvokeCustomModifiedEvent(self.InteractionModePersistenceChangedEvent)

    def SwitchToPersistentPlaceMode(self) -> None:
        self.SetPlaceModePersistence(1)
        self.SetCurrentInteractionMode(self.Place)

    def SwitchToSinglePlaceMode(self) -> None:
        self.SetPlaceModePersistence(0)
        self.SetCurrentInteractionMode(self.Place)

    def SwitchToViewTransformMode(self) -> None:
        self.SetCurrentInteractionMode(self.ViewTransform)


class vtkMRMLCrosshairNode(vtkMRMLNode):
    def _setUp(self) -> None:
        self._cursor: Any = None
        self._cursorSlice: Any = None

    def SetCursorPositionRAS(self, ras: Any) -> None:
        self._cursor = tuple(ras)
        self.InvokeCustomModifiedEvent(self.CursorPositionModifiedEvent)

    def GetCursorPositionRAS(self, ras: list) -> bool:
        if self._cursor is not None:
            ras[0:3] = list(self._cursor)
        return self._cursor is not None

    def SetCursorPositionXYZ(self, xyz: Any, sliceNode: Any) -> None:
        self._cursorSlice = sliceNode
        self.SetCursorPositionRAS(sliceNode.GetXYToRAS().MultiplyPoint([*xyz[:2], 0, 1])[:3])

    def GetCursorPositionXYZ(self, xyz: list) -> Any:
        """The slice node under the mouse; its pixel goes to ``xyz``, which the extension does not read."""
        return self._cursorSlice if self._cursor is not None else None

    def SetCursorPositionInvalid(self) -> None:
        self._cursor = self._cursorSlice = None
        self.InvokeCustomModifiedEvent(self.CursorPositionModifiedEvent)


class vtkMRMLSubjectHierarchyConstants:
    @staticmethod
    def GetSubjectHierarchyExcludeFromTreeAttributeName() -> str:
        return "SubjectHierarchy.ExcludeFromTree"


class vtkMRMLSubjectHierarchyNode(vtkMRMLNode):
    """Only what nodes of an extension ask of it: items by node, parents of items."""

    def _setUp(self) -> None:
        self._items: Dict[str, int] = {}
        self._parents: Dict[int, int] = {}

    def GetSceneItemID(self) -> int:
        return 3

    def GetItemByDataNode(self, node: Any) -> int:
        if node is None or node.GetScene() is None:
            return 0
        return self._items.setdefault(node.GetID(), len(self._items) + 10)

    def GetItemDataNode(self, item: int) -> Any:
        ids = {number: nodeId for nodeId, number in self._items.items()}
        return self._scene.GetNodeByID(ids.get(item))

    def GetItemParent(self, item: int) -> int:
        return self._parents.get(item, self.GetSceneItemID())

    def SetItemParent(self, item: int, parent: int) -> None:
        self._parents[item] = parent


class vtkMRMLTextNode(vtkMRMLNode):
    FIELDS = {"Text": None, "Encoding": 3}


class vtkMRMLSegmentEditorNode(vtkMRMLNode):
    FIELDS = {"SelectedSegmentID": None, "ActiveEffectName": None, "MaskMode": 0, "MaskSegmentID": None, "OverwriteMode": 0,
              "SourceVolumeIntensityMask": False, "SourceVolumeIntensityMaskRange": (0.0, 0.0)}

    def GetSegmentationNode(self) -> Any:
        return self.GetNodeReference("segmentationRef")

    def SetAndObserveSegmentationNode(self, node: Any) -> None:
        self.SetNodeReferenceID("segmentationRef", node.GetID() if node is not None else None)

    def GetSourceVolumeNode(self) -> Any:
        return self.GetNodeReference("sourceVolumeRef")

    def SetAndObserveSourceVolumeNode(self, node: Any) -> None:
        self.SetNodeReferenceID("sourceVolumeRef", node.GetID() if node is not None else None)
