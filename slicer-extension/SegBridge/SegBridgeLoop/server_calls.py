"""Calls that a client library of before has no method for, by the contract's own messages."""
from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Iterator

from SegBridgeLib import Session, VoxelBox, contract


@dataclass(frozen=True)
class Chosen:
    """The step that a choice made."""

    step: int
    confidence: float
    volume_ml: float
    changed: VoxelBox


def choose_candidate(session: Session, step: int, index: int, segment: str) -> Chosen:
    """Makes a candidate of a step the segment's mask."""
    if hasattr(session, "choose_candidate"):
        done = session.choose_candidate(step, index, segment)
        return Chosen(done.step, done.confidence, done.segment.volume_ml, done.changed)
    result = session.calls.call(
        contract.SessionsService.choose_candidate, contract.ChooseCandidateRequest(session.id, segment, step, index))
    volume_ml = result.segment.volume_ml if result.segment is not None else 0.0
    return Chosen(result.step, result.confidence, volume_ml, session.apply_result(result))


def propagate(
    session: Session, first: int, last: int, segment: str, model: str, task: str, stop_below: float
) -> Iterator[contract.PropagateEvent]:
    """Fills slices from finished ones; with the examples of a task where the client library can say so."""
    examples = {"task": task} if task and "task" in inspect.signature(session.propagate).parameters else {}
    return session.propagate(first, last, segment, model=model, stop_below=stop_below, **examples)
