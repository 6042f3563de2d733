"""The beat of the loop on the main thread."""
from __future__ import annotations

from typing import Callable

import qt

_BEAT_MS = 10
_IDLE_MS = 1000


class Pulse:
    """Calls ``beat`` every 10 ms while there is something under way, and ``idle`` every second else."""

    def __init__(self, beat: Callable[[], None], idle: Callable[[], None]) -> None:
        self._beat = qt.QTimer()
        self._beat.setInterval(_BEAT_MS)
        self._beat.connect("timeout()", beat)
        self._idle = qt.QTimer()
        self._idle.setInterval(_IDLE_MS)
        self._idle.connect("timeout()", idle)
        self._idle.start()
        self._beating = self._closed = False

    def start(self) -> None:
        if not (self._beating or self._closed):
            self._beating = True
            self._beat.start()

    def rest(self) -> None:
        self._beating = False
        self._beat.stop()

    def close(self) -> None:
        self._closed = True
        self.rest()
        self._idle.stop()
