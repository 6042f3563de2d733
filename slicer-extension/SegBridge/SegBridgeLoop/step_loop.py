"""Prompts out, masks in: steps of all segments, newest first in effect, and their history."""
from __future__ import annotations

import dataclasses
import time
from typing import Any, Callable, Dict, List, Optional, Tuple

import numpy as np
from SegBridgeLib import Cancelled, HistoryChange, Session, Step, Superseded, VoxelBox, contract
from SegBridgeScene.frames import ijk_to_ras_of
from SegBridgeScene.overlay import DisagreementOverlay
from SegBridgeScene.problems import SceneProblem
from SegBridgeScene.prompt_marks import Mark
from SegBridgeScene.segment_reader import SegmentReader
from SegBridgeScene.volumes import display_window
from slicer.i18n import tr as _

from .mask_part import MaskPart
from .messages import info, message_for, warning
from .notices import Notices
from .pictures import Picture
from .prompting import Prompted, Prompting
from .request import Request
from .segment_history import SegmentHistory
from .server_calls import choose_candidate
from .server_link import ServerLink
from .sessions import is_lost
from .state import HistoryEntry, StepView, TimingView, What, WorkPhase
from .step_job import Proposals, StepDone, do_step
from .work import Work
from .worker import Worker

# The main thread waits this long for a request to get onto the wire, so that the thread of the step gets the
# interpreter lock at once.
_HAND_OVER_S = 0.004


