"""Requests on their way out, in their order; a segment that other tools changed is read first."""
from __future__ import annotations

from typing import Callable, List, Optional

import numpy as np

from .request import Request
from .seen_segment import SeenSegment
from .work import Work

# start(request, seen): ``seen`` is the segment as the user sees it, when that may differ from what the server has.
Start = Callable[[Request, Optional[np.ndarray]], None]


class Outbox:
    """Main thread only. Reading takes a slab at each call of ``send_some``."""

    def __init__(self, work: Work, running: List[Request], start: Start) -> None:
        self._work, self._running, self._start = work, running, start
        self._seen = SeenSegment(work, running)
        self.requests: List[Request] = []

    @property
    def reading(self) -> bool:
        return self._seen.reading

    def put(self, request: Request) -> None:
        self.requests.append(request)

    def send_some(self) -> None:
        """Sends what can be sent: the next one once the one before is on the wire, so that the newest comes last."""
        while self.requests and all(request.sent.is_set() for request in self._running):
            request = self.requests[0]
            current = self._work.segments.is_current(request.segment_id, request.server_id)
            if not self._seen.read_some(request.segment_id if current else ""):
                return
            del self.requests[0]
            self._start(request, self._seen.take())

    def take_all(self) -> List[Request]:
        """Empties it. Returns what was not sent."""
        self._seen.drop()
        unsent, self.requests = self.requests, []
        return unsent
