"""What drives the loop: its parts and how they are put together, its beat, its end."""
from __future__ import annotations

import time
from typing import Any

from SegBridgeScene.parameters import SegBridgeParameters
from slicer.ScriptedLoadableModule import ScriptedLoadableModuleLogic

from .consent import Consent
from .local_server import LocalServer
from .notices import Notices
from .propagating import Propagating
from .pulse import Pulse
from .scene_link import SceneLink
from .segment_steps import SegmentSteps
from .server_link import ServerLink
from .session_calls import SessionCalls
from .settings import Settings
from .state import WorkPhase
from .step_loop import StepLoop
from .task_book import TaskBook
from .work import Work
from .worker import Worker

# Longest wait for results in one beat, with the interpreter lock released.
_POLL_S = 0.004
# Idle for so long: the closed surface is made again.
_SURFACE_AFTER_S = 0.9
# While idle, the server is asked this often whether it is there; one that was full, whether it has room.
_CHECK_EVERY_S = 5.0


class LoopEngine(ScriptedLoadableModuleLogic):
    """Called from the main thread only, never blocks."""

    def __init__(self) -> None:
        ScriptedLoadableModuleLogic.__init__(self)
        self.moduleName = "SegBridge"
        self.settings = Settings()
        self.localServer = LocalServer(self.settings)
        self._notices = Notices()
        self._worker = Worker()
        self._server = ServerLink(self._worker, self._notices)
        self._work = Work(self._worker, self._notices, self._server, Consent(self.settings, self.localServer))
        self._steps = SegmentSteps(self._notices, self._server, self._work)
        self._loop = StepLoop(self._worker, self._notices, self._server, self._work, self._steps)
        self._calls = SessionCalls(self._worker, self._notices, self._work, self._steps, self._loop.running)
        self._propagating = Propagating(self._worker, self._notices, self._work, self._steps, self._loop.running)
        self._tasks = TaskBook(self._worker, self._notices, self._server, self._work)
        self._loop.history_moves = lambda: self._calls.active
        self._loop.chosen_task = lambda: self._tasks.chosen
        self._pulse = Pulse(lambda: self._beat(), self._idle)
        self._worker.started = self._pulse.start
        self._work.activity = self._activity
        self._work.session_opened, self._work.session_dropped = self._sessionOpened, self._sessionDropped
        self._server.changed = self._serverChanged
        self._closing = False
        self._busyAt = self._checkedAt = self._askedAt = 0.0
        self._scene = SceneLink(
            self._notices, self._server, self._work, self._loop, self._tasks, self.getParameterNode, self._settled, self._pulse.start)

    def cleanup(self) -> None:
        """Ends every call, timer and observation, and the local server. The session stays in the server for a while,
        so that a saved scene can take it up again."""
        self._closing = True
        self._scene.close()
        self._notices.clear()
        self._pulse.close()
        self._work.close()
        self._server.disconnect()
        self._worker.close()
        self.localServer.close()

    def getParameterNode(self) -> SegBridgeParameters:
        return SegBridgeParameters(ScriptedLoadableModuleLogic.getParameterNode(self))

    # ---- inside --------------------------------------------------------------------------------------------

    def _beat(self, wait: float = _POLL_S) -> None:
        """One beat: a slab of what is to be copied or written, and results that arrived."""
        self._work.copy_some()
        self._work.segments.masks.write_some()
        self._calls.send_some()
        self._loop.send_some()
        self._propagating.go_on()
        self._worker.poll(0.0 if self._busy else wait)
        self._busyAt = time.monotonic()
        if not (self._worker.active or self._busy):
            self._pulse.rest()

    @property
    def _busy(self) -> bool:
        """Whether there is something to do in the next beat."""
        reading = self._loop.reading or self._calls.reading or self._propagating.reading
        return reading or self._work.volume.copying or self._work.segments.masks.pending

    def _idle(self) -> None:
        """Now and then while nothing is under way."""
        now = time.monotonic()
        if now - self._askedAt > _CHECK_EVERY_S and not self._closing:
            self._askedAt = now
            self._work.ask_again()
        if self._closing or not self._settled():
            return
        if self._work.segments.writer is not None and now - self._busyAt > _SURFACE_AFTER_S:
            self._work.segments.writer.restore_surface()
        if now - self._checkedAt > _CHECK_EVERY_S:
            self._checkedAt = now
            self._server.check()

    def _settled(self) -> bool:
        busy = self._loop.waiting or self._loop.busy or self._calls.active or self._worker.active or self._work.segments.masks.pending
        return self._work.settled and self._propagating.idle and not busy

    def _activity(self) -> Any:
        if not self._propagating.idle:
            return self._propagating.activity
        return (WorkPhase.PREDICTING, *self._loop.stage) if self._loop.busy or self._calls.active else None

    def _sessionOpened(self, resumed: bool) -> None:
        if resumed:
            self._calls.ask_history()
        else:
            self._steps.clear()
        self._loop.session_opened()

    def _sessionDropped(self, serverOnly: bool) -> None:
        self._propagating.drop()
        self._loop.session_dropped(serverOnly)
        if not serverOnly:
            self._steps.clear()

    def _raiseFailure(self) -> None:
        failure, self._notices.failure = self._notices.failure, None
        if failure is not None:
            raise RuntimeError(failure.text)

    def _serverChanged(self) -> None:
        if not self._closing:
            self._work.server_changed()
            self._tasks.server_changed()
