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
        self._shown: Any = ()
        ui.historyCombo.addItem(_("Before the first step"), 0)
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
        if history is not self._shown:
            self._renderSteps(history)
        ui.historyCombo.setEnabled(ready and bool(history))
        ui.undoButton.setEnabled(ready and any(entry.current for entry in history))
        ui.redoButton.setEnabled(ready and any(entry.undone for entry in history))
        ui.resetButton.setEnabled(ready and bool(history))

    def _renderSteps(self, history: Any) -> None:
        """Only what is another than before: a history may be long."""
        combo, shown = self._ui.historyCombo, self._shown
        while combo.count > len(history) + 1:
            combo.removeItem(combo.count - 1)
        for row, entry in enumerate(history, 1):
            if row >= combo.count:
                combo.addItem("", entry.step)
            elif entry == shown[row - 1]:
                continue
            combo.setItemText(row, _("{step}  {what}").format(step=entry.step, what=stepText(entry.text)))
            faint = combo.palette.color(qt.QPalette.Disabled, qt.QPalette.Text) if entry.undone else None
            combo.setItemData(row, faint, qt.Qt.ForegroundRole)
        self._shown = history
        self._showCurrent()

    def _showCurrent(self) -> None:
        self._ui.historyCombo.setCurrentIndex(
            next((row for row, entry in enumerate(self._shown, 1) if entry.current), 0))

    def undo(self) -> None:
        if self._ui.undoButton.enabled:
            self._logic.undo()

    def redo(self) -> None:
        if self._ui.redoButton.enabled:
            self._logic.redo()

    def cleanup(self) -> None:
        self._connections.clear()

    def _stepChosen(self, row: int) -> None:
        step = int(self._ui.historyCombo.itemData(row))
        self._showCurrent()  # the logic says which step that is
        self._logic.goToStep(step)


def stepText(text: str) -> str:
    """The logic's "point +, scribble -" in the user's language."""
    words = {"point": _("point"), "scribble": _("scribble"), "box": _("box"), "lasso": _("lasso"), "mask": _("mask"),
             "edit": _("own edit"), "candidate": _("candidate"), "propagation": _("through the slices"), "-": "−"}
    translated: List[str] = []
    for part in text.split(", "):
        translated.append(" ".join(words.get(word, word) for word in part.split(" ")))
    return ", ".join(translated)
