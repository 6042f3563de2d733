"""One step: new prompts in, a changed mask out."""
from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, Optional, Tuple

import numpy as np

from . import contract
from .calls import Replies, milliseconds_since
from .contract import PredictEvent, PredictRequest, SessionsService, StepResult
from .errors import Cancelled, ConnectionLost, LimitExceeded, ReplyError, SegBridgeError
from .geometry import IntTriple, VoxelBox
from .masks import decode_region
from .patience import Patience

if TYPE_CHECKING:
    from .session import Session

OnEvent = Callable[[PredictEvent], None]


@dataclass(frozen=True)
class Candidate:
    """One of several proposals of a step."""

    index: int
    # Predicted Dice, 0..1.
    confidence: float
    volume_ml: float
    # The mask inside the box (bool, (k, j, i)); None when only the chosen candidate was asked for.
    box: VoxelBox
    mask: Optional[np.ndarray]


@dataclass(frozen=True)
class StepTiming:
    """Milliseconds. All but ``end_to_end_ms`` were measured in the server."""

    queue_ms: float
    bricks_ms: float
    model_ms: float
    total_ms: float
    # From the call of predict() to the mask being up to date here.
    end_to_end_ms: float


@dataclass(frozen=True)
class Step:
    """What a step did. The segment's whole mask is ``session.mask(segment_id)``."""

    segment_id: str
    # Position in the segment's history, 1 after the first step.
    step: int
    # Smallest box with all voxels that changed; empty when none did.
    changed: VoxelBox
    # Predicted Dice, 0..1; of the slice for 2D models.
    confidence: float
    candidates: Tuple[Candidate, ...]
    chosen: int
    # The segment after the step: voxel_count, volume_ml, undo_steps, ...
    segment: contract.Segment
    # Voxel (i, j, k) where a further prompt would help most, and how unsure the model is there (0..1).
    next_voxel: Optional[IntTriple]
    next_uncertainty: float
    timing: StepTiming
    # The slice predicted on, like ("k", 12), for 2D models.
    slice: Optional[Tuple[str, int]]
    model_id: str
    # This session's message bytes and bricks while the step ran.
    bytes_sent: int
    bytes_received: int
    bricks_sent: int


class Meter:
    """Counts what a step costs, from its making on."""

    def __init__(self, session: "Session") -> None:
        self._session, self._start = session, time.perf_counter()
        self._sent, self._received, self._bricks = session.traffic.sent, session.traffic.received, session.uploader.bricks_sent

    def step(self, result: StepResult, candidates: Tuple[Candidate, ...] = (), chosen: int = 0) -> Step:
        """The step, once its result is in the session's mask."""
        session = self._session
        box = session.apply_result(result)
        timing = result.timing or contract.StepTiming()
        spot = result.next_prompt
        voxel = spot.ijk if spot is not None else None
        return Step(
            segment_id=result.segment_id, step=result.step, changed=box, confidence=result.confidence,
            candidates=candidates, chosen=chosen, segment=result.segment or contract.Segment(),
            next_voxel=(voxel.i, voxel.j, voxel.k) if voxel is not None else None,
            next_uncertainty=spot.uncertainty if spot is not None else 0.0,
            timing=StepTiming(
                timing.queue_ms, timing.bricks_ms, timing.model_ms, timing.total_ms, milliseconds_since(self._start)),
            slice=(contract.Axis(result.slice.axis).name.lower(), result.slice.index) if result.slice else None,
            model_id=result.model_id, bytes_sent=session.traffic.sent - self._sent,
            bytes_received=session.traffic.received - self._received,
            bricks_sent=session.uploader.bricks_sent - self._bricks)


