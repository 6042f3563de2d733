"""What goes wrong, and that the work goes on: lost servers, saved scenes, changed volumes, each message."""
import json
import time

import numpy as np
import pytest
import slicer
from end_to_end import run_segbridge
from loop_stage import Case, pumped, settled, volume_node, working
from relay import Relay
from SegBridgeLib import errors
from SegBridgeLoop.logic import SegBridgeLogic
from SegBridgeLoop.messages import message_for
from SegBridgeLoop.state import ServerPhase, Severity, WorkPhase


@pytest.fixture
def logic():
    made = SegBridgeLogic()
    yield made
    made.cleanup()


@pytest.fixture
def case(scene):
    return Case((64, 64, 24))


@pytest.fixture
def loop(logic, case, server):
    return working(logic, server.ready["http"], case.volume, model="scribble-2d")


@pytest.fixture
def relay():
    made = Relay(None)
    yield made
    made.close()


@pytest.fixture(scope="module")
def keyed_server(start_server, tmp_path_factory):
    """Address of a server with keys, and a key that it takes."""
    keys = tmp_path_factory.mktemp("keys") / "keys.txt"
    made = run_segbridge("keys", "add", "--file", str(keys), "--name", "tester", "--json")
    return start_server("--key-file", str(keys), "--no-journal").ready["http"], json.loads(made.stdout)["key"]


def refuse(*_arguments, **_options):
    raise errors.KeyRejected("unknown key")


def pumped_for(seconds):
    end = time.monotonic() + seconds
    pumped(lambda: time.monotonic() > end)


def keys_said(logic):
    """Every message from now on."""
    said = []
    logic.listen(lambda what: said.append(logic.message.key) if what.value == "message" and logic.message is not None else None)
    return said


# ---- the server goes away ---------------------------------------------------------------------------------------


def test_a_server_killed_in_the_middle_of_a_stroke_and_started_again_finishes_it(logic, case, start_server, tmp_path, relay):
    journal = ("--journal-folder", str(tmp_path / "journals"))
    first = start_server(*journal)
    relay.target = first.ready["http"]
    loop = working(logic, relay.address, case.volume, model="scribble-2d")
    i, j, k = case.middle
    loop.addPoint(case.ras(case.middle))
    loop.wait()
    session_id, before = loop.work.session_id, case.mask(loop)
    said = keys_said(loop)
    relay.target = None
    relay.cut()
    first.kill()
    number = loop.addScribble(case.row(k + 1), 2.0)
    pumped(lambda: loop.work.phase is WorkPhase.RESUMING)
    assert loop.server.phase is ServerPhase.LOST and "server-lost" in said
    relay.target = start_server(*journal).ready["http"]
    step = loop.wait()
    assert step.request == number and step.step == 2 and loop.work.session_id == session_id
    assert "resumed" in said and loop.server.phase is ServerPhase.READY
    mask = case.mask(loop)
    assert np.array_equal(mask[k], before[k]) and mask[k + 1].any()
    loop.undo()
    loop.wait()
    assert np.array_equal(case.mask(loop), before), "the history is there, too"


def test_without_a_journal_the_work_goes_on_from_the_mask_that_the_user_sees(logic, case, start_server, relay):
    first = start_server("--no-journal")
    relay.target = first.ready["http"]
    loop = working(logic, relay.address, case.volume, model="scribble-2d")
    k = case.middle[2]
    loop.addPoint(case.ras(case.middle))
    loop.wait()
    before, session_id = case.mask(loop), loop.work.session_id
    said = keys_said(loop)
    first.kill()
    relay.cut()
    relay.target = start_server("--no-journal").ready["http"]
    loop.addScribble(case.row(k + 1), 2.0)
    step = loop.wait()
    mask = case.mask(loop)
    assert np.array_equal(mask[k], before[k]) and mask[k + 1].any()
    assert "resumed-anew" in said and loop.work.session_id != session_id and step.step == 1
    assert loop.history[0].text == "edit, scribble +"


