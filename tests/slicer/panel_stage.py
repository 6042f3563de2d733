"""A logic whose state is set by hand, so that the panel can be seen in every state, and the states worth seeing."""
from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Callable, Dict, List, Tuple

import numpy as np
import slicer
from PyQt5.QtCore import QPoint, Qt
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import QApplication
from SegBridgeLoop.state import (
    CandidateView, ExampleView, HistoryEntry, Message, ModelInfo, ServerPhase, ServerState, Severity, StepView, TaskView,
    TimingView, TrafficView, What, WorkPhase, WorkState)

FORM = Path(__file__).resolve().parents[2] / "slicer-extension" / "SegBridge" / "Resources" / "UI" / "SegBridge.ui"
POINT, BOX, SCRIBBLE, LASSO = "point", "box", "scribble", "lasso"
MODELS = (
    ModelInfo("scribble-2d", "ScribblePrompt 2D", "1.1.0", 2, frozenset({POINT, BOX, SCRIBBLE, LASSO}), 3,
              licence="Apache-2.0"),
    ModelInfo("context-2d", "MultiverSeg 2D", "1.1.0", 2, frozenset({POINT, BOX, SCRIBBLE}), 3, uses_context=True),
    ModelInfo("prism-3d", "PRISM 3D", "1.0.0", 3, frozenset({POINT, BOX, SCRIBBLE}), 3),
    ModelInfo("large-3d", "Large 3D", "1.0.0", 3, frozenset({POINT}), 1, ready=False, reason="not enough memory"),
)


