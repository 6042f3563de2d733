"""The Slicer layers of the extension against stand-ins for ``slicer``, ``qt``, ``ctk`` (stand_ins/) and Debian's real VTK."""
from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any, Callable, Iterator, List

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
EXTENSION = ROOT / "slicer-extension"
for folder in (ROOT / "tests" / "e2e", EXTENSION / "SegmentEditorSegBridge", EXTENSION / "SegBridge", HERE / "stand_ins"):
    sys.path.insert(0, str(folder))

import x_server  # noqa: E402  (in stand_ins)

x_server.choose_platform()

import silent_errors  # noqa: E402
import slicer  # noqa: E402


@pytest.fixture(autouse=True)
def nothing_failed_silently() -> Iterator[None]:
    """Exceptions that Qt, VTK and threads swallow fail the test that caused them."""
    silent_errors.take()
    yield
    left = silent_errors.take()
    assert not left, f"exceptions that Slicer would only print: {left}"


@pytest.fixture(autouse=True)
def scene() -> Iterator[Any]:
    """The scene, as after the start of Slicer."""
    _start_over()
    yield slicer.mrmlScene
    _start_over()


def _start_over() -> None:
    slicer.mrmlScene.Clear(0)
    for node in slicer.util.getNodesByClass("vtkMRMLScriptedModuleNode"):
        slicer.mrmlScene.RemoveNode(node)
    slicer.app.layoutManager()._reset()
    interaction = slicer.app.applicationLogic().GetInteractionNode()
    interaction.SwitchToViewTransformMode()
    interaction.SetPlaceModePersistence(0)
    slicer.app._testing, slicer.app._withMainWindow = False, True
    slicer.app.settings().clear()
    slicer.util.dialogs._shown.clear()


@pytest.fixture
def load_module() -> Iterator[Callable[[str], Any]]:
    """load_module("SegBridge") loads a scripted module of the extension as Slicer does at its start; unloaded after the test."""
    from slicer.application import loading
    from slicer.editor import effect_host

    loaded: List[str] = []

    def load(name: str) -> Any:
        module = loading.load_scripted_module(str(EXTENSION / name / f"{name}.py"))
        loaded.append(name)
        loading.start_up()
        return module

    yield load
    for name in reversed(loaded):
        loading.unload(name)
    effect_host.registered.clear()
    sys.modules.pop("SegmentEditorSegBridgeLib", None)
    slicer.app._startupCallbacks.clear()


@pytest.fixture
def app() -> Any:
    """``slicer.app``, with ``pump(condition)`` as pump_events below."""
    return slicer.app


@pytest.fixture
def pump() -> Callable[..., None]:
    """pump(condition, timeout=30): lets Qt's events run until the condition holds."""
    return pump_events


def pump_events(condition: Callable[[], Any], timeout: float = 30) -> None:
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        slicer.app.processEvents()
        time.sleep(0.001)
    slicer.app.processEvents()


@pytest.fixture(scope="session")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Any]]:
    """start_server(options...) starts one more real server; all end with the tests."""
    from end_to_end import ServerProcess

    folder = tmp_path_factory.mktemp("servers")
    running: List[Any] = []

    def start(*options: str) -> Any:
        journal = () if "--journal-folder" in options or "--no-journal" in options else ("--journal-folder", str(folder / "journals"))
        running.append(ServerProcess(folder / f"server-{len(running)}.log", *journal, *options))
        return running[-1]

    yield start
    for one in running:
        if one.process.poll() is None:
            one.stop()


@pytest.fixture(scope="session")
def server(start_server: Callable[..., Any]) -> Any:
    """The server that most tests share; ``server.ready`` has its addresses. Sessions stay open, as scenes may be loaded again."""
    return start_server("--rate-limit", "0", "--max-sessions", "1000")


@pytest.fixture(scope="session")
def task_server(start_server: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """As ``server``, and it keeps tasks; tests remove those that they make."""
    return start_server("--rate-limit", "0", "--task-folder", str(tmp_path_factory.mktemp("tasks")))


@pytest.fixture
def screenshot() -> Callable[[Any, str], Path]:
    """screenshot(widget, name) writes the widget's picture into the artifacts; needs a display (x_server)."""
    folder = Path(os.environ.get("ArtifactsPath") or ROOT / "artifacts") / "slicer-screenshots"

    def take(widget: Any, name: str) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        slicer.app.processEvents()
        path = folder / f"{name}.png"
        assert widget.grab().save(str(path)), f"could not write {path}"
        return path

    return take
