"""Propagation: slice after slice from those that are finished."""
from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Iterator, List, Optional, Tuple

from .contract import PropagateEvent, PropagateRequest, SessionsService
from .errors import Cancelled, ConnectionLost, LimitExceeded, SegBridgeError
from .patience import Patience

if TYPE_CHECKING:
    from .session import Session


def propagate(session: "Session", request: PropagateRequest) -> Iterator[PropagateEvent]:
    """Yields every event once it is in the session's mask. Leaving the loop ends the propagation in the server.

    After a lost connection it is sent again with its request_id, and goes on where it was.
    """
    told: List[Tuple[str, int, int]] = []
    finished = False
    try:
        patience = Patience()
        while not finished:
            before, known = len(told), list(told)
            try:
                with closing(_attempt(session, request)) as events:
                    for event in events:
                        news = _news(event)
                        if news in known:
                            known.remove(news)  # Told again by the server, not to our caller.
                            continue
                        if news is not None:
                            told.append(news)
                        yield event
                finished = True
            except (ConnectionLost, LimitExceeded) as error:
                if len(told) > before:
                    patience = Patience()
                delay = patience.wait_after(error)
                if delay is None or session.calls.closed.wait(delay):
                    raise
    finally:
        if not finished:
            # Slices may have been done of which the news did not arrive.
            try:
                session.refresh(request.segment_id)
            except SegBridgeError:
                pass


def _news(event: PropagateEvent) -> Optional[Tuple[str, int, int]]:
    """What tells an event that came before: of a slice that was filled or stopped at."""
    if event.result is not None and event.result.slice is not None:
        return "result", event.result.slice.axis, event.result.slice.index
    if event.stopped is not None and event.stopped.slice is not None:
        return "stopped", event.stopped.slice.axis, event.stopped.slice.index
    return None


def _attempt(session: "Session", request: PropagateRequest) -> Iterator[PropagateEvent]:
    failed: List[SegBridgeError] = []
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
        except Cancelled:
            if failed:
                raise failed[0] from None
            raise
        finally:
            session.uploader.step_ended(ticket)
            stream.cancel()
