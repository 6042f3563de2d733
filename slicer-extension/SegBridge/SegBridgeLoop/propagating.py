"""Propagation: slice after slice from those that are finished, with progress, until it is done or cancelled."""
from __future__ import annotations

import threading
from typing import Any, Callable, List, Optional, Tuple

import numpy as np
from SegBridgeLib import Cancelled, Session, VoxelBox, contract
from SegBridgeScene.problems import SceneProblem
from SegBridgeScene.slices import SeenSlice, grid_slice, slice_of_view
from slicer.i18n import tr as _

from .edit import Edits, drawn_by_user
from .mask_part import MaskPart
from .messages import info, message_for, warning
from .notices import Notices
from .request import Request
from .seen_segment import SeenSegment
from .segment_steps import SegmentSteps
from .sessions import is_lost
from .state import What, WorkPhase
from .work import Work
from .worker import Worker


class Propagating:
    """One propagation at a time."""

    def __init__(
        self, worker: Worker, notices: Notices, work: Work, steps: SegmentSteps, running: List[Request],
    ) -> None:
        self._worker, self._notices, self._work, self._steps = worker, notices, work, steps
        self._seen = SeenSegment(work, running)
        # To be begun once the segment is read, with the segment as the user sees it.
        self._begin: Optional[Tuple[str, Callable[[Optional[np.ndarray]], None]]] = None
        self._cancelled: Optional[threading.Event] = None
        self._progress: Tuple[str, Optional[float]] = ("", None)

    @property
    def idle(self) -> bool:
        return self._cancelled is None

    @property
    def reading(self) -> bool:
        """Whether a segment is being read, a slab at each go_on()."""
        return self._seen.reading

    @property
    def activity(self) -> Optional[Tuple[WorkPhase, str, Optional[float]]]:
        return None if self.idle else (WorkPhase.PROPAGATING, *self._progress)

    def start(self, along: Any, first: float, last: float, stop_below: float, task_id: str) -> None:
        """``along`` is a slice node, with offsets in mm, or "i", "j" or "k", with voxel indices. A direction ends where
        the predicted Dice falls below ``stop_below``. ``task_id`` is for models of context; "" for none."""
        work = self._work
        session, segment_id = work.session, work.segment_id
        try:
            if session is None or not work.segments.has(segment_id):
                raise SceneProblem("no-segment", _("Choose a segment and mark the object on a slice first."))
            ends = [_index(self._slice(along, at)) for at in (first, last)]
            if ends[0][0] != ends[1][0]:
                raise SceneProblem("slice-oblique", _("Choose a range along one axis of the volume."))
        except SceneProblem as problem:
            self._notices.say(message_for(problem))
            return
        self.cancel()
        cancelled = self._cancelled = threading.Event()
        lower, upper = sorted(index for _axis, index in ends)
        server_id, generation, model_id = work.segments.server_id(segment_id), work.generation, work.model_id
        done_slices, stops = [0], []
        drawn: Edits = ()
        total = max(1, upper - lower + 1)

        def take(event: contract.PropagateEvent, part: Optional[MaskPart]) -> None:
            if generation != work.generation or not work.segments.is_current(segment_id, server_id):
                return
            if event.progress is not None:
                self._progress = (event.progress.stage, event.progress.fraction)
            if event.result is not None:
                done_slices[0] += 1
                self._progress = ("predicting", min(1.0, done_slices[0] / total))
                assert part is not None
                self._steps.write(session, segment_id, part)
                self._steps.slice_filled(segment_id, event.result)
            if event.stopped is not None and event.stopped.slice is not None:
                stops.append(event.stopped)
            self._notices.tell(What.PROPAGATION)
            work.update()

        def job(seen: Optional[np.ndarray], shown: Edits) -> None:
            nonlocal drawn
            # What other tools drew stays where it is.
            drawn = drawn_by_user(seen, session.mask(server_id), shown)
            for event in session.propagate(lower, upper, server_id, model=model_id, task=task_id, stop_below=stop_below):
                part = None
                if event.result is not None:
                    changed = event.result.changed.box if event.result.changed is not None else None
                    part = MaskPart.of(session, server_id, VoxelBox.from_message(changed), shown + drawn)
                self._worker.post(lambda event=event, part=part: take(event, part))  # type: ignore[misc]
                if cancelled.is_set():
                    return

        def done(_result: Any, problem: Optional[Exception]) -> None:
            if self._cancelled is cancelled:
                self._cancelled, self._progress = None, ("", None)
            if generation == work.generation:
                if work.segments.is_current(segment_id, server_id):
                    self._steps.drawn(segment_id, drawn)
                self._ended(session, cancelled.is_set(), done_slices[0], stops, problem)
            self._notices.tell(What.PROPAGATION)
            work.update()

        def begin(seen: Optional[np.ndarray]) -> None:
            history = self._steps.history(segment_id)
            shown = history.edits_at(history.current)
            self._worker.beside(lambda: job(seen, shown), done)

        self._begin = segment_id, begin
        self._worker.started()
        self.go_on()
        self._notices.tell(What.PROPAGATION)
        work.update()

    def go_on(self) -> None:
        """Begins what was started, once the segment is read."""
        if self._begin is None:
            return
        segment_id, begin = self._begin
        try:
            if not self._seen.read_some(segment_id):
                return
        except (SceneProblem, RuntimeError) as problem:
            self.drop()
            self._notices.say(message_for(problem))
            self._work.update()
            return
        self._begin = None
        begin(self._seen.take())

    def drop(self) -> None:
        """What has not begun is not begun."""
        if self._begin is not None:
            self._begin, self._cancelled = None, None
            self._seen.drop()

    def cancel(self) -> None:
        """Ends it after the slice that is being done; what is done stays, and one undo takes it back."""
        if self._begin is not None:
            self.drop()
            self._notices.say(info("propagation-cancelled", _("Stopped after {count} slices.").format(count=0)))
            self._work.update()
        if self._cancelled is not None:
            self._cancelled.set()

    def accept(self, slice_node: Any, accepted: bool) -> None:
        """Marks the slice that a view shows as finished."""
        work = self._work
        session, segment_id = work.session, work.segment_id
        try:
            if session is None or not work.segments.has(segment_id):
                raise SceneProblem("no-segment", _("Choose a segment and mark the object on a slice first."))
            plane = _index(slice_of_view(slice_node, work.volume.frame))
        except SceneProblem as problem:
            self._notices.say(message_for(problem))
            return
        server_id = work.segments.server_id(segment_id)

        def done(_result: Any, problem: Optional[Exception]) -> None:
            if problem is not None:
                self._notices.say(message_for(problem))
            else:
                key, text = ("slice-accepted", _("Slice {index} is finished: propagation leaves it as it is.")) if accepted else (
                    "slice-opened", _("Slice {index} is open again."))
                self._notices.say(info(key, text.format(index=plane[1])))

        self._worker.submit(lambda: session.accept([plane], server_id, accepted), done)

    def _ended(
        self, session: Session, was_cancelled: bool, slices: int, stops: List[contract.PropagationStop],
        problem: Optional[Exception],
    ) -> None:
        if problem is not None and not isinstance(problem, Cancelled):
            if is_lost(problem, session) and session is self._work.session:
                self._work.recover()
            self._notices.say(message_for(problem))
        elif was_cancelled:
            self._notices.say(info("propagation-cancelled", _("Stopped after {count} slices.").format(count=slices)))
        elif stops:
            text = _("{count} slices filled; unsure from slice {where} on: mark the object there and go on.")
            self._notices.say(warning("propagation-stopped", text.format(
                count=slices, where=" / ".join(str(stop.slice.index) for stop in stops if stop.slice is not None))))
        else:
            self._notices.say(info("propagated", _("{count} slices filled.").format(count=slices)))

    def _slice(self, along: Any, at: float) -> SeenSlice:
        frame = self._work.volume.frame
        if isinstance(along, str):
            index = min(max(int(at), 0), frame.size["ijk".index(along)] - 1)
            return grid_slice(along, index)
        return slice_of_view(along, frame, at - along.GetSliceOffset())


def _index(plane: SeenSlice) -> Tuple[str, int]:
    if not plane.is_grid:
        raise SceneProblem("slice-oblique", _("This view is tilted against the volume: use \"Rotate to volume plane\" first."))
    return plane.where  # type: ignore[return-value]