class StepLoop:
    """Main thread only; what waits for the server is done by the worker's threads."""

    def __init__(self, worker: Worker, notices: Notices, server: ServerLink, work: Work) -> None:
        self._worker, self._notices, self._server, self._work = worker, notices, server, work
        self.auto_predict = True
        # Id of the task whose examples a model of context is shown; "" for none.
        self.chosen_task: Callable[[], str] = lambda: ""
        self._number = 0
        # Without auto-predict: what the user has drawn since the last step.
        self._drawn: List[Request] = []
        # To be sent once there is a session.
        self._waiting: List[Request] = []
        # Next to be sent, in this order; the first may wait for its segment to be read.
        self._outgoing: List[Request] = []
        self._reader: Optional[SegmentReader] = None
        self._running: List[Request] = []
        self._histories: Dict[str, SegmentHistory] = {}
        self._proposals: Dict[str, Tuple[int, Proposals]] = {}
        self._calls = 0
        self._stage: Tuple[str, Optional[float]] = ("", None)
        self._overlay = DisagreementOverlay()
        self._show_disagreement = False
        work.session_opened, work.session_dropped = self._session_opened, self._session_dropped

    # ---- what there is to show -----------------------------------------------------------------------------

    @property
    def view(self) -> Optional[StepView]:
        return self._history(self._work.segment_id).view

    @property
    def entries(self) -> Tuple[HistoryEntry, ...]:
        return self._history(self._work.segment_id).entries

    @property
    def waiting(self) -> bool:
        """Whether prompts wait for a session."""
        return bool(self._waiting)

    @property
    def idle(self) -> bool:
        return not (self._waiting or self._outgoing or self._running or self._calls)

    @property
    def reading(self) -> bool:
        """Whether a segment is being read, a slab at each beat."""
        return self._reader is not None

    @property
    def activity(self) -> Optional[Tuple[WorkPhase, str, Optional[float]]]:
        return (WorkPhase.PREDICTING, *self._stage) if self._outgoing or self._running or self._calls else None

    def _history(self, segment_id: str) -> SegmentHistory:
        return self._histories.setdefault(self._key(segment_id), SegmentHistory())

    def _key(self, segment_id: str) -> str:
        return self._work.server_segment(segment_id) if self._work.segmentation_node is not None and segment_id else ""

    # ---- prompts -------------------------------------------------------------------------------------------

    def add(self, slice_node: Any, mark: Mark, make: Callable[[Prompting], Prompted]) -> int:
        """Takes a prompt of the user. Returns its number; 0 when it cannot be used, with a message that says why."""
        started = time.perf_counter()
        try:
            work = self._work
            model = self._server.model(work.model_id)
            self._check_ready()
            assert model is not None
            prompted = make(Prompting(work.frame, model, slice_node))
            self._number += 1
            request = Request(
                self._number, work.segment_id, work.server_segment(work.segment_id), model.id, prompted.plane, [prompted.message], [mark.text],
                self.chosen_task() if model.uses_context else "", display_window(work.volume_node), started=started)
        except (SceneProblem, ValueError) as problem:
            self._notices.say(message_for(problem))
            return 0
        mark.request_id = request.request_id
        if self.auto_predict:
            self._send(request)
        else:
            self._drawn.append(request)
        assert work.marks is not None
        work.marks.add(request.segment_id, mark, prompted.drawn)
        return request.number

    def predict(self, slice_node: Any = None) -> int:
        """Sends what was drawn; nothing drawn: predicts again from the prompts so far, or from a task's examples."""
        drawn, self._drawn = self._drawn, []
        places: Dict[Any, Request] = {}
        for request in drawn:
            first = places.setdefault(request.place, request)
            if first is not request:
                first.merge(request)
        for request in places.values():
            request.started = time.perf_counter()
            self._send(request)
        if places:
            return max(request.number for request in places.values())
        return self._predict_anew(slice_node)

    def _predict_anew(self, slice_node: Any) -> int:
        work = self._work
        try:
            self._check_ready()
            model = self._server.model(work.model_id)
            assert model is not None
            if model.dimension == 2 and slice_node is None:
                raise SceneProblem("nothing-drawn", _("Nothing to predict from: place a prompt first."))
            plane = Prompting(work.frame, model, slice_node).seen_slice if model.dimension == 2 else None
        except SceneProblem as problem:
            self._notices.say(message_for(problem))
            return 0
        self._number += 1
        self._send(Request(
            self._number, work.segment_id, work.server_segment(work.segment_id), model.id, plane, [], ["examples" if self.chosen_task() and model.uses_context else "again"],
            self.chosen_task() if model.uses_context else "", display_window(work.volume_node)))
        return self._number

    def _check_ready(self) -> None:
        work = self._work
        if work.volume_node is None:
            raise SceneProblem("no-volume", _("Choose a volume first."))
        if work.state.phase is WorkPhase.BLOCKED:
            raise SceneProblem("blocked", work.state.message)
        if not work.has_segment(work.segment_id):
            raise SceneProblem("no-segment", _("Choose or add a segment first."))
        if not self._server.state.models:
            raise SceneProblem("no-server", _("Connect to a server first."))
        if not work.has_consent:
            raise SceneProblem("no-consent", _("Allow sending image data to {address} first.").format(
                address=self._server.state.address))
        model = self._server.model(work.model_id)
        if model is None or not model.ready:
            raise SceneProblem("model-not-ready", _("The model is not ready: choose another one.") if model is None else _(
                "{model} is not ready ({reason}): choose another one.").format(model=model.title, reason=model.reason))

    # ---- steps ---------------------------------------------------------------------------------------------

    def _send(self, request: Request) -> None:
        (self._waiting if self._work.session is None else self._outgoing).append(request)
        self.send_some()
        if self.reading:
            self._worker.started()
        self._work.update()

    def send_some(self) -> None:
        """Sends what can be sent. A segment that other tools changed is read first, a slab at a time."""
        work = self._work
        while self._outgoing:
            request = self._outgoing[0]
            if request.segment_id in work.edited and any(other.server_id == request.server_id for other in self._running):
                # What they bring must be seen before it can be compared with what the server has.
                return
            if self._reader is None and request.segment_id in work.edited and work.has_segment(request.segment_id):
                assert work.writer is not None
                work.edited.discard(request.segment_id)
                self._reader = SegmentReader(work.writer.grid, request.segment_id)
            seen = None
            if self._reader is not None:
                self._reader.read_some()
                if not self._reader.done:
                    return
                seen = self._reader.mask
            self._reader = None
            del self._outgoing[0]
            self._start(request, seen)

    def _start(self, request: Request, seen: Optional[np.ndarray]) -> None:
        work, session = self._work, self._work.session
        assert session is not None and work.snapshot is not None
        picture = Picture(work.snapshot.voxels, ijk_to_ras_of(work.volume_node), request.window)
        generation = work.generation
        request.sent.clear()
        self._running.append(request)

        def on_event(event: contract.PredictEvent) -> None:
            stage = _stage(event)
            if stage is not None:
                self._worker.post(lambda: self._progress(stage))

        def done(result: Optional[StepDone], problem: Optional[Exception]) -> None:
            if request in self._running:
                self._running.remove(request)
            if generation == work.generation:
                self._ended(session, request, result, problem)
                self.send_some()
            work.update()

        self._worker.beside(
            lambda: do_step(session, request, seen, picture, on_event), done, "segbridge-request")
        request.sent.wait(_HAND_OVER_S)
        self._stage = ("", None)
        work.update()

    def _progress(self, stage: Tuple[str, Optional[float]]) -> None:
        self._stage = stage
        self._work.update()

    def _ended(self, session: Session, request: Request, result: Optional[StepDone], problem: Optional[Exception]) -> None:
        work = self._work
        if result is not None:
            self._take(session, request, result)
            return
        assert problem is not None
        if request.carries_edit or request.running is None:
            work.edited.add(request.segment_id)
        newer = next((other for other in self._running + self._outgoing + self._waiting if other.place == request.place), None)
        if isinstance(problem, Superseded) and newer is not None:
            newer.take_over(request)
        elif isinstance(problem, Superseded) and work.marks is not None:
            # The newer one was quicker: its step has these prompts.
            work.marks.assign(request.segment_id, request.mark_ids, self._history(request.segment_id).current)
        elif is_lost(problem, session) and not request.cancelled.is_set():
            self._try_again(session, request)
        else:
            self._drop(request)
            if not isinstance(problem, (Cancelled, Superseded)):
                self._notices.say(message_for(problem))

    def _try_again(self, lost: Session, request: Request) -> None:
        """Sends a request once more when the session is back; by its id the server does it once."""
        if self._work.session is not None and self._work.session is not lost:
            self._send(request)
            return
        self._waiting.append(request)
        self._waiting.sort(key=lambda waiting: waiting.number)
        if self._work.session is lost:
            self._work.recover()

    def _take(self, session: Session, request: Request, result: StepDone) -> None:
        work, step, segment_id = self._work, result.step, request.segment_id
        if work.writer is None or not work.is_current(segment_id, request.server_id):
            return
        model = self._server.model(step.model_id)
        write_ms = self.write(session, segment_id, result.changed, model.id + " " + model.version if model else step.model_id)
        assert work.marks is not None
        work.marks.done(segment_id, request.mark_ids, step.step)
        wire_ms = 1000 * (request.running.sent_at - request.started) if request.running is not None else 0.0
        timing = step.timing
        next_ras = self._next_ras(step)
        view = StepView(
            step.step, step.confidence, step.segment.volume_ml, result.proposals.views(step.chosen),
            next_ras, step.next_uncertainty, step.model_id,
            TimingView(timing.queue_ms, timing.bricks_ms, timing.model_ms, timing.total_ms, timing.end_to_end_ms, wire_ms, write_ms),
            step.bytes_sent, step.bytes_received, request.number, segment_id)
        self._proposals[self._key(segment_id)] = (step.step, result.proposals)
        texts = (["edit"] if request.carries_edit else []) + request.texts
        self._history(segment_id).done(view, ", ".join(texts))
        self._notices.say(None)
        self._tell_step()

    def _next_ras(self, step: Step) -> Optional[Tuple[float, float, float]]:
        if step.next_voxel is None:
            return None
        try:
            return tuple(self._work.frame.ijk_to_world([step.next_voxel])[0].tolist())  # type: ignore[return-value]
        except SceneProblem:
            return None  # Meanwhile under a transform that is not linear.

    def write(self, session: Session, segment_id: str, changed: MaskPart, algorithm: str = "") -> float:
        """Writes what changed. Returns milliseconds."""
        work, start = self._work, time.perf_counter()
        assert work.writer is not None
        try:
            server_id = work.server_segment(segment_id)
            if not work.writer.write(segment_id, changed.box, changed.voxels, lambda: session.mask(server_id)):
                # Masking of the Segment Editor kept part of it out: what the user sees counts.
                work.edited.add(segment_id)
            if algorithm:
                work.writer.set_algorithm(segment_id, algorithm)
        except SceneProblem as problem:
            self._notices.say(message_for(problem))
        return 1000 * (time.perf_counter() - start)

    def slice_filled(self, segment_id: str, result: contract.StepResult) -> None:
        """A slice of a propagation is there; all slices of one are one step."""
        segment = result.segment
        self._history(segment_id).done(StepView(
            step=result.step, confidence=result.confidence, volume_ml=segment.volume_ml if segment is not None else 0.0,
            model_id=result.model_id, segment_id=segment_id), "propagation")
        if self._work.marks is not None:
            self._work.marks.done(segment_id, [], result.step)
        self._tell_step()

    def _tell_step(self) -> None:
        self._update_overlay()
        for what in (What.STEP, What.HISTORY, What.SEGMENTS, What.TRAFFIC):
            self._notices.tell(what)

    # ---- cancelling ----------------------------------------------------------------------------------------

    def cancel(self) -> None:
        """Withdraws everything that is under way or waits."""
        unsent, self._drawn, self._waiting = self._drawn + self._waiting + self._outgoing, [], []
        self._forget_outgoing()
        for request in unsent:
            self._drop(request)
        for request in list(self._running):
            request.cancel()
        self._work.update()

    def _forget_outgoing(self) -> None:
        if self._reader is not None:
            self._work.edited.add(self._outgoing[0].segment_id)
        self._reader, self._outgoing = None, []

    def _drop(self, request: Request) -> None:
        if self._work.marks is not None:
            self._work.marks.remove(request.segment_id, request.mark_ids)

    def _session_dropped(self, server_only: bool) -> None:
        self._calls = 0
        if server_only:
            self._waiting = sorted(self._waiting + self._outgoing + self._running, key=lambda request: request.number)
            self._running = []
            self._forget_outgoing()
            return
        for request in self._running:
            request.cancel()
        for request in self._running + self._outgoing + self._waiting + self._drawn:
            self._drop(request)
        self._running, self._waiting, self._drawn = [], [], []
        self._forget_outgoing()
        self._histories.clear()
        self._proposals.clear()
        self._overlay.hide()
        for what in (What.STEP, What.HISTORY):
            self._notices.tell(what)

    def _session_opened(self, resumed: bool) -> None:
        waiting, self._waiting = self._waiting, []
        if resumed:
            self._ask_history()
        else:
            self._histories.clear()
            self._proposals.clear()
        for request in waiting:
            self._send(request)
        self._tell_step()

    def _ask_history(self) -> None:
        """Of a session that was taken up: the server knows the steps, the marks in the scene what they were."""
        work, session = self._work, self._work.session
        assert session is not None

        def take(segments: List[contract.Segment]) -> None:
            if work.segmentation_node is None:
                return
            known = {segment.id: segment for segment in segments}
            for segment_id in work.segmentation_node.GetSegmentation().GetSegmentIDs():
                segment = known.get(work.server_segment(segment_id))
                history = self._history(segment_id)
                if segment is None or history.newest:
                    continue
                history.moved(segment.step, segment.redo_steps)
                for mark in work.marks.of(segment_id) if work.marks is not None else ():
                    history.known(mark.step, mark.text)
            self._tell_step()

        self._call(session, session.segments, take)

    # ---- history -------------------------------------------------------------------------------------------

    def undo(self) -> None:
        if self._running or self._outgoing:
            self.cancel()
            return
        self._change(lambda session, segment: session.undo(segment))

    def redo(self) -> None:
        self._change(lambda session, segment: session.redo(segment))

    def go_to_step(self, step: int) -> None:
        self._change(lambda session, segment: session.go_to_step(step, segment))

    def reset(self) -> None:
        """Empties the segment, with its prompts and history."""
        self.cancel()
        segment_id = self._work.segment_id
        self._change(lambda session, segment: session.reset(segment))
        if self._work.marks is not None:
            self._work.marks.clear(segment_id)

    def _change(self, change: Callable[[Session, str], HistoryChange]) -> None:
        work, segment_id = self._work, self._work.segment_id
        session = work.session
        if session is None or not work.has_segment(segment_id):
            self._notices.say(info("nothing-to-undo", _("There is no step yet: place a prompt first.")))
            return
        server_id = work.server_segment(segment_id)

        def job() -> Tuple[HistoryChange, MaskPart]:
            changed = change(session, server_id)
            return changed, MaskPart.of(session, server_id, changed.changed)

        def take(done: Tuple[HistoryChange, MaskPart]) -> None:
            changed, part = done
            if not work.is_current(segment_id, server_id):
                return
            self.write(session, segment_id, part)
            history = self._history(segment_id)
            history.moved(changed.segment.step, changed.segment.redo_steps)
            if work.marks is not None:
                work.marks.show_until(segment_id, history.current)
            self._notices.say(None)
            self._tell_step()

        self._call(session, job, take)

    def _call(self, session: Session, job: Callable[[], Any], take: Callable[[Any], None]) -> None:
        """A short call of the session, after those before it."""
        work, generation = self._work, self._work.generation
        self._calls += 1

        def done(result: Any, problem: Optional[Exception]) -> None:
            if generation != work.generation:
                return
            self._calls -= 1
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

    # ---- candidates ----------------------------------------------------------------------------------------

    def choose(self, index: int) -> None:
        """Takes another candidate of the current step."""
        work, segment_id, view = self._work, self._work.segment_id, self.view
        session = work.session
        if session is None or view is None or index not in [candidate.index for candidate in view.candidates]:
            self._notices.say(info("no-candidate", _("There is no such candidate: place a prompt first.")))
            return
        known = self._proposals.get(self._key(segment_id))
        server_id = work.server_segment(segment_id)

        def job() -> Tuple[contract.StepResult, MaskPart]:
            result, box = choose_candidate(session, view.step, index, server_id)
            return result, MaskPart.of(session, server_id, box)

        def take(chosen: Tuple[contract.StepResult, MaskPart]) -> None:
            if not work.is_current(segment_id, server_id):
                return
            result, part = chosen
            write_ms = self.write(session, segment_id, part)
            candidates = tuple(
                dataclasses.replace(candidate, chosen=candidate.index == index) for candidate in view.candidates)
            self._history(segment_id).done(dataclasses.replace(
                view, step=result.step, confidence=result.confidence, candidates=candidates,
                volume_ml=result.segment.volume_ml if result.segment is not None else view.volume_ml,
                timing=dataclasses.replace(view.timing, write_ms=write_ms)), f"candidate {index + 1}")
            if work.marks is not None:
                work.marks.done(segment_id, [], result.step)
            if known is not None:
                self._proposals[self._key(segment_id)] = (result.step, known[1])
            self._tell_step()

        self._call(session, job, take)

    def disagreement(self) -> Optional[Tuple[Any, VoxelBox]]:
        """Mask and box of where the candidates of the current step disagree; None without candidates."""
        step, proposals = self._proposals.get(self._key(self._work.segment_id), (0, None))
        if proposals is None or step != self._history(self._work.segment_id).current:
            return None
        return proposals.disagreement, proposals.box

    def show_disagreement(self, show: bool) -> None:
        self._show_disagreement = show
        self._update_overlay()

    def _update_overlay(self) -> None:
        found = self.disagreement() if self._show_disagreement else None
        if found is None:
            self._overlay.hide()
        else:
            self._overlay.show(self._work.volume_node, *found)


def _stage(event: contract.PredictEvent) -> Optional[Tuple[str, Optional[float]]]:
    if event.queued is not None:
        return "queued", None
    if event.needs_bricks is not None:
        return "sending image", None
    if event.progress is not None:
        return event.progress.stage, event.progress.fraction
    return None
