"""Calls that older client libraries have no method for, by the contract's own messages."""
from __future__ import annotations

from typing import Tuple

from SegBridgeLib import Session, VoxelBox, contract


def choose_candidate(session: Session, step: int, index: int, segment: str) -> Tuple[contract.StepResult, VoxelBox]:
    """Makes a candidate of a step the segment's mask. Returns the result and the box that changed."""
    result = session.calls.call(
        contract.SessionsService.choose_candidate, contract.ChooseCandidateRequest(session.id, segment, step, index))
    return result, session.apply_result(result)