class Stage:
    """The panel in a main window, over a staged logic or a real one."""

    def __init__(self, logic: Any = None) -> None:
        from SegBridgePanel.panel import SegBridgePanel

        self.logic = logic if logic is not None else StagedLogic()
        self.window = slicer.util.mainWindow()
        self.widget = slicer.util.loadUI(str(FORM))
        self.widget.setMRMLScene(slicer.mrmlScene)
        self.window.setCentralWidget(self.widget)
        self.panel = SegBridgePanel(self.logic, self.widget)
        self.ui = self.panel.ui
        self.window.resize(360, 1000)
        self.window.show()
        QApplication.setActiveWindow(self.window)
        self.panel.enter()
        slicer.app.processEvents()

    def click(self, widget: Any) -> None:
        slicer.app.processEvents()
        assert widget.enabled and widget.visible, widget.objectName
        # A check box takes clicks on its box and text only, not on what is left of its width.
        QTest.mouseClick(widget, Qt.LeftButton, Qt.NoModifier, QPoint(8, widget.height // 2))
        slicer.app.processEvents()

    def key(self, key: Any, modifiers: Any = Qt.NoModifier) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.window, key, modifiers)
        slicer.app.processEvents()

    def close(self) -> None:
        self.panel.cleanup()
        self.widget.setMRMLScene(None)
        self.window.takeCentralWidget()
        self.widget.deleteLater()
        self.window.hide()
        slicer.app.processEvents()


class StagedServer:
    """The server on this computer."""

    def __init__(self) -> None:
        self.running = False
        self.lines: Tuple[str, ...] = ()
        self.address = self.fingerprint = ""

    def start(self) -> bool:
        self.running, self.lines = True, ("The server is ready at http://127.0.0.1:41234.",)
        self.address = "http://127.0.0.1:41234"
        return True

    def stop(self) -> None:
        self.running, self.address = False, ""


class StagedSettings:
    """What the application remembers."""

    address = server_program = ""

    def key(self, address: str) -> str:
        return ""

    fingerprint = key


class StagedLogic:
    """Records the calls that the panel makes; its properties are what a test puts there."""

    def __init__(self) -> None:
        self.calls: List[Tuple[Any, ...]] = []
        self.listeners: List[Callable[[What], None]] = []
        self.server = ServerState()
        self.work = WorkState()
        self.step: Any = None
        self.history: Tuple[HistoryEntry, ...] = ()
        self.tasks: Tuple[TaskView, ...] = ()
        self.examples: Tuple[ExampleView, ...] = ()
        self.traffic = TrafficView()
        self.message: Any = None
        self.volumeNode: Any = None
        self.segmentationNode: Any = None
        self.segmentId = ""
        self.modelId = ""
        self.taskId = ""
        self.autoPredict = True
        self.promptsKept = False
        self.consent = False
        self.localServer = StagedServer()
        self.settings = StagedSettings()

    def listen(self, listener: Callable[[What], None]) -> None:
        self.listeners.append(listener)

    def unlisten(self, listener: Callable[[What], None]) -> None:
        self.listeners.remove(listener)

    def hasConsent(self) -> bool:
        return self.consent

    def show(self, **state: Any) -> None:
        """Puts a new state there and tells about it."""
        for name, value in state.items():
            assert hasattr(self, name), name
            setattr(self, name, value)
        for what in What:
            for listener in list(self.listeners):
                listener(what)
        slicer.app.processEvents()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in _ACTIONS:
            raise AttributeError(name)
        return lambda *arguments: self.calls.append((name, *arguments))


_ACTIONS = frozenset((
    "connectServer disconnectServer giveConsent withdrawConsent setVolume setSegmentation setSegment addSegment setModel "
    "addPoint addScribble addBox addLasso predict cancel undo redo goToStep reset chooseCandidate showDisagreement propagate "
    "cancelPropagation acceptSlice refreshTasks createTask renameTask removeTask addCurrentToTask removeExample exportTask "
    "importTask").split())


def picture(seed: int, object_radius: float = 9, size: int = 96) -> np.ndarray:
    """A made slice of a body with an outlined object."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:size, :size] - size / 2
    body = (x / 42) ** 2 + (y / 33) ** 2 < 1
    image = np.where(body, 105 + rng.normal(0, 7, body.shape), 12 + rng.normal(0, 3, body.shape))
    image[((x - 2) / 7) ** 2 + ((y - 20) / 7) ** 2 < 1] = 215
    distance = np.hypot(x + 13, (y + 4) * (1 + 0.12 * seed))
    image[distance < 9] += 45
    rgb = np.repeat(np.clip(image, 0, 255).astype(np.uint8)[..., None], 3, axis=2)
    rgb[np.abs(distance - object_radius) < 1.1] = (60, 220, 120)
    return rgb


def candidates(chosen: int = 0) -> Tuple[CandidateView, ...]:
    return tuple(
        CandidateView(index, confidence, volume, picture(index, radius), index == chosen)
        for index, (confidence, volume, radius) in enumerate(((0.93, 12.4, 9), (0.87, 21.06, 13), (0.61, 4.82, 5))))


READY = ServerState(ServerPhase.READY, "https://segment.hospital.org:8443", "0.9.0", "anna", MODELS, "scribble-2d", True)
HERE = replace(READY, address="http://127.0.0.1:8711", user="")
STEP = StepView(
    3, 0.93, 12.4, candidates(), (10.0, -4.0, 30.0), 0.34, "scribble-2d", TimingView(1, 2, 61, 70, 84, 1.2, 9), 812, 4100)
HISTORY = (
    HistoryEntry(1, "point +"), HistoryEntry(2, "scribble +"), HistoryEntry(3, "scribble -", current=True),
    HistoryEntry(4, "candidate 2", undone=True))
TRAFFIC = TrafficView(3_240_000, 41_200, 157_286_400)
TASKS = (TaskView("t1", "Liver lesions, portal phase", 4, True), TaskView("t2", "Kidney", 12, False))


def states() -> Dict[str, Dict[str, Any]]:
    """Name of a picture -> what the logic shows. Each begins from an empty logic."""
    working = dict(server=READY, consent=True, modelId="scribble-2d", work=WorkState(WorkPhase.READY, "s"), traffic=TRAFFIC)
    result = dict(working, step=STEP, history=HISTORY)

    def failed(phase: ServerPhase, text: str, key: str) -> Dict[str, Any]:
        return dict(server=ServerState(phase, READY.address, message=text), message=Message(Severity.ERROR, text, key))

    return {
        "empty": {},
        "connecting": dict(server=ServerState(ServerPhase.CONNECTING, READY.address)),
        "key-refused": failed(
            ServerPhase.REFUSED, "The server refuses the key: enter the one that its owner gave you.", "key-refused"),
        "not-reachable": failed(
            ServerPhase.FAILED, "The server cannot be reached: check its address, and that it runs.", "server-away"),
        "wrong-version": failed(
            ServerPhase.MISMATCH, "The server speaks version 2 of the contract, this extension 1: update the older one.",
            "version-mismatch"),
        "consent-remote": dict(server=READY, modelId="scribble-2d", work=WorkState(WorkPhase.CONSENT_NEEDED)),
        "consent-local": dict(server=HERE, modelId="scribble-2d", work=WorkState(WorkPhase.CONSENT_NEEDED)),
        "opening": dict(working, work=WorkState(WorkPhase.OPENING, "", "Copying the volume …", 0.4)),
        "ready": working,
        "predicting": dict(working, work=WorkState(WorkPhase.PREDICTING, "s", "", None, "model")),
        "candidates": result,
        "on-demand": dict(result, autoPredict=False),
        "propagating": dict(result, work=WorkState(WorkPhase.PROPAGATING, "s", "Slice 7 of 11", 7 / 11)),
        "tasks": dict(result, modelId="context-2d", tasks=TASKS, taskId="t1", examples=_examples()),
        "lost": dict(
            result, server=replace(READY, phase=ServerPhase.LOST), work=WorkState(WorkPhase.RESUMING, "s"),
            message=Message(Severity.WARNING, "The server does not answer: trying again, nothing is lost.", "server-lost")),
        "server-busy": dict(
            result, promptsKept=True, message=Message(
                Severity.ERROR, "The server is busy: your prompt is kept, press Predict to send it again.", "server-busy")),
        "no-segment": dict(
            working, work=WorkState(WorkPhase.EMPTY),
            message=Message(Severity.WARNING, "Add a segment, or choose one: the prompt has no object.", "no-segment")),
        "wrong-volume": dict(
            server=READY, consent=True, modelId="scribble-2d",
            work=WorkState(WorkPhase.BLOCKED, message="This is a label map: choose the image that it belongs to."),
            message=Message(Severity.ERROR, "This is a label map: choose the image that it belongs to.", "volume-labelmap")),
        "cannot-do-this": dict(
            result, modelId="prism-3d", message=Message(
                Severity.ERROR, "PRISM 3D takes no lasso: use points, a box or a scribble, or choose another model.",
                "prompt-kind")),
        "out-of-memory": dict(
            working, message=Message(
                Severity.ERROR, "The server has not enough memory: crop the volume, or close other sessions (9.4 GB are needed, "
                "4 GB are free).", "out-of-memory")),
    }


def _examples() -> Tuple[ExampleView, ...]:
    from SegBridgePanel.thumbnails import pngOf

    return tuple(ExampleView("e{0}".format(number), pngOf(picture(number, 7 + number, 64))) for number in range(4))
