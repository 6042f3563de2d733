"""The test that runs inside Slicer runs here, too: as Slicer finds it, on the stand-ins, against a real server."""
from __future__ import annotations

import io
import unittest
from pathlib import Path
from typing import Any, Iterator, List

import pytest
import slicer
from conftest import EXTENSION
from slicer.application import loading

NAMES = ("SegBridge", "SegmentEditorSegBridge")


@pytest.fixture
def modules(scene: Any) -> Iterator[None]:
    """Both modules as Slicer loads them at its start."""
    for name in NAMES:
        loading.load_scripted_module(str(EXTENSION / name / f"{name}.py"))
    loading.start_up()
    yield
    for name in NAMES:
        loading.unload(name)
    slicer.editor.effect_host.registered.clear()
    slicer.modules.__dict__.pop("sampleDataSources", None)


@pytest.fixture
def server_address(task_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEGBRIDGE_SERVER", task_server.ready["http"])


def found_tests() -> List[unittest.TestCase]:
    def flat(suite: Any) -> Iterator[unittest.TestCase]:
        for one in suite:
            if isinstance(one, unittest.TestSuite):
                yield from flat(one)
            else:
                yield one

    return list(flat(unittest.TestLoader().loadTestsFromName("SegBridge")))


def run(tests: List[unittest.TestCase]) -> unittest.TestResult:
    words = io.StringIO()
    result = unittest.TextTestRunner(stream=words, verbosity=2).run(unittest.TestSuite(tests))
    assert result.wasSuccessful(), words.getvalue()
    return result


def test_the_loader_finds_the_tests_of_the_module_and_no_base_class(modules):
    kinds = {type(test).__name__ for test in found_tests()}
    assert kinds == {"SegBridgeTest"}
    assert len(found_tests()) > 20


def test_the_whole_self_test_passes_with_a_main_window(modules, server_address):
    result = run(found_tests())
    assert result.skipped == []


def test_it_passes_without_a_main_window(modules, server_address, monkeypatch):
    monkeypatch.setattr(slicer.app, "_withMainWindow", False)
    assert slicer.app.layoutManager() is None
    chosen = ("a_click_and_strokes", "an_oblique_slice", "saved_closed_and_opened", "effect_writes_undoably", "in_a_slice_view", "panel")
    result = run([test for test in found_tests() if any(word in test.id() for word in chosen)])
    assert result.testsRun == 8
    assert {reason for _test, reason in result.skipped} == {"there is no main window"}


def test_it_starts_a_server_of_its_own_when_none_is_named(modules, monkeypatch):
    from end_to_end import COMMAND

    monkeypatch.delenv("SEGBRIDGE_SERVER", raising=False)
    monkeypatch.setenv("SEGBRIDGE_HOME", str(Path(COMMAND[-1]).parent))
    result = run([test for test in found_tests() if "undo_and_redo" in test.id()])
    assert result.testsRun == 1 and result.skipped == []


def test_without_a_server_it_says_how_to_give_one(modules, monkeypatch, tmp_path):
    monkeypatch.delenv("SEGBRIDGE_SERVER", raising=False)
    monkeypatch.setenv("SEGBRIDGE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    result = run([test for test in found_tests() if "undo_and_redo" in test.id()])
    [(_test, reason)] = result.skipped
    assert "SEGBRIDGE_SERVER" in reason and "SEGBRIDGE_HOME" in reason


def test_an_exception_that_an_observer_swallows_fails_the_self_test(modules, monkeypatch):
    import silent_errors
    from SegBridgeSelfTest.self_test import SegBridgeTest

    def broken(caller: Any, event: str) -> None:
        raise RuntimeError("broken observer")

    def body(self: Any) -> None:
        node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "Observed")
        node.AddObserver("ModifiedEvent", broken)
        node.Modified()

    monkeypatch.setattr(SegBridgeTest, "test_body", body, raising=False)
    result = unittest.TestResult()
    SegBridgeTest("test_body").run(result)
    silent_errors.take()
    assert not result.wasSuccessful()
    assert "broken observer" in result.failures[0][1]
