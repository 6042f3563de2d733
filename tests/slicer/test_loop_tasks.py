"""Tasks, the server on this computer, and the parts of the loop that need no volume."""
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import slicer
from end_to_end import COMMAND
from loop_stage import Case, along, pumped, rotation, settled, view, working
from SegBridgeLib import Candidate, VoxelBox
from SegBridgeLoop.logic import SegBridgeLogic
from SegBridgeLoop.pictures import Picture, disagreement
from SegBridgeLoop.settings import Settings
from SegBridgeLoop.state import ServerPhase, Severity
from SegBridgeLoop.worker import Worker


@pytest.fixture
def logic():
    made = SegBridgeLogic()
    yield made
    made.cleanup()


def test_a_task_is_made_filled_named_used_written_read_and_removed(logic, scene, task_server, tmp_path):
    case = Case()
    working(logic, task_server.ready["http"], case.volume, model="scribble-2d")
    assert logic.server.tasks_enabled and logic.tasks == ()
    logic.createTask("Liver tumours")
    logic.wait()
    task = logic.tasks[0]
    assert (task.name, task.examples, logic.taskId) == ("Liver tumours", 0, task.id)
    k = case.middle[2]
    for slice_ in (k - 1, k):
        seen = view(along(case.ijk_to_world, "ij", (5, 5, slice_)))
        logic.addScribble(case.row(slice_), 2.0, sliceNode=seen)
        logic.wait()
        logic.addCurrentToTask(seen)
        logic.wait()
        assert logic.message.key == "example-added"
    assert logic.tasks[0].examples == 2 and len(logic.examples) == 2
    assert all(example.thumbnail_png.startswith(b"\x89PNG") for example in logic.examples)

    context = next(model.id for model in logic.server.models if model.uses_context)
    logic.setModel(context)
    logic.addSegment("By examples")
    logic.predict(view(along(case.ijk_to_world, "ij", (5, 5, k + 2))))
    step = logic.wait()
    assert step is not None and step.model_id == context and logic.history[-1].text == "examples"

    logic.renameTask(task.id, "Tumours")
    logic.exportTask(task.id, str(tmp_path / "Saved.zip"))
    logic.removeExample(logic.examples[0].id)
    logic.wait()
    assert logic.tasks[0].name == "Tumours" and logic.tasks[0].examples == 1 and (tmp_path / "Saved.zip").stat().st_size > 1000
    logic.importTask(str(tmp_path / "Saved.zip"))
    logic.wait()
    read = next(found for found in logic.tasks if found.id == logic.taskId)
    assert read.name == "Saved" and read.examples == 2
    for found in logic.tasks:
        logic.removeTask(found.id)
    logic.wait()
    assert logic.tasks == () and logic.examples == () and logic.taskId == ""


def test_a_view_that_is_tilted_or_a_task_that_is_missing_is_told(logic, scene, task_server):
    case = Case((48, 48, 16))
    working(logic, task_server.ready["http"], case.volume, model="scribble-2d")
    logic.addCurrentToTask(view(along(case.ijk_to_world, "ij", case.middle)))
    assert logic.message.key == "no-task"
    settled(logic)
    logic.createTask("One")
    logic.wait()
    tilted = view(along(case.ijk_to_world, "ij", case.middle) @ rotation(30, 0))
    logic.addCurrentToTask(tilted)
    assert logic.message.key == "slice-oblique"
    logic.acceptSlice(tilted)
    assert logic.message.key == "slice-oblique"
    logic.removeTask(logic.taskId)
    settled(logic)


def test_a_local_server_is_found_started_used_and_ended(logic, monkeypatch):
    folder = Path(COMMAND[-1]).parent
    monkeypatch.setenv("SEGBRIDGE_HOME", str(folder))
    assert Path(logic.localServer.find()[-1]).parent == folder
    assert logic.localServer.start()
    pumped(lambda: logic.localServer.address, timeout=120)
    assert any("ready" in line for line in logic.localServer.lines)
    logic.connectServer(logic.localServer.address)
    logic.wait()
    assert logic.server.phase is ServerPhase.READY
    process = logic.localServer._process
    logic.localServer.stop()
    assert not logic.localServer.running and logic.localServer.address == ""
    pumped(lambda: process.poll() is not None)
    assert process.returncode == 0


