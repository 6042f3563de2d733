"""Group "On this computer": runs a server that is installed here, connects to it, and shows its log."""
from typing import Any

import ctk
import qt
from slicer.i18n import tr as _
from SegBridgeLoop.state import ServerPhase, What

from .connections import Connections
from .folding import showInGroup

_LOOK_AGAIN_MS = 300


class LocalServerGroup:
    """The server writes from threads of its own, so it is looked at now and then instead of being listened to."""

    shows = frozenset({What.SERVER})

    def __init__(self, logic: Any, ui: Any) -> None:
        self._logic = logic
        self._server = logic.localServer
        self._ui = ui
        self._icons: Any = None
        self._shownLog: Any = None
        self._starting = False
        self._timer = qt.QTimer()
        self._timer.setInterval(_LOOK_AGAIN_MS)
        self._connections = Connections()
        self._connections.add(self._timer, "timeout()", self._look)
        self._connections.add(ui.startServerButton, "clicked()", self._startOrStop)
        self._connections.add(ui.localServerGroup, "contentsCollapsed(bool)", self._collapsed)
        ui.programPathEdit.filters = ctk.ctkPathLineEdit.Files
        ui.programPathEdit.setCurrentPath(logic.settings.server_program)
        self._connections.add(ui.programPathEdit, "currentPathChanged(QString)", self._programChosen)

    def setIcons(self, icons: Any) -> None:
        self._icons = icons

    def render(self) -> None:
        ui, running = self._ui, self._server.running
        ui.startServerButton.setText(_("Stop the server") if running else _("Start a server on this computer"))
        ui.startServerButton.setIcon(self._icons["stop" if running else "start"])
        ui.programPathEdit.setEnabled(not running)
        lines = self._server.lines
        if lines != self._shownLog:
            self._shownLog = lines
            ui.serverLogView.setPlainText("\n".join(lines))
            bar = ui.serverLogView.verticalScrollBar()
            bar.setValue(bar.maximum)
        showInGroup(ui.localServerGroup, ui.serverLogView, bool(lines) or running)

    def cleanup(self) -> None:
        self._timer.stop()
        self._connections.clear()

    def _look(self) -> None:
        self.render()
        if self._starting and self._server.address:
            self._starting = False
            if self._logic.server.phase not in (ServerPhase.READY, ServerPhase.LOST):
                remembered = self._logic.settings.address
                self._logic.connectServer(self._server.address, "", self._server.fingerprint)
                # Its port is another one each time: what is offered next time is the server that was used before.
                self._logic.settings.address = remembered
        self._starting = self._starting and self._server.running
        if self._ui.localServerGroup.collapsed and not self._starting:
            self._timer.stop()

    def _collapsed(self, collapsed: bool) -> None:
        if not collapsed:
            self.render()
            self._timer.start()

    def _startOrStop(self) -> None:
        if self._server.running:
            self._server.stop()
        else:
            self._starting = self._server.start()
            self._timer.start()
        self.render()

    def _programChosen(self, path: str) -> None:
        self._logic.settings.server_program = path
