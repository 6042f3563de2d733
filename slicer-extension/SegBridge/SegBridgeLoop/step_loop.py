"""Prompts out, steps in: requests from the user's act to their end, whatever happens to the server meanwhile."""
from __future__ import annotations

import time
from typing import Any, Callable, List, Optional, Tuple

import numpy as np
from SegBridgeLib import Cancelled, KeyRejected, Session, Superseded, contract
from SegBridgeScene.frames import ijk_to_ras_of
from SegBridgeScene.problems import SceneProblem
from SegBridgeScene.prompt_marks import Mark
from SegBridgeScene.volumes import display_window
from slicer.i18n import tr as _

from .messages import error, message_for
from .notices import Notices
from .outbox import Outbox
from .pictures import Picture
from .prompting import Prompted, Prompting
from .readiness import ready_model
from .request import Request, merged
from .segment_steps import SegmentSteps
from .server_link import ServerLink
from .sessions import is_lost
from .state import ModelInfo
from .step_job import StepDone, do_step, stage_of
from .work import Work
from .worker import Worker

# The main thread waits this long for a request to get onto the wire, so that the thread of the step gets the
# interpreter lock at once.
_HAND_OVER_S = 0.008


class StepLoop:
    """Main thread only; what waits for the server is done by the worker's threads."""

    def __init__(self, worker: Worker, notices: Notices, server: ServerLink, work: Work, steps: SegmentSteps) -> None:
        self._worker, self._notices, self._server, self._work, self._steps = worker, notices, server, work, steps
        self.auto_predict = True
        # Id of the task whose examples a model of context is shown; "" for none.
        self.chosen_task: Callable[[], str] = lambda: ""
        self._number = 0
        # Whether undo and the like are under way, which steps wait for.
        self.history_moves: Callable[[], bool] = lambda: False
        # To be sent by predict(): drawn without auto-predict, or refused by a busy server.
        self._drawn: List[Request] = []
        # To be sent once there is a session.
        self._waiting: List[Request] = []
        self.running: List[Request] = []
        self._outbox = Outbox(work, self.running, self._start)
        self._stage: Tuple[str, Optional[float]] = ("", None)

    @property
    def waiting(self) -> bool:
        """Whether prompts wait for a session."""
        return bool(self._waiting)

    @property
    def drawn(self) -> bool:
        """Whether prompts wait for predict()."""
        return bool(self._drawn)

    @property
    def busy(self) -> bool:
        """Whether steps are under way."""
        return bool(self._outbox.requests or self.running)

    @property
    def reading(self) -> bool:
        """Whether a segment is being read, a slab at each send_some()."""
        return self._outbox.reading

    @property
    def stage(self) -> Tuple[str, Optional[float]]:
        """What the server is doing, in its words, and how much of it is done, 0..1."""
        return self._stage

    # ---- prompts -------------------------------------------------------------------------------------------

    def add(self, slice_node: Any, mark: Mark, make: Callable[[Prompting], Prompted]) -> int:
        """Takes a prompt of the user. Returns its number; 0 when it cannot be used, with a message that says why."""
        started = time.perf_counter()
        try:
            model = ready_model(self._work, self._server)
            prompted = make(Prompting(self._work.volume.frame, model, slice_node))
        except (SceneProblem, ValueError) as problem:
            self._notices.say(message_for(problem))
            return 0
        request = self._request(model, prompted.plane, [prompted.message], mark.text)
        request.started, mark.request_id = started, request.request_id
        if self.auto_predict and not self._drawn:
            self._send(request)
        else:
            self._drawn.append(request)
            if self.auto_predict:
                # With those that a busy server has not taken.
                self.predict()
        if request.cancelled.is_set():
            return 0
        # After the request is on its way: drawing takes longer than sending.
        assert self._work.segments.marks is not None
        self._work.segments.marks.add(request.segment_id, mark, prompted.drawn)
        return request.number

    def predict(self, slice_node: Any = None) -> int:
        """Sends what was drawn; nothing drawn: predicts again from the prompts so far, or from a task's examples."""
        drawn, self._drawn = self._drawn, []
        if not drawn:
            return self._predict_anew(slice_node)
        requests = merged(drawn)
        for request in requests:
            request.started = time.perf_counter()
            self._send(request)
        return max(request.number for request in requests)

    def _predict_anew(self, slice_node: Any) -> int:
        try:
            model = ready_model(self._work, self._server)
            if model.dimension == 2 and slice_node is None:
                raise SceneProblem("nothing-drawn", _("Nothing to predict from: place a prompt first."))
            plane = Prompting(self._work.volume.frame, model, slice_node).seen_slice if model.dimension == 2 else None
        except SceneProblem as problem:
            self._notices.say(message_for(problem))
            return 0
        request = self._request(model, plane, [], "examples" if model.uses_context and self.chosen_task() else "again")
        self._send(request)
        return request.number

    def _request(self, model: ModelInfo, plane: Any, prompts: List[contract.Prompt], text: str) -> Request:
        work = self._work
        self._number += 1
        return Request(
            self._number, work.segment_id, work.segments.server_id(work.segment_id), work.segments.marks, model.id, plane, prompts,
            [text], self.chosen_task() if model.uses_context else "", display_window(work.volume_node))

    # ---- requests ------------------------------------------------------------------------------------------

    def _send(self, request: Request) -> None:
        if self._work.session is None:
            self._waiting.append(request)
            self._waiting.sort(key=lambda waiting: waiting.number)
        else:
            self._outbox.put(request)
            self.send_some()
            if self._outbox.requests:
                self._worker.started()
        self._work.update()

    def send_some(self) -> None:
        """Goes on with what is on its way out."""
        if self.history_moves():
            return
        try:
            self._outbox.send_some()
        except (SceneProblem, RuntimeError) as problem:
            # The segment can no longer be read: the scene has changed beneath it.
            self._withdraw()
            self._notices.say(message_for(problem))

    def _start(self, request: Request, seen: Optional[np.ndarray]) -> None:
        work, session = self._work, self._work.session
        assert session is not None and work.volume.snapshot is not None
        picture = Picture(work.volume.snapshot.voxels, ijk_to_ras_of(work.volume_node), request.window)
        generation = work.generation
        request.sent.clear()
        self.running.append(request)
        self._stage = ("", None)

        def on_event(event: contract.PredictEvent) -> None:
            stage = stage_of(event)
            if stage is not None:
                self._worker.post(lambda: self._progress(stage))

        def done(result: Optional[StepDone], problem: Optional[Exception]) -> None:
            if request in self.running:
                self.running.remove(request)
            if generation == work.generation:
                self._ended(session, request, result, problem)
                self.send_some()
            work.update()

        self._worker.beside(lambda: do_step(session, request, seen, picture, on_event), done)
        request.sent.wait(_HAND_OVER_S)

    def _progress(self, stage: Tuple[str, Optional[float]]) -> None:
        self._stage = stage
        self._work.update()

    def _ended(self, session: Session, request: Request, result: Optional[StepDone], problem: Optional[Exception]) -> None:
        work = self._work
        if not work.segments.is_current(request.segment_id, request.server_id):
            request.drop_marks()
        elif result is not None:
            self._steps.done(session, request, result)
        else:
            assert problem is not None
            if request.edit is not None or request.running is None:
                work.segments.edited.add(request.segment_id)
            self._failed(session, request, problem)

    def _failed(self, session: Session, request: Request, problem: Exception) -> None:
        work = self._work
        if isinstance(problem, Superseded):
            newer = next((
                other for other in self.running + self._outbox.requests + self._waiting if other.place == request.place), None)
            if newer is not None:
                newer.take_over(request)
            elif request.marks is not None:
                # The newer one was quicker: its step has these prompts.
                request.marks.assign(request.segment_id, request.mark_ids, self._steps.history(request.segment_id).current)
        elif isinstance(problem, Cancelled) or request.cancelled.is_set():
            request.drop_marks()
        elif is_lost(problem, session):
            if session is work.session:
                work.recover()
            # By its id the server does it once.
            self._send(request)
        elif isinstance(problem, KeyRejected):
            self._server.refused(problem)
            self._send(request)
        else:
            message = message_for(problem)
            if message.key == "server-busy":
                self._drawn.append(request)
                message = error(message.key, _("The server is busy: your prompt is kept, press Predict to send it again."))
            else:
                request.drop_marks()
            self._notices.say(message)

    # ---- cancelling, and sessions that come and go ---------------------------------------------------------

    def cancel(self) -> None:
        """Withdraws everything that is under way or waits."""
        self._withdraw()
        self._work.update()

    def _withdraw(self) -> None:
        unsent = self._drawn + self._waiting + self._outbox.take_all()
        self._drawn, self._waiting = [], []
        for request in unsent:
            request.cancelled.set()
            request.drop_marks()
        for request in self.running:
            request.cancel()

    def session_opened(self) -> None:
        waiting, self._waiting = self._waiting, []
        for request in waiting:
            self._send(request)

    def session_dropped(self, server_only: bool) -> None:
        """``server_only``: the volume is still the same, and what is under way is for the next server."""
        if server_only:
            self._waiting = sorted(self._waiting + self._outbox.take_all() + self.running, key=lambda request: request.number)
        else:
            self._withdraw()
            for request in self.running:
                request.drop_marks()
        self.running.clear()