def test_a_local_server_that_is_missing_or_ends_at_once_says_so_in_its_log(logic, monkeypatch, tmp_path):
    monkeypatch.delenv("SEGBRIDGE_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert logic.localServer.find() == [] and not logic.localServer.start()
    assert "No segbridge program" in logic.localServer.lines[-1]
    program = tmp_path / "segbridge"
    program.write_text(f"#!{sys.executable}\nimport sys\nprint('no room', file=sys.stderr)\nsys.exit(3)\n")
    program.chmod(0o755)
    assert logic.localServer.find() == [str(program)] and logic.localServer.start()
    pumped(lambda: any("code 3" in line for line in logic.localServer.lines))
    assert "no room" in logic.localServer.lines and not logic.localServer.running


def test_settings_are_kept_by_address_and_can_be_taken_back(scene):
    settings = Settings()
    settings.set_consent("http://One:1/", True)
    settings.set_key("http://one:1", "secret")
    assert Settings().consent("http://one:1") and Settings().key("http://ONE:1/") == "secret"
    assert not settings.consent("http://two:1") and settings.key("http://two:1") == ""
    settings.set_consent("http://one:1", False)
    settings.set_key("http://one:1", "")
    assert not settings.consent("http://one:1") and settings.key("http://one:1") == ""


def test_the_worker_does_jobs_in_order_and_reports_on_the_thread_that_polls():
    worker, seen, here = Worker(), [], threading.current_thread()
    for n in range(5):
        worker.submit(lambda n=n: n, lambda result, problem: seen.append((result, problem, threading.current_thread() is here)))
    worker.submit(lambda: 1 / 0, lambda result, problem: seen.append(type(problem)))
    while worker.active:
        worker.poll(0.05)
    assert seen == [(n, None, True) for n in range(5)] + [ZeroDivisionError]
    worker.close()


def test_candidates_disagree_where_some_have_it_and_others_do_not():
    def candidate(index, lower, upper):
        box = VoxelBox(lower, upper)
        return Candidate(index, 0.9, 1.0, box, np.ones(box.shape, bool))

    box, where = disagreement([candidate(0, (0, 0, 0), (4, 4, 4)), candidate(1, (2, 0, 0), (6, 4, 4))])
    assert box == VoxelBox((0, 0, 0), (6, 4, 4)) and where[0, 0].tolist() == [True, True, False, False, True, True]
    assert not disagreement([candidate(0, (0, 0, 0), (4, 4, 4))] * 3)[1].any()
    assert disagreement([])[0].is_empty


def test_a_picture_shows_the_largest_slice_upright_in_the_users_window():
    voxels = np.zeros((10, 40, 40), np.int16)
    voxels[:, :20] = 100  # The half with small j.
    box = VoxelBox((10, 10, 3), (30, 30, 6))
    mask = np.zeros(box.shape, bool)
    mask[1, 2:18, 2:18] = True
    mask[2, 8:10, 8:10] = True
    candidate = Candidate(0, 0.9, 1.0, box, mask)
    # j towards anterior: the half with small j is posterior and belongs at the bottom.
    picture = Picture(voxels, np.diag((-1.0, 1.0, 3.0, 1.0)), (0, 200)).of(candidate, box, "k")
    outline = (picture == (255, 214, 10)).all(axis=2)
    assert max(picture.shape[:2]) == 96 and outline.sum() > 100
    grey = np.where(outline, -1, picture[..., 0].astype(int))
    assert set(grey[5]) <= {0, -1} and set(grey[-5]) <= {127, -1}


def test_messages_have_a_severity(logic):
    logic.connectServer("http://127.0.0.1:9")
    settled(logic)
    assert logic.message.severity is Severity.ERROR and slicer.app is not None
