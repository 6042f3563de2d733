"""What can go wrong, one exception for each thing that a caller can react to."""
from __future__ import annotations

from typing import Any, Dict, Optional, Sequence, Type


class SegBridgeError(Exception):
    """Base of all errors of this package."""


class GeometryError(SegBridgeError, ValueError):
    """A geometry, box or slice that cannot be; nothing was sent."""


class VolumeError(SegBridgeError, ValueError):
    """An array that cannot be a volume, or bricks of it that cannot be; nothing was sent."""


class PromptError(SegBridgeError, ValueError):
    """A prompt that cannot be; nothing was sent."""


class AddressError(SegBridgeError, ValueError):
    """A server address that is not understood, or a transport that it does not offer."""


class CertificateMismatch(SegBridgeError):
    """The server's certificate is not the one whose fingerprint was given. Nothing was sent."""


class SessionClosed(SegBridgeError):
    """The session was closed by this client."""


class StoreFailed(SegBridgeError):
    """The archive did not take every object. ``objects`` has all of them; those that it took have an empty ``failure``."""

    def __init__(self, objects: Sequence[Any]) -> None:
        self.objects = list(objects)
        failures = [one.failure for one in self.objects if one.failure]
        super().__init__(f"the archive did not take {len(failures)} of {len(self.objects)} objects: {'; '.join(failures)}")


class ReplyError(SegBridgeError):
    """The server's reply is not what the contract says: another program, or an incompatible version, answers."""


class ServerError(SegBridgeError):
    """The server answered with an error. ``code`` is the gRPC status code's number, ``message`` its words."""

    code = 2

    def __init__(self, message: str, code: Optional[int] = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class Cancelled(ServerError):
    """The call was cancelled by this client."""

    code = 1


class InvalidRequest(ServerError):
    """A field is wrong; the message says which one and what would be right."""

    code = 3


class DeadlineExceeded(ServerError):
    """The call took longer than its time limit."""

    code = 4


class NotFound(ServerError):
    """There is no such session, segment or model (any more)."""

    code = 5


class PermissionDenied(ServerError):
    """The key does not allow this."""

    code = 7


class LimitExceeded(ServerError):
    """A limit of the server (sessions, memory, message size, rate); the message has the number."""

    code = 8
    # Seconds after which the server expects to take the call; None: trying again does not help.
    retry_after_s: Optional[float] = None


class WrongState(ServerError):
    """The right request at the wrong time: nothing to undo, a locked segment, bricks missing for too long."""

    code = 9


class Superseded(ServerError):
    """A newer step on the same segment and slice took over; its result includes the prompts of this one."""

    code = 10


class NotInThisVersion(ServerError):
    """The server does not implement this yet."""

    code = 12


class InternalServerError(ServerError):
    """The server failed; its log has the id that the message names."""

    code = 13


class ConnectionLost(ServerError):
    """The server cannot be reached, or the connection broke. Trying again may help."""

    code = 14


class KeyRejected(ServerError):
    """The API key is missing or wrong."""

    code = 16


_BY_CODE: Dict[int, Type[ServerError]] = {
    kind.code: kind
    for kind in (Cancelled, InvalidRequest, DeadlineExceeded, NotFound, PermissionDenied, LimitExceeded, WrongState,
                 Superseded, NotInThisVersion, InternalServerError, ConnectionLost, KeyRejected)
}


# Header or trailer of a refusal that passes by itself, in milliseconds.
RETRY_HEADER = "grpc-retry-pushback-ms"


def error_for_status(code: int, message: str, retry_ms: Optional[str] = None) -> ServerError:
    """The exception for a gRPC status other than OK; ``retry_ms`` is the value of RETRY_HEADER."""
    kind = _BY_CODE.get(code)
    if kind is None:
        return ServerError(message or f"gRPC status {code}", code)
    error = kind(message or f"gRPC status {code} without a message")
    if isinstance(error, LimitExceeded) and retry_ms is not None and retry_ms.isdigit():
        error.retry_after_s = int(retry_ms) / 1000
    return error
