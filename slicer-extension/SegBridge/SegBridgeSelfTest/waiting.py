"""Lets the application go on until something is so."""
import time
from typing import Callable

import slicer

# Seconds that nothing should take, not even the first step of a model on a slow computer.
PATIENCE = 180.0


def waitUntil(condition: Callable[[], bool], what: str, timeout: float = PATIENCE) -> None:
    """Runs the event loop until ``condition()``; AssertionError with ``what`` after ``timeout`` seconds."""
    end = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("after {0:.0f} s still waiting: {1}".format(timeout, what))
        slicer.app.processEvents()
        # Sleeping in Python lets the threads of the client work.
        time.sleep(0.01)
