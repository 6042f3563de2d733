"""Short calls of the session, one after the other: history, and the choice of a candidate.

What the user drew with other tools stays, whatever step the segment goes to.
"""
from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any, Callable, Deque, List, Optional, Tuple

import numpy as np
from SegBridgeLib import HistoryChange, Session, Step, VoxelBox
from SegBridgeLib.masks import bounding_box
from SegBridgeScene.problems import SceneProblem
from slicer.i18n import tr as _

from .edit import Edits, drawn_by_user
from .mask_part import MaskPart
from .messages import info, message_for, warning
from .notices import Notices
from .request import Request
from .seen_segment import SeenSegment
from .segment_steps import SegmentSteps
from .sessions import is_lost
from .work import Work
from .worker import Job, Worker


@dataclass(eq=False)
class _Call:
    session: Session
    generation: int
    # "" for a call that is not of one segment.
    segment_id: str
    # Gets the segment as the user sees it, when that may differ from what the server has.
    prepare: Callable[[Optional[np.ndarray]], Job]
    take: Callable[[Any], None]


class SessionCalls:
    """Main thread only; the worker waits for the server."""

    def __init__(self, worker: Worker, notices: Notices, work: Work, steps: SegmentSteps, running: List[Request]) -> None:
        self._worker, self._notices, self._work, self._steps = worker, notices, work, steps
        self._seen = SeenSegment(work, running)
        self._waiting: Deque[_Call] = deque()
        self._under_way = False

    @property
    def active(self) -> bool:
        """Whether a call has not ended."""
        return self._under_way or bool(self._waiting)

    @property
    def reading(self) -> bool:
        """Whether a segment is being read, a slab at each send_some()."""
        return self._seen.reading

    def undo(self) -> None:
        self._change(lambda session, segment: session.undo(segment))

    def redo(self) -> None:
        self._change(lambda session, segment: session.redo(segment))

    def go_to_step(self, step: int) -> None:
        self._change(lambda session, segment: session.go_to_step(step, segment))

    def reset(self) -> None:
        """Of the segment nothing stays."""
        steps, segment_id, session = self._steps, self._work.segment_id, self._session_of_segment()
        if session is None:
            return
        server_id = self._work.segments.server_id(segment_id)

        def prepare(seen: Optional[np.ndarray]) -> Job:
            def job() -> Tuple[HistoryChange, MaskPart]:
                changed = session.reset(server_id)
                drawn = [bounding_box(seen)] if seen is not None else []
                return changed, MaskPart.of(session, server_id, VoxelBox.around([changed.changed, *drawn]))

            return job

        def take(done: Tuple[HistoryChange, MaskPart]) -> None:
            steps.forget(segment_id)
            steps.moved(session, segment_id, done[0].segment, done[1])

        self._call(session, prepare, take, segment_id)
        if self._work.segments.marks is not None:
            self._work.segments.marks.clear(segment_id)

    def choose(self, index: int) -> None:
        """Takes another candidate of the current step."""
        work, segment_id, view = self._work, self._work.segment_id, self._steps.view
        session = work.session
        if session is None or view is None or index not in [candidate.index for candidate in view.candidates]:
            self._notices.say(info("no-candidate", _("There is no such candidate: place a prompt first.")))
            return
        server_id, step = work.segments.server_id(segment_id), view.step

        def prepare(seen: Optional[np.ndarray]) -> Job:
            shown = self._steps.history(segment_id).edits_at(step)

            def job() -> Tuple[Step, MaskPart, Edits]:
                drawn = drawn_by_user(seen, session.mask(server_id), shown)
                chosen = session.choose_candidate(step, index, server_id)
                return chosen, MaskPart.of(session, server_id, chosen.changed, shown + drawn), drawn

            return job

        def take(done: Tuple[Step, MaskPart, Edits]) -> None:
            chosen, part, drawn = done
            self._steps.chosen(session, segment_id, view, index, chosen, part)
            self._steps.drawn(segment_id, drawn)

        self._call(session, prepare, take, segment_id)

    def ask_history(self) -> None:
        """Of a session that was taken up."""
        session = self._work.session
        assert session is not None
        self._call(session, lambda seen: session.segments, self._steps.taken_up)

    def _session_of_segment(self) -> Optional[Session]:
        """None, with a message, where there is no step to go back to."""
        work = self._work
        if work.session is None or not work.segments.has(work.segment_id):
            self._notices.say(info("nothing-to-undo", _("There is no step yet: place a prompt first.")))
            return None
        return work.session

    def _change(self, change: Callable[[Session, str], HistoryChange]) -> None:
        work, segment_id, session = self._work, self._work.segment_id, self._session_of_segment()
        if session is None:
            return
        server_id, history = work.segments.server_id(segment_id), self._steps.history(segment_id)

        def prepare(seen: Optional[np.ndarray]) -> Job:
            before = history.current
            shown = history.edits_at(before)

            def job() -> Tuple[HistoryChange, MaskPart, Edits]:
                drawn = drawn_by_user(seen, session.mask(server_id), shown)
                changed = change(session, server_id)
                now = changed.segment.step
                reach = VoxelBox.around([changed.changed, *(edit.box for edit in history.edits_between(before, now))])
                return changed, MaskPart.of(session, server_id, reach, history.edits_at(now) + drawn), drawn

            return job

        def take(done: Tuple[HistoryChange, MaskPart, Edits]) -> None:
            changed, part, drawn = done
            self._steps.moved(session, segment_id, changed.segment, part)
            self._steps.drawn(segment_id, drawn)

        self._call(session, prepare, take, segment_id)

    # ---- one after the other -------------------------------------------------------------------------------

    def _call(
        self, session: Session, prepare: Callable[[Optional[np.ndarray]], Job], take: Callable[[Any], None], segment_id: str = "",
    ) -> None:
        self._waiting.append(_Call(session, self._work.generation, segment_id, prepare, take))
        self.send_some()
        if self._waiting:
            self._worker.started()
        self._work.update()

    def send_some(self) -> None:
        """Goes on with the next call, once what the one before has brought is written."""
        while self._waiting and not self._under_way:
            call = self._waiting[0]
            try:
                if call.generation == self._work.generation:
                    if self._work.segments.masks.pending or not self._seen.read_some(call.segment_id):
                        return
                    self._start(call, self._seen.take())
            except (SceneProblem, RuntimeError) as problem:
                # The segment can no longer be read: the scene has changed beneath it.
                self._notices.say(message_for(problem))
            self._seen.drop()
            self._waiting.popleft()

    def _start(self, call: _Call, seen: Optional[np.ndarray]) -> None:
        work, segments = self._work, self._work.segments
        server_id = segments.server_id(call.segment_id) if call.segment_id else ""
        self._under_way = True

        def done(result: Any, problem: Optional[Exception]) -> None:
            self._under_way = False
            if call.generation == work.generation:
                if problem is not None and seen is not None:
                    segments.edited.add(call.segment_id)
                if problem is not None:
                    self._failed(call.session, problem)
                elif not call.segment_id or segments.is_current(call.segment_id, server_id):
                    call.take(result)
            self.send_some()
            work.update()

        self._worker.submit(call.prepare(seen), done)

    def _failed(self, session: Session, problem: Exception) -> None:
        if not is_lost(problem, session):
            self._notices.say(message_for(problem))
            return
        if session is self._work.session:
            self._work.recover()
        self._notices.say(warning("try-again", _("The connection broke: try again once the server is back.")))

