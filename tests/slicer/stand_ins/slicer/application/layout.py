"""The layout manager with three slice views, whose interactors take events as a mouse would give them."""
from __future__ import annotations

from typing import Any, Dict

import numpy as np
import vtk
from ctk.widget import stand_in
from PyQt5 import QtGui, QtWidgets
from qt.rules import SlicerWidget

from ..mrml.stand_in import StandIn
from ..mrml.volume import _array
from .placing import PlacesMarkups

VIEWS = (("Red", "Axial"), ("Green", "Coronal"), ("Yellow", "Sagittal"))


class vtkMRMLSliceLayerLogic(StandIn, vtk.vtkObject):
    def __init__(self) -> None:
        self._volume: Any = None

    def GetVolumeNode(self) -> Any:
        return self._volume()


class vtkMRMLSliceLogic(StandIn, vtk.vtkObject):
    """Slice node, composite node, and fitting of the view to the background volume."""

    def __init__(self) -> None:
        self._node: Any = None
        self._composite: Any = None

    def GetSliceNode(self) -> Any:
        return self._node

    def GetSliceCompositeNode(self) -> Any:
        return self._composite

    def GetBackgroundLayer(self) -> vtkMRMLSliceLayerLogic:
        layer = vtkMRMLSliceLayerLogic()
        layer._volume = lambda: self._node.GetScene().GetNodeByID(self._composite.GetBackgroundVolumeID())
        return layer

    def GetSliceOffset(self) -> float:
        return self._node.GetSliceOffset()

    def SetSliceOffset(self, offset: float) -> None:
        self._node.SetSliceOffset(offset)

    def GetLowestVolumeSliceSpacing(self) -> tuple:
        """Spacing of the background volume along the axes of the slice, mm."""
        volume = self.GetBackgroundLayer().GetVolumeNode()
        if volume is None:
            return (1.0, 1.0, 1.0)
        directions = volume._directions().T @ _array(self._node.GetSliceToRAS())[:3, :3]
        return tuple(1 / np.abs(directions / np.array(volume.GetSpacing())[:, None]).sum(axis=0))

    def FitSliceToAll(self, width: int = -1, height: int = -1) -> None:
        self.FitSliceToBackground(width, height)

    def FitSliceToBackground(self, width: int = -1, height: int = -1) -> None:
        volume = self.GetBackgroundLayer().GetVolumeNode()
        if volume is None:
            return
        bounds = [0.0] * 6
        volume.GetRASBounds(bounds)
        center = np.array(bounds).reshape(3, 2).mean(axis=1)
        self._node.JumpSliceByCentering(*center)
        corners = np.array([[bounds[n & 1], bounds[2 + (n >> 1 & 1)], bounds[4 + (n >> 2 & 1)]] for n in range(8)])
        inSlice = (corners - center) @ _array(self._node.GetSliceToRAS())[:3, :3]
        x, y, _ = self._node.GetDimensions()
        spans = np.ptp(inSlice, axis=0)
        pixel = max(spans[0] / x, spans[1] / y)
        self._node.SetFieldOfView(pixel * x, pixel * y, self._node.GetFieldOfView()[2])


