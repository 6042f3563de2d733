"""Exceptions that VTK observers, Qt slots, threads and listeners print and swallow: a test must fail by them."""
from __future__ import annotations

import logging
import sys
import threading
import traceback
from typing import Any, List


class SwallowedErrors(logging.Handler):
    """Between start() and stop(), every exception that nobody catches or that is only logged is kept, and shown as ever."""

    def __init__(self) -> None:
        logging.Handler.__init__(self, logging.ERROR)
        self.found: List[str] = []

    def start(self) -> None:
        self._hook, self._threadHook = sys.excepthook, threading.excepthook
        sys.excepthook = self._caught
        threading.excepthook = self._caughtInThread
        logging.getLogger().addHandler(self)

    def stop(self) -> None:
        sys.excepthook, threading.excepthook = self._hook, self._threadHook
        logging.getLogger().removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[0] is not None:
            self._keep(*record.exc_info)

    def _caught(self, kind: Any, error: Any, trace: Any) -> None:
        self._keep(kind, error, trace)
        self._hook(kind, error, trace)

    def _caughtInThread(self, failure: Any) -> None:
        self._keep(failure.exc_type, failure.exc_value, failure.exc_traceback)
        self._threadHook(failure)

    def _keep(self, kind: Any, error: Any, trace: Any) -> None:
        self.found.append("".join(traceback.format_exception(kind, error, trace)))
