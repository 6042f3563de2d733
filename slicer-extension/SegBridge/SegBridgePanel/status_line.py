"""One line on top of the panel that says what goes on and what to do next; it never pops up."""
from html import escape
from typing import Any, Tuple

import qt
from slicer.i18n import tr as _
from SegBridgeLoop.state import ServerPhase, Severity, What, WorkPhase

from .connections import Connections

_GOOD_NEWS_MS = 12000
_BUSY = (WorkPhase.OPENING, WorkPhase.PREDICTING, WorkPhase.RESUMING, WorkPhase.PROPAGATING)


class StatusLine:
    """Shows the newest message with the colour of its severity, the progress, and the way to cancel."""

    shows = frozenset({What.MESSAGE, What.WORK, What.SERVER, What.PROPAGATION, What.SEGMENTS, What.STEP})

    def __init__(self, logic: Any, ui: Any) -> None:
        self._logic = logic
        self._ui = ui
        self._timed: Any = None
        self._read: Any = None
        self._timer = qt.QTimer()
        self._timer.setSingleShot(True)
        self._timer.setInterval(_GOOD_NEWS_MS)
        self._connections = Connections()
        self._connections.add(self._timer, "timeout()", self._goodNewsRead)
        # Room for two lines and the button from the beginning: what is below does not jump when the text changes.
        self.leastHeight = max(2 * ui.statusLabel.fontMetrics().lineSpacing(), ui.cancelButton.sizeHint.height())
        ui.statusLabel.setMinimumHeight(self.leastHeight)
        self._connections.add(ui.cancelButton, "clicked()", logic.cancel)

    def setIcons(self, icons: Any) -> None:
        self._icons = icons
        self._ui.cancelButton.setIcon(icons["cancel"])

    def render(self) -> None:
        text, colour = self._line()
        self._ui.statusLabel.setText(
            '<span style="color:{0}">●</span> {1}'.format(self._icons.colour(colour), escape(text))
        )
        work = self._logic.work
        busy = work.phase in _BUSY
        self._ui.cancelButton.setVisible(work.phase in (WorkPhase.PREDICTING, WorkPhase.PROPAGATING))
        bar = self._ui.progressBar
        if busy and work.progress is None:
            bar.setRange(0, 0)  # Qt shows that something goes on, but not how far it is
        else:
            bar.setRange(0, 1000)
            bar.setValue(int(1000 * work.progress) if busy else 0)

    def cleanup(self) -> None:
        self._timer.stop()
        self._connections.clear()

    def _line(self) -> Tuple[str, str]:
        """The text, and what its colour means."""
        work, message = self._logic.work, self._logic.message
        if message is not None and message.severity is not Severity.INFO:
            return message.text, "bad" if message.severity is Severity.ERROR else "wait"
        if work.phase in _BUSY:
            return work.message or _stageText(work), "wait"
        if message is not None and message is not self._read and work.phase is not WorkPhase.CONSENT_NEEDED:
            self._showForAWhile(message)
            return message.text, "good"
        if work.phase is WorkPhase.BLOCKED:
            return work.message, "bad"
        return self._nextThingToDo(), "good" if work.phase is WorkPhase.READY else "idle"

    def _showForAWhile(self, message: Any) -> None:
        """Good news gives way to what is to do next; what went wrong stays until it is mended."""
        if message is not self._timed:
            self._timed = message
            self._timer.start()

    def _goodNewsRead(self) -> None:
        self._read = self._timed
        # False: it is one of a Segment Editor that was destroyed.
        if self._ui.statusLabel:
            self.render()

    def _nextThingToDo(self) -> str:
        logic, phase = self._logic, self._logic.work.phase
        if logic.server.phase is ServerPhase.CONNECTING:
            return _("Connecting …")
        if logic.server.phase is not ServerPhase.READY:
            return _("Connect to a server, or start one on this computer.")
        if phase is WorkPhase.CONSENT_NEEDED:
            return _("Allow sending to this server to begin.")
        if logic.volumeNode is None:
            return _("Choose the volume to segment.")
        if not logic.segmentId:
            return _("Add a segment for the object to outline.")
        if phase is WorkPhase.EMPTY:
            return logic.work.message or _("Choose a volume, a segment and a model.")
        if logic.step is None:
            return _("Ready: take a prompt tool and click into the object.")
        return _("Ready: correct the mask, or add the next segment.")


def _stageText(work: Any) -> str:
    return {
        WorkPhase.OPENING: _("Opening the volume …"),
        WorkPhase.PREDICTING: _("Predicting …"),
        WorkPhase.RESUMING: _("Taking the work up again …"),
        WorkPhase.PROPAGATING: _("Going through the slices …"),
    }[work.phase]
