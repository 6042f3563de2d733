"""The C++ side of an effect written in Python: what ``self.scriptedEffect`` offers."""
from __future__ import annotations

import importlib.util
import os
import sys
from typing import Any, List, Optional, Sequence

from . import modifying

registered: List["qSlicerSegmentEditorScriptedEffect"] = []


class qSlicerSegmentEditorAbstractEffect:
    ModificationModeSet, ModificationModeAdd, ModificationModeRemove, ModificationModeRemoveAll = range(4)
    NotConfirmed, ConfirmedWithoutDialog, ConfirmedWithDialog = range(3)


class qSlicerSegmentEditorScriptedEffect(qSlicerSegmentEditorAbstractEffect):
    """Loads the class of the source file and calls it; ``_editor`` is the widget that it serves."""

    # Properties that the Python class may set.
    name = title = ""
    perSegment, requireSegments = True, True
    showEffectCursorInSliceView = showEffectCursorInThreeDView = False

    def __init__(self, parent: Any = None) -> None:
        self.__dict__.update(_python=None, _editor=None, _options=[], _source="")

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_") and name not in qSlicerSegmentEditorScriptedEffect.__dict__:
            raise AttributeError(f"creating new attributes on C++ objects is not allowed: qSlicerSegmentEditorScriptedEffect.{name}")
        self.__dict__[name] = value

    # Loading

    def setPythonSource(self, path: str) -> bool:
        """The class is named like the file, the module like its folder; a module that has the class is not loaded again."""
        self._source = path
        className = os.path.splitext(os.path.basename(path))[0]
        className += "" if className.endswith("Effect") else "Effect"
        moduleName = os.path.basename(os.path.dirname(path))
        module = sys.modules.get(moduleName)
        if not hasattr(module, className):
            spec = importlib.util.spec_from_file_location(moduleName, path)
            module = importlib.util.module_from_spec(spec)
            sys.modules[moduleName] = module
            spec.loader.exec_module(module)
        self._python = getattr(module, className)(self)
        return True

    def pythonSource(self) -> str:
        return self._source

    def self(self) -> Any:
        return self._python

    def _call(self, method: str, *arguments: Any) -> Any:
        function = getattr(self._python, method, None)
        return function(*arguments) if function is not None else None

    # Parameters

    def parameterSetNode(self) -> Any:
        return self._editor.mrmlSegmentEditorNode() if self._editor is not None else None

    def parameter(self, name: str) -> str:
        return self.parameterSetNode().GetAttribute(f"{self.name}.{name}") or ""

    def integerParameter(self, name: str) -> int:
        return int(self.parameter(name) or 0)

    def doubleParameter(self, name: str) -> float:
        return float(self.parameter(name) or 0)

    def parameterDefined(self, name: str) -> bool:
        return self.parameterSetNode().GetAttribute(f"{self.name}.{name}") is not None

    def setParameter(self, name: str, value: Any) -> None:
        self.parameterSetNode().SetAttribute(f"{self.name}.{name}", str(value))

    def setParameterDefault(self, name: str, value: Any) -> None:
        if not self.parameterDefined(name):
            self.setParameter(name, value)

    # Options

    def addOptionsWidget(self, widget: Any) -> Any:
        self._options.append(widget)
        return widget

    def addLabeledOptionsWidget(self, label: str, widget: Any) -> Any:
        return self.addOptionsWidget(widget)

    def selectEffect(self, name: str) -> None:
        self._editor.setActiveEffectByName(name)

    def confirmCurrentSegmentVisible(self) -> int:
        parameters = self.parameterSetNode()
        display = parameters.GetSegmentationNode().GetDisplayNode()
        if display is None or display.GetSegmentVisibility(parameters.GetSelectedSegmentID()):
            return self.ConfirmedWithoutDialog
        display.SetSegmentVisibility(parameters.GetSelectedSegmentID(), True)
        return self.ConfirmedWithDialog

    def cursorOff(self, viewWidget: Any) -> None:
        pass

    def cursorOn(self, viewWidget: Any) -> None:
        pass

    # Voxels

    def saveStateForUndo(self) -> None:
        self._editor.saveStateForUndo()

    def modifySelectedSegmentByLabelmap(self, labelmap: Any, mode: int, extent: Optional[Sequence[int]] = None, bypassMasking: bool = False) -> None:
        parameters = self.parameterSetNode()
        self.modifySegmentByLabelmap(parameters.GetSegmentationNode(), parameters.GetSelectedSegmentID(), labelmap, mode, extent, bypassMasking)

    def modifySegmentByLabelmap(self, segmentationNode: Any, segmentId: str, labelmap: Any, mode: int, extent: Any = None,
                                bypassMasking: bool = False) -> None:
        modifying.modify(self.parameterSetNode(), segmentationNode, segmentId, labelmap, mode, extent, bypassMasking)

    # Views

    def viewNode(self, viewWidget: Any) -> Any:
        return viewWidget.mrmlSliceNode()

    def renderer(self, viewWidget: Any) -> Any:
        return viewWidget.sliceView().renderer()

    def renderWindow(self, viewWidget: Any) -> Any:
        return viewWidget.sliceView().renderWindow()

    def addActor2D(self, viewWidget: Any, actor: Any) -> None:
        self.renderer(viewWidget).AddActor2D(actor)

    def removeActor2D(self, viewWidget: Any, actor: Any) -> None:
        self.renderer(viewWidget).RemoveActor2D(actor)

    def scheduleRender(self, viewWidget: Any) -> None:
        viewWidget.sliceView().scheduleRender()