@stand_in
class qMRMLSliceView(QtWidgets.QWidget):
    """Renders off screen when asked to; events go to ``interactor()``."""

    _MARKS = (SlicerWidget,)

    def __init__(self, *arguments):
        QtWidgets.QWidget.__init__(self, *arguments)
        self._interactor = vtk.vtkGenericRenderWindowInteractor()
        self._interactor.EnableRenderOff()
        self._renderer = vtk.vtkRenderer()
        self._window = None
        self._overlays = vtk.vtkRenderer()
        self._rendered = 0
        self._cursor = self._defaultCursor = QtGui.QCursor()
        # As vtkMRMLViewInteractorStyle: a moving mouse gets the cursor of what is under it, else the view's default one.
        self._interactor.AddObserver("MouseMoveEvent", lambda caller, event: setattr(self, "_cursor", self._defaultCursor))

    def interactor(self):
        return self._interactor

    interactorStyle = interactor

    def renderWindow(self):
        if self._window is None:
            self._window = vtk.vtkRenderWindow()
            self._window.SetOffScreenRendering(1)
            self._window.AddRenderer(self._renderer)
            self._window.SetSize(*self._node.GetDimensions()[:2])
        return self._window

    def renderer(self):
        return self._renderer

    def scheduleRender(self):
        self._rendered += 1

    forceRender = scheduleRender

    def mrmlSliceNode(self):
        return self._node

    def setViewCursor(self, cursor):
        self._cursor = cursor

    def unsetViewCursor(self):
        self._cursor = QtGui.QCursor()

    def setDefaultViewCursor(self, cursor):
        self._defaultCursor = cursor


@stand_in
class qMRMLSliceControllerWidget(QtWidgets.QWidget):
    _MARKS = (SlicerWidget,)


@stand_in
class qMRMLSliceWidget(QtWidgets.QWidget):
    _MARKS = (SlicerWidget,)

    def sliceLogic(self):
        return self._logic

    def mrmlSliceNode(self):
        return self._logic.GetSliceNode()

    def sliceView(self):
        return self._view

    def interactorStyle(self):
        return self._view.interactor()

    def sliceController(self):
        return self._controller


class qSlicerLayoutManager:
    """Red, Green and Yellow, all shown; no 3D views."""

    def __init__(self, scene: Any) -> None:
        self._slices: Dict[str, Any] = {}
        self._scene = scene
        for name, orientation in VIEWS:
            self._slices[name] = self._slice(name, orientation)

    def _slice(self, name: str, orientation: str) -> Any:
        node, composite = (self._singleton(cls, name) for cls in ("vtkMRMLSliceNode", "vtkMRMLSliceCompositeNode"))
        self._furnish(node, composite, name, orientation)
        widget = qMRMLSliceWidget()
        widget._logic = vtkMRMLSliceLogic()
        widget._logic._node, widget._logic._composite = node, composite
        widget._view = qMRMLSliceView()
        widget._view._node = node
        widget._controller = qMRMLSliceControllerWidget()
        widget._placing = PlacesMarkups(widget._view, node)
        return widget

    def _reset(self) -> None:
        """As after the start of the application; observers of the interactors stay, they belong to who added them."""
        for name, orientation in VIEWS:
            self._furnish(self._slices[name].mrmlSliceNode(), self._slices[name].sliceLogic().GetSliceCompositeNode(), name, orientation)

    @staticmethod
    def _furnish(node: Any, composite: Any, name: str, orientation: str) -> None:
        for one in (node, composite):
            one.SetLayoutName(name)
            one.SetName(name)
        node.JumpSliceByCentering(0, 0, 0)
        node.SetOrientation(orientation)
        node.SetDimensions(400, 300, 1)
        node.SetFieldOfView(400, 300, 1)
        node.SetXYZOrigin(0, 0, 0)

    def _singleton(self, className: str, tag: str) -> Any:
        node = self._scene.CreateNodeByClass(className)
        node.SetSingletonTag(tag)
        return self._scene.AddNode(node)

    def sliceViewNames(self) -> tuple:
        return tuple(self._slices)

    def sliceWidget(self, name: str) -> Any:
        return self._slices.get(name)

    threeDViewCount = 0
    layout = 3

    def threeDWidget(self, index: int) -> None:
        return None

    def setLayout(self, layout: int) -> None:
        self.__dict__["layout"] = layout

    def resetSliceViews(self) -> None:
        for widget in self._slices.values():
            widget.sliceLogic().FitSliceToAll()

    def connect(self, signature: str, callback: Any) -> bool:
        return signature in ("layoutChanged(int)",)

    def disconnect(self, signature: str, callback: Any = None) -> bool:
        return True

    def viewport(self) -> Any:
        return None
