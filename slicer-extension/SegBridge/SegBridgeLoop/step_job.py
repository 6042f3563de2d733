"""One step beside the main thread: the request out, the mask in, and what the panel shows of it."""
from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Callable, List, Optional, Tuple

import numpy as np
from SegBridgeLib import Candidate, Session, Step, VoxelBox, contract

from .edit import Edit
from .mask_part import MaskPart
from .pictures import Picture, disagreement
from .request import Request
from .state import CandidateView


@dataclass(frozen=True, eq=False)
class Proposals:
    """The candidates of a step."""

    candidates: Tuple[Candidate, ...]
    box: VoxelBox
    # Where they disagree: bool (k, j, i) in the box.
    disagreement: np.ndarray
    pictures: Tuple[np.ndarray, ...]

    def views(self, chosen: int) -> Tuple[CandidateView, ...]:
        return tuple(
            CandidateView(candidate.index, candidate.confidence, candidate.volume_ml, picture, candidate.index == chosen)
            for candidate, picture in zip(self.candidates, self.pictures))


@dataclass(frozen=True, eq=False)
class StepDone:
    step: Step
    changed: MaskPart
    proposals: Proposals


def do_step(
    session: Session, request: Request, seen: Optional[np.ndarray], picture: Picture,
    on_event: Callable[[contract.PredictEvent], None],
) -> StepDone:
    """Does a request's step; ``seen`` is the segment as the user sees it when that may differ from the server's."""
    prompts: List[contract.Prompt] = list(request.prompts)
    if seen is not None:
        request.edit = Edit.of(seen, session.mask(request.server_id))
        if request.edit is not None:
            prompts.insert(0, contract.Prompt(mask=contract.MaskPrompt(request.edit.seen)))
    changed, before = VoxelBox.around([]), np.zeros((0, 0, 0), dtype=bool)

    def heard(event: contract.PredictEvent) -> None:
        nonlocal changed, before
        if event.result is not None and event.result.changed is not None:
            # Not yet in the session's mask.
            changed = VoxelBox.from_message(event.result.changed.box)
            before = session.mask(request.server_id)[changed.slices].copy()
        on_event(event)

    try:
        running = session.prepare(
            request.server_id, prompts, request.plane.where if request.plane is not None else None, model=request.model_id,
            task=request.task_id, window=request.window, return_candidates=True, on_event=heard, request_id=request.request_id)
        running.sent, request.running = request.sent, running
        if request.cancelled.is_set():
            running.cancel()
        # A step that was quicker than its cancelling counts: the server has done it, and undo takes it back.
        step = running.run()
    finally:
        request.sent.set()
    # Where the model has taken back what the user drew, nothing has changed for the server.
    shown = step.changed if request.edit is None else VoxelBox.around([step.changed, request.edit.box])
    part = MaskPart.of(session, request.server_id, shown)
    seen_before = part.voxels.copy()
    seen_before[changed.seen_from(shown.lower).slices] = before
    if request.edit is not None:
        request.edit.put_into(seen_before, shown)
    return StepDone(step, replace(part, before=seen_before), _proposals(step, picture))


def _proposals(step: Step, picture: Picture) -> Proposals:
    boxes = VoxelBox.around([candidate.box for candidate in step.candidates])
    box, where = disagreement(step.candidates)
    axis = step.slice[0] if step.slice is not None else "k"
    pictures = () if boxes.is_empty else tuple(picture.of(candidate, boxes, axis) for candidate in step.candidates)
    if not pictures:
        pictures = tuple(np.zeros((8, 8, 3), dtype=np.uint8) for _ in step.candidates)
    return Proposals(step.candidates, box, where, pictures)


def stage_of(event: contract.PredictEvent) -> Optional[Tuple[str, Optional[float]]]:
    """What the server is doing, and how much of it is done, 0..1; None when an event does not tell."""
    if event.queued is not None:
        return "queued", None
    if event.needs_bricks is not None:
        return "sending image", None
    if event.progress is not None:
        return event.progress.stage, event.progress.fraction
    return None
