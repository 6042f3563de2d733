"""Exceptions that VTK observers, Qt slots and threads print and swallow: a test must fail by them."""
from __future__ import annotations

import sys
import threading
import traceback
from typing import Any, List


class SwallowedErrors:
    """Between start() and stop() every exception that nobody catches is kept, and printed as ever."""

    def __init__(self) -> None:
        self.found: List[str] = []

    def start(self) -> None:
        self._hook, self._thread_hook = sys.excepthook, threading.excepthook
        sys.excepthook = self._caught
        threading.excepthook = self._caught_in_thread

    def stop(self) -> None:
        sys.excepthook, threading.excepthook = self._hook, self._thread_hook

    def _caught(self, kind: Any, error: Any, trace: Any) -> None:
        self.found.append("".join(traceback.format_exception(kind, error, trace)))
        self._hook(kind, error, trace)

    def _caught_in_thread(self, failure: Any) -> None:
        self.found.append("".join(traceback.format_exception(failure.exc_type, failure.exc_value, failure.exc_traceback)))
        self._thread_hook(failure)
