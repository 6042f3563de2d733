"""The segment's steps: undo, redo, go to any of them, begin anew."""
from typing import Any, List

import qt
from slicer.i18n import tr as _
from SegBridgeLoop.state import What, WorkPhase

from .connections import Connections


class HistoryGroup:
    shows = frozenset({What.HISTORY, What.SEGMENTS, What.WORK})

    def __init__(self, logic: Any, ui: Any) -> None:
        self._logic = logic
        self._ui = ui
        self._connections = Connections()
        add = self._connections.add
        add(ui.undoButton, "clicked()", self.undo)
        add(ui.redoButton, "clicked()", self.redo)
        add(ui.resetButton, "clicked()", logic.reset)
        add(ui.historyCombo, "activated(int)", self._stepChosen)

    def setIcons(self, icons: Any) -> None:
        for name in ("undo", "redo", "reset"):
            getattr(self._ui, name + "Button").setIcon(icons[name])

    def render(self) -> None:
        ui, history = self._ui, self._logic.history
        ready = self._logic.work.phase in (WorkPhase.READY, WorkPhase.PREDICTING)
        combo = ui.historyCombo
        combo.clear()
        combo.addItem(_("Before the first step"), 0)
        current = 0
        for row, entry in enumerate(history, 1):
            combo.addItem(_("{step}  {what}").format(step=entry.step, what=stepText(entry.text)), entry.step)
            if entry.undone:
                combo.setItemData(row, combo.palette.color(qt.QPalette.Disabled, qt.QPalette.Text), qt.Qt.ForegroundRole)
            if entry.current:
                current = row
        combo.setCurrentIndex(current)
        combo.setEnabled(ready and bool(history))
        ui.undoButton.setEnabled(ready and current > 0)
        ui.redoButton.setEnabled(ready and any(entry.undone for entry in history))
        ui.resetButton.setEnabled(ready and bool(history))

    def undo(self) -> None:
        if self._ui.undoButton.enabled:
            self._logic.undo()

    def redo(self) -> None:
        if self._ui.redoButton.enabled:
            self._logic.redo()

    def cleanup(self) -> None:
        self._connections.clear()

    def _stepChosen(self, row: int) -> None:
        self._logic.goToStep(int(self._ui.historyCombo.itemData(row)))


def stepText(text: str) -> str:
    """The logic's "point +, scribble -" in the user's language."""
    words = {"point": _("point"), "scribble": _("scribble"), "box": _("box"), "lasso": _("lasso"), "mask": _("mask"),
             "edit": _("own edit"), "candidate": _("candidate"), "propagation": _("through the slices"), "-": "−"}
    translated: List[str] = []
    for part in text.split(", "):
        translated.append(" ".join(words.get(word, word) for word in part.split(" ")))
    return ", ".join(translated)
