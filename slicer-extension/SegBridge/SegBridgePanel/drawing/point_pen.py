"""Points by Slicer's own place mode; the markup is only a pen, what it wrote is taken away at once."""
from typing import Any, Callable, List, Optional

import qt
from SegBridgeScene.private_nodes import add_pen, remove_node

from .place_mode import PlaceMode
from .preview import EXCLUDE, INCLUDE
from .slice_views import clickedSlice


class PointPen:
    def __init__(self, drawn: Callable[[Any, Optional[Any]], None], ended: Callable[[], None]) -> None:
        """``drawn(ras, sliceNode)`` gets world RAS in mm and the slice that was clicked, None in a 3D view."""
        self._drawn = drawn
        self._ended = ended
        self._node: Optional[Any] = None
        self._tag = 0
        self._placeMode = PlaceMode(self._placeModeEnded)

    def start(self, positive: bool) -> None:
        node = add_pen("vtkMRMLMarkupsFiducialNode", "SegBridge pen")
        node.GetDisplayNode().SetPointLabelsVisibility(False)
        self._node = node
        self._tag = node.AddObserver(node.PointPositionDefinedEvent, self._pointPlaced)
        self.setPositive(positive)
        self._placeMode.take(node, True)

    def stop(self) -> None:
        self._placeMode.giveBack()
        node, self._node = self._node, None
        if node is not None:
            node.RemoveObserver(self._tag)
            remove_node(node)

    def setPositive(self, positive: bool) -> None:
        self._node.GetDisplayNode().SetSelectedColor(*(INCLUDE if positive else EXCLUDE))

    def cancel(self) -> bool:
        return False

    def _pointPlaced(self, caller: Any, event: str) -> None:
        # Not now: Slicer's place widget is still using the point.
        qt.QTimer.singleShot(0, self._takePoints)

    def _takePoints(self) -> None:
        node = self._node
        if node is None:
            return
        placed: List[Any] = []
        for index in reversed(range(node.GetNumberOfControlPoints())):
            # The preview under the mouse stays.
            if node.GetNthControlPointPositionStatus(index) == node.PositionDefined:
                placed.insert(0, tuple(node.GetNthControlPointPositionWorld(index)))
                node.RemoveNthControlPoint(index)
        for ras in placed:
            self._drawn(ras, clickedSlice(ras))

    def _placeModeEnded(self) -> None:
        if self._node is not None:
            self._takePoints()
            self.stop()
            self._ended()
