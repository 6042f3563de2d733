"""What the steps did: masks into the segmentation, history, candidates, and what the panel shows of them."""
from __future__ import annotations

import dataclasses
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from SegBridgeLib import Session, Step, VoxelBox, contract
from SegBridgeScene.overlay import DisagreementOverlay
from SegBridgeScene.problems import SceneProblem

from .edit import Edit, Edits, drawn_over
from .mask_part import MaskPart
from .messages import message_for
from .notices import Notices
from .request import Request
from .segment_history import SegmentHistory
from .server_link import ServerLink
from .state import HistoryEntry, StepView, TimingView, What
from .step_job import Proposals, StepDone
from .work import Work


class SegmentSteps:
    """The steps of all segments of the session. Main thread only."""

    def __init__(self, notices: Notices, server: ServerLink, work: Work) -> None:
        self._notices, self._server, self._work = notices, server, work
        self._histories: Dict[str, SegmentHistory] = {}
        # Of the newest step with candidates of each segment, with its position in the history.
        self._proposals: Dict[str, Tuple[int, Proposals]] = {}
        self._overlay = DisagreementOverlay()
        self._show_disagreement = False

    @property
    def view(self) -> Optional[StepView]:
        """Current step of the chosen segment."""
        return self.history(self._work.segment_id).view

    @property
    def entries(self) -> Tuple[HistoryEntry, ...]:
        return self.history(self._work.segment_id).entries

    def history(self, segment_id: str) -> SegmentHistory:
        return self._histories.setdefault(self._key(segment_id), SegmentHistory())

    def _key(self, segment_id: str) -> str:
        return self._work.segments.server_id(segment_id) if self._work.segmentation_node is not None and segment_id else ""

    def clear(self) -> None:
        self._histories.clear()
        self._proposals.clear()
        self.tell()

    def tell(self) -> None:
        self._update_overlay()
        for what in (What.STEP, What.HISTORY, What.SEGMENTS, What.TRAFFIC):
            self._notices.tell(what)

    # ---- what was done -------------------------------------------------------------------------------------

    def done(self, session: Session, request: Request, result: StepDone) -> None:
        """A request's step was done."""
        work, step, segment_id = self._work, result.step, request.segment_id
        model = self._server.model(step.model_id)
        key, algorithm = self._key(segment_id), f"{model.id} {model.version}" if model else step.model_id
        write_ms = self.write(session, segment_id, result.changed, algorithm, lambda ms: self._written(key, step.step, ms))
        sent_at = request.running.sent_at if request.running is not None else 0.0
        wire_ms = 1000 * (sent_at - request.started) if sent_at else 0.0
        timing = step.timing
        view = StepView(
            step.step, step.confidence, step.segment.volume_ml, result.proposals.views(step.chosen), self._next_ras(step),
            step.next_uncertainty, step.model_id,
            TimingView(timing.queue_ms, timing.bricks_ms, timing.model_ms, timing.total_ms, timing.end_to_end_ms, wire_ms, write_ms),
            step.bytes_sent, step.bytes_received, request.number, segment_id)
        self._proposals[key] = (step.step, result.proposals)
        self._advance(view, ", ".join((["edit"] if request.edit is not None else []) + request.texts), request.mark_ids, request.edit)
        self._notices.say(None)
        self.tell()

    def chosen(self, session: Session, segment_id: str, view: StepView, index: int, chosen: Step, part: MaskPart) -> None:
        """Another candidate of the step of ``view`` was chosen: a step of its own."""
        key = self._key(segment_id)
        write_ms = self.write(session, segment_id, part, written=lambda ms: self._written(key, chosen.step, ms))
        candidates = tuple(dataclasses.replace(candidate, chosen=candidate.index == index) for candidate in view.candidates)
        self._advance(dataclasses.replace(
            view, step=chosen.step, confidence=chosen.confidence, volume_ml=chosen.segment.volume_ml, candidates=candidates,
            timing=dataclasses.replace(view.timing, write_ms=write_ms)), f"candidate {index + 1}", takes_over=False)
        if key in self._proposals:
            self._proposals[key] = (chosen.step, self._proposals[key][1])
        self.tell()

    def slice_filled(self, segment_id: str, result: contract.StepResult) -> None:
        """A slice of a propagation is there; all slices of one are one step."""
        self._advance(StepView(
            step=result.step, confidence=result.confidence, model_id=result.model_id, segment_id=segment_id,
            volume_ml=result.segment.volume_ml if result.segment is not None else 0.0), "propagation", takes_over=False)
        self.tell()

    def _advance(
        self, view: StepView, text: str, request_ids: Sequence[str] = (), edit: Optional[Edit] = None, takes_over: bool = True,
    ) -> None:
        """A step is the current one: in the history, and by the marks of its prompts."""
        history, marks = self.history(view.segment_id), self._work.segments.marks
        if marks is not None:
            # Steps that were undone are forgotten by a new one; where a history begins, those of an earlier session.
            if view.step > history.current and not 0 < history.newest < view.step:
                marks.forget(view.segment_id, view.step, request_ids)
            marks.assign(view.segment_id, request_ids, view.step)
        history.done(view, text, edit, takes_over)

    def forget(self, segment_id: str) -> None:
        """Its steps, and what was drawn between them."""
        self._histories.pop(self._key(segment_id), None)

    def drawn(self, segment_id: str, edits: Edits) -> None:
        """By other tools, before something other than a prompt changes the mask; the next prompt takes it over."""
        history = self.history(segment_id)
        history.drawn(edits)
        if history.edits_at(history.current):
            self._work.segments.edited.add(segment_id)

    def moved(self, session: Session, segment_id: str, segment: contract.Segment, part: MaskPart) -> None:
        """Undo, redo, a jump or a reset has changed the mask."""
        self.write(session, segment_id, part)
        self.history(segment_id).moved(segment.step, segment.redo_steps)
        if self._work.segments.marks is not None:
            self._work.segments.marks.show_until(segment_id, segment.step)
        self._notices.say(None)
        self.tell()

    def taken_up(self, segments: List[contract.Segment]) -> None:
        """Of a session that was taken up: the server knows the steps, the marks in the scene what they were."""
        work, known = self._work, {segment.id: segment for segment in segments}
        for segment_id in work.segmentation_node.GetSegmentation().GetSegmentIDs() if work.segmentation_node is not None else ():
            segment, history = known.get(work.segments.server_id(segment_id)), self.history(segment_id)
            if segment is not None and not history.newest:
                history.moved(segment.step, segment.redo_steps)
                for mark in work.segments.marks.of(segment_id) if work.segments.marks is not None else ():
                    history.known(mark.step, mark.text)
        self.tell()

    def write(
        self, session: Session, segment_id: str, changed: MaskPart, algorithm: str = "",
        written: Callable[[float], None] = lambda milliseconds: None,
    ) -> float:
        """Writes what changed into the segmentation, a large mask in several beats. Returns the milliseconds it took;
        0 for one that is not whole yet, then ``written`` is told."""
        segments, server_id = self._work.segments, self._work.segments.server_id(segment_id)
        writer, took, late = segments.writer, 0.0, False
        if writer is None:
            # Nothing can be written into the segmentation now; what the user sees counts.
            return 0.0

        def ended(milliseconds: float, exact: bool, problem: Optional[Exception]) -> None:
            nonlocal took
            took = milliseconds
            if not exact or problem is not None:
                # Masking of the Segment Editor kept part of it out, or nothing could be written: what the user sees counts.
                segments.edited.add(segment_id)
            if problem is not None:
                self._notices.say(message_for(problem))
            elif algorithm:
                writer.set_algorithm(segment_id, algorithm)
            if late:
                written(milliseconds)

        # What other tools drew while the step was done stays, and goes along with the next prompt.
        before = changed.before if segment_id in segments.edited else None
        try:
            segments.masks.put(writer.write(
                segment_id, changed.box, changed.voxels, lambda: drawn_over(session.mask(server_id), changed.edits), before), ended)
        except (SceneProblem, RuntimeError) as problem:
            ended(0.0, False, problem)
        late = True
        return took

    def _written(self, key: str, step: int, milliseconds: float) -> None:
        """The mask of a step is whole."""
        history = self._histories.get(key)
        if history is not None and history.set_write_ms(step, milliseconds):
            self._notices.tell(What.STEP)

    def _next_ras(self, step: Step) -> Optional[Tuple[float, float, float]]:
        if step.next_voxel is None:
            return None
        try:
            return tuple(self._work.volume.frame.ijk_to_world([step.next_voxel])[0].tolist())  # type: ignore[return-value]
        except SceneProblem:
            return None  # Meanwhile under a transform that is not linear.

    # ---- disagreement --------------------------------------------------------------------------------------

    def disagreement(self) -> Optional[Tuple[Any, VoxelBox]]:
        """Mask and box of where the candidates of the current step disagree; None without candidates."""
        step, proposals = self._proposals.get(self._key(self._work.segment_id), (0, None))
        if proposals is None or step != self.history(self._work.segment_id).current:
            return None
        return proposals.disagreement, proposals.box

    def show_disagreement(self, show: bool) -> None:
        self._show_disagreement = show
        self._update_overlay()

    def _update_overlay(self) -> None:
        found = self.disagreement() if self._show_disagreement and self._work.volume_node is not None else None
        if found is None:
            self._overlay.hide()
        else:
            self._overlay.show(self._work.volume_node, *found)
