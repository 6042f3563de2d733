"""vtkMRMLScene: the nodes by id, and the events of their coming and going."""
from __future__ import annotations

import re
from typing import Any, Dict, List, Optional

import vtk

from . import scene_file
from .registry import node_class
from .stand_in import StandIn


class vtkMRMLScene(StandIn, vtk.vtkObject):
    """Ids are class name and a number that is never given twice; singletons are found by their tag."""

    def __init__(self) -> None:
        self._nodes: Dict[str, Any] = {}
        self._numbers: Dict[str, int] = {}
        self._states: List[int] = []
        self._url = ""

    # Adding and removing

    def CreateNodeByClass(self, className: str) -> Any:
        cls = node_class(className)
        return cls() if cls is not None else None

    def AddNewNodeByClass(self, className: str, baseName: str = "") -> Any:
        node = self.CreateNodeByClass(className)
        if node is None:
            return None
        node.SetName(baseName or node.GetNodeTagName())
        return self.AddNode(node)

    def AddNewNodeByClassWithID(self, className: str, baseName: str, nodeId: str) -> Any:
        node = self.CreateNodeByClass(className)
        if node is None or nodeId in self._nodes:
            return None
        node._id = nodeId
        node.SetName(baseName or node.GetNodeTagName())
        return self.AddNode(node)

    def AddNode(self, node: Any) -> Any:
        if node is None:
            return None
        tag = node.GetSingletonTag()
        if tag is not None:
            existing = self.GetSingletonNode(tag, node.GetClassName())
            if existing is not None:
                existing.Copy(node)
                return existing
            node._id = f"{node.GetClassName()}{tag}"
        elif node._id is None or node._id in self._nodes:
            node._id = self._nextId(node.GetClassName())
        if tag is None and node.GetName():
            node._fields()["Name"] = self._uniqueName(node.GetName())
        self.InvokeEvent(self.NodeAboutToBeAddedEvent, node)
        node._scene = self
        self._nodes[node._id] = node
        self.InvokeEvent(self.NodeAddedEvent, node)
        self._markupsLogicTakesNote(node)
        self.Modified()
        return node

    def _markupsLogicTakesNote(self, node: Any) -> None:
        """A markup that is added gets a display node and becomes the one that clicks go to."""
        import slicer

        if node.IsA("vtkMRMLMarkupsNode") and slicer.mrmlScene is self and not (self.IsImporting() or self.IsBatchProcessing()):
            node.CreateDefaultDisplayNodes()
            slicer.modules.markups.logic().SetActiveList(node)

    def _nextId(self, className: str) -> str:
        while True:
            number = self._numbers[className] = self._numbers.get(className, 0) + 1
            if f"{className}{number}" not in self._nodes:
                return f"{className}{number}"

    def _uniqueName(self, name: str) -> str:
        """AddNewNodeByClass makes names unique; the first keeps its name."""
        taken = {node.GetName() for node in self._nodes.values()}
        return name if name not in taken else self.GenerateUniqueName(name)

    def GenerateUniqueName(self, baseName: str) -> str:
        taken = {node.GetName() for node in self._nodes.values()}
        base = re.sub(r"_\d+$", "", baseName)
        if baseName not in taken:
            return baseName
        number = 1
        while f"{base}_{number}" in taken:
            number += 1
        return f"{base}_{number}"

    def GetUniqueNameByString(self, baseName: str) -> str:
        return self.GenerateUniqueName(baseName)

    def RemoveNode(self, node: Any) -> None:
        if node is None or self._nodes.get(node.GetID()) is not node:
            return
        self.InvokeEvent(self.NodeAboutToBeRemovedEvent, node)
        del self._nodes[node.GetID()]
        node._scene = None
        if not self.IsClosing():
            self._forgetReferences(node.GetID())
        self.InvokeEvent(self.NodeRemovedEvent, node)
        self.Modified()

    def _forgetReferences(self, nodeId: str) -> None:
        for other in list(self._nodes.values()):
            for role, ids in list(other._references.items()):
                for n in reversed([n for n, referred in enumerate(ids) if referred == nodeId]):
                    other.SetNthNodeReferenceID(role, n, None)

    def Clear(self, removeSingletons: int = 0) -> None:
        """Singletons survive ``Clear(0)``, but lose their attributes, references and parameters."""
        self.StartState(self.CloseState)
        for node in list(self._nodes.values()):
            if removeSingletons or not node.IsSingleton():
                self.RemoveNode(node)
            else:
                was = node.StartModify()
                node._attributes.clear()
                node._references.clear()
                if node.IsA("vtkMRMLScriptedModuleNode"):
                    node._parameters.clear()
                node.Modified()
                node.EndModify(was)
        self.EndState(self.CloseState)
        self._url = ""

    # States

    def StartState(self, state: int, anticipatedMaxProgress: int = 0) -> None:
        first = state not in self._states
        self._states.append(state)
        if first:
            self.InvokeEvent(self.StateEvent | self.StartEvent | state)

    def EndState(self, state: int) -> None:
        self._states.reverse()
        self._states.remove(state)
        self._states.reverse()
        if state not in self._states:
            self.InvokeEvent(self.StateEvent | self.EndEvent | state)

    def IsClosing(self) -> bool:
        return self.CloseState in self._states

    def IsImporting(self) -> bool:
        return self.ImportState in self._states

    def IsRestoring(self) -> bool:
        return self.RestoreState in self._states

    def IsBatchProcessing(self) -> bool:
        return any(state & self.BatchProcessState for state in self._states)

    # Finding

    def GetNodeByID(self, nodeId: Optional[str]) -> Any:
        return self._nodes.get(nodeId) if nodeId else None

    def GetNodes(self) -> vtk.vtkCollection:
        return _collection(self._nodes.values())

    def GetNumberOfNodes(self) -> int:
        return len(self._nodes)

    def GetNthNode(self, n: int) -> Any:
        return _nth(list(self._nodes.values()), n)

    def _ofClass(self, className: str) -> List[Any]:
        return [node for node in self._nodes.values() if node.IsA(className)]

    def GetNodesByClass(self, className: str) -> vtk.vtkCollection:
        return _collection(self._ofClass(className))

    def GetNumberOfNodesByClass(self, className: str) -> int:
        return len(self._ofClass(className))

    def GetNthNodeByClass(self, n: int, className: str) -> Any:
        return _nth(self._ofClass(className), n)

    def GetFirstNodeByClass(self, className: str) -> Any:
        return _nth(self._ofClass(className), 0)

    def GetFirstNodeByName(self, name: str) -> Any:
        return _nth([node for node in self._nodes.values() if node.GetName() == name], 0)

    def GetNodesByName(self, name: str) -> vtk.vtkCollection:
        return _collection(node for node in self._nodes.values() if node.GetName() == name)

    def GetNodesByClassByName(self, className: str, name: str) -> vtk.vtkCollection:
        return _collection(node for node in self._ofClass(className) if node.GetName() == name)

    def GetSingletonNode(self, tag: str, className: str) -> Any:
        return _nth([node for node in self._ofClass(className) if node.GetSingletonTag() == tag], 0)

    def IsNodePresent(self, node: Any) -> int:
        return int(any(known is node for known in self._nodes.values()))

    def GetSubjectHierarchyNode(self) -> Any:
        return self.GetFirstNodeByClass("vtkMRMLSubjectHierarchyNode") or self.AddNewNodeByClass("vtkMRMLSubjectHierarchyNode")

    # Files

    def SetURL(self, url: str) -> None:
        self._url = url

    def GetURL(self) -> str:
        return self._url

    def Commit(self, url: str = "") -> int:
        """Tells nobody: Slicer has events for saving, but does not send them."""
        scene_file.write(self, url or self._url)
        return 1

    def Import(self) -> int:
        self.StartState(self.ImportState)
        scene_file.read(self, self._url)
        self.EndState(self.ImportState)
        return 1

    def Connect(self) -> int:
        url = self._url
        self.Clear(0)
        self._url = url
        return self.Import()

    def WriteToMRB(self, filename: str, thumbnail: Any = None) -> bool:
        return bool(self.Commit(filename))

    def ReadFromMRB(self, fullName: str, clear: bool = False) -> bool:
        self._url = fullName
        return bool(self.Connect() if clear else self.Import())


def _nth(nodes: list, n: int) -> Any:
    return nodes[n] if 0 <= n < len(nodes) else None


def _collection(nodes: Any) -> vtk.vtkCollection:
    collection = vtk.vtkCollection()
    for node in nodes:
        collection.AddItem(node)
    return collection
