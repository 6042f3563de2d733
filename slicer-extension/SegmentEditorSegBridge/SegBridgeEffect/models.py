"""The choice of the model, and the way to the module panel."""
from typing import Any

import slicer
from slicer.i18n import tr as _
from SegBridgeLoop.state import ServerPhase, What
from SegBridgePanel.connections import Connections
from SegBridgePanel.work_group import chosenModel, modelLine


class ModelChoice:
    shows = frozenset({What.WORK, What.SERVER})

    def __init__(self, logic: Any, ui: Any) -> None:
        self._logic, self._ui = logic, ui
        self._models: Any = None
        self._connections = Connections()
        self._connections.add(ui.modelCombo, "activated(int)", self._modelChosen)
        self._connections.add(ui.serverButton, "clicked()", self._openModule)

    def setIcons(self, icons: Any) -> None:
        pass

    def render(self) -> None:
        combo, server, model = self._ui.modelCombo, self._logic.server, chosenModel(self._logic)
        if server.models != self._models:
            self._models = server.models
            combo.clear()
            for each in server.models:
                combo.addItem(each.title if each.ready else _("{model} (not available)").format(model=each.title), each.id)
        if model is not None:
            combo.setCurrentIndex(combo.findData(model.id))
        combo.setToolTip(modelLine(model) if model is not None else _("Model of the server that makes the mask."))
        combo.setEnabled(server.phase is ServerPhase.READY and bool(server.models))

    def cleanup(self) -> None:
        self._connections.clear()

    def _modelChosen(self, row: int) -> None:
        self._logic.setModel(self._ui.modelCombo.itemData(row))

    def _openModule(self) -> None:
        slicer.util.selectModule("SegBridge")
