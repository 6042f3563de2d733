"""Lines and curves through control points."""
from __future__ import annotations

import numpy as np
import vtk

from .control_points import Shape
from .markups import vtkMRMLMarkupsNode


class vtkMRMLMarkupsLineNode(vtkMRMLMarkupsNode):
    _SHAPE = Shape(maximum=2, required=2)


class vtkMRMLMarkupsCurveNode(vtkMRMLMarkupsNode):
    """Only linear curves can be asked for their interpolated points."""

    _SHAPE = Shape(required=2)

    def _setUp(self) -> None:
        super()._setUp()
        self._linear = False

    def SetCurveTypeToLinear(self) -> None:
        self._linear = True
        self.Modified()

    def SetCurveTypeToCardinalSpline(self) -> None:
        self._linear = False
        self.Modified()

    def GetCurveType(self) -> int:
        return 1 if not self._linear else 0

    def GetCurvePointsWorld(self) -> vtk.vtkPoints:
        if not self._linear:
            raise NotImplementedError("the stand-in interpolates linear curves only")
        return super().GetCurvePointsWorld()

    def GetCurveLengthWorld(self) -> float:
        points = self.GetCurvePointsWorld()
        array = np.array([points.GetPoint(n) for n in range(points.GetNumberOfPoints())])
        return float(np.linalg.norm(np.diff(array, axis=0), axis=1).sum()) if len(array) > 1 else 0.0

    def _saved(self) -> dict:
        return dict(super()._saved(), linear=self._linear)

    def _restore(self, saved: dict) -> None:
        super()._restore(saved)
        self._linear = saved["linear"]


class vtkMRMLMarkupsClosedCurveNode(vtkMRMLMarkupsCurveNode):
    _SHAPE = Shape(required=3, closed=True)
