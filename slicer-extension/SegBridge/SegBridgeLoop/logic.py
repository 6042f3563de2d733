"""The interactive loop without widgets, for the panel, the Segment Editor effect and scripts.

Ten lines of a script, with a volume loaded and a server running; points are world RAS millimetres:

    logic = SegBridgeLogic()
    logic.connectServer("http://127.0.0.1:8711")
    logic.wait()
    logic.giveConsent()
    logic.setVolume(volumeNode)
    logic.addSegment("Tumour")
    logic.addPoint(inside)
    step = logic.wait()
    print(step.confidence, step.volume_ml)
    mask = slicer.util.arrayFromSegmentBinaryLabelmap(logic.segmentationNode, logic.segmentId, volumeNode)
"""
from __future__ import annotations

import time
from typing import Any, Optional

import slicer
from SegBridgeScene.prompt_marks import Mark
from SegBridgeScene.segments import Sink

from .messages import message_for
from .state import ServerPhase, StepView, What, WorkPhase
from .views import LoopViews


class SegBridgeLogic(LoopViews):
    """Connects to a server, sends prompts, writes masks; called from the main thread only, never blocks."""

    # ---- server --------------------------------------------------------------------------------------------

    def connectServer(self, address: str, key: str = "", fingerprint: str = "") -> None:
        """Starts to connect and returns at once; ``server`` tells how it goes.

        Address, key and fingerprint are kept in the application's settings, by address; an empty key or fingerprint is
        the one that is kept.
        """
        self._notices.failure = None
        address = address.strip()
        if key:
            self.settings.set_key(address, key)
        if fingerprint:
            self.settings.set_fingerprint(address, fingerprint)
        self.settings.address = address
        self._server.connect(address, key or self.settings.key(address), fingerprint or self.settings.fingerprint(address))

    def disconnectServer(self) -> None:
        self._server.disconnect()

    def giveConsent(self) -> None:
        self._notices.failure = None
        if self.server.address:
            self._work.consent.set(self.server.address, True)
            self._work.update()
            self._notices.tell(What.SERVER)

    def withdrawConsent(self) -> None:
        """From now on nothing goes to the server; what it holds of this volume is deleted there."""
        if self.server.address:
            self._work.consent.set(self.server.address, False)
            self._work.drop_session(close=True)
            self._work.update()
            self._notices.tell(What.SERVER)

    # ---- what to work on -----------------------------------------------------------------------------------

    @property
    def autoPredict(self) -> bool:
        """Whether every prompt starts a step at once; else predict() does."""
        return self._loop.auto_predict

    @autoPredict.setter
    def autoPredict(self, value: bool) -> None:
        self._loop.auto_predict = value
        self._scene.parameters.autoPredict = value

    @property
    def taskId(self) -> str:
        """The task whose examples a model of context is shown; "" for none."""
        return self._tasks.chosen

    @taskId.setter
    def taskId(self, taskId: str) -> None:
        self._tasks.chosen = taskId

    def setVolume(self, volumeNode: Any) -> None:
        """Takes a volume to work on; None for none. Its voxels are copied bit by bit while events are processed."""
        self._notices.failure = None
        self._scene.set_volume(volumeNode)

    def setSegmentation(self, segmentationNode: Any) -> None:
        self._scene.set_segmentation(segmentationNode)

    def setSegment(self, segmentId: str) -> None:
        self._work.set_segment(segmentId)

    def addSegment(self, name: str = "") -> str:
        """Adds an empty segment (and a segmentation, when none is chosen), chooses it and returns its id; "" when
        there is no volume."""
        try:
            return self._scene.add_segment(name)
        except ValueError as problem:
            self._notices.say(message_for(problem))
            return ""

    def setModel(self, modelId: str) -> None:
        if modelId != self._work.model_id:
            self._work.model_id = modelId
            self._notices.tell(What.WORK)

    def setSink(self, sink: Optional[Sink]) -> None:
        """Has masks written by ``sink(segmentationNode, segmentId, labelmap, begins)`` instead: for the Segment Editor,
        whose masking and overwrite settings then apply. A large mask comes in several label maps, the first of which
        ``begins`` it. What the user sees afterwards is what the next step starts from."""
        self._work.segments.set_sink(sink)

    # ---- prompts (world RAS, mm) ---------------------------------------------------------------------------

    def addPoint(self, ras: Any, positive: bool = True, sliceNode: Any = None) -> int:
        """A click. Returns the request's number; the step starts at once with autoPredict, else with predict().

        ``sliceNode`` says on which slice a 2D model works; None is the slice across K through the prompt.
        """
        return self._loop.add(sliceNode, Mark("", "point", positive), lambda prompting: prompting.point(ras, positive))

    def addScribble(self, rasPoints: Any, radiusMm: float, positive: bool = True, sliceNode: Any = None) -> int:
        """A stroke by its centre line (n, 3) and brush radius in mm."""
        return self._loop.add(
            sliceNode, Mark("", "scribble", positive, radius_mm=radiusMm),
            lambda prompting: prompting.scribble(rasPoints, radiusMm, positive))

    def addBox(self, rasCorners: Any, sliceNode: Any = None) -> int:
        """A box around the object: corners (n, 3) on the slice, or the 8 corners of an ROI with sliceNode None."""
        return self._loop.add(sliceNode, Mark("", "box", True), lambda prompting: prompting.box(rasCorners))

    def addLasso(self, rasPoints: Any, positive: bool = True, sliceNode: Any = None) -> int:
        """A closed outline (n, 3) drawn on a slice."""
        return self._loop.add(sliceNode, Mark("", "lasso", positive), lambda prompting: prompting.lasso(rasPoints, positive))

    # ---- loop ----------------------------------------------------------------------------------------------

    def predict(self, sliceNode: Any = None) -> int:
        """Sends the prompts that wait (without autoPredict); when none wait, predicts the slice of ``sliceNode`` from
        earlier prompts or the task's examples."""
        return self._loop.predict(sliceNode)

    def cancel(self) -> None:
        """Withdraws what is under way, with its prompts, and ends a propagation."""
        self._propagating.cancel()
        self._loop.cancel()

    def wait(self, timeout: float = 60.0) -> Optional[StepView]:
        """For scripts: returns the current step when nothing is under way any more. Raises RuntimeError with the
        message of what went wrong since the last wait, or TimeoutError after ``timeout`` seconds."""
        end = time.monotonic() + timeout
        while not self._settled():
            self._raiseFailure()
            stuck = self.work.phase in (WorkPhase.EMPTY, WorkPhase.CONSENT_NEEDED, WorkPhase.BLOCKED)
            if self._loop.waiting and stuck and self.server.phase is not ServerPhase.CONNECTING:
                raise RuntimeError(self.work.message)
            if time.monotonic() > end:
                raise TimeoutError(f"not done after {timeout} s: {self.work.message or self.work.phase.value}")
            self._beat(0.02)
            slicer.app.processEvents()
        self._raiseFailure()
        return self.step

    def undo(self) -> None:
        """Takes the newest step back; one that is still under way is withdrawn."""
        if self._loop.busy:
            self._loop.cancel()
        else:
            self._calls.undo()

    def redo(self) -> None:
        self._calls.redo()

    def goToStep(self, step: int) -> None:
        """0 is before the first step."""
        self._calls.go_to_step(step)

    def reset(self) -> None:
        """Empties the segment: mask, prompts and history."""
        self._loop.cancel()
        self._calls.reset()

    def chooseCandidate(self, index: int) -> None:
        """Takes another candidate of the current step."""
        self._calls.choose(index)

    def showDisagreement(self, show: bool) -> None:
        self._steps.show_disagreement(show)

    def propagate(self, axisSliceNode: Any, firstOffset: float, lastOffset: float, stopBelow: float = 0.8) -> None:
        """Goes on slice after slice along the slice node's normal; offsets in mm as GetSliceOffset() gives them.

        Instead of a slice node "i", "j" or "k" may be given, with voxel indices instead of offsets. A direction ends
        before the first slice whose predicted Dice is below ``stopBelow``; 0 never ends it.
        """
        model = self._server.model(self._work.model_id)
        taskId = self.taskId if model is not None and model.uses_context else ""
        self._propagating.start(axisSliceNode, firstOffset, lastOffset, stopBelow, taskId)

    def cancelPropagation(self) -> None:
        self._propagating.cancel()

    def acceptSlice(self, sliceNode: Any, accepted: bool = True) -> None:
        """Marks the slice that the user sees as finished (or not), so that propagation leaves it alone."""
        self._propagating.accept(sliceNode, accepted)

    # ---- tasks ---------------------------------------------------------------------------------------------

    def refreshTasks(self) -> None:
        self._tasks.refresh()

    def createTask(self, name: str) -> None:
        """Makes a task and chooses it."""
        self._tasks.create(name)

    def renameTask(self, taskId: str, name: str) -> None:
        self._tasks.rename(taskId, name)

    def removeTask(self, taskId: str) -> None:
        self._tasks.remove(taskId)

    def addCurrentToTask(self, sliceNode: Any) -> None:
        """Adds the slice that the user sees, with the segment's mask on it, to the chosen task."""
        self._tasks.add_current(sliceNode)

    def removeExample(self, exampleId: str) -> None:
        self._tasks.remove_example(exampleId)

    def exportTask(self, taskId: str, path: str) -> None:
        self._tasks.export(taskId, path)

    def importTask(self, path: str) -> None:
        self._tasks.import_(path)

    # ---- life ----------------------------------------------------------------------------------------------

    def takeUpScene(self) -> None:
        """Takes volume, segmentation and segment as a saved scene names them, and its session when it can be had. Happens
        by itself when a scene is loaded while the logic is there."""
        self._scene.take_up()
