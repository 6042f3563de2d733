"""Slicer's own place mode in a slice view: hovering shows a preview point, a click defines it."""
from __future__ import annotations

from typing import Any


class PlacesMarkups:
    """Observes the view's interactor at the usual priority, so that tools of a higher one can take the event away."""

    def __init__(self, view: Any, node: Any) -> None:
        self._interactor, self._node = view.interactor(), node
        self._preview: Any = None
        self._interactor.AddObserver("MouseMoveEvent", lambda caller, event: self._hover())
        self._interactor.AddObserver("LeftButtonReleaseEvent", lambda caller, event: self._click())

    def _ras(self) -> list:
        x, y = self._interactor.GetEventPosition()
        return list(self._node.GetXYToRAS().MultiplyPoint([x, y, 0, 1])[:3])

    def _placed(self) -> Any:
        import slicer

        logic = slicer.app.applicationLogic()
        interaction = logic.GetInteractionNode()
        if interaction.GetCurrentInteractionMode() != interaction.Place:
            return None
        return slicer.mrmlScene.GetNodeByID(logic.GetSelectionNode().GetActivePlaceNodeID())

    def _hover(self) -> None:
        import slicer

        slicer.util.getNode("Crosshair").SetCursorPositionXYZ([*self._interactor.GetEventPosition(), 0], self._node)
        markups = self._placed()
        if markups is None:
            return
        self._update(markups, markups.PositionPreview)

    def _update(self, markups: Any, status: int) -> None:
        previews = [n for n, point in enumerate(markups._points) if point.status == markups.PositionPreview]
        local = markups._fromWorld(self._ras())
        if previews:
            markups._move(previews[0], local, status)
        else:
            markups._insert(len(markups._points), local, "", status)

    def _click(self) -> None:
        import slicer

        markups = self._placed()
        if markups is None:
            return
        if not any(point.status == markups.PositionPreview for point in markups._points):
            self._update(markups, markups.PositionPreview)
        self._update(markups, markups.PositionDefined)
        interaction = slicer.app.applicationLogic().GetInteractionNode()
        complete = markups._shape.maximum < 0 or len(markups._points) >= markups._shape.maximum or not markups._points
        if not interaction.GetPlaceModePersistence() and complete:
            interaction.SwitchToViewTransformMode()
