"""Short calls of the session, one after the other: history, and the choice of a candidate."""
from __future__ import annotations

from typing import Any, Callable, Optional, Tuple

from SegBridgeLib import HistoryChange, Session, Step, contract
from slicer.i18n import tr as _

from .mask_part import MaskPart
from .messages import info, message_for, warning
from .notices import Notices
from .segment_steps import SegmentSteps
from .sessions import is_lost
from .work import Work
from .worker import Worker


class SessionCalls:
    """Main thread only; the worker waits for the server."""

    def __init__(self, worker: Worker, notices: Notices, work: Work, steps: SegmentSteps) -> None:
        self._worker, self._notices, self._work, self._steps = worker, notices, work, steps
        # How many have not ended.
        self.active = 0

    def undo(self) -> None:
        """What other tools did before the step was not the step's doing: it stays."""
        self._change(lambda session, segment: session.undo(segment), self._steps.history(self._work.segment_id).edit)

    def redo(self) -> None:
        self._change(lambda session, segment: session.redo(segment))

    def go_to_step(self, step: int) -> None:
        self._change(lambda session, segment: session.go_to_step(step, segment))

    def reset(self) -> None:
        segment_id = self._work.segment_id
        self._change(lambda session, segment: session.reset(segment))
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

        def job() -> Tuple[Step, MaskPart]:
            chosen = session.choose_candidate(step, index, server_id)
            return chosen, MaskPart.of(session, server_id, chosen.changed)

        def take(done: Tuple[Step, MaskPart]) -> None:
            if work.segments.is_current(segment_id, server_id):
                self._steps.chosen(session, segment_id, view, index, *done)

        self._call(session, job, take)

    def ask_history(self) -> None:
        """Of a session that was taken up."""
        session = self._work.session
        assert session is not None
        self._call(session, session.segments, self._steps.taken_up)

    def _change(self, change: Callable[[Session, str], HistoryChange], kept: Optional[contract.MaskRegion] = None) -> None:
        work, segment_id = self._work, self._work.segment_id
        session = work.session
        if session is None or not work.segments.has(segment_id):
            self._notices.say(info("nothing-to-undo", _("There is no step yet: place a prompt first.")))
            return
        server_id = work.segments.server_id(segment_id)

        def job() -> Tuple[HistoryChange, MaskPart]:
            changed = change(session, server_id)
            return changed, MaskPart.of(session, server_id, changed.changed, kept)

        def take(done: Tuple[HistoryChange, MaskPart]) -> None:
            changed, part = done
            if work.segments.is_current(segment_id, server_id):
                self._steps.moved(session, segment_id, changed.segment, part)
                if kept is not None:
                    work.segments.edited.add(segment_id)

        self._call(session, job, take)

    def _call(self, session: Session, job: Callable[[], Any], take: Callable[[Any], None]) -> None:
        work, generation = self._work, self._work.generation
        self.active += 1

        def done(result: Any, problem: Optional[Exception]) -> None:
            self.active -= 1
            if generation == work.generation:
                if problem is None:
                    take(result)
                elif is_lost(problem, session):
                    if session is work.session:
                        work.recover()
                    self._notices.say(warning("try-again", _("The connection broke: try again once the server is back.")))
                else:
                    self._notices.say(message_for(problem))
            work.update()

        self._worker.submit(job, done)
        work.update()
