"""Saved scenes: what they remember, and that the work goes on where it was."""
import numpy as np
import pytest
import slicer
from loop_stage import Case, settled, volume_node, working
from SegBridgeLoop.logic import SegBridgeLogic
from SegBridgeLoop.shared import releaseLogic, sharedLogic
from SegBridgeLoop.state import WorkPhase


@pytest.fixture
def logic():
    made = SegBridgeLogic()
    yield made
    made.cleanup()


@pytest.fixture
def case(scene):
    return Case((64, 64, 24))


def test_a_saved_scene_goes_on_where_it_was_with_its_history_and_marks(case, server, tmp_path):
    first = SegBridgeLogic()
    working(first, server.ready["http"], case.volume, model="scribble-2d")
    k = case.middle[2]
    first.addPoint(case.ras(case.middle))
    first.wait()
    first.addScribble(case.row(k + 2), 2.0)
    first.wait()
    session_id, mask, segment = first.work.session_id, case.mask(first), first.segmentId
    path = str(tmp_path / "scene.mrml")
    assert slicer.util.saveScene(path)
    first.cleanup()
    slicer.mrmlScene.Clear(0)
    assert "key" not in str(open(path, "rb").read()).lower().replace("segbridge.key", "")

    again = SegBridgeLogic()
    again.connectServer(server.ready["http"])
    again.wait()
    slicer.util.loadScene(path)
    again.wait()
    assert again.segmentId == segment and again.modelId == "scribble-2d"
    assert again.work.session_id == session_id and again.work.phase is WorkPhase.READY
    assert [entry.text for entry in again.history] == ["point +", "scribble +"]
    case.volume = again.volumeNode
    assert np.array_equal(case.mask(again), mask)
    assert slicer.util.getNodesByClass("vtkMRMLMarkupsCurveNode"), "what was drawn is no longer seen"
    again.undo()
    again.wait()
    after = case.mask(again)
    assert after[k].any() and not after[k + 2].any()
    again.cleanup()


def test_a_scene_that_was_loaded_before_the_module_was_opened_goes_on_where_it_was(case, server, tmp_path):
    first = working(sharedLogic(), server.ready["http"], case.volume, model="scribble-2d")
    first.addPoint(case.ras(case.middle))
    first.wait()
    segment, session_id, mask = first.segmentId, first.work.session_id, case.mask(first)
    slicer.util.saveScene(str(tmp_path / "scene.mrb"))
    releaseLogic()
    slicer.mrmlScene.Clear(0)
    slicer.util.loadScene(str(tmp_path / "scene.mrb"))
    again = sharedLogic()
    try:
        again.connectServer(server.ready["http"])
        again.wait()
        assert (again.segmentId, again.work.session_id, again.modelId) == (segment, session_id, "scribble-2d")
        assert [entry.text for entry in again.history] == ["point +"]
        case.volume = again.volumeNode
        assert np.array_equal(case.mask(again), mask)
    finally:
        releaseLogic()


def test_the_volume_of_a_saved_scene_is_worked_on_whatever_is_shown(case, load_module, tmp_path):
    first = sharedLogic()
    first.setVolume(case.volume)
    volume_node(case.phantom.voxels, np.eye(4), name="Other")
    slicer.util.saveScene(str(tmp_path / "scene.mrb"))
    releaseLogic()
    slicer.mrmlScene.Clear(0)
    slicer.util.loadScene(str(tmp_path / "scene.mrb"))
    slicer.util.setSliceViewerLayers(background=slicer.util.getNode("Other"))
    load_module("SegBridge")
    slicer.util.selectModule("SegBridge")
    assert sharedLogic().volumeNode.GetName() == case.volume.GetName() != "Other"


def test_a_logic_in_which_nothing_was_chosen_leaves_what_a_loaded_scene_remembers(case, tmp_path):
    first = SegBridgeLogic()
    first.setVolume(case.volume)
    segment = first.addSegment("Tumour")
    first.getParameterNode().sessionId = "abc"
    slicer.util.saveScene(str(tmp_path / "scene.mrb"))
    first.cleanup()
    slicer.mrmlScene.Clear(0)
    slicer.util.loadScene(str(tmp_path / "scene.mrb"))
    script = SegBridgeLogic()
    script.connectServer("http://127.0.0.1:9")
    settled(script)
    saved = script.getParameterNode()
    assert saved.volume is not None and (saved.segmentId, saved.sessionId) == (segment, "abc")
    script.setVolume(None)
    assert saved.volume is None, "what the script chooses is remembered"
    script.cleanup()


def test_a_saved_scene_without_its_session_starts_from_the_saved_segment(case, server, start_server, tmp_path):
    first = SegBridgeLogic()
    working(first, server.ready["http"], case.volume, model="scribble-2d")
    first.addPoint(case.ras(case.middle))
    first.wait()
    mask, k = case.mask(first), case.middle[2]
    path = str(tmp_path / "scene.mrml")
    slicer.util.saveScene(path)
    first.cleanup()
    slicer.mrmlScene.Clear(0)
    slicer.util.loadScene(path)
    again = SegBridgeLogic()
    again.takeUpScene()
    again.connectServer(start_server("--no-journal").ready["http"])
    again.wait()
    again.giveConsent()
    again.wait()
    again.addPoint(case.ras((case.middle[0], case.middle[1], k + 2)))
    again.wait()
    case.volume = again.volumeNode
    assert np.array_equal(case.mask(again)[k], mask[k]) and case.mask(again)[k + 2].any()
    again.cleanup()


def test_keys_are_kept_in_the_settings_and_never_in_the_scene(logic, case, server, tmp_path):
    logic.connectServer(server.ready["http"], key="sb-very-secret", fingerprint="")
    settled(logic)
    logic.setVolume(case.volume)
    settled(logic)
    slicer.util.saveScene(str(tmp_path / "scene.mrml"))
    assert b"very-secret" not in (tmp_path / "scene.mrml").read_bytes()
    assert logic.settings.key(server.ready["http"]) == "sb-very-secret"
