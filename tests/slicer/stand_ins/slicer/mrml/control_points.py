"""The control points of markups: adding, removing and moving them, with the events in the order that real Slicer was seen to
send them."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, List, Tuple

import numpy as np
import vtk


@dataclass
class ControlPoint:
    """A point in the node's own frame."""

    id: str
    position: Tuple[float, float, float] = (0.0, 0.0, 0.0)
    status: int = 2
    label: str = ""
    description: str = ""
    associated: str = ""
    selected: bool = True
    locked: bool = False
    visible: bool = True


@dataclass
class Shape:
    """What is special about a kind of markups."""

    maximum: int = -1
    required: int = 1
    closed: bool = False


class ControlPoints:
    """Part of vtkMRMLMarkupsNode."""

    _points: List[ControlPoint]
    _lastNumber: int
    _shape: Shape

    def _point(self, n: int) -> ControlPoint:
        if not 0 <= n < len(self._points):
            raise IndexError(f"{self.GetClassName()} has no control point {n}")
        return self._points[n]

    def _announce(self, event: int, n: int) -> None:
        self.InvokeCustomModifiedEvent(event, n)

    # Adding and removing

    def AddControlPoint(self, *arguments: Any) -> int:
        position, label = _position(arguments)
        return self._insert(len(self._points), position, label)

    def AddControlPointWorld(self, *arguments: Any) -> int:
        position, label = _position(arguments)
        return self._insert(len(self._points), self._fromWorld(position), label)

    def InsertControlPoint(self, n: int, *arguments: Any) -> bool:
        position, label = _position(arguments)
        return self._insert(n, position, label) >= 0

    def InsertControlPointWorld(self, n: int, *arguments: Any) -> bool:
        position, label = _position(arguments)
        return self._insert(n, self._fromWorld(position), label) >= 0

    def _insert(self, n: int, position: tuple, label: str, status: int = 2) -> int:
        if self._shape.maximum > 0 and len(self._points) >= self._shape.maximum:
            return -1
        self._lastNumber += 1
        text = label or self.GetControlPointLabelFormat().replace("%N", self.GetName() or "").replace("%d", str(self._lastNumber))
        self._points.insert(n, ControlPoint(str(self._lastNumber), position, status, text))
        self._pointsChanged()
        self._announce(self.PointAddedEvent, n)
        self._announce(self.PointModifiedEvent, n)
        if status == self.PositionDefined:
            self._announce(self.PointPositionDefinedEvent, n)
        return n

    def _pointsChanged(self) -> None:
        """For kinds that follow their points."""

    def RemoveNthControlPoint(self, n: int) -> None:
        defined = self._point(n).status == self.PositionDefined
        self._announce(self.PointAboutToBeRemovedEvent, n)
        del self._points[n]
        self._pointsChanged()
        if defined:
            self._announce(self.PointPositionUndefinedEvent, n)
        self._announce(self.PointRemovedEvent, n)

    def RemoveAllControlPoints(self) -> None:
        if not self._points:
            return
        defined = any(point.status == self.PositionDefined for point in self._points)
        self._points.clear()
        self._lastNumber = 0
        self._pointsChanged()
        self.InvokeCustomModifiedEvent(self.PointRemovedEvent)
        if defined:
            self.InvokeCustomModifiedEvent(self.PointPositionUndefinedEvent)

    # Positions

    def _toWorld(self, position: Any) -> tuple:
        return self._worldTransform().TransformPoint(position)

    def _fromWorld(self, position: Any) -> tuple:
        return self._worldTransform(toWorld=False).TransformPoint(position)

    def GetNthControlPointPosition(self, n: int, position: Any = None) -> Any:
        return _answer(self._point(n).position, position)

    def GetNthControlPointPositionWorld(self, n: int, position: Any = None) -> Any:
        return _answer(self._toWorld(self._point(n).position), position)

    def GetNthControlPointPositionVector(self, n: int) -> vtk.vtkVector3d:
        return vtk.vtkVector3d(*self._point(n).position)

    def SetNthControlPointPosition(self, n: int, *arguments: Any) -> None:
        if len(arguments) in (1, 2) and not np.isscalar(arguments[0]):
            position, status = arguments[0], arguments[1:]
        else:
            position, status = arguments[:3], arguments[3:]
        self._move(n, tuple(float(value) for value in position), status[0] if status else self.PositionDefined)

    def SetNthControlPointPositionWorld(self, n: int, *arguments: Any) -> None:
        if len(arguments) in (1, 2) and not np.isscalar(arguments[0]):
            position, status = arguments[0], arguments[1:]
        else:
            position, status = arguments[:3], arguments[3:]
        self._move(n, self._fromWorld(tuple(float(value) for value in position)), status[0] if status else self.PositionDefined)

    def _move(self, n: int, position: tuple, status: int) -> None:
        point = self._point(n)
        became = status == self.PositionDefined != point.status
        point.position, point.status = tuple(position), status
        self._pointsChanged()
        self._announce(self.PointModifiedEvent, n)
        if became:
            self._announce(self.PointPositionDefinedEvent, n)

    def UnsetNthControlPointPosition(self, n: int) -> None:
        if self._point(n).status != self.PositionUndefined:
            self._points[n].status = self.PositionUndefined
            self._announce(self.PointModifiedEvent, n)
            self._announce(self.PointPositionUndefinedEvent, n)

    def GetControlPointPositionsWorld(self, points: vtk.vtkPoints) -> None:
        points.Reset()
        for point in self._points:
            points.InsertNextPoint(self._toWorld(point.position))

    def SetControlPointPositionsWorld(self, points: vtk.vtkPoints, setUndefined: bool = True) -> None:
        was = self.StartModify()
        positions = [self._fromWorld(points.GetPoint(n)) for n in range(points.GetNumberOfPoints())]
        while len(self._points) > len(positions):
            self.RemoveNthControlPoint(len(self._points) - 1)
        for n, position in enumerate(positions):
            self._move(n, position, self.PositionDefined) if n < len(self._points) else self._insert(n, position, "")
        self.EndModify(was)

    def ApplyTransform(self, transform: vtk.vtkAbstractTransform) -> None:
        for n, point in enumerate(list(self._points)):
            self._move(n, transform.TransformPoint(point.position), point.status)


def _position(arguments: tuple) -> Tuple[tuple, str]:
    """Positions come as a list, a vtkVector3d, or three numbers; then a label may follow."""
    first = arguments[0]
    if np.isscalar(first):
        values, rest = arguments[:3], arguments[3:]
    elif isinstance(first, vtk.vtkVector3d):
        values, rest = tuple(first[n] for n in range(3)), arguments[1:]
    else:
        values, rest = first, arguments[1:]
    position = tuple(float(value) for value in values)
    if len(position) != 3:
        raise TypeError(f"a control point has three coordinates, got {position}")
    return position, rest[0] if rest else ""


def _answer(position: Any, output: Any) -> Any:
    """Positions are returned, or written into a list that was given."""
    if output is None:
        return tuple(position)
    output[0:3] = list(position)
    return None
