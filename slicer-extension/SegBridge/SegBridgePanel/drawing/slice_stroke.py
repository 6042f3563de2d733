"""One stroke at a time on one slice view: from press over drag to release of the left mouse button."""
import math
from typing import Any, List, Optional

from .preview import XY, Preview


class SliceStroke:
    """Every event returns whether it was used for drawing; others may have it when not."""

    def __init__(self, sliceWidget: Any, shape: Any) -> None:
        self._shape = shape
        self._sliceNode = sliceWidget.sliceLogic().GetSliceNode()
        self._preview = Preview(sliceWidget.sliceView())
        self._path: List[XY] = []
        self._pressedAt: Any = None  # XYToRAS when the button went down

    def setColour(self, colour: Any) -> None:
        self._preview.setColour(colour)

    def pressed(self, interactor: Any) -> bool:
        if interactor.GetShiftKey() or interactor.GetControlKey() or interactor.GetAltKey():
            return False  # Slicer's own: pan, window, rotate
        self._pressedAt = _elements(self._sliceNode.GetXYToRAS())
        self._path = [_position(interactor)]
        self._shape.drag(self._preview, self._path, self._pixelsPerMm())
        return True

    def moved(self, interactor: Any) -> bool:
        at = _position(interactor)
        if not self._path:
            self._shape.hover(self._preview, at, self._pixelsPerMm())
            return False
        if at != self._path[-1]:
            self._path.append(at)
            self._shape.drag(self._preview, self._path, self._pixelsPerMm())
        return True

    def released(self, interactor: Any) -> bool:
        if not self._path:
            return False
        path, at = self._path, _position(interactor)
        if at != path[-1]:
            path.append(at)
        self.cancel()
        prompt: Optional[List[XY]] = self._shape.prompt(path)
        # A slice that was moved or zoomed under the pen is not where the stroke was meant.
        if prompt is not None and self._pressedAt == _elements(self._sliceNode.GetXYToRAS()):
            self._shape.finish([self._toRas(xy) for xy in prompt], self._sliceNode)
        return True

    def left(self) -> None:
        """The mouse is no longer over the view."""
        if not self._path:
            self._preview.hide()

    def cancel(self) -> bool:
        """Gives up what is half drawn; False when there was nothing."""
        drawing = bool(self._path)
        self._path = []
        self._preview.hide()
        return drawing

    def remove(self) -> None:
        self._preview.remove()

    def _toRas(self, xy: XY) -> Any:
        return self._sliceNode.GetXYToRAS().MultiplyPoint((xy[0], xy[1], 0.0, 1.0))[:3]

    def _pixelsPerMm(self) -> float:
        xyToRas = self._sliceNode.GetXYToRAS()
        mmPerPixel = math.sqrt(sum(xyToRas.GetElement(row, 0) ** 2 for row in range(3)))
        return 1 / mmPerPixel if mmPerPixel > 0 else 1.0


def _position(interactor: Any) -> XY:
    x, y = interactor.GetEventPosition()
    return float(x), float(y)


def _elements(matrix: Any) -> List[float]:
    return [matrix.GetElement(row, column) for row in range(4) for column in range(4)]
