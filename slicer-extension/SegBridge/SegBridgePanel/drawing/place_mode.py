"""Slicer's own place mode, taken for one of our markups and given back as it was."""
from typing import Any, Callable, Optional

import qt
import slicer


class PlaceMode:
    """While it is taken, clicks into views put control points into ``node``."""

    def __init__(self, ended: Callable[[], None]) -> None:
        """``ended`` is called when place mode was left, or went to another node, without our doing."""
        self._ended = ended
        self._node: Optional[Any] = None
        self._before: Any = None
        self._observations: Any = []

    def take(self, node: Any, persistent: bool) -> None:
        selection, interaction = _selectionNode(), _interactionNode()
        self._before = (selection.GetActivePlaceNodeClassName(), selection.GetActivePlaceNodeID(),
                        interaction.GetPlaceModePersistence())
        self._node = node
        selection.SetReferenceActivePlaceNodeClassName(node.GetClassName())
        selection.SetActivePlaceNodeID(node.GetID())
        interaction.SetPlaceModePersistence(1 if persistent else 0)
        interaction.SetCurrentInteractionMode(interaction.Place)
        for observed, event in ((interaction, interaction.InteractionModeChangedEvent),
                                (selection, selection.ActivePlaceNodeIDChangedEvent)):
            self._observations.append((observed, observed.AddObserver(event, self._modeChanged)))

    def giveBack(self) -> None:
        """Ends place mode, unless someone else has it by now."""
        if self._node is None:
            return
        selection, interaction = _selectionNode(), _interactionNode()
        for observed, tag in self._observations:
            observed.RemoveObserver(tag)
        self._observations = []
        if selection.GetActivePlaceNodeID() == self._node.GetID():
            interaction.SwitchToViewTransformMode()
            className, nodeId, persistence = self._before
            interaction.SetPlaceModePersistence(persistence)
            if className:
                selection.SetReferenceActivePlaceNodeClassName(className)
            selection.SetActivePlaceNodeID(nodeId)
        self._node = None

    def _modeChanged(self, caller: Any, event: str) -> None:
        # Not now: Slicer is still telling everybody, and what changes for a moment only does not count.
        qt.QTimer.singleShot(0, self._look)

    def _look(self) -> None:
        if self._node is None:
            return
        interaction = _interactionNode()
        ours = _selectionNode().GetActivePlaceNodeID() == self._node.GetID()
        if not ours or interaction.GetCurrentInteractionMode() != interaction.Place:
            self._ended()


def _selectionNode() -> Any:
    return slicer.app.applicationLogic().GetSelectionNode()


def _interactionNode() -> Any:
    return slicer.app.applicationLogic().GetInteractionNode()
