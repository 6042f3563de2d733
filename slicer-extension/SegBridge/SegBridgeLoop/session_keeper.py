"""Keeps the session of the volume that is worked on: opens it, takes it up again, lets go of it."""
from __future__ import annotations

import threading
from typing import Any, Callable, Optional

from SegBridgeLib import ConnectionLost, Session
from slicer.i18n import tr as _

from .messages import info, warning
from .notices import Notices
from .server_link import ServerLink
from .sessions import Opened, OpenJob, abandon
from .state import Message
from .worker import Worker


class SessionKeeper:
    """Main thread only; the worker waits for the server. One session at a time."""

    def __init__(
        self, worker: Worker, notices: Notices, server: ServerLink, make_job: Callable[[], OpenJob],
        taken: Callable[[Opened], None], refused: Callable[[Exception], None],
    ) -> None:
        self._worker, self._notices, self._server = worker, notices, server
        self._make_job, self._taken, self._refused = make_job, taken, refused
        self.session: Optional[Session] = None
        # Grows when what was under way no longer fits what is worked on.
        self.generation = 0
        self.opening = False
        self.recovering = False
        self._stop = threading.Event()

    def open(self) -> None:
        """Takes up the session that is remembered, or opens a new one."""
        self.opening = True
        job, generation = self._make_job(), self.generation

        def done(opened: Optional[Opened], problem: Optional[Exception]) -> None:
            if generation == self.generation:
                self.opening = False
                self._ended(opened, problem)
            elif opened is not None:
                self._release(opened.session, close=not opened.resumed)

        self._worker.submit(job.once, done)

    def recover(self) -> None:
        """The server or its session is gone: takes it up again, for as long as it takes."""
        if self.recovering:
            return
        self.recovering = True
        lost, self.session = self.session, None
        self._server.lost()
        self._notices.say(warning("server-lost", _("The server does not answer: trying again, nothing is lost.")))
        job, generation, stop = self._make_job(), self.generation, self._stop

        def again() -> Opened:
            if lost is not None:
                abandon(lost)
            return job.until(stop)

        def done(opened: Optional[Opened], problem: Optional[Exception]) -> None:
            if generation == self.generation:
                self.recovering = False
                self._server.back()
                self._ended(opened, problem)
                if opened is not None:
                    self._notices.say(_back(opened.resumed))
            elif opened is not None:
                self._release(opened.session, close=False)

        self._worker.beside(again, done)

    def drop(self, close: bool) -> None:
        """Lets go of the session; ``close`` ends it in the server too, so that it cannot be taken up again."""
        self.generation += 1
        self._stop.set()
        self._stop = threading.Event()
        self.opening = self.recovering = False
        session, self.session = self.session, None
        if session is not None:
            self._release(session, close)

    def _ended(self, opened: Optional[Opened], problem: Optional[Exception]) -> None:
        if opened is not None:
            self.session = opened.session
            self._taken(opened)
        elif isinstance(problem, ConnectionLost):
            self.recover()
        else:
            assert problem is not None
            self._refused(problem)

    def _release(self, session: Session, close: bool) -> None:
        def ended(_result: Any, _problem: Optional[Exception]) -> None:
            pass  # A server that is gone needs no closing.

        self._worker.beside(session.close if close else lambda: abandon(session), ended)


def _back(resumed: bool) -> Message:
    if resumed:
        return info("resumed", _("The server is back: the work goes on."))
    return warning(
        "resumed-anew", _("The server is back but has lost its history: the work goes on from the mask that you see."))
