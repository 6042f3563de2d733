"""Widgets that know a scene."""
from __future__ import annotations

import weakref
from typing import Any

from ctk.widget import stand_in
from PyQt5 import QtCore, QtWidgets, sip
from qt.rules import SlicerWidget


def observe(widget: Any, observed: Any, event: Any, method: str) -> tuple:
    """Calls the widget's method with the caller; ends with the widget, as C++ observations do. Answers (observed, tag)."""
    reference = weakref.ref(widget)

    def called(caller: Any, name: str) -> None:
        alive = reference()
        if alive is None or sip.isdeleted(alive):
            caller.RemoveObserver(tag)
        else:
            object.__getattribute__(alive, method)(caller)

    tag = observed.AddObserver(event, called)
    return observed, tag


class SceneWidget:
    """Holds the scene; ``mrmlSceneChanged`` tells others."""

    _MARKS = (SlicerWidget,)

    def setMRMLScene(self, scene):
        if self.__dict__.get("_scene") is scene:
            return
        self.__dict__["_scene"] = scene
        self._sceneChanged()
        self.mrmlSceneChanged.emit(scene)

    def mrmlScene(self):
        return self.__dict__.get("_scene")

    def _sceneChanged(self):
        """For widgets that list nodes."""


@stand_in
class qMRMLWidget(SceneWidget, QtWidgets.QWidget):
    mrmlSceneChanged = QtCore.pyqtSignal(object)
    _SIGNALS = {"mrmlSceneChanged(vtkMRMLScene*)": "mrmlSceneChanged"}


@stand_in
class qSlicerWidget(SceneWidget, QtWidgets.QWidget):
    mrmlSceneChanged = QtCore.pyqtSignal(object)
    _SIGNALS = {"mrmlSceneChanged(vtkMRMLScene*)": "mrmlSceneChanged"}
