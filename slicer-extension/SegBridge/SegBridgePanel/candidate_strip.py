"""Group "Result": the candidates as pictures, where they disagree, and where to click next."""
from typing import Any, List

import qt
import slicer
from slicer.i18n import tr as _
from SegBridgeLoop.state import What

from .connections import Connections
from .figures import percentText, volumeText
from .folding import showInGroup
from .thumbnails import pixmapOf, pngOf

_COLUMNS = 3
_THUMBNAIL = 76  # pixels at 100 %: three of them fit in a panel of 300


class CandidateStrip:
    shows = frozenset({What.STEP, What.SEGMENTS, What.WORK, What.SERVER})

    def __init__(self, logic: Any, ui: Any) -> None:
        self._logic = logic
        self._ui = ui
        self._buttons: List[Any] = []
        self._checkedStyle = ""
        self._pictured: Any = None
        self._layout = qt.QGridLayout(ui.candidateStrip)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self._connections = Connections()
        self._connections.add(ui.disagreementCheckBox, "clicked(bool)", logic.showDisagreement)
        self._connections.add(ui.nextClickButton, "clicked()", self.goToNextClick)

    def setIcons(self, icons: Any) -> None:
        self._checkedStyle = icons.checkedStyle
        for button in self._buttons:
            button.setStyleSheet(self._checkedStyle)
        self._ui.disagreementCheckBox.setIcon(icons["disagreement"])
        self._ui.nextClickButton.setIcon(icons["next-click"])

    def render(self) -> None:
        ui, step = self._ui, self._logic.step
        candidates = step.candidates if step is not None else ()
        if step is None:
            ui.resultLabel.setText(_("No mask yet."))
        else:
            ui.resultLabel.setText(_("{volume} · confidence {confidence}").format(
                volume=volumeText(step.volume_ml), confidence=percentText(step.confidence)))
        several = candidates if len(candidates) > 1 else ()
        if several is not self._pictured:
            self._pictured = several
            self._renderCandidates(several)
        showInGroup(ui.resultGroup, ui.candidateStrip, bool(several))
        ui.disagreementCheckBox.setEnabled(bool(several))
        if not several and ui.disagreementCheckBox.checked:
            ui.disagreementCheckBox.setChecked(False)
            self._logic.showDisagreement(False)
        hint = step is not None and step.next_ras is not None
        ui.nextClickButton.setEnabled(hint)
        ui.nextClickButton.setText(
            _("Next click · {unsure}").format(unsure=percentText(step.next_uncertainty)) if hint else _("Next click"))

    def choose(self, number: int) -> None:
        """The candidate on place ``number``, from 0; nothing when there are not so many."""
        if self._pictured and number < len(self._pictured):
            self._logic.chooseCandidate(self._pictured[number].index)

    def toggleDisagreement(self) -> None:
        box = self._ui.disagreementCheckBox
        if box.enabled:
            box.setChecked(not box.checked)
            self._logic.showDisagreement(box.checked)

    def goToNextClick(self) -> None:
        """Moves all slice views through the point without changing their centre or zoom."""
        step = self._logic.step
        if step is not None and step.next_ras is not None:
            r, a, s = step.next_ras
            slicer.modules.markups.logic().JumpSlicesToLocation(r, a, s, False)

    def cleanup(self) -> None:
        self._connections.clear()

    def _renderCandidates(self, candidates: Any) -> None:
        while len(self._buttons) < len(candidates):
            self._addButton()
        for number, button in enumerate(self._buttons):
            button.setVisible(number < len(candidates))
        for number, candidate in enumerate(candidates):
            button = self._buttons[number]
            confidence, volume = percentText(candidate.confidence), volumeText(candidate.volume_ml)
            button.setIcon(qt.QIcon(pixmapOf(pngOf(candidate.thumbnail))))
            button.setText("{0}{1}\n{2}".format("✓ " if candidate.chosen else "", confidence, volume))
            button.setChecked(candidate.chosen)
            tip = _("Candidate {number}: confidence {confidence}, {volume}. Click to take it.").format(
                number=number + 1, confidence=confidence, volume=volume)
            button.setToolTip(_("{tip} [{key}]").format(tip=tip, key=number + 1) if number < _COLUMNS else tip)

    def _addButton(self) -> None:
        number = len(self._buttons)
        button = qt.QToolButton(self._ui.candidateStrip)
        button.setObjectName("candidateButton{0}".format(number + 1))
        button.setCheckable(True)
        button.setStyleSheet(self._checkedStyle)
        button.setToolButtonStyle(qt.Qt.ToolButtonTextUnderIcon)
        button.setIconSize(qt.QSize(_THUMBNAIL, _THUMBNAIL))
        button.setSizePolicy(qt.QSizePolicy.Expanding, qt.QSizePolicy.Fixed)

        def chosen() -> None:
            self._renderChosen()  # the click has checked the button; the logic says which one is chosen
            self.choose(number)

        self._connections.add(button, "clicked()", chosen)
        self._layout.addWidget(button, number // _COLUMNS, number % _COLUMNS)
        self._buttons.append(button)

    def _renderChosen(self) -> None:
        for button, candidate in zip(self._buttons, self._pictured):
            button.setChecked(candidate.chosen)
