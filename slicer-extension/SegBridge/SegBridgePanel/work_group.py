"""Group "Image and segments": which volume, which segment, which model."""
from typing import Any, Optional

from slicer.i18n import tr as _
from SegBridgeLoop.state import ModelInfo, ServerPhase, What

from .connections import Connections
from .drawing.slice_views import showVolume
from .folding import showInGroup


class WorkGroup:
    shows = frozenset({What.WORK, What.SEGMENTS, What.SERVER})

    def __init__(self, logic: Any, ui: Any) -> None:
        self._logic = logic
        self._ui = ui
        self._models: Any = None
        self._rendering = False
        self._connections = Connections()
        add = self._connections.add
        add(ui.volumeSelector, "currentNodeChanged(vtkMRMLNode*)", self._volumeChosen)
        add(ui.segmentationSelector, "currentNodeChanged(vtkMRMLNode*)", self._segmentationChosen)
        add(ui.segmentsTable, "selectionChanged(QItemSelection,QItemSelection)", self._segmentChosen)
        add(ui.addSegmentButton, "clicked()", self._addSegment)
        add(ui.modelCombo, "activated(int)", self._modelChosen)

    def setIcons(self, icons: Any) -> None:
        self._ui.addSegmentButton.setIcon(icons["add"])

    def render(self) -> None:
        ui, logic = self._ui, self._logic
        self._rendering = True
        try:
            _showNode(ui.volumeSelector, logic.volumeNode)
            _showNode(ui.segmentationSelector, logic.segmentationNode)
            if ui.segmentsTable.segmentationNode() is not logic.segmentationNode:
                ui.segmentsTable.setSegmentationNode(logic.segmentationNode)
            shown = [logic.segmentId] if logic.segmentId else []
            if list(ui.segmentsTable.selectedSegmentIDs()) != shown:
                ui.segmentsTable.setSelectedSegmentIDs(shown)
        finally:
            self._rendering = False
        ui.addSegmentButton.setEnabled(logic.volumeNode is not None)
        self._renderModels()

    def cleanup(self) -> None:
        self._connections.clear()

    def _renderModels(self) -> None:
        combo, server = self._ui.modelCombo, self._logic.server
        if server.models != self._models:
            self._models = server.models
            combo.clear()
            for model in server.models:
                combo.addItem(model.title if model.ready else _("{model} (not available)").format(model=model.title), model.id)
        model = chosenModel(self._logic)
        if model is not None:
            combo.setCurrentIndex(combo.findData(model.id))
        combo.setEnabled(server.phase is ServerPhase.READY and bool(server.models))
        self._ui.modelLabel.setText("" if model is None else modelLine(model))
        showInGroup(self._ui.workGroup, self._ui.modelLabel, model is not None)

    def _volumeChosen(self, node: Any) -> None:
        if not self._rendering and node is not self._logic.volumeNode:
            self._logic.setVolume(node)
            if node is not None:
                # What is drawn goes to this volume: it must be the one that is seen.
                showVolume(node)

    def _segmentationChosen(self, node: Any) -> None:
        if not self._rendering and node is not self._logic.segmentationNode:
            self._logic.setSegmentation(node)

    def _segmentChosen(self) -> None:
        chosen = self._ui.segmentsTable.selectedSegmentIDs()
        # The table also loses its selection while it is filled again; that is no choice of the user.
        if not self._rendering and len(chosen) == 1 and chosen[0] != self._logic.segmentId:
            self._logic.setSegment(chosen[0])

    def _addSegment(self) -> None:
        self._logic.addSegment()

    def _modelChosen(self, row: int) -> None:
        self._logic.setModel(self._ui.modelCombo.itemData(row))


def chosenModel(logic: Any) -> Optional[ModelInfo]:
    for model in logic.server.models:
        if model.id == logic.modelId:
            return model
    return None


def modelLine(model: ModelInfo) -> str:
    """What the model can do, in one line."""
    if not model.ready:
        return _("Not available: {reason}").format(reason=model.reason or _("the server gives no reason"))
    names = {"point": _("point"), "scribble": _("scribble"), "box": _("box"), "lasso": _("lasso")}
    notes = [_("slice by slice") if model.dimension == 2 else _("whole volume"),
             ", ".join(name for key, name in names.items() if key in model.prompts)]
    if model.candidates > 1:
        notes.append(_("{count} candidates").format(count=model.candidates))
    if model.uses_context:
        notes.append(_("uses examples"))
    if model.licence:
        notes.append(model.licence)
    # A line ends between two notes, not inside of one.
    return " · ".join(note.replace(" ", "\u00a0") for note in notes if note)


def _showNode(selector: Any, node: Any) -> None:
    if selector.currentNode() is not node:
        selector.setCurrentNode(node)
