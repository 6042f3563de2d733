"""Sends the bricks that the server asks for, beside the call that waits for them, and keeps the session alive."""
from __future__ import annotations

import threading
import time
from collections import deque
from typing import Callable, Deque, Dict, Iterable, Iterator, List, Optional, Tuple, Union

from .bricks import ArrayVolume, FetchedVolume
from .calls import Calls
from .contract import BrickIndex, KeepAliveRequest, PutBricksRequest, SessionLimits, SessionsService
from .errors import ConnectionLost, LimitExceeded, NotFound, SegBridgeError
from .geometry import IntTriple

# Encoded bytes per request: small enough that the server stores early bricks while later ones are packed.
_BATCH_BYTES = 512 << 10
_BATCH_BRICKS = 256
# Optional bricks wait for so long after a step: whoever works quickly has both ends of the line to himself.
_QUIET_S = 0.1
# After an optional brick the next one waits as long as it took, but no longer than this.
_LONGEST_PAUSE_S = 0.02

Failed = Callable[[SegBridgeError], None]


class BrickUploader:
    """One thread per session. Required bricks go first, in the order asked for; optional ones only while no step
    waits, and then with pauses, so that the next step finds a processor free here and in the server. With nothing to send
    it gives a sign of life in good time before the server's liveness limit."""

    def __init__(
        self, volume: Union[ArrayVolume, FetchedVolume], calls: Calls, session_id: str, limits: SessionLimits, prefetch: bool
    ) -> None:
        self._volume, self._calls, self._session_id = volume, calls, session_id
        self._batch_bytes = min(_BATCH_BYTES, max(1, limits.max_message_bytes // 4)) if limits.max_message_bytes else _BATCH_BYTES
        self._alive_s = max(1.0, (limits.liveness_timeout_s or 300) / 3)
        self._prefetch = prefetch
        self._change = threading.Condition()
        self._required: Deque[IntTriple] = deque()
        self._optional: Deque[IntTriple] = deque()
        self._pending: Dict[IntTriple, bool] = {}
        self._steps: Dict[int, Failed] = {}
        # time.monotonic() from which on optional bricks may be sent.
        self._optional_from = 0.0
        self._closed = False
        self.bricks_sent = 0
        self._thread = threading.Thread(target=self._run, name="segbridge-bricks", daemon=True)
        self._thread.start()

    def step_started(self, failed: Failed) -> int:
        """Tells that a step waits; ``failed`` is called when its bricks cannot be sent. Returns a ticket."""
        with self._change:
            ticket = max(self._steps, default=0) + 1
            self._steps[ticket] = failed
            return ticket

    def step_ended(self, ticket: int) -> None:
        with self._change:
            self._steps.pop(ticket, None)
            self._optional_from = time.monotonic() + _QUIET_S
            self._change.notify()

    def want(self, required: Iterable[BrickIndex], prefetch: Iterable[BrickIndex]) -> None:
        """Queues bricks, those that are already under way left out. Prefetch lists replace each other."""
        with self._change:
            for brick in required:
                index = (brick.i, brick.j, brick.k)
                if not self._pending.get(index):
                    self._pending[index] = True
                    self._required.append(index)
            if self._prefetch:
                self._optional = deque((brick.i, brick.j, brick.k) for brick in prefetch)
            self._change.notify()

    def send(self, indices: Iterable[IntTriple]) -> None:
        """Sends bricks now, in the calling thread."""
        for request in self._batches(deque(indices)):
            self._put(request)

    def close(self) -> None:
        with self._change:
            self._closed = True
            self._change.notify()
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout=5)

    def _run(self) -> None:
        while True:
            with self._change:
                required, optional = self._next()
                if self._closed:
                    return
            started = time.monotonic()
            try:
                if required:
                    self._send_required(required)
                elif optional is not None:
                    self.send([optional])
                else:
                    self._calls.call(SessionsService.keep_alive, KeepAliveRequest(self._session_id))
            except ConnectionLost as error:
                self._report(error)
            except NotFound as error:
                self._report(error)
                return
            except SegBridgeError as error:
                with self._change:
                    self._optional.clear()
                self._report(error)
            except Exception as error:  # The array itself may fail: a file mapped into memory, say.
                self._report(SegBridgeError(f"bricks cannot be read: {error}"))
            finally:
                with self._change:
                    for index in required:
                        self._pending.pop(index, None)
                    now = time.monotonic()
                    self._optional_from = max(self._optional_from, now + min(now - started, _LONGEST_PAUSE_S))

    def _next(self) -> Tuple[Deque[IntTriple], Optional[IntTriple]]:
        """Waits for bricks to send: all that are required, or one that is optional. Neither: a sign of life is due."""
        alive_at = time.monotonic() + self._alive_s
        while not self._closed:
            now = time.monotonic()
            if self._required:
                required, self._required = self._required, deque()
                return required, None
            may_send = bool(self._optional) and not self._steps
            if may_send and now >= self._optional_from:
                return deque(), self._optional.popleft()
            if now >= alive_at:
                break
            self._change.wait(min(alive_at, self._optional_from if may_send else alive_at) - now)
        return deque(), None

    def _report(self, error: SegBridgeError) -> None:
        with self._change:
            waiting = list(self._steps.values())
        for failed in waiting:
            failed(error)

    def _send_required(self, indices: Deque[IntTriple]) -> None:
        waiting = deque(indices)
        if self._calls.transport.supports_client_stream and len(waiting) > 1:
            try:
                self._calls.send_all(SessionsService.stream_bricks, self._batches(waiting))
                return
            except (ConnectionLost, LimitExceeded):
                waiting = deque(indices)  # Which ones arrived is unknown; sending one twice does no harm.
        for request in self._batches(waiting):
            self._put(request)

    def _batches(self, waiting: Deque[IntTriple]) -> Iterator[PutBricksRequest]:
        while waiting and not self._closed:
            bricks: List = []
            size = 0
            while waiting and size < self._batch_bytes and len(bricks) < _BATCH_BRICKS:
                bricks.append(self._volume.brick(waiting.popleft()))
                size += len(bricks[-1].data)
            self.bricks_sent += len(bricks)
            yield PutBricksRequest(self._session_id, bricks)

    def _put(self, request: PutBricksRequest) -> None:
        self._calls.call(SessionsService.put_bricks, request, retry=True)
