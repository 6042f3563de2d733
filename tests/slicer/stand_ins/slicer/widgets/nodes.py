"""Choosing a node of the scene."""
from __future__ import annotations

import vtk
from ctk.widget import setter, stand_in, stored
from PyQt5 import QtCore, QtWidgets

from .base import SceneWidget, observe


@stand_in
class qMRMLNodeComboBox(SceneWidget, QtWidgets.QWidget):
    """A combo box of the nodes of some classes; follows additions, removals, and new names."""

    mrmlSceneChanged = QtCore.pyqtSignal(object)
    currentNodeChanged = QtCore.pyqtSignal(object)
    currentNodeIDChanged = QtCore.pyqtSignal(str)
    currentNodeChangedValid = QtCore.pyqtSignal(bool)
    nodeAdded = QtCore.pyqtSignal(object)
    nodeAddedByUser = QtCore.pyqtSignal(object)
    nodeActivated = QtCore.pyqtSignal(object)
    _SIGNALS = {"mrmlSceneChanged(vtkMRMLScene*)": "mrmlSceneChanged", "currentNodeChanged(vtkMRMLNode*)": "currentNodeChanged",
                "currentNodeChanged(bool)": "currentNodeChangedValid", "nodeAdded(vtkMRMLNode*)": "nodeAdded",
                "nodeAddedByUser(vtkMRMLNode*)": "nodeAddedByUser", "nodeActivated(vtkMRMLNode*)": "nodeActivated"}

    nodeTypes = stored("QStringList", "nodeTypes", [], changed="_fill")
    addEnabled, removeEnabled = stored(bool, "addEnabled", True), stored(bool, "removeEnabled", True)
    renameEnabled, editEnabled = stored(bool, "renameEnabled", False), stored(bool, "editEnabled", False)
    noneEnabled = stored(bool, "noneEnabled", False, changed="_fill")
    showHidden = stored(bool, "showHidden", False, changed="_fill")
    showChildNodeTypes = stored(bool, "showChildNodeTypes", True, changed="_fill")
    selectNodeUponCreation = stored(bool, "selectNodeUponCreation", True)
    baseName, noneDisplay = stored(str, "baseName", ""), stored(str, "noneDisplay", "None", changed="_fill")
    setNodeTypes, setAddEnabled, setRemoveEnabled = setter("nodeTypes"), setter("addEnabled"), setter("removeEnabled")
    setRenameEnabled, setEditEnabled, setNoneEnabled = setter("renameEnabled"), setter("editEnabled"), setter("noneEnabled")
    setShowHidden, setShowChildNodeTypes, setBaseName = setter("showHidden"), setter("showChildNodeTypes"), setter("baseName")
    setSelectNodeUponCreation, setNoneDisplay = setter("selectNodeUponCreation"), setter("noneDisplay")

    def __init__(self, *arguments):
        QtWidgets.QWidget.__init__(self, *arguments)
        box = QtWidgets.QComboBox()
        box.setSizeAdjustPolicy(QtWidgets.QComboBox.AdjustToMinimumContentsLengthWithIcon)
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(box)
        self.__dict__.update(_box=box, _node=None, _attributes=[], _tags=[], _ids=[], _filling=False)
        box.currentIndexChanged.connect(lambda index: self._picked(index))
        box.activated.connect(lambda index: self.nodeActivated.emit(self._node))

    # Listing

    def _sceneChanged(self):
        for obj, tag in self._tags:
            obj.RemoveObserver(tag)
        self._tags = []
        scene = self._scene
        if scene is not None:
            self._tags = [observe(self, scene, event, "_fill")
                          for event in (scene.NodeAddedEvent, scene.NodeRemovedEvent, scene.EndCloseEvent)]
        self._fill()

    def _fits(self, node):
        kinds = self.__dict__.get("_nodeTypes", [])
        child = self.__dict__.get("_showChildNodeTypes", True)
        if not any(node.IsA(kind) if child else node.GetClassName() == kind for kind in kinds):
            return False
        if node.GetHideFromEditors() and not self.__dict__.get("_showHidden", False):
            return False
        return all(node.GetAttribute(name) is not None and (value is None or node.GetAttribute(name) == value)
                   for kind, name, value in self._attributes if node.IsA(kind))

    def _nodes(self):
        scene = self.__dict__.get("_scene")
        return [node for node in scene._nodes.values() if self._fits(node)] if scene is not None else []

    def _fill(self, *_):
        if "_box" not in self.__dict__ or self._filling:
            return
        self._filling = True
        nodes = self._nodes()
        none = self.__dict__.get("_noneEnabled", False)
        self._ids = ([""] if none else []) + [node.GetID() for node in nodes]
        self._box.clear()
        if none:
            self._box.addItem(self.__dict__.get("_noneDisplay", "None"))
        for node in nodes:
            self._box.addItem(node.GetName() or "")
            self._watchName(node)
        kept = self._node if any(node is self._node for node in nodes) else None
        if kept is None and not none and nodes:
            kept = nodes[0]
        self._filling = False
        self._choose(kept)

    def _watchName(self, node):
        if any(obj is node for obj, _ in self._tags):
            return
        self._tags.append(observe(self, node, vtk.vtkCommand.ModifiedEvent, "_renamed"))

    def _renamed(self, node):
        fits = node.GetScene() is not None and self._fits(node)
        if fits != (node.GetID() in self._ids):
            self._fill()
        elif fits:
            self._box.setItemText(self._ids.index(node.GetID()), node.GetName() or "")

    # Choosing

    def _picked(self, index):
        if not self._filling:
            self._choose(self._scene.GetNodeByID(self._ids[index]) if 0 <= index < len(self._ids) else None)

    def _choose(self, node):
        nodeId = node.GetID() if node is not None else ""
        self._filling = True
        self._box.setCurrentIndex(self._ids.index(nodeId) if nodeId in self._ids else -1)
        self._filling = False
        if node is self._node:
            return
        self._node = node
        self.currentNodeChanged.emit(node)
        self.currentNodeChangedValid.emit(node is not None)
        self.currentNodeIDChanged.emit(nodeId or "")

    def currentNode(self):
        return self._node

    def setCurrentNode(self, node):
        if node is not None and not self._fits(node):
            node = None
        self._choose(node)

    currentNodeID = QtCore.pyqtProperty(str, lambda self: self._node.GetID() if self._node is not None else "",
                                        lambda self, nodeId: self.setCurrentNodeID(nodeId))

    def setCurrentNodeID(self, nodeId):
        self._choose(self._scene.GetNodeByID(nodeId))

    def addAttribute(self, nodeType, name, value=None):
        self._attributes.append((nodeType, name, value))
        self._fill()

    def nodeCount(self):
        return len(self._nodes())

    def addNode(self, nodeType=""):
        kind = nodeType or self.__dict__["_nodeTypes"][0]
        node = self._scene.AddNewNodeByClass(kind, self.__dict__.get("_baseName", ""))
        self._fill()
        if self.__dict__.get("_selectNodeUponCreation", True):
            self._choose(node)
        self.nodeAdded.emit(node)
        self.nodeAddedByUser.emit(node)
        return node

    def removeCurrentNode(self):
        self._scene.RemoveNode(self._node)


@stand_in
class qMRMLCheckableNodeComboBox(SceneWidget, QtWidgets.QComboBox):
    mrmlSceneChanged = QtCore.pyqtSignal(object)


@stand_in
class qMRMLSubjectHierarchyComboBox(SceneWidget, QtWidgets.QComboBox):
    mrmlSceneChanged = QtCore.pyqtSignal(object)