def test_a_broken_connection_alone_goes_unnoticed(logic, case, server, relay):
    relay.target = server.ready["http"]
    loop = working(logic, relay.address, case.volume, model="scribble-2d")
    loop.addPoint(case.ras(case.middle))
    loop.wait()
    relay.cut()
    loop.undo()
    settled(loop)
    loop.addPoint(case.ras(case.middle))
    assert loop.wait() is not None and loop.server.phase is ServerPhase.READY


def test_a_server_that_moved_takes_the_session_up_at_its_new_address(logic, case, start_server, tmp_path):
    journal = ("--journal-folder", str(tmp_path / "journals"))
    first = start_server(*journal)
    loop = working(logic, first.ready["http"], case.volume, model="scribble-2d")
    loop.addPoint(case.ras(case.middle))
    loop.wait()
    session_id, mask = loop.work.session_id, case.mask(loop)
    first.kill()
    loop.connectServer(start_server(*journal).ready["http"])
    settled(loop)
    assert loop.work.phase is WorkPhase.CONSENT_NEEDED, "another address needs consent of its own"
    loop.giveConsent()
    settled(loop)
    assert loop.work.session_id == session_id and len(loop.history) == 1
    loop.undo()
    loop.wait()
    assert mask.any() and not case.mask(loop).any()


# ---- the scene changes beneath the work -------------------------------------------------------------------------


def test_a_volume_whose_voxels_change_is_opened_anew_with_the_mask_kept(loop, case):
    k = case.middle[2]
    loop.addPoint(case.ras(case.middle))
    loop.wait()
    session_id, mask = loop.work.session_id, case.mask(loop)
    slicer.util.arrayFromVolume(case.volume)[...] += 7
    slicer.util.arrayFromVolumeModified(case.volume)
    assert loop.message.key == "volume-changed"
    loop.wait()
    assert loop.work.session_id not in ("", session_id)
    loop.addPoint(case.ras((case.middle[0], case.middle[1], k + 2)))
    loop.wait()
    assert np.array_equal(case.mask(loop)[k], mask[k]) and case.mask(loop)[k + 2].any()


def test_a_volume_removed_while_a_request_runs_is_told_and_nothing_is_written(loop, case):
    loop.addPoint(case.ras(case.middle))
    slicer.mrmlScene.RemoveNode(case.volume)
    assert loop.message.key == "volume-removed" and loop.volumeNode is None
    settled(loop)
    assert loop.step is None and loop.work.phase is WorkPhase.EMPTY
    segment = loop.segmentationNode.GetBinaryLabelmapInternalRepresentation(loop.segmentId)
    assert segment is None or segment.IsEmpty()


def test_a_scene_closed_while_a_request_runs_leaves_nothing_behind(loop, case):
    loop.addPoint(case.ras(case.middle))
    slicer.mrmlScene.Clear(0)
    assert loop.volumeNode is None and loop.segmentationNode is None and loop.message.key == "scene-closed"
    settled(loop)
    assert loop.step is None and not slicer.util.getNodesByClass("vtkMRMLMarkupsFiducialNode")


def test_a_removed_segment_or_segmentation_is_told(loop, case):
    loop.addPoint(case.ras(case.middle))
    loop.segmentationNode.GetSegmentation().RemoveSegment(loop.segmentId)
    assert loop.message.key == "segment-removed" and loop.segmentId == ""
    settled(loop)
    loop.addSegment("Next")
    loop.addPoint(case.ras(case.middle))
    slicer.mrmlScene.RemoveNode(loop.segmentationNode)
    assert loop.message.key == "segmentation-removed" and loop.segmentationNode is None
    settled(loop)
    assert loop.work.phase is WorkPhase.READY


def test_a_transform_that_moves_later_disturbs_nothing(loop, case):
    i, j, k = case.middle
    loop.addPoint(case.ras(case.middle))
    loop.wait()
    mask = case.mask(loop)
    moved = np.eye(4)
    moved[:3, 3] = (100, -50, 20)
    case.to_world = moved @ case.to_world
    case.transform.SetMatrixTransformToParent(slicer.util.vtkMatrixFromArray(case.to_world))
    assert np.array_equal(case.mask(loop), mask)
    loop.addPoint(case.ras((i, j, k + 1)))
    loop.wait()
    assert np.array_equal(case.mask(loop)[k], mask[k]) and case.mask(loop)[k + 1, j, i]


