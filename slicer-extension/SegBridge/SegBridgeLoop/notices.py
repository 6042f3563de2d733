"""Tells listeners what is new."""
from __future__ import annotations

import logging
from typing import Callable, List, Optional

from .state import Message, Severity, What

Listener = Callable[[What], None]


class Notices:
    """Listeners and the newest message. Main thread only."""

    def __init__(self) -> None:
        self._listeners: List[Listener] = []
        self.message: Optional[Message] = None
        # What went wrong since it was last asked for, for scripts.
        self.failure: Optional[Message] = None

    def listen(self, listener: Listener) -> None:
        if listener not in self._listeners:
            self._listeners.append(listener)

    def unlisten(self, listener: Listener) -> None:
        if listener in self._listeners:
            self._listeners.remove(listener)

    def clear(self) -> None:
        self._listeners.clear()

    def tell(self, what: What) -> None:
        for listener in list(self._listeners):
            try:
                listener(what)
            except Exception:
                # A listener that fails must not stop the loop, nor the other listeners.
                logging.exception("SegBridge: a listener failed")

    def say(self, message: Optional[Message]) -> None:
        """Shows a message, or takes the one that is shown away."""
        if message == self.message:
            return
        self.message = message
        if message is not None and message.severity is Severity.ERROR:
            self.failure = message
        self.tell(What.MESSAGE)
