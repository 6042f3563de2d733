"""vtkMRMLNode: name, attributes, references to other nodes, grouped events."""
from __future__ import annotations

from typing import Any, Dict, List, Optional

import vtk

from .stand_in import StandIn

MODIFIED = vtk.vtkCommand.ModifiedEvent


class vtkMRMLNode(StandIn, vtk.vtkObject):
    """Base of every node. Nodes get their id from the scene."""

    FIELDS = {"Name": None, "Description": None, "HideFromEditors": 0, "SaveWithScene": 1, "Selectable": 1, "Selected": 0,
              "SingletonTag": None, "UndoEnabled": True}

    def __init__(self) -> None:
        self._scene: Any = None
        self._id: Optional[str] = None
        self._attributes: Dict[str, str] = {}
        self._references: Dict[str, List[str]] = {}
        self._modifying = 0
        self._pending: Dict[int, int] = {}
        self._setUp()

    def _setUp(self) -> None:
        """State of derived classes."""

    # Identity

    def GetID(self) -> Optional[str]:
        return self._id

    def GetScene(self) -> Any:
        return self._scene

    def IsSingleton(self) -> bool:
        return self.GetSingletonTag() is not None

    def GetNodeTagName(self) -> str:
        return type(self).__name__.replace("vtkMRML", "").replace("Node", "")

    # Attributes

    def SetAttribute(self, name: str, value: Optional[str]) -> None:
        if not isinstance(name, str) or not (value is None or isinstance(value, str)):
            raise TypeError(f"SetAttribute({name!r}, {value!r}): strings are required")
        if self._attributes.get(name) == value:
            return
        if value is None:
            del self._attributes[name]
        else:
            self._attributes[name] = value
        self.Modified()

    def GetAttribute(self, name: str) -> Optional[str]:
        return self._attributes.get(name)

    def GetAttributeNames(self) -> tuple:
        return tuple(sorted(self._attributes))

    def RemoveAttribute(self, name: str) -> None:
        self.SetAttribute(name, None)

    # Events

    def Modified(self) -> None:
        self.InvokeCustomModifiedEvent(MODIFIED)

    def InvokeCustomModifiedEvent(self, event: int, callData: Any = None) -> None:
        """Between StartModify and EndModify an event waits, once and without its call data."""
        if self._modifying:
            self._pending[event] = self._pending.get(event, 0) + 1
        elif event == MODIFIED:
            super().Modified()
        elif callData is None:
            self.InvokeEvent(event)
        else:
            self.InvokeEvent(event, callData)

    def StartModify(self) -> int:
        was, self._modifying = self._modifying, 1
        return was

    def EndModify(self, previous: int) -> int:
        self._modifying = previous
        return 0 if previous else self.InvokePendingModifiedEvent()

    def InvokePendingModifiedEvent(self) -> int:
        pending, self._pending = self._pending, {}
        for event in sorted(pending, key=lambda event: event != MODIFIED):
            self.InvokeCustomModifiedEvent(event)
        return len(pending)

    def GetDisableModifiedEvent(self) -> int:
        return self._modifying

    def GetModifiedEventPending(self) -> int:
        return self._pending.get(MODIFIED, 0)

    def GetCustomModifiedEventPending(self, event: int) -> int:
        return self._pending.get(event, 0)

    # References

    def SetNodeReferenceID(self, role: str, nodeId: Optional[str]) -> Any:
        return self.SetNthNodeReferenceID(role, 0, nodeId)

    def SetAndObserveNodeReferenceID(self, role: str, nodeId: Optional[str], events: Any = None) -> Any:
        return self.SetNthNodeReferenceID(role, 0, nodeId)

    def SetAndObserveNthNodeReferenceID(self, role: str, n: int, nodeId: Optional[str], events: Any = None) -> Any:
        return self.SetNthNodeReferenceID(role, n, nodeId)

    def AddNodeReferenceID(self, role: str, nodeId: str) -> Any:
        return self.SetNthNodeReferenceID(role, self.GetNumberOfNodeReferences(role), nodeId)

    def AddAndObserveNodeReferenceID(self, role: str, nodeId: str, events: Any = None) -> Any:
        return self.AddNodeReferenceID(role, nodeId)

    def SetNthNodeReferenceID(self, role: str, n: int, nodeId: Optional[str]) -> Any:
        if not (nodeId is None or isinstance(nodeId, str)):
            raise TypeError(f"a node reference is the id of a node, got {nodeId!r}")
        ids = self._references.setdefault(role, [])
        old = ids[n] if n < len(ids) else None
        if old == nodeId:
            return self.GetNthNodeReference(role, n)
        if nodeId is None:
            del ids[n]
            event = self.ReferenceRemovedEvent
        elif old is None:
            ids.append(nodeId)
            event = self.ReferenceAddedEvent
        else:
            ids[n] = nodeId
            event = self.ReferenceModifiedEvent
        self._referenceChanged(role)
        self.InvokeCustomModifiedEvent(event)
        self.Modified()
        return self.GetNthNodeReference(role, n)

    def _referenceChanged(self, role: str) -> None:
        """For derived classes that watch the node they refer to."""

    def RemoveNodeReferenceIDs(self, role: str) -> None:
        while self._references.get(role):
            self.SetNthNodeReferenceID(role, len(self._references[role]) - 1, None)

    def RemoveNthNodeReferenceID(self, role: str, n: int) -> None:
        self.SetNthNodeReferenceID(role, n, None)

    def GetNodeReferenceID(self, role: str) -> Optional[str]:
        return self.GetNthNodeReferenceID(role, 0)

    def GetNthNodeReferenceID(self, role: str, n: int) -> Optional[str]:
        ids = self._references.get(role, [])
        return ids[n] if 0 <= n < len(ids) else None

    def GetNodeReference(self, role: str) -> Any:
        return self.GetNthNodeReference(role, 0)

    def GetNthNodeReference(self, role: str, n: int) -> Any:
        nodeId = self.GetNthNodeReferenceID(role, n)
        return self._scene.GetNodeByID(nodeId) if self._scene is not None and nodeId is not None else None

    def GetNumberOfNodeReferences(self, role: str) -> int:
        return len(self._references.get(role, []))

    def HasNodeReferenceID(self, role: str, nodeId: str) -> bool:
        return nodeId in self._references.get(role, [])

    def GetNodeReferenceRoles(self, roles: list) -> None:
        roles[:] = [role for role, ids in self._references.items() if ids]

    # Copies and files

    def Copy(self, node: "vtkMRMLNode") -> None:
        was = self.StartModify()
        self.CopyContent(node)
        for role, ids in node._references.items():
            self._references[role] = list(ids)
        self._attributes = dict(node._attributes)
        self.SetName(node.GetName())
        self.EndModify(was)

    def CopyContent(self, node: "vtkMRMLNode", deepCopy: bool = True) -> None:
        kept = {name: self._fields()[name] for name in ("Name", "SingletonTag")}
        self._fields().update(node._fields(), **kept)
        self._restore(node._saved())
        self.Modified()

    def _saved(self) -> Dict[str, Any]:
        """What a scene file keeps besides attributes, references and table properties: plain values and arrays."""
        return {}

    def _restore(self, saved: Dict[str, Any]) -> None:
        """The inverse of _saved."""

    def _withoutFile(self) -> Dict[str, Any]:
        """Which of _saved, and as what, is left when the node's own file is not written."""
        return {}
