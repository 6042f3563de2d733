"""What a press, a drag and a release draw: scribble, box, lasso. Coordinates are pixels of the view, y upward."""
import math
from typing import Any, Callable, List, Optional, Sequence

from .preview import XY, Preview

_CIRCLE = [(math.cos(turn * math.pi / 16), math.sin(turn * math.pi / 16)) for turn in range(32)]
_SMALLEST = 3.0  # pixels: what is smaller was no box or lasso, but a slip of the hand


class ScribbleShape:
    """A stroke with a round brush; also a single dab."""

    def __init__(self, radiusMm: Callable[[], float], drawn: Callable[[List[Any], float, Any], None]) -> None:
        self._radiusMm = radiusMm
        self._drawn = drawn

    def hover(self, preview: Preview, at: XY, pixelsPerMm: float) -> None:
        preview.show(_circle(at, self._radiusMm() * pixelsPerMm), True)

    def drag(self, preview: Preview, path: Sequence[XY], pixelsPerMm: float) -> None:
        radius = self._radiusMm() * pixelsPerMm
        preview.show(_circle(path[-1], radius), True, ribbon(path, radius))

    def prompt(self, path: Sequence[XY]) -> Optional[List[XY]]:
        return list(path)

    def finish(self, ras: List[Any], sliceNode: Any) -> None:
        self._drawn(ras, self._radiusMm(), sliceNode)


class BoxShape:
    """A rectangle from corner to corner."""

    def __init__(self, drawn: Callable[[List[Any], Any], None]) -> None:
        self._drawn = drawn

    def hover(self, preview: Preview, at: XY, pixelsPerMm: float) -> None:
        preview.hide()

    def drag(self, preview: Preview, path: Sequence[XY], pixelsPerMm: float) -> None:
        lowerLeft, lowerRight, upperRight, upperLeft = _corners(path)
        preview.show((lowerLeft, lowerRight, upperRight, upperLeft), True, (lowerLeft, upperLeft, lowerRight, upperRight))

    def prompt(self, path: Sequence[XY]) -> Optional[List[XY]]:
        (x0, y0), (x1, y1) = path[0], path[-1]
        return list(_corners(path)) if min(abs(x1 - x0), abs(y1 - y0)) >= _SMALLEST else None

    def finish(self, ras: List[Any], sliceNode: Any) -> None:
        self._drawn(ras, sliceNode)


class LassoShape:
    """A closed outline."""

    def __init__(self, drawn: Callable[[List[Any], Any], None]) -> None:
        self._drawn = drawn

    def hover(self, preview: Preview, at: XY, pixelsPerMm: float) -> None:
        preview.hide()

    def drag(self, preview: Preview, path: Sequence[XY], pixelsPerMm: float) -> None:
        preview.show(path, True)

    def prompt(self, path: Sequence[XY]) -> Optional[List[XY]]:
        sides = [max(axis) - min(axis) for axis in zip(*path)]
        return list(path) if len(path) >= 3 and min(sides) >= _SMALLEST else None

    def finish(self, ras: List[Any], sliceNode: Any) -> None:
        self._drawn(ras, sliceNode)


def ribbon(path: Sequence[XY], radius: float) -> List[XY]:
    """Strip of triangles along a path, left and right by turns; nothing for a single point."""
    strip: List[XY] = []
    for index, (x, y) in enumerate(path):
        (x0, y0), (x1, y1) = path[max(0, index - 1)], path[min(len(path) - 1, index + 1)]
        length = math.hypot(x1 - x0, y1 - y0)
        if length > 0:
            left = (-(y1 - y0) * radius / length, (x1 - x0) * radius / length)
            strip += [(x + left[0], y + left[1]), (x - left[0], y - left[1])]
    return strip


def _circle(centre: XY, radius: float) -> List[XY]:
    return [(centre[0] + radius * x, centre[1] + radius * y) for x, y in _CIRCLE]


def _corners(path: Sequence[XY]) -> Sequence[XY]:
    """Lower left, lower right, upper right, upper left."""
    (x0, y0), (x1, y1) = path[0], path[-1]
    left, right, lower, upper = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
    return (left, lower), (right, lower), (right, upper), (left, upper)