class RunningStep:
    """A step under way. ``result()`` waits for it, ``cancel()`` withdraws it with its prompts."""

    def __init__(self, session: "Session", request: PredictRequest, on_event: Optional[OnEvent]) -> None:
        self._session, self._request, self._on_event = session, request, on_event
        self._lock = threading.Lock()
        self._stream: Optional[Replies] = None
        self._cancelled = threading.Event()
        self._upload_error: Optional[SegBridgeError] = None
        self._done = threading.Event()
        # Set once the request is handed to the connection, at this value of time.perf_counter(); before run(), whoever
        # waits for it may put an event of his own here.
        self.sent = threading.Event()
        self.sent_at = 0.0
        self._step: Optional[Step] = None
        self._error: Optional[BaseException] = None

    @property
    def done(self) -> bool:
        return self._done.is_set()

    def cancel(self) -> None:
        """Ends the step, from any thread; result() then raises Cancelled, unless it was quicker. The segment's next
        step tells the server, if it has not heard of it until then."""
        self._cancelled.set()
        if not self.done:
            self._session.withdraw(self._request)
        self._stop_stream()

    def result(self, timeout: Optional[float] = None) -> Step:
        """The step, when it is done; raises what went wrong, or TimeoutError after ``timeout`` seconds."""
        if not self._done.wait(timeout):
            raise TimeoutError(f"the step was not done after {timeout} s")
        if self._error is not None:
            raise self._error
        assert self._step is not None
        return self._step

    def run(self) -> Step:
        """Does the step in the calling thread. After a lost connection it is sent again with its request_id, so
        that the server does it once."""
        try:
            self._step = self._run()
            return self._step
        except BaseException as error:
            self._error = error
            raise
        finally:
            self._done.set()
            self.sent.set()

    def run_quietly(self) -> None:
        """Does the step and keeps its error for result(): the body of a thread."""
        try:
            self.run()
        except Exception:  # noqa: S110 - result() raises it.
            pass

    def _run(self) -> Step:
        session = self._session
        meter = Meter(session)
        ticket = session.uploader.step_started(self._upload_failed)
        try:
            patience = Patience()
            while True:
                try:
                    result, candidates = self._attempt()
                    break
                except (ConnectionLost, LimitExceeded) as error:
                    delay = patience.wait_after(error)
                    if delay is None or self._cancelled.wait(delay):
                        raise
                    self._upload_error = None
        finally:
            session.uploader.step_ended(ticket)
        session.withdrawn(self._request)
        return meter.step(
            result, tuple(self._candidate(item) for item in (candidates.candidates if candidates else ())),
            candidates.chosen if candidates else 0)

    def _attempt(self) -> Tuple[StepResult, Optional[contract.Candidates]]:
        result: Optional[StepResult] = None
        candidates: Optional[contract.Candidates] = None
        try:
            with self._session.calls.stream(SessionsService.predict, self._request) as stream:
                with self._lock:
                    self._stream = stream
                if not self.sent.is_set():
                    self.sent_at = time.perf_counter()
                    self.sent.set()
                if self._cancelled.is_set():
                    raise Cancelled("the step was cancelled")
                for event in stream:
                    if event.needs_bricks is not None:
                        self._session.uploader.want(event.needs_bricks.required, event.needs_bricks.prefetch)
                    candidates = event.candidates or candidates
                    result = event.result or result
                    if self._on_event is not None:
                        self._on_event(event)
        except Cancelled:
            if self._upload_error is not None and not self._cancelled.is_set():
                raise self._upload_error from None
            raise
        finally:
            with self._lock:
                self._stream = None
        if result is None:
            raise ReplyError("a step must end with its result, it ended without one")
        return result, candidates

    def _candidate(self, item: contract.Candidate) -> Candidate:
        has_mask = item.mask is not None and len(item.mask.data) > 0
        box, mask = decode_region(item.mask, self._session.geometry.size)
        return Candidate(
            item.index, item.confidence, item.volume_ml, VoxelBox.from_message(item.bounding_box) if not has_mask else box,
            mask if has_mask else None)

    def _upload_failed(self, error: SegBridgeError) -> None:
        self._upload_error = error
        self._stop_stream()

    def _stop_stream(self) -> None:
        with self._lock:
            stream = self._stream
        if stream is not None:
            stream.cancel()
