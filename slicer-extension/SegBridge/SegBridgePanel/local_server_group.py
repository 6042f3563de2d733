"""Group "On this computer": runs a server that is installed here, and shows its log."""
from typing import Any

import qt
from slicer.i18n import tr as _
from SegBridgeLoop.settings import Settings
from SegBridgeLoop.state import What

from .connections import Connections

_LOOK_AGAIN = 300  # ms


class LocalServerGroup:
    shows = frozenset({What.SERVER})

    def __init__(self, logic: Any, ui: Any) -> None:
        self._server = logic.localServer
        self._ui = ui
        self._icons: Any = None
        self._shownLog: Any = None
        # The log grows whenever the server writes, so it is looked at while it is open.
        self._timer = qt.QTimer()
        self._timer.setInterval(_LOOK_AGAIN)
        self._connections = Connections()
        self._connections.add(self._timer, "timeout()", self.render)
        self._connections.add(ui.startServerButton, "clicked()", self._startOrStop)
        self._connections.add(ui.localServerGroup, "contentsCollapsed(bool)", self._collapsed)
        ui.programPathEdit.setCurrentPath(Settings().server_program)
        self._connections.add(ui.programPathEdit, "currentPathChanged(QString)", self._programChosen)

    def setIcons(self, icons: Any) -> None:
        self._icons = icons

    def render(self) -> None:
        ui, running = self._ui, self._server.isRunning
        ui.startServerButton.setText(_("Stop the server") if running else _("Start a server on this computer"))
        if self._icons is not None:
            ui.startServerButton.setIcon(self._icons["stop" if running else "start"])
        ui.programPathEdit.setEnabled(not running)
        lines = tuple(self._server.log)
        if lines != self._shownLog:
            self._shownLog = lines
            ui.serverLogView.setPlainText("\n".join(lines))
            bar = ui.serverLogView.verticalScrollBar()
            bar.setValue(bar.maximum)
        ui.serverLogView.setVisible(bool(lines) or running)

    def cleanup(self) -> None:
        self._timer.stop()
        self._connections.clear()

    def _collapsed(self, collapsed: bool) -> None:
        if collapsed:
            self._timer.stop()
        else:
            self.render()
            self._timer.start()

    def _startOrStop(self) -> None:
        if self._server.isRunning:
            self._server.stop()
        else:
            self._server.start()
        self.render()

    def _programChosen(self, path: str) -> None:
        Settings().server_program = path
