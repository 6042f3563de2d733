"""Markups nodes: what is common to all kinds."""
from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any, List, Tuple

import vtk

from .control_points import ControlPoint, ControlPoints, Shape
from .storable import vtkMRMLDisplayableNode


def _flag(name: str) -> Tuple[Any, Any]:
    """Getter and setter of a property of the nth point."""
    def get(self, n=0):
        return getattr(self._point(n), name)

    def set_(self, n, value):
        if getattr(self._point(n), name) != value:
            setattr(self._point(n), name, value)
            self._announce(self.PointModifiedEvent, n)

    return get, set_


class vtkMRMLMarkupsNode(ControlPoints, vtkMRMLDisplayableNode):
    FIELDS = {"ControlPointLabelFormat": "%N-%d"}
    _DISPLAY_CLASS = "vtkMRMLMarkupsDisplayNode"
    _STORAGE_CLASS = "vtkMRMLMarkupsJsonStorageNode"
    _SHAPE = Shape()

    def _setUp(self) -> None:
        super()._setUp()
        self._points: List[ControlPoint] = []
        self._lastNumber = 0
        self._locked = 0
        self._fixed = False
        self._shape = replace(self._SHAPE)

    # Counting and properties

    def GetNumberOfControlPoints(self) -> int:
        return len(self._points)

    def GetNumberOfDefinedControlPoints(self, includePreview: bool = False) -> int:
        wanted = (self.PositionDefined, self.PositionPreview) if includePreview else (self.PositionDefined,)
        return sum(point.status in wanted for point in self._points)

    def GetNumberOfUndefinedControlPoints(self, includePreview: bool = False) -> int:
        wanted = (self.PositionUndefined, self.PositionPreview) if includePreview else (self.PositionUndefined,)
        return sum(point.status in wanted for point in self._points)

    def GetMaximumNumberOfControlPoints(self) -> int:
        return self._shape.maximum

    def GetRequiredNumberOfControlPoints(self) -> int:
        return self._shape.required

    def ControlPointExists(self, n: int) -> bool:
        return 0 <= n < len(self._points)

    def GetNthControlPointID(self, n: int) -> str:
        return self._point(n).id

    def GetNthControlPointIndexByID(self, pointId: str) -> int:
        return next((n for n, point in enumerate(self._points) if point.id == pointId), -1)

    def GetNthControlPointPositionStatus(self, n: int) -> int:
        return self._point(n).status

    GetNthControlPointLabel, SetNthControlPointLabel = _flag("label")
    GetNthControlPointDescription, SetNthControlPointDescription = _flag("description")
    GetNthControlPointAssociatedNodeID, SetNthControlPointAssociatedNodeID = _flag("associated")
    GetNthControlPointSelected, SetNthControlPointSelected = _flag("selected")
    GetNthControlPointLocked, SetNthControlPointLocked = _flag("locked")
    GetNthControlPointVisibility, SetNthControlPointVisibility = _flag("visible")

    def GetLocked(self) -> int:
        return self._locked

    def SetLocked(self, locked: int) -> None:
        if self._locked != int(locked):
            self._locked = int(locked)
            self.InvokeCustomModifiedEvent(self.LockModifiedEvent)
            self.Modified()

    def LockedOn(self) -> None:
        self.SetLocked(1)

    def LockedOff(self) -> None:
        self.SetLocked(0)

    def GetFixedNumberOfControlPoints(self) -> bool:
        return self._fixed

    def SetFixedNumberOfControlPoints(self, fixed: bool) -> None:
        if self._fixed != bool(fixed):
            self._fixed = bool(fixed)
            self.InvokeCustomModifiedEvent(self.FixedNumberOfControlPointsModifiedEvent)

    def GetMarkupType(self) -> str:
        return type(self).__name__.replace("vtkMRMLMarkups", "").replace("Node", "")

    def GetCurveClosed(self) -> bool:
        return self._shape.closed

    def GetCurvePointsWorld(self) -> vtk.vtkPoints:
        points = vtk.vtkPoints()
        self.GetControlPointPositionsWorld(points)
        if self._shape.closed and points.GetNumberOfPoints() > 1:
            points.InsertNextPoint(points.GetPoint(0))
        return points

    def GetRASBounds(self, bounds: list) -> None:
        bounds[:] = self.GetCurvePointsWorld().GetBounds() if self._points else [1.0, -1.0] * 3

    def _saved(self) -> dict:
        return {"points": [asdict(point) for point in self._points], "number": self._lastNumber, "locked": self._locked}

    def _restore(self, saved: dict) -> None:
        self._points = [ControlPoint(**point) for point in saved["points"]]
        self._lastNumber, self._locked = saved["number"], saved["locked"]

    def _withoutFile(self) -> dict:
        return {"points": [], "number": 0}


class vtkMRMLMarkupsFiducialNode(vtkMRMLMarkupsNode):
    _DISPLAY_CLASS = "vtkMRMLMarkupsFiducialDisplayNode"

    def AddFiducial(self, x: float, y: float, z: float, label: str = "") -> int:
        return self.AddControlPoint([x, y, z], label)

    def SetMaximumNumberOfControlPoints(self, count: int) -> None:
        self._shape.maximum = count

    def SetRequiredNumberOfControlPoints(self, count: int) -> None:
        self._shape.required = count
