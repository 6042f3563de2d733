"""What is being drawn, as an overlay of one slice view; coordinates are pixels of the view, y upward."""
from typing import Any, List, Sequence, Tuple

import vtk

XY = Tuple[float, float]
INCLUDE = (0.20, 0.85, 0.45)
EXCLUDE = (1.00, 0.35, 0.28)


class Preview:
    """A line and a translucent area."""

    def __init__(self, sliceView: Any) -> None:
        self._view = sliceView
        self._hidden = True
        self._line = _Overlay(1.0, 2.0)
        self._area = _Overlay(0.25, 1.0)
        self._renderer = sliceView.renderWindow().GetRenderers().GetItemAsObject(0)
        for overlay in (self._area, self._line):
            self._renderer.AddActor2D(overlay.actor)

    def setColour(self, colour: Tuple[float, float, float]) -> None:
        for overlay in (self._line, self._area):
            overlay.actor.GetProperty().SetColor(*colour)

    def show(self, line: Sequence[XY], closed: bool, strip: Sequence[XY] = ()) -> None:
        """``strip`` is a strip of triangles: left and right by turns."""
        self._hidden = False
        self._line.setLine(line, closed)
        self._area.setStrip(strip)
        self._view.scheduleRender()

    def hide(self) -> None:
        if not self._hidden:
            self.show((), False)
            self._hidden = True

    def remove(self) -> None:
        for overlay in (self._line, self._area):
            self._renderer.RemoveActor2D(overlay.actor)
        self._view.scheduleRender()


class _Overlay:
    def __init__(self, opacity: float, width: float) -> None:
        self._data = vtk.vtkPolyData()
        mapper = vtk.vtkPolyDataMapper2D()
        mapper.SetInputData(self._data)
        self.actor = vtk.vtkActor2D()
        self.actor.SetMapper(mapper)
        self.actor.PickableOff()
        self.actor.GetProperty().SetOpacity(opacity)
        self.actor.GetProperty().SetLineWidth(width)

    def setLine(self, points: Sequence[XY], closed: bool) -> None:
        ids = list(range(len(points))) + ([0] if closed and points else [])
        self._set(points, ids, strip=False)

    def setStrip(self, points: Sequence[XY]) -> None:
        self._set(points, list(range(len(points))), strip=True)

    def _set(self, points: Sequence[XY], ids: List[int], strip: bool) -> None:
        vtkPoints, cells = vtk.vtkPoints(), vtk.vtkCellArray()
        for x, y in points:
            vtkPoints.InsertNextPoint(x, y, 0.0)
        if len(ids) > (2 if strip else 1):
            cells.InsertNextCell(len(ids))
            for pointId in ids:
                cells.InsertCellPoint(pointId)
        self._data.Initialize()
        self._data.SetPoints(vtkPoints)
        if strip:
            self._data.SetStrips(cells)
        else:
            self._data.SetLines(cells)
        self._data.Modified()
