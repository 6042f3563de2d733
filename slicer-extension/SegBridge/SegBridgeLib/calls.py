"""Calls with the contract's messages over a transport, counted and, where that is safe, repeated."""
from __future__ import annotations

import threading
import time
from typing import Any, Iterable, Iterator, Optional

from .errors import ConnectionLost, LimitExceeded, ReplyError
from .patience import Patience
from .transport import FRAME_BYTES, ServerStream, Transport
from .wire import Message, Method, WireError


class Traffic:
    """Bytes of messages sent and received, their 5-byte frames included. A child counts for its parent too."""

    def __init__(self, parent: Optional["Traffic"] = None) -> None:
        self._lock = threading.Lock()
        self._parent = parent
        self.sent = 0
        self.received = 0

    def count(self, sent: int = 0, received: int = 0) -> None:
        with self._lock:
            self.sent += sent
            self.received += received
        if self._parent is not None:
            self._parent.count(sent, received)


class Calls:
    """Typed calls. ``closed`` is set once no more calls should be made; it cuts waits short."""

    def __init__(self, transport: Transport, traffic: Traffic) -> None:
        self.transport = transport
        self.traffic = traffic
        self.closed = threading.Event()

    def call(self, method: Method, request: Message, retry: bool = False, timeout: Optional[float] = None) -> Any:
        """One request, one reply. ``retry`` repeats it after a lost connection: only for calls that may run twice. A
        server that is busy for a moment is asked again in any case."""
        data = request.encode()
        patience = Patience(may_run_twice=retry)
        while True:
            self.traffic.count(sent=len(data) + FRAME_BYTES)
            try:
                return self._decoded(method, self.transport.unary(method.path, data, timeout))
            except (ConnectionLost, LimitExceeded) as error:
                delay = patience.wait_after(error)
                if delay is None or self.closed.wait(delay):
                    raise

    def stream(self, method: Method, request: Message, timeout: Optional[float] = None) -> "Replies":
        """One request, many replies. Not repeated."""
        data = request.encode()
        self.traffic.count(sent=len(data) + FRAME_BYTES)
        return Replies(self, method, self.transport.server_stream(method.path, data, timeout))

    def send_all(self, method: Method, requests: Iterable[Message], timeout: Optional[float] = None) -> Any:
        """Many requests, one reply; where the transport can."""
        return self._decoded(method, self.transport.client_stream(method.path, self._encoded(requests), timeout))

    def _encoded(self, requests: Iterable[Message]) -> Iterator[bytes]:
        for request in requests:
            data = request.encode()
            self.traffic.count(sent=len(data) + FRAME_BYTES)
            yield data

    def _decoded(self, method: Method, data: bytes) -> Any:
        self.traffic.count(received=len(data) + FRAME_BYTES)
        try:
            return method.reply.decode(data)
        except WireError as error:
            raise ReplyError(f"{method.path}: the reply is no {method.reply.__name__}: {error}") from error


class Replies:
    """Decoded replies of a server-streaming call; a context manager that cancels what is left."""

    def __init__(self, calls: Calls, method: Method, stream: ServerStream) -> None:
        self._calls, self._method, self._stream = calls, method, stream

    def __iter__(self) -> Iterator[Any]:
        for data in self._stream:
            yield self._calls._decoded(self._method, data)

    def cancel(self) -> None:
        self._stream.cancel()

    def __enter__(self) -> "Replies":
        return self

    def __exit__(self, *_: object) -> None:
        self.cancel()


def milliseconds_since(start: float) -> float:
    """Milliseconds since a value of time.perf_counter()."""
    return (time.perf_counter() - start) * 1000.0
