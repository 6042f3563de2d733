"""Message boxes, which only log here as in testing mode, and context managers around slow work."""
from __future__ import annotations

import contextlib
import logging
from typing import Any, Iterator, List, Tuple

# What the user would have seen: (kind, text). Tests read it.
_shown: List[Tuple[str, str]] = []


def _show(kind: str, text: str) -> None:
    _shown.append((kind, text))
    logging.info("%s: %s", kind, text)


def infoDisplay(text: str, windowTitle: Any = None, parent: Any = None, standardButtons: Any = None, **kwargs: Any) -> None:
    _show("info", text)


def warningDisplay(text: str, windowTitle: Any = None, parent: Any = None, standardButtons: Any = None, **kwargs: Any) -> None:
    _show("warning", text)


def errorDisplay(text: str, windowTitle: Any = None, parent: Any = None, standardButtons: Any = None, **kwargs: Any) -> None:
    _show("error", text)


def confirmOkCancelDisplay(text: str, windowTitle: Any = None, parent: Any = None, **kwargs: Any) -> bool:
    _show("confirm", text)
    return True


def confirmYesNoDisplay(text: str, windowTitle: Any = None, parent: Any = None, **kwargs: Any) -> bool:
    _show("confirm", text)
    return True


def messageBox(text: str, parent: Any = None, **kwargs: Any) -> int:
    _show("message", text)
    return 0x400


def delayDisplay(message: str, autoCloseMsec: int = 1000, parent: Any = None, **kwargs: Any) -> None:
    import slicer

    logging.info(message)
    slicer.app.processEvents()


def showStatusMessage(message: str, duration: int = 0) -> None:
    _show("status", message)


@contextlib.contextmanager
def tryWithErrorDisplay(message: Any = None, show: bool = True, waitCursor: bool = False) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if show:
            _show("error", f"{message or ''} {error}")
        raise


@contextlib.contextmanager
def WaitCursor(show: bool = True) -> Iterator[None]:
    yield


@contextlib.contextmanager
def MessageDialog(message: str, show: bool = True, logLevel: Any = None) -> Iterator[None]:
    yield


@contextlib.contextmanager
def RenderBlocker() -> Iterator[None]:
    yield