def test_a_volume_that_is_chosen_again_goes_on_with_its_session_unless_it_has_changed(loop, case):
    other = volume_node(case.phantom.voxels[:8].copy(), np.eye(4), name="Other")
    loop.addPoint(case.ras(case.middle))
    loop.wait()
    session_id = loop.work.session_id
    loop.setVolume(other)
    assert loop.getParameterNode().sessionId == "", "a scene saved now would take up the session of another volume"
    loop.wait()
    assert loop.work.session_id != session_id
    loop.setVolume(case.volume)
    loop.wait()
    assert loop.work.session_id == session_id and len(loop.history) == 1
    loop.setVolume(other)
    slicer.util.arrayFromVolume(case.volume)[...] += 1
    slicer.util.arrayFromVolumeModified(case.volume)
    loop.setVolume(case.volume)
    loop.wait()
    assert loop.work.session_id != session_id and loop.work.phase is WorkPhase.READY


def test_a_new_scene_never_takes_up_the_session_of_the_one_before(loop, case):
    session_id = loop.work.session_id
    slicer.mrmlScene.Clear(0)
    assert not loop._work.volume._sessions, "Slicer uses the ids of nodes again"
    again = Case((64, 64, 24))
    loop.setVolume(again.volume)
    settled(loop)
    assert loop.work.session_id not in ("", session_id)


# ---- each message -----------------------------------------------------------------------------------------------


def test_no_volume_no_segment_no_server_no_consent_are_told_one_by_one(logic, case, server):
    logic.addPoint((0, 0, 0))
    assert logic.message.key == "no-volume"
    logic.setVolume(case.volume)
    logic.addPoint((0, 0, 0))
    assert logic.message.key == "no-segment"
    logic.addSegment("One")
    logic.addPoint((0, 0, 0))
    assert logic.message.key == "no-server"
    logic.connectServer(server.ready["http"])
    settled(logic)
    assert logic.work.phase is WorkPhase.CONSENT_NEEDED and not logic.hasConsent()
    logic.addPoint((0, 0, 0))
    assert logic.message.key == "no-consent" and logic.work.session_id == ""
    logic.giveConsent()
    settled(logic)
    assert logic.work.phase is WorkPhase.READY and logic.work.session_id
    logic.withdrawConsent()
    settled(logic)
    assert logic.work.phase is WorkPhase.CONSENT_NEEDED and logic.work.session_id == ""


def test_nothing_of_the_image_is_sent_before_consent(logic, case, server):
    logic.setVolume(case.volume)
    logic.addSegment("One")
    logic.connectServer(server.ready["http"])
    settled(logic)
    assert logic.traffic.bytes_sent < 200


def test_a_wrong_volume_is_told_and_the_next_one_is_taken(logic, case, server):
    labels = slicer.util.addVolumeFromArray(np.ones((4, 4, 4), np.int16), name="Labels", nodeClassName="vtkMRMLLabelMapVolumeNode")
    logic.setVolume(labels)
    assert logic.message.key == "volume-is-labelmap" and logic.work.phase is WorkPhase.BLOCKED
    working(logic, server.ready["http"], case.volume)
    assert logic.work.phase is WorkPhase.READY


def test_a_server_that_is_not_there_a_wrong_address_and_another_program_are_told(logic, relay):
    for address, key, phase in [
        (relay.address, "server-away", ServerPhase.FAILED), ("not an address/", "address", ServerPhase.FAILED),
    ]:
        logic.connectServer(address)
        settled(logic)
        assert (logic.message.key, logic.server.phase) == (key, phase) and logic.message.severity is Severity.ERROR


def test_a_refused_key_and_a_wrong_certificate_are_told(logic, start_server, tmp_path):
    keys = tmp_path / "keys.txt"
    run_segbridge("keys", "add", "--file", str(keys), "--name", "tester", "--json")
    server = start_server("--tls", "self-signed", "--key-file", str(keys))
    logic.connectServer(server.ready["https"], key="wrong", fingerprint=server.ready["fingerprint"])
    settled(logic)
    assert logic.message.key == "key-refused" and logic.server.phase is ServerPhase.REFUSED
    logic.connectServer(server.ready["https"], key="wrong", fingerprint="ab" * 32)
    settled(logic)
    assert logic.message.key == "certificate"


