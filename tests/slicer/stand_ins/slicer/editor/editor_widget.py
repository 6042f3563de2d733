"""The Segment Editor's widget: effects, their parameters, events of the views, undo."""
from __future__ import annotations

from typing import Any, Dict, List

import vtk
from ctk.widget import setter, stand_in, stored
from PyQt5 import QtCore, QtWidgets
from qt.rules import SlicerWidget

from ..segmentation.segment import copied, vtkSegment
from . import effect_host

EVENTS = ("EnterEvent", "LeaveEvent", "LeftButtonPressEvent", "LeftButtonReleaseEvent", "LeftButtonDoubleClickEvent", "RightButtonPressEvent",
          "RightButtonReleaseEvent", "MiddleButtonPressEvent", "MiddleButtonReleaseEvent", "MouseMoveEvent", "MouseWheelForwardEvent",
          "MouseWheelBackwardEvent", "KeyPressEvent", "KeyReleaseEvent")
# Shortcuts of the main window while the module is shown: no view hears of these keys.
SHORTCUTS = frozenset(("Escape", "space", "z", "y", "q", "w", "i", "comma", "period", "slash", *"0123456789"))


@stand_in
class qMRMLSegmentEditorWidget(QtWidgets.QWidget):
    """Every editor has clones of the registered effects; the active one gets the events of the slice views first."""

    _MARKS = (SlicerWidget,)
    currentSegmentIDChanged = QtCore.pyqtSignal(str)
    sourceVolumeNodeChanged = QtCore.pyqtSignal(object)
    segmentationNodeChanged = QtCore.pyqtSignal(object)
    _SIGNALS = {"sourceVolumeNodeChanged(vtkMRMLVolumeNode*)": "sourceVolumeNodeChanged",
                "segmentationNodeChanged(vtkMRMLSegmentationNode*)": "segmentationNodeChanged"}
    unorderedEffectsVisible, maximumNumberOfUndoStates = stored(bool, "unorderedEffectsVisible", True), stored(int, "maximumNumberOfUndoStates", 0)
    setUnorderedEffectsVisible, setMaximumNumberOfUndoStates = setter("unorderedEffectsVisible"), setter("maximumNumberOfUndoStates")

    def __init__(self, *arguments):
        QtWidgets.QWidget.__init__(self, *arguments)
        QtWidgets.QVBoxLayout(self)
        self._node, self._active, self._observed, self._states, self._undone = None, None, [], [], []
        self._watch, self._shortcuts = None, False
        self._effects: Dict[str, Any] = {}

    def setMRMLScene(self, scene):
        self._scene = scene
        if scene is None:
            self.setActiveEffect(None)
            for effect in self._effects.values():
                effect._call("cleanup")
            self._effects = {}
            self._node = None

    def setMRMLSegmentEditorNode(self, node):
        self._node = node
        self.updateEffectList()
        if self._watch is not None:
            self._watch[0].RemoveObserver(self._watch[1])
        self._watch = (node, node.AddObserver(vtk.vtkCommand.ModifiedEvent, lambda caller, name: self._modified())) if node is not None else None

    def updateEffectList(self):
        """Takes the effects that it does not have yet; nothing else brings those that are registered later."""
        for registered in effect_host.registered:
            if registered.name not in self._effects:
                self._adopt(registered)

    def _adopt(self, registered):
        effect = registered._call("clone")
        effect._editor = self
        self._effects[effect.name] = effect
        effect._call("setupOptionsFrame")
        for widget in effect._options:
            QtWidgets.QWidget.layout(self).addWidget(widget)
        effect._call("setMRMLDefaults")

    def mrmlSegmentEditorNode(self):
        return self._node

    def _modified(self):
        if self._active is not None:
            self._active._call("updateGUIFromMRML")

    # What is edited

    def setSegmentationNode(self, node):
        self._node.SetAndObserveSegmentationNode(node)
        ids = node.GetSegmentation().GetSegmentIDs() if node is not None else ()
        self._node.SetSelectedSegmentID(ids[0] if ids else None)
        self._states, self._undone = [], []
        self.segmentationNodeChanged.emit(node)

    def segmentationNode(self):
        return self._node.GetSegmentationNode()

    def setSourceVolumeNode(self, node):
        self._node.SetAndObserveSourceVolumeNode(node)
        if node is not None and self.segmentationNode() is not None and self.segmentationNode().GetNodeReference("referenceImageGeometryRef") is None:
            self.segmentationNode().SetReferenceImageGeometryParameterFromVolumeNode(node)
        for effect in self._effects.values():
            effect._call("sourceVolumeNodeChanged")
        self.sourceVolumeNodeChanged.emit(node)

    def sourceVolumeNode(self):
        return self._node.GetSourceVolumeNode()

    def setCurrentSegmentID(self, segmentId):
        self._node.SetSelectedSegmentID(segmentId)
        self.currentSegmentIDChanged.emit(segmentId)

    def currentSegmentID(self):
        return self._node.GetSelectedSegmentID() or ""

    # Effects

    def availableEffectNames(self):
        return list(self._effects)

    def effectByName(self, name):
        return self._effects.get(name)

    def activeEffect(self):
        return self._active

    def setActiveEffectByName(self, name):
        self.setActiveEffect(self._effects.get(name))

    def setActiveEffect(self, effect):
        if effect is self._active:
            return
        left, self._active = self._active, effect
        if left is not None:
            left._call("deactivate")
        self._forget()
        if self._node is not None:
            self._node.SetActiveEffectName(effect.name if effect is not None else "")
        if effect is not None:
            effect._call("activate")
            effect._call("updateGUIFromMRML")
            self._observe()

    def setEffectNameOrder(self, names):
        pass

    def installKeyboardShortcuts(self):
        self._shortcuts = True

    def uninstallKeyboardShortcuts(self):
        self._shortcuts = False

    def setupViewObservations(self):
        self._observe()

    def removeViewObservations(self):
        self._forget()

    def _observe(self):
        import slicer

        self._forget()
        layout = slicer.app.layoutManager()
        for name in layout.sliceViewNames() if layout is not None else ():
            widget = layout.sliceWidget(name)
            interactor = widget.sliceView().interactor()
            for event in EVENTS:
                self._observed.append((interactor, _pass_on(self, interactor, event, widget)))
        mode = slicer.app.applicationLogic().GetInteractionNode()
        self._observed.append((mode, mode.AddObserver(mode.InteractionModeChangedEvent, lambda caller, name: self._modeChanged(mode))))

    def _modeChanged(self, mode):
        """An effect written in Python may take it in hand; else another mouse mode puts the effect away."""
        if hasattr(self._active._python, "interactionNodeModified"):
            self._active._call("interactionNodeModified", mode)
        elif mode.GetCurrentInteractionMode() != mode.ViewTransform:
            self.setActiveEffect(None)

    def _forget(self):
        for observed, tag in self._observed:
            observed.RemoveObserver(tag)
        self._observed = []

    # Undo

    def saveStateForUndo(self):
        self._states.append(_state(self.segmentationNode()))
        self._states = self._states[-max(self.__dict__.get("_maximumNumberOfUndoStates", 0), 0):] if self._states else []
        if not self.__dict__.get("_maximumNumberOfUndoStates", 0):
            self._states = []
        self._undone = []

    def undo(self):
        self._swap(self._states, self._undone)

    def redo(self):
        self._swap(self._undone, self._states)

    def _swap(self, source: List[dict], target: List[dict]):
        if source:
            target.append(_state(self.segmentationNode()))
            _restore(self.segmentationNode(), source.pop())


