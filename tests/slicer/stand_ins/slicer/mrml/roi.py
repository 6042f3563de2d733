"""The ROI node: a box of its own frame ("object") in the node's frame."""
from __future__ import annotations

from typing import Any

import numpy as np
import vtk

from .control_points import Shape, _answer
from .markups import vtkMRMLMarkupsNode
from .volume import _array


class vtkMRMLMarkupsROINode(vtkMRMLMarkupsNode):
    """Placed with two clicks at opposite corners in its own axes; then centre and size are set, and one point, at the
    centre, is left."""

    _DISPLAY_CLASS = "vtkMRMLMarkupsROIDisplayNode"
    _SHAPE = Shape(maximum=2, required=2)

    def _setUp(self) -> None:
        super()._setUp()
        self._objectToNode = np.eye(4)
        self._size = np.zeros(3)

    def _pointsChanged(self) -> None:
        defined = [point.position for point in self._points if point.status == self.PositionDefined]
        if len(defined) == 2:
            one, two = np.array(defined[0]), np.array(defined[1])
            self._objectToNode[:3, 3] = (one + two) / 2
            size = np.abs((one - two) @ self._objectToNode[:3, :3])
            self._size = np.where(size == 0, min(size[size > 0], default=0), size)
            self._points[1:] = []
            self._points[0].position = tuple(self._objectToNode[:3, 3].tolist())
            self._shape.maximum = self._shape.required = 1
            self.Modified()

    def GetCenter(self, center: Any = None) -> Any:
        return _answer_vector(self._objectToNode[:3, 3].tolist(), center)

    def GetCenterWorld(self, center: Any = None) -> Any:
        return _answer_vector(self._toWorld(self._objectToNode[:3, 3].tolist()), center)

    def SetCenter(self, *center: Any) -> None:
        self._objectToNode[:3, 3] = center[0] if len(center) == 1 else center
        self._changed()

    def SetCenterWorld(self, *center: Any) -> None:
        self.SetCenter(self._fromWorld(center[0] if len(center) == 1 else center))

    def GetSize(self) -> tuple:
        return tuple(self._size.tolist())

    def SetSize(self, *size: Any) -> None:
        self._size = np.array(size[0] if len(size) == 1 else size, float)
        self._changed()

    def _changed(self) -> None:
        self.InvokeCustomModifiedEvent(self.PointModifiedEvent)
        self.Modified()

    def GetObjectToNodeMatrix(self) -> vtk.vtkMatrix4x4:
        return _matrix(self._objectToNode)

    def SetAndObserveObjectToNodeMatrix(self, matrix: vtk.vtkMatrix4x4) -> None:
        self._objectToNode = _array(matrix)
        self._changed()

    def GetObjectToWorldMatrix(self) -> vtk.vtkMatrix4x4:
        toWorld = vtk.vtkMatrix4x4()
        parent = self.GetParentTransformNode()
        if parent is not None:
            parent.GetMatrixTransformToWorld(toWorld)
        return _matrix(_array(toWorld) @ self._objectToNode)

    def GetObjectBounds(self, bounds: list) -> None:
        half = self._size / 2
        bounds[:] = np.stack([-half, half], axis=1).ravel().tolist()

    def _cornersWorld(self) -> np.ndarray:
        half = self._size / 2
        corners = np.array([[(1 if n & 1 else -1), (1 if n & 2 else -1), (1 if n & 4 else -1)] for n in range(8)]) * half
        whole = _array(self.GetObjectToWorldMatrix())
        return corners @ whole[:3, :3].T + whole[:3, 3]

    def GetRASBounds(self, bounds: list) -> None:
        corners = self._cornersWorld()
        bounds[:] = np.stack([corners.min(axis=0), corners.max(axis=0)], axis=1).ravel().tolist()

    def IsPointInROIWorld(self, point: Any) -> bool:
        inverse = np.linalg.inv(_array(self.GetObjectToWorldMatrix()))
        own = inverse[:3, :3] @ np.array(point, float) + inverse[:3, 3]
        return bool((np.abs(own) <= self._size / 2).all())

    def GetROIType(self) -> int:
        return self.ROITypeBox

    def _saved(self) -> dict:
        return dict(super()._saved(), objectToNode=self._objectToNode.copy(), size=self._size.copy())

    def _restore(self, saved: dict) -> None:
        super()._restore(saved)
        self._objectToNode, self._size = saved["objectToNode"], saved["size"]

    def _withoutFile(self) -> dict:
        return dict(super()._withoutFile(), objectToNode=np.eye(4), size=np.zeros(3))


def _answer_vector(position: Any, output: Any) -> Any:
    """Centres are returned as a vtkVector3d."""
    return vtk.vtkVector3d(*position) if output is None else _answer(position, output)


def _matrix(array: np.ndarray) -> vtk.vtkMatrix4x4:
    matrix = vtk.vtkMatrix4x4()
    matrix.DeepCopy(array.ravel().tolist())
    return matrix