@pytest.mark.parametrize("noticed_by", ["the connection", "a step"])
def test_a_key_that_is_taken_no_more_is_asked_for_and_the_prompt_waits_for_it(
    logic, case, server, keyed_server, relay, monkeypatch, noticed_by
):
    relay.target = server.ready["http"]
    loop = working(logic, relay.address, case.volume, model="scribble-2d")
    relay.target, key = keyed_server
    if noticed_by == "a step":
        monkeypatch.setattr(loop._work.session, "prepare", refuse)
    else:
        relay.cut()
    loop.addPoint(case.ras(case.middle))
    pumped(lambda: loop.server.phase is ServerPhase.REFUSED)
    assert loop.message.key == "key-refused" and not case.mask(loop).any()
    relay.cut()
    loop.connectServer(relay.address, key=key)
    loop.wait()
    assert case.mask(loop)[case.middle[::-1]], "the prompt was lost"


def test_a_prompt_that_the_model_does_not_take_is_told(loop, case, monkeypatch):
    import dataclasses

    models = tuple(dataclasses.replace(model, prompts=model.prompts - {"lasso"}) for model in loop.server.models)
    loop._server.state = dataclasses.replace(loop.server, models=models)
    loop.addLasso(case.row(case.middle[2]))
    assert loop.message.key == "prompt-not-supported" and "lasso" in loop.message.text


def test_prompts_and_views_beside_the_volume_are_told(loop, case):
    assert loop.addPoint(case.ras((-50, 0, 3))) == 0 and loop.message.key == "prompt-outside"
    assert loop.addScribble(case.ras((0, 0, 99), (1, 1, 99)), 2) == 0 and loop.message.key == "prompt-outside"
    settled(loop)


def test_a_full_server_is_told_and_asked_again(logic, case, start_server):
    server = start_server("--max-sessions", "1", "--no-journal")
    working(logic, server.ready["http"], case.volume)
    second = SegBridgeLogic()
    second.connectServer(server.ready["http"])
    settled(second)
    second.setVolume(volume_node(case.phantom.voxels, np.eye(4), name="Second"))
    settled(second)
    assert second.message.key == "server-full" and second.work.phase is WorkPhase.BLOCKED
    logic._work.drop_session(close=True)
    settled(logic)
    second._idle()
    settled(second)
    assert second.work.phase is WorkPhase.READY and second.message is None, "it is not asked again"
    second.cleanup()


@pytest.mark.parametrize("problem, key", [
    (errors.ConnectionLost("x"), "server-away"), (errors.KeyRejected("x"), "key-refused"), (errors.ReplyError("x"), "version-mismatch"),
    (errors.NotInThisVersion("x"), "not-in-this-server"), (errors.LimitExceeded("the rate limit of 20 calls a second"), "server-busy"),
    (errors.LimitExceeded("all 64 sessions are open"), "server-full"), (errors.LimitExceeded("needs 5 GB of memory"), "out-of-memory"),
    (errors.InvalidRequest("points: bad"), "prompt-refused"), (errors.InternalServerError("id 5"), "server-error"), (MemoryError(), "out-of-memory"),
    (errors.PermissionDenied("x"), "not-allowed"), (errors.DeadlineExceeded("x"), "too-slow"), (RuntimeError("odd"), "internal"),
])
def test_every_kind_of_error_has_one_line_that_says_what_to_do(problem, key):
    message = message_for(problem)
    assert message.key == key and "\n" not in message.text and message.text.endswith((".", ")")) and 20 < len(message.text) < 200


def test_a_busy_server_gets_every_prompt_without_being_asked_twice(logic, case, start_server):
    loop = working(logic, start_server("--rate-limit", "4", "--no-journal").ready["http"], case.volume, model="scribble-2d")
    i, j, k = case.middle
    for n in range(6):
        loop.addPoint(case.ras((i, j, k - 3 + n)))
    settled(loop)
    points = slicer.util.getNodesByClass("vtkMRMLMarkupsFiducialNode")[0]
    assert points.GetNumberOfControlPoints() == 6
    assert sum(entry.text.count("point +") for entry in loop.history) == 6
