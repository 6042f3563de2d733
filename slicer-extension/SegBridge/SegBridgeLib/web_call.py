"""One call of gRPC-Web: a POST, and its reply frame by frame."""
from __future__ import annotations

import http.client
import socket
import threading
from typing import Callable, Dict, Iterator, Optional, Tuple
from urllib.parse import unquote

from .errors import RETRY_HEADER, Cancelled, ConnectionLost, DeadlineExceeded, ReplyError, error_for_status
from .transport import FRAME_BYTES, MAX_REPLY_BYTES, ServerStream

_TRAILERS, _COMPRESSED = 0x80, 0x01
# What an HTTP status means where gRPC-Web's own status is missing: a proxy, or another program, answered.
_HTTP_STATUS = {400: 13, 401: 16, 403: 7, 404: 12, 408: 4, 413: 8, 429: 8, 431: 8, 502: 14, 503: 14, 504: 14}


class WebCall(ServerStream):
    """One request and its reply, read frame by frame as it arrives."""

    def __init__(
        self, path: str, authority: str, pool: threading.Lock, finished: Callable[["WebCall", bool], None],
    ) -> None:
        """``finished(call, reusable)`` takes the connection back, which ``pool`` guards."""
        self._path, self._authority, self._pool, self._finished = path, authority, pool, finished
        self._cancelled = False
        self._connection: Optional[http.client.HTTPConnection] = None
        self._socket: Optional[socket.socket] = None
        self._response: Optional[http.client.HTTPResponse] = None

    def send(self, connection: http.client.HTTPConnection, target: str, body: bytes, headers: Dict[str, str]) -> None:
        # http.client forgets its socket as soon as the reply says "Connection: close"; cancel() needs it until the end.
        self._connection, self._socket = connection, connection.sock
        if self._cancelled:
            raise Cancelled("the call was cancelled")
        try:
            connection.request("POST", target, body, headers)
        except OSError as error:
            if not isinstance(error, (BrokenPipeError, ConnectionResetError)):
                raise self._translated(error) from error
            # The server may have answered (a limit, say) before it had read everything.
        except http.client.HTTPException as error:
            raise self._translated(error) from error

    def __iter__(self) -> Iterator[bytes]:
        finished = False
        try:
            response = self._open()
            while True:
                frame = self._frame(response)
                if frame is None:
                    raise self._translated(EOFError("the reply ended without a status"))
                flags, data = frame
                if flags & _TRAILERS:
                    break
                yield data
            # Nothing may follow; reading to the end makes the connection ready for the next call.
            finished = response.read(1) == b""
            keep = finished and not response.will_close
            self._finished(self, keep)
            _raise_for_status(_trailer_block(data))
        except (OSError, http.client.HTTPException) as error:
            raise self._translated(error) from error
        except (ValueError, AttributeError) as error:
            # http.client stumbles in these ways when its connection is closed under its feet.
            if self._cancelled:
                raise self._translated(error) from error
            raise
        finally:
            if not finished:
                self._finished(self, False)

    def cancel(self) -> None:
        with self._pool:
            self._cancelled = True
            # A connection that is back in the pool belongs to others.
            if self._connection is not None and self._socket is not None:
                try:
                    self._socket.shutdown(socket.SHUT_RDWR)  # Wakes a reader in another thread; close() would not.
                except OSError:
                    pass

    def release(self) -> Optional[http.client.HTTPConnection]:
        """The connection, which this call then has no more."""
        connection, self._connection = self._connection, None
        return connection

    def close_response(self) -> None:
        if self._response is not None:
            self._response.close()

    def _open(self) -> http.client.HTTPResponse:
        if self._connection is None:
            raise ReplyError(f"{self._path}: the reply was read already")
        response = self._response = self._connection.getresponse()
        status = response.getheader("grpc-status")
        if response.status != 200 or (status is None and not _is_grpc_web(response)):
            code = int(status) if status and status.isdigit() else _HTTP_STATUS.get(response.status, 2)
            said = unquote(response.getheader("grpc-message") or "")
            raise error_for_status(
                code, said or f"{self._authority} answered HTTP {response.status} to {self._path}",
                response.getheader(RETRY_HEADER))
        if status is not None and status != "0":
            raise error_for_status(
                int(status), unquote(response.getheader("grpc-message") or ""), response.getheader(RETRY_HEADER))
        return response

    def _frame(self, response: http.client.HTTPResponse) -> Optional[Tuple[int, bytes]]:
        head = response.read(FRAME_BYTES)
        if not head:
            return None
        if len(head) < FRAME_BYTES:
            raise self._translated(EOFError("the reply broke off"))
        length = int.from_bytes(head[1:], "big")
        if head[0] & _COMPRESSED or length > MAX_REPLY_BYTES:
            raise ReplyError(f"{self._path}: a frame is compressed or longer than {MAX_REPLY_BYTES} bytes")
        data = response.read(length) if length else b""
        if len(data) < length:
            raise self._translated(EOFError("the reply broke off"))
        return head[0], data

    def _translated(self, error: BaseException) -> Exception:
        if self._cancelled:
            return Cancelled("the call was cancelled")
        if isinstance(error, socket.timeout):
            return DeadlineExceeded(f"{self._path}: no answer in time")
        return ConnectionLost(f"{self._path}: the connection broke: {error or type(error).__name__}")


def _is_grpc_web(response: http.client.HTTPResponse) -> bool:
    return (response.getheader("Content-Type") or "").startswith("application/grpc-web")


def _trailer_block(data: bytes) -> Dict[str, str]:
    lines = (line.partition(":") for line in data.decode("latin-1").split("\r\n") if line)
    return {name.strip().lower(): value.strip() for name, _, value in lines}


def _raise_for_status(trailers: Dict[str, str]) -> None:
    status = trailers.get("grpc-status", "")
    if not status.isdigit():
        raise ReplyError("the reply's trailers have no grpc-status")
    if status != "0":
        raise error_for_status(int(status), unquote(trailers.get("grpc-message", "")), trailers.get(RETRY_HEADER))
