"""Requests on their way out, in their order; a segment that other tools changed is read first."""
from __future__ import annotations

from typing import Callable, List, Optional

import numpy as np
from SegBridgeScene.segment_reader import SegmentReader

from .request import Request
from .work import Work

# start(request, seen): ``seen`` is the segment as the user sees it, when that may differ from what the server has.
Start = Callable[[Request, Optional[np.ndarray]], None]


class Outbox:
    """Main thread only. Reading takes a slab at each call of ``send_some``."""

    def __init__(self, work: Work, running: List[Request], start: Start) -> None:
        self._work, self._running, self._start = work, running, start
        self.requests: List[Request] = []
        self._reader: Optional[SegmentReader] = None

    @property
    def reading(self) -> bool:
        return self._reader is not None

    def put(self, request: Request) -> None:
        self.requests.append(request)

    def send_some(self) -> None:
        """Sends what can be sent."""
        segments = self._work.segments
        while self.requests:
            request, seen = self.requests[0], None
            may_differ = request.segment_id in segments.edited and segments.is_current(request.segment_id, request.server_id)
            if self._reader is None and may_differ:
                if segments.masks.pending or any(other.server_id == request.server_id for other in self._running):
                    # What they bring must be written before it can be compared with what the server has.
                    return
                assert segments.writer is not None
                segments.edited.discard(request.segment_id)
                self._reader = SegmentReader(segments.writer.grid, request.segment_id)
            if self._reader is not None:
                self._reader.read_some()
                if not self._reader.done:
                    return
                seen, self._reader = self._reader.mask, None
            del self.requests[0]
            self._start(request, seen)

    def take_all(self) -> List[Request]:
        """Empties it. Returns what was not sent."""
        if self._reader is not None:
            self._work.segments.edited.add(self.requests[0].segment_id)
        unsent, self.requests, self._reader = self.requests, [], None
        return unsent