def _pass_on(editor: Any, interactor: Any, event: str, widget: Any) -> int:
    number = getattr(vtk.vtkCommand, event)

    def handle(caller: Any, name: str) -> None:
        if event == "KeyPressEvent" and editor._shortcuts and caller.GetKeySym() in SHORTCUTS:
            caller.GetCommand(tag).SetAbortFlag(1)
            if caller.GetKeySym() == "Escape":
                editor.setActiveEffect(None)
            return
        consumed = editor._active is not None and editor._active._call("processInteractionEvents", caller, number, widget)
        if not isinstance(consumed, bool):
            raise TypeError(f"processInteractionEvents must return a bool, got {consumed!r}")
        if consumed:
            caller.GetCommand(tag).SetAbortFlag(1)

    # Before the view's own interaction (0), such as place mode.
    tag = interactor.AddObserver(number, handle, 1.0)
    return tag


def _state(node: Any) -> dict:
    """Copies of all segments: representations, of which those that were shared are shared, values, tags."""
    copies: Dict[Any, Any] = {}
    return {
        segmentId: (copied(segment._representations, copies), dict(segment._fields()), dict(segment._tags))
        for segmentId, segment in node.GetSegmentation()._segments.items()}


def _restore(node: Any, saved: dict) -> None:
    """As vtkSegmentationHistory: segments that are there keep their objects, and have no representation for a moment. What
    is told is that segments were modified; nothing of their source representation."""
    segmentation, copies = node.GetSegmentation(), {}
    for segmentId, (representations, fields, tags) in saved.items():
        if segmentation.GetSegment(segmentId) is None:
            segmentation.AddSegment(vtkSegment(), segmentId)
        segmentation.GetSegment(segmentId)._copyFrom(fields, tags, representations, copies)
    for segmentId in segmentation.GetSegmentIDs():
        if segmentId not in saved:
            segmentation.RemoveSegment(segmentId)
