"""A small Sessions service in memory whose model is a threshold: for tests of the client's own logic."""
import threading
import zlib
from typing import Dict, Iterator, List, Optional

import numpy as np
from scripted_server import BreakConnection, Refusal

from SegBridgeLib import contract
from SegBridgeLib.bricks import DTYPES, BrickGrid, decode
from SegBridgeLib.contract import (
    HealthCheckResponse,
    HealthService,
    ModelsService,
    PredictEvent,
    PredictRequest,
    PropagateEvent,
    PropagateRequest,
    SessionsService,
    StepResult,
)
from SegBridgeLib.geometry import VoxelBox
from SegBridgeLib.masks import bounding_box, encode_region

THRESHOLD = 100


class ScriptedSessions:
    """One session. Every step sets the voxels above a threshold on its slice."""

    def __init__(self, liveness_s: int = 60) -> None:
        self.liveness_s = liveness_s
        self.voxels: Optional[np.ndarray] = None
        self.bricks_held: Dict[tuple, int] = {}
        self.history: List[np.ndarray] = []
        self.at = 0
        self.done: Dict[str, StepResult] = {}
        self.predict_requests: List[PredictRequest] = []
        self.propagate_requests: List[PropagateRequest] = []
        self.runs: Dict[str, List[StepResult]] = {}
        self.calls: List[str] = []
        self.break_before = 0
        self.break_after = 0
        self.refuse_bricks: Optional[Refusal] = None
        self.hold_results: Optional[threading.Event] = None
        self._arrived = threading.Condition()
        self.handlers = {
            HealthService.check.path: lambda _: iter([HealthCheckResponse(contract.HealthCheckResponseServingStatus.SERVING).encode()]),
            ModelsService.list_models.path: lambda _: iter([contract.ListModelsReply(
                [contract.Model(id="other", dimension=3), contract.Model(id="flat", dimension=2)], "flat").encode()]),
        }
        for method, answer in {
            SessionsService.open_session: self._open, SessionsService.put_bricks: self._put, SessionsService.stream_bricks: self._put,
            SessionsService.predict: self._predict, SessionsService.undo: self._undo, SessionsService.redo: self._redo,
            SessionsService.reset: self._reset, SessionsService.get_mask: self._get_mask,
            SessionsService.choose_candidate: self._choose, SessionsService.propagate: self._propagate,
            SessionsService.keep_alive: lambda _: iter([contract.KeepAliveReply(5)]),
            SessionsService.close_session: lambda _: iter([contract.CloseSessionReply()]),
        }.items():
            self.handlers[method.path] = self._handler(method, answer)

    def _handler(self, method, answer):
        def handle(data: bytes) -> Iterator[bytes]:
            self.calls.append(method.path.rpartition("/")[2])
            for reply in answer(method.request.decode(data)):
                yield reply.encode()
        return handle

    def _open(self, request):
        volume = request.volume
        size = volume.geometry.size
        brick = volume.brick_size or contract.Size(64, 64, 64)
        self.grid = BrickGrid((size.i, size.j, size.k), (brick.i, brick.j, brick.k))
        self.dtype = DTYPES[volume.voxel_type]
        self.voxels = np.zeros((size.k, size.j, size.i), self.dtype)
        self.history = [np.zeros(self.voxels.shape, bool)]
        yield contract.OpenSessionReply(
            "a" * 32, brick, contract.Size(*self.grid.counts), contract.SessionLimits(600, self.liveness_s, 1 << 25), request.model_id)

    def _put(self, request):
        if self.refuse_bricks is not None:
            raise self.refuse_bricks
        for brick in request.bricks:
            index = (brick.index.i, brick.index.j, brick.index.k)
            box = self.grid.box(index)
            voxels = decode(brick.data, brick.encoding, box.shape, self.dtype)
            assert zlib.crc32(voxels.tobytes()) == brick.crc32
            with self._arrived:
                self.voxels[box.slices] = voxels
                self.bricks_held[index] = self.bricks_held.get(index, 0) + 1
                self._arrived.notify_all()
        yield contract.PutBricksReply(len(request.bricks), len(self.bricks_held))

    def _predict(self, request):
        self.predict_requests.append(request)
        if self.break_before > 0:
            self.break_before -= 1
            raise BreakConnection
        if request.request_id in self.done:
            yield PredictEvent(result=self.done[request.request_id])
            return
        yield PredictEvent(queued=contract.Queued(0))
        k = request.slice.index
        needed = [index for index in self.grid if self.grid.box(index).lower[2] <= k < self.grid.box(index).upper[2]]
        missing = [contract.BrickIndex(*index) for index in needed if index not in self.bricks_held]
        rest = [contract.BrickIndex(*index) for index in self.grid if index not in needed]
        if missing:
            yield PredictEvent(needs_bricks=contract.NeedsBricks(missing, rest))
        with self._arrived:
            self._arrived.wait_for(lambda: all(index in self.bricks_held for index in needed), timeout=20)
        mask = self.history[self.at].copy()
        mask[k] |= self.voxels[k] > THRESHOLD
        del self.history[self.at + 1:]
        self.history.append(mask)
        self.at += 1
        changed = self._changed(self.history[self.at - 1], mask)
        yield PredictEvent(candidates=contract.Candidates([contract.Candidate(0, 0.75, None, None, 1.5)], 0))
        result = StepResult(
            request.segment_id, self.at, changed, 0.75, self._segment(request.segment_id),
            contract.NextPrompt(contract.VoxelIndex(1, 2, k), 0.5), contract.StepTiming(1, 2, 3, 4), request.slice, "flat")
        self.done[request.request_id] = result
        if self.hold_results is not None:
            self.hold_results.wait(20)
        if self.break_after > 0:
            self.break_after -= 1
            raise BreakConnection
        yield PredictEvent(result=result)

    def _choose(self, request):
        if request.request_id not in self.done:
            # The other candidate is the first one turned around.
            before = self.history[self.at]
            self.history[self.at + 1:] = [~before]
            self.at += 1
            self.done[request.request_id] = StepResult(
                request.segment_id, self.at, self._changed(before, ~before), 0.5, self._segment(request.segment_id))
        if self.break_after > 0:
            self.break_after -= 1
            raise BreakConnection
        yield self.done[request.request_id]

    def _propagate(self, request):
        """Sets every slice whole. Each attempt but the last breaks after one more slice."""
        self.propagate_requests.append(request)
        slices = range(request.first, request.last + 1)
        done = self.runs.setdefault(request.request_id, [])
        yield from (PropagateEvent(result=result) for result in done)
        for k in slices[len(done):]:
            before = self.history[self.at]
            mask = before.copy()
            mask[k] = True
            if not done:
                self.at += 1
            self.history[self.at:] = [mask]
            done.append(StepResult(
                request.segment_id, self.at, self._changed(before, mask), 0.9, self._segment(request.segment_id),
                slice=contract.GridSlice(contract.Axis.K, k)))
            yield PropagateEvent(result=done[-1])
            if self.break_after > 0:
                self.break_after -= 1
                raise BreakConnection
        yield PropagateEvent(stopped=contract.PropagationStop(contract.GridSlice(contract.Axis.K, request.last + 1), 0.1))
        yield PropagateEvent(progress=contract.Progress(1.0, "done"))

    def _undo(self, request):
        return self._go(request, self.at - 1, "undo")

    def _redo(self, request):
        return self._go(request, self.at + 1, "redo")

    def _go(self, request, to, word):
        if not 0 <= to < len(self.history):
            raise Refusal(9, f"there is nothing to {word}")
        before, self.at = self.history[self.at], to
        yield contract.HistoryReply(self._changed(before, self.history[to]), self._segment(request.segment_id))

    def _reset(self, request):
        before = self.history[self.at]
        self.history, self.at = [np.zeros_like(before)], 0
        yield contract.HistoryReply(self._changed(before, self.history[0]), self._segment(request.segment_id))

    def _get_mask(self, request):
        mask = self.history[self.at]
        box = bounding_box(mask) if request.box is None else VoxelBox.from_message(request.box)
        yield contract.GetMaskReply(encode_region(mask[box.slices], box))

    def _changed(self, before, after):
        box = bounding_box(before != after)
        return encode_region(after[box.slices], box)

    def _segment(self, name):
        return contract.Segment(
            id=name, step=self.at, undo_steps=self.at, redo_steps=len(self.history) - 1 - self.at,
            voxel_count=int(np.count_nonzero(self.history[self.at])))
