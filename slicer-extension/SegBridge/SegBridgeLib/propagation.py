"""Propagation: slice after slice from those that are finished."""
from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, List

from .contract import PropagateEvent, PropagateRequest, SessionsService
from .errors import Cancelled, SegBridgeError

if TYPE_CHECKING:
    from .session import Session


def propagate(session: "Session", request: PropagateRequest) -> Iterator[PropagateEvent]:
    """Yields every event once it is in the session's mask. Leaving the loop ends the propagation in the server."""
    failed: List[SegBridgeError] = []
    finished = False
    with session.calls.stream(SessionsService.propagate, request) as stream:
        def upload_failed(error: SegBridgeError) -> None:
            failed.append(error)
            stream.cancel()

        ticket = session.uploader.step_started(upload_failed)
        try:
            for event in stream:
                if event.needs_bricks is not None:
                    session.uploader.want(event.needs_bricks.required, event.needs_bricks.prefetch)
                if event.result is not None:
                    session.apply_result(event.result)
                yield event
            finished = True
        except Cancelled:
            if failed:
                raise failed[0] from None
            raise
        finally:
            session.uploader.step_ended(ticket)
            stream.cancel()
            if not finished:
                # Slices may have been done of which the news did not arrive.
                try:
                    session.refresh(request.segment_id)
                except SegBridgeError:
                    pass
