"""A segment as the user sees it, read where other tools may have changed it."""
from __future__ import annotations

from typing import List, Optional

import numpy as np
from SegBridgeScene.segment_reader import SegmentReader

from .request import Request
from .work import Work


class SeenSegment:
    """One at a time, a slab at each call of ``read_some``. Main thread only."""

    def __init__(self, work: Work, running: List[Request]) -> None:
        self._work, self._running = work, running
        self._segment_id = ""
        self._reader: Optional[SegmentReader] = None

    @property
    def reading(self) -> bool:
        return self._reader is not None

    def read_some(self, segment_id: str) -> bool:
        """Returns whether nothing is left to read: ``take`` then gives the segment."""
        segments = self._work.segments
        if self._reader is None and segment_id in segments.edited and segments.has(segment_id) and segments.writer is not None:
            if segments.masks.pending or any(request.segment_id == segment_id for request in self._running):
                # What they bring must be written before it can be compared with what the server has.
                return False
            segments.edited.discard(segment_id)
            self._segment_id, self._reader = segment_id, SegmentReader(segments.writer.grid, segment_id)
        if self._reader is not None:
            self._reader.read_some()
        return self._reader is None or self._reader.done

    def take(self) -> Optional[np.ndarray]:
        """None for one that is as the server has it."""
        reader, self._reader = self._reader, None
        if reader is None or self._work.session is None:
            return None
        known = self._work.session.mask(self._work.segments.server_id(self._segment_id))
        written = reader.seen_when_written(known)
        # Where nobody drew it is what the server has, however a grid of its own shows that.
        return reader.mask if written is known else np.where(reader.mask == written, known, reader.mask)

    def drop(self) -> None:
        """It is read anew when it is needed again."""
        if self._reader is not None:
            self._work.segments.edited.add(self._segment_id)
            self._reader = None
