"""``slicer.app``."""
from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from typing import Any

import silent_errors
import vtk
from PyQt5 import QtCore, QtWidgets
from qt.rules import adopted, ruled
from qt.signals import connect, disconnect

from ..mrml.stand_in import StandIn



class vtkMRMLApplicationLogic(StandIn, vtk.vtkObject):
    def __init__(self) -> None:
        self._scene: Any = None

    def _node(self, className: str, tag: str) -> Any:
        return self._scene.GetSingletonNode(tag, className)

    def GetInteractionNode(self) -> Any:
        return self._node("vtkMRMLInteractionNode", "Singleton")

    def GetSelectionNode(self) -> Any:
        return self._node("vtkMRMLSelectionNode", "Singleton")

    def GetSliceLogics(self) -> vtk.vtkCollection:
        import slicer

        collection = vtk.vtkCollection()
        for widget in slicer.app._layout._slices.values():
            collection.AddItem(widget.sliceLogic())
        return collection

    def GetSliceLogic(self, node: Any) -> Any:
        import slicer

        return next((widget.sliceLogic() for widget in slicer.app._layout._slices.values() if widget.mrmlSliceNode() is node), None)

    def PropagateVolumeSelection(self, fit: int = 1) -> None:
        import slicer

        for widget in slicer.app._layout._slices.values():
            widget.sliceLogic().GetSliceCompositeNode().SetBackgroundVolumeID(self.GetSelectionNode().GetActiveVolumeID())
            if fit:
                widget.sliceLogic().FitSliceToAll()


class vtkSlicerApplicationLogic(vtkMRMLApplicationLogic):
    pass


class qSlicerApplication:
    """Numbers are those of the version that the stand-ins follow; ``testing`` and ``mainWindow`` are for tests to change."""

    majorVersion, minorVersion, revision = 5, 13, "34000"
    applicationVersion, applicationName, os = "5.13.0", "Slicer", "linux"

    def __init__(self) -> None:
        made = QtWidgets.QApplication.instance() or QtWidgets.QApplication(["SlicerApp-real"])
        made.setOrganizationName("SegBridge-tests")
        made.setApplicationName("Slicer")
        self.__dict__.update(_application=made, _logic=vtkSlicerApplicationLogic(), _layout=None, _folder=tempfile.mkdtemp(prefix="slicer-stand-in-"),
                             _testing=False, _withMainWindow=True, _startupCallbacks=[], _window=None)
        atexit.register(shutil.rmtree, self._folder, ignore_errors=True)
        QtCore.QSettings.setDefaultFormat(QtCore.QSettings.IniFormat)
        QtCore.QSettings.setPath(QtCore.QSettings.IniFormat, QtCore.QSettings.UserScope, self._folder)
        silent_errors.install()

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_"):
            raise AttributeError(f"creating new attributes on C++ objects is not allowed: qSlicerApplication.{name}")
        self.__dict__[name] = value

    temporaryPath = property(lambda self: self._folder)
    slicerHome = property(lambda self: os.path.join(self._folder, "home"))
    extensionsInstallPath = property(lambda self: os.path.join(self._folder, "extensions"))
    startupWorkingPath = property(lambda self: os.getcwd())
    pythonConsole = None

    def layoutManager(self) -> Any:
        return self._layout if self._withMainWindow else None

    def applicationLogic(self) -> vtkSlicerApplicationLogic:
        return self._logic

    def mrmlScene(self) -> Any:
        return self._logic._scene

    def processEvents(self) -> None:
        self._application.sendPostedEvents(None, QtCore.QEvent.DeferredDelete)
        self._application.processEvents()

    def testingEnabled(self) -> bool:
        return self._testing

    def settings(self) -> Any:
        return ruled(QtCore.QSettings)()

    userSettings = settings
    revisionUserSettings = settings

    def pauseRender(self) -> None:
        pass

    def resumeRender(self) -> None:
        pass

    def connect(self, signature: str, callback: Any) -> bool:
        if signature == "startupCompleted()":
            self._startupCallbacks.append(callback)
            return True
        return connect(self._application, signature, callback)

    def disconnect(self, signature: str, callback: Any = None) -> bool:
        return disconnect(self._application, signature, callback)

    def __getattr__(self, name: str) -> Any:
        """What every QApplication has."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(adopted(self._application), name)
