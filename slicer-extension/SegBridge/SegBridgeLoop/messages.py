"""What went wrong, in one line that says what to do. The one place where errors become words."""
from __future__ import annotations

from typing import Callable, Tuple

from SegBridgeLib import (
    AddressError,
    CertificateMismatch,
    ConnectionLost,
    DeadlineExceeded,
    GeometryError,
    InternalServerError,
    InvalidRequest,
    KeyRejected,
    LimitExceeded,
    NotFound,
    NotInThisVersion,
    PermissionDenied,
    PromptError,
    ReplyError,
    ServerError,
    SessionClosed,
    VolumeError,
    WrongState,
)
from SegBridgeScene.problems import SceneProblem
from slicer.i18n import tr as _

from .state import Message, Severity


def info(key: str, text: str) -> Message:
    return Message(Severity.INFO, text, key)


def warning(key: str, text: str) -> Message:
    return Message(Severity.WARNING, text, key)


def error(key: str, text: str) -> Message:
    return Message(Severity.ERROR, text, key)


def message_for(problem: BaseException) -> Message:
    """The message for an exception."""
    if isinstance(problem, SceneProblem):
        return error(problem.key, problem.text)
    if isinstance(problem, MemoryError):
        return error("out-of-memory", _("This computer has not enough memory: close other volumes."))
    if isinstance(problem, LimitExceeded):
        return _limit(problem)
    for kinds, key, text in _TEXTS:
        if isinstance(problem, kinds):
            return error(key, text().format(reason=_words(problem)))
    return error("internal", _("Something failed here: {reason}. See the Python console.").format(reason=_words(problem)))


# Asked for anew each time: the language may change.
_TEXTS: Tuple[Tuple[tuple, str, Callable[[], str]], ...] = (
    ((KeyRejected,), "key-refused", lambda: _("The server refuses the key: enter the one that its owner gave you.")),
    ((CertificateMismatch,), "certificate", lambda: _(
        "This is not the server with that fingerprint: ask its owner for the right one.")),
    ((AddressError,), "address", lambda: _(
        "The address is not understood: write it like host, http://host:port or https://host:port.")),
    ((ConnectionLost,), "server-away", lambda: _("The server cannot be reached: check its address, and that it runs.")),
    ((ReplyError,), "version-mismatch", lambda: _(
        "What answers is not a SegBridge server of this version: update the older one of the two.")),
    ((NotInThisVersion,), "not-in-this-server", lambda: _("The server cannot do this: update it.")),
    ((DeadlineExceeded,), "too-slow", lambda: _("The server took too long: try again.")),
    ((PermissionDenied,), "not-allowed", lambda: _("The key does not allow this: {reason}.")),
    ((NotFound,), "gone", lambda: _("The server no longer has it: {reason}.")),
    ((SessionClosed,), "session-closed", lambda: _("The work on this volume was ended: choose the volume again.")),
    ((InternalServerError,), "server-error", lambda: _("The server failed: {reason}. Its log says more; try again.")),
    ((InvalidRequest, PromptError, GeometryError), "prompt-refused", lambda: _("This prompt cannot be used: {reason}.")),
    ((VolumeError,), "volume-refused", lambda: _("This volume cannot be used: {reason}.")),
    ((WrongState,), "wrong-state", lambda: _("This is not possible now: {reason}.")),
    ((ServerError,), "server-error", lambda: _("The server answered: {reason}.")),
)


def _limit(problem: LimitExceeded) -> Message:
    words = problem.message.lower()
    if "memory" in words or "bytes" in words or " gb" in words or " mb" in words:
        return error("out-of-memory", _("The server has not enough memory: crop the volume, or close other sessions ({reason}).").format(
            reason=_words(problem)))
    if "session" in words:
        return error("server-full", _("The server has no free place: it is tried again by itself; close other sessions ({reason}).").format(
            reason=_words(problem)))
    return error("server-busy", _("The server is busy: try again in a moment."))


def _words(problem: BaseException) -> str:
    return (str(problem) or type(problem).__name__).strip().rstrip(".")
