"""The interactive loop without widgets."""
from typing import Any, Callable, Optional, Tuple

import numpy as np
from slicer.ScriptedLoadableModule import ScriptedLoadableModuleLogic

from .state import ExampleView, HistoryEntry, Message, ServerState, StepView, TaskView, TrafficView, What, WorkState

Listener = Callable[[What], None]


class SegBridgeLogic(ScriptedLoadableModuleLogic):
    """Connects to a server, sends prompts, writes masks; called from the main thread only, never blocks."""

    def __init__(self) -> None:
        ScriptedLoadableModuleLogic.__init__(self)
        self.autoPredict = True
        self.localServer: Any = None

    # ---- what there is to show -----------------------------------------------------------------------------

    def listen(self, listener: Listener) -> None:
        """Calls ``listener(what)`` on the main thread whenever the property ``what`` is new."""
        raise NotImplementedError

    def unlisten(self, listener: Listener) -> None:
        raise NotImplementedError

    @property
    def server(self) -> ServerState:
        raise NotImplementedError

    @property
    def work(self) -> WorkState:
        raise NotImplementedError

    @property
    def step(self) -> Optional[StepView]:
        """Newest step of the chosen segment; None before the first."""
        raise NotImplementedError

    @property
    def history(self) -> Tuple[HistoryEntry, ...]:
        raise NotImplementedError

    @property
    def tasks(self) -> Tuple[TaskView, ...]:
        raise NotImplementedError

    @property
    def examples(self) -> Tuple[ExampleView, ...]:
        """Those of the chosen task."""
        raise NotImplementedError

    @property
    def traffic(self) -> TrafficView:
        raise NotImplementedError

    @property
    def message(self) -> Optional[Message]:
        """Newest message; None when there is nothing to say."""
        raise NotImplementedError

    # ---- server --------------------------------------------------------------------------------------------

    def connectServer(self, address: str, key: str = "", fingerprint: str = "") -> None:
        """Starts to connect and returns at once; ``server`` tells how it goes."""
        raise NotImplementedError

    def disconnectServer(self) -> None:
        raise NotImplementedError

    def hasConsent(self) -> bool:
        """Whether the user agreed that image data goes to the address of ``server``."""
        raise NotImplementedError

    def giveConsent(self) -> None:
        raise NotImplementedError

    def withdrawConsent(self) -> None:
        raise NotImplementedError

    # ---- what to work on -----------------------------------------------------------------------------------

    @property
    def volumeNode(self) -> Any:
        raise NotImplementedError

    @property
    def segmentationNode(self) -> Any:
        raise NotImplementedError

    @property
    def segmentId(self) -> str:
        raise NotImplementedError

    @property
    def modelId(self) -> str:
        raise NotImplementedError

    @property
    def taskId(self) -> str:
        raise NotImplementedError

    @taskId.setter
    def taskId(self, taskId: str) -> None:
        raise NotImplementedError

    def setVolume(self, volumeNode: Any) -> None:
        raise NotImplementedError

    def setSegmentation(self, segmentationNode: Any) -> None:
        raise NotImplementedError

    def setSegment(self, segmentId: str) -> None:
        raise NotImplementedError

    def addSegment(self, name: str = "") -> str:
        """Adds an empty segment (and a segmentation, when none is chosen), chooses it and returns its id."""
        raise NotImplementedError

    def setModel(self, modelId: str) -> None:
        raise NotImplementedError

    # ---- prompts (world RAS, mm) ---------------------------------------------------------------------------

    def addPoint(self, ras: Any, positive: bool = True, sliceNode: Any = None) -> int:
        """A click. Returns the request's number; the step starts at once with autoPredict, else with predict().

        ``sliceNode`` says on which slice a 2D model works; None is the slice across K through the prompt.
        """
        raise NotImplementedError

    def addScribble(self, rasPoints: Any, radiusMm: float, positive: bool = True, sliceNode: Any = None) -> int:
        """A stroke by its centre line (n, 3) and brush radius in mm."""
        raise NotImplementedError

    def addBox(self, rasCorners: Any, sliceNode: Any = None) -> int:
        """A box around the object: corners (n, 3) on the slice, or the 8 corners of an ROI with sliceNode None."""
        raise NotImplementedError

    def addLasso(self, rasPoints: Any, positive: bool = True, sliceNode: Any = None) -> int:
        """A closed outline (n, 3) drawn on a slice."""
        raise NotImplementedError

    # ---- loop ----------------------------------------------------------------------------------------------

    def predict(self) -> int:
        """Sends the prompts that wait (without autoPredict)."""
        raise NotImplementedError

    def cancel(self) -> None:
        """Withdraws what is under way, with its prompts."""
        raise NotImplementedError

    def wait(self, timeout: float = 60.0) -> Optional[StepView]:
        """For scripts: returns when nothing is under way; raises what went wrong, or TimeoutError."""
        raise NotImplementedError

    def undo(self) -> None:
        raise NotImplementedError

    def redo(self) -> None:
        raise NotImplementedError

    def goToStep(self, step: int) -> None:
        """0 is before the first step."""
        raise NotImplementedError

    def reset(self) -> None:
        """Empties the segment: mask, prompts and history."""
        raise NotImplementedError

    def chooseCandidate(self, index: int) -> None:
        """Takes another candidate of the newest step."""
        raise NotImplementedError

    def disagreement(self, box: Any = None) -> Tuple[np.ndarray, Any]:
        """Where the candidates of the newest step disagree: bool (k, j, i) and its VoxelBox."""
        raise NotImplementedError

    def showDisagreement(self, show: bool) -> None:
        raise NotImplementedError

    def propagate(self, axisSliceNode: Any, firstOffset: float, lastOffset: float) -> None:
        """Goes on slice after slice along the slice node's normal; offsets in mm as GetSliceOffset() gives them.

        Instead of a slice node "i", "j" or "k" may be given, with voxel indices instead of offsets.
        """
        raise NotImplementedError

    def cancelPropagation(self) -> None:
        raise NotImplementedError

    def acceptSlice(self, sliceNode: Any, accepted: bool = True) -> None:
        """Marks the slice that the user sees as finished (or not), so that propagation leaves it alone."""
        raise NotImplementedError

    # ---- tasks ---------------------------------------------------------------------------------------------

    def refreshTasks(self) -> None:
        raise NotImplementedError

    def createTask(self, name: str) -> None:
        raise NotImplementedError

    def renameTask(self, taskId: str, name: str) -> None:
        raise NotImplementedError

    def removeTask(self, taskId: str) -> None:
        raise NotImplementedError

    def addCurrentToTask(self, sliceNode: Any) -> None:
        """Adds the slice that the user sees, with the segment's mask on it, to the chosen task."""
        raise NotImplementedError

    def removeExample(self, exampleId: str) -> None:
        raise NotImplementedError

    def exportTask(self, taskId: str, path: str) -> None:
        raise NotImplementedError

    def importTask(self, path: str) -> None:
        raise NotImplementedError

    # ---- life ----------------------------------------------------------------------------------------------

    def cleanup(self) -> None:
        """Ends every call, timer and observation."""
        raise NotImplementedError
