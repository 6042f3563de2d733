"""A progress line with the time left: redrawn on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import shutil
import time
from typing import TextIO

_WIDTH = 24
_REDRAW_SECONDS = 0.2
_PLAIN_SECONDS = 30.0


def duration(seconds: float) -> str:
    """Hours and minutes, or minutes and seconds, of a time span."""
    whole = max(0, round(seconds))
    if whole >= 3600:
        return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    return f"{whole // 60} min {whole % 60:02d} s"


def bar(share: float, width: int = _WIDTH) -> str:
    """A bar of ``width`` characters for a share in [0, 1]."""
    full = int(min(max(share, 0.0), 1.0) * width)
    return "#" * full + "." * (width - full)


class Progress:
    """Shows how far a run with a budget in seconds has come."""

    def __init__(self, stream: TextIO, budget: float) -> None:
        self._stream = stream
        self._budget = max(budget, 1e-9)
        self._terminal = stream.isatty()
        self._next = 0.0
        self._shown = False

    def update(self, seconds: float, text: str) -> None:
        """Show the state after ``seconds`` of the budget, unless the last one is recent."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + (_REDRAW_SECONDS if self._terminal else _PLAIN_SECONDS)
        share = min(seconds / self._budget, 1.0)
        left = duration(self._budget - seconds)
        line = f"[{bar(share)}] {100 * share:5.1f} %  {left} left  {text}"
        if self._terminal:
            columns = max(shutil.get_terminal_size().columns - 1, 20)
            self._stream.write("\r" + line[:columns].ljust(columns))
        else:
            self._stream.write(line + "\n")
        self._shown = True
        self._stream.flush()

    def say(self, text: str) -> None:
        """A line of its own, above the bar."""
        if self._terminal and self._shown:
            self._stream.write("\r" + " " * (shutil.get_terminal_size().columns - 1) + "\r")
        self._stream.write(text + "\n")
        self._stream.flush()
        self._next = 0.0 if self._terminal else self._next
