"""Exceptions that Slicer would only print: in Qt slots, VTK observers, threads. A test that leaves one behind fails."""
from __future__ import annotations

import contextlib
import sys
import threading
import traceback
from typing import Iterator, List

recorded: List[BaseException] = []


def record(kind, error, trace) -> None:
    """What sys.excepthook is while tests run: VTK and PyQt report the exceptions of callbacks to it."""
    recorded.append(error)
    traceback.print_exception(kind, error, trace)


def _record_of_thread(arguments) -> None:
    record(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)


def install() -> None:
    """Records from now on, in this process."""
    sys.excepthook = record
    threading.excepthook = _record_of_thread


def must_be_main_thread(what: str) -> None:
    """Qt, VTK and MRML are for the main thread; elsewhere Slicer crashes, sooner or later."""
    if threading.current_thread() is not threading.main_thread():
        error = RuntimeError(f"{what} was used in the thread {threading.current_thread().name}: Qt, VTK and MRML belong to the main thread")
        recorded.append(error)
        raise error


def take() -> List[BaseException]:
    """What was recorded since the last call."""
    taken = list(recorded)
    recorded.clear()
    return taken


@contextlib.contextmanager
def expected(kind: type = Exception) -> Iterator[List[BaseException]]:
    """The block must leave at least one exception of the kind; they do not fail the test."""
    earlier = take()
    caught: List[BaseException] = []
    try:
        yield caught
    finally:
        caught.extend(take())
        recorded.extend(earlier)
    strangers = [error for error in caught if not isinstance(error, kind)]
    assert caught and not strangers, f"expected silent {kind.__name__}, got {caught}"
