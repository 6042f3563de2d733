"""Group "Through the slices": from the slice that a view shows, backward and forward."""
from typing import Any, Optional

import slicer
from slicer.i18n import tr as _
from SegBridgeLoop.state import What, WorkPhase

from .connections import Connections
from .drawing.slice_views import sliceNodes, sliceUnderMouse
from .work_group import chosenModel


class PropagationGroup:
    shows = frozenset({What.WORK, What.HISTORY, What.PROPAGATION, What.SERVER, What.SEGMENTS})

    def __init__(self, logic: Any, ui: Any) -> None:
        self._logic = logic
        self._ui = ui
        self._icons: Any = None
        self._views: Any = None
        self._connections = Connections()
        self._connections.add(ui.propagateButton, "clicked()", self._startOrStop)
        self._connections.add(ui.acceptSliceButton, "clicked()", self._acceptShown)
        self._connections.add(ui.reopenSliceButton, "clicked()", self._reopenShown)

    def setIcons(self, icons: Any) -> None:
        self._icons = icons
        self._ui.acceptSliceButton.setIcon(icons["accept"])

    def render(self) -> None:
        ui, logic = self._ui, self._logic
        self._renderViews()
        going = logic.work.phase is WorkPhase.PROPAGATING
        model = chosenModel(logic)
        possible = (logic.work.phase is WorkPhase.READY and bool(logic.history) and model is not None
                    and model.dimension == 2 and bool(ui.propagationViewCombo.count))
        ui.propagateButton.setText(_("Stop") if going else _("Propagate"))
        ui.propagateButton.setIcon(self._icons["stop" if going else "propagate"])
        ui.propagateButton.setEnabled(going or possible)
        for button in (ui.acceptSliceButton, ui.reopenSliceButton):
            button.setEnabled(logic.work.phase is WorkPhase.READY and bool(logic.history))
        for widget in (ui.propagationViewCombo, ui.backwardSpinBox, ui.forwardSpinBox, ui.stopBelowSpinBox):
            widget.setEnabled(not going)

    def acceptSlice(self) -> None:
        """By key: the slice under the mouse, else the one that the chosen view shows."""
        sliceNode = sliceUnderMouse() or self.sliceNode()
        if self._ui.acceptSliceButton.enabled and sliceNode is not None:
            self._logic.acceptSlice(sliceNode)

    def sliceNode(self) -> Optional[Any]:
        """The slice node of the chosen view."""
        row = self._ui.propagationViewCombo.currentIndex
        nodeId = self._ui.propagationViewCombo.itemData(row) if row >= 0 else None
        return slicer.mrmlScene.GetNodeByID(nodeId) if nodeId else None

    def cleanup(self) -> None:
        self._connections.clear()

    def _acceptShown(self) -> None:
        self._logic.acceptSlice(self.sliceNode())

    def _reopenShown(self) -> None:
        self._logic.acceptSlice(self.sliceNode(), False)

    def _renderViews(self) -> None:
        combo = self._ui.propagationViewCombo
        views = [(node.GetName(), node.GetID()) for node in sliceNodes()]
        if views == self._views:
            return
        self._views = views
        chosen = combo.itemData(combo.currentIndex) if combo.currentIndex >= 0 else None
        combo.clear()
        for name, nodeId in views:
            combo.addItem(name, nodeId)
        combo.setCurrentIndex(max(0, combo.findData(chosen)) if views else -1)

    def _startOrStop(self) -> None:
        if self._logic.work.phase is WorkPhase.PROPAGATING:
            self._logic.cancelPropagation()
            return
        sliceNode = self.sliceNode()
        if sliceNode is None:
            return
        ui, here, step = self._ui, sliceNode.GetSliceOffset(), sliceSpacing(sliceNode)
        self._logic.propagate(sliceNode, here - step * ui.backwardSpinBox.value, here + step * ui.forwardSpinBox.value,
                              ui.stopBelowSpinBox.value / 100)


def sliceSpacing(sliceNode: Any) -> float:
    """Distance in mm between the slices of the volume that the view shows."""
    logic = slicer.app.applicationLogic().GetSliceLogic(sliceNode)
    return abs(logic.GetLowestVolumeSliceSpacing()[2])
