"""Tasks through the real server: finished slices help the next one, on disk and across a kill."""
import struct
import threading
import time

import numpy as np
import pytest
from end_to_end import dice

from SegBridgeLib import SegBridgeError, WrongState, contract, prompts
from SegBridgeLib.contract import TasksService

MODEL = "context-2d"


@pytest.fixture(scope="module")
def task_server(start_server, tmp_path_factory):
    return start_server("--rate-limit", "0", "--task-folder", str(tmp_path_factory.mktemp("data") / "tasks"))


@pytest.fixture
def task_client(task_server, transport):
    with task_server.connect(transport) as connected:
        yield connected


def opened(client, case):
    return client.open_volume(case.voxels, case.geometry, window=case.window)


def finish(session, case, slices):
    """Draws the truth on slices, as a user who has finished them."""
    for k in slices:
        session.predict("finished", prompts.mask(case.truth[k:k + 1], (0, 0, k)), ("k", k))


def create(session, name):
    return session.calls.call(TasksService.create_task, contract.CreateTaskRequest(name)).id


def add(session, task, slices):
    where = [contract.GridSlice(contract.Axis.K, k) for k in slices]
    return session.calls.call(TasksService.add_examples, contract.AddExamplesRequest(task, session.id, "finished", where))


def examples_of(session, task):
    return session.calls.call(TasksService.list_examples, contract.ListExamplesRequest(task, 0, 100)).examples


def tasks_of(session):
    return session.calls.call(TasksService.list_tasks, contract.ListTasksRequest()).tasks


def proposed(session, task, k):
    session.predict("proposed", [], ("k", k), model=MODEL, task=task)
    mask = session.mask("proposed")[k].copy()
    session.reset("proposed")
    return mask


def test_finished_slices_propose_the_next_one_without_a_prompt(task_client, ellipsoid):
    with opened(task_client, ellipsoid) as session:
        finish(session, ellipsoid, [8, 10, 14, 16])
        task = create(session, "ellipsoid")
        reply = add(session, task, [8, 10, 14, 16])
        assert reply.task.examples == 4 and reply.task.writable
        for example in reply.added:
            width, height = struct.unpack(">II", example.thumbnail_png[16:24])
            assert example.thumbnail_png.startswith(b"\x89PNG") and max(width, height) <= 128
        assert dice(proposed(session, task, 12), ellipsoid.truth[12]) > 0.7
        session.predict("proposed", prompts.point(ellipsoid.outside(12), positive=False), ("k", 12), model=MODEL, task=task)
        assert not session.mask("proposed")[ellipsoid.outside(12)[::-1]]


def test_the_server_says_that_tasks_are_on(task_client):
    assert task_client.describe().tasks_enabled


def test_a_propagation_takes_the_examples_besides_the_finished_slice(task_client, ellipsoid):
    with opened(task_client, ellipsoid) as session:
        finish(session, ellipsoid, [8, 10, 14, 16])
        task = create(session, "ellipsoid")
        add(session, task, [8, 10, 14, 16])
        session.predict("1", prompts.mask(ellipsoid.truth[12:13], (0, 0, 12)), ("k", 12))

        def filled(**options):
            events = list(session.propagate(11, 13, "1", model=MODEL, stop_below=0, **options))
            mask = session.mask("1").copy()
            assert [event.result.slice.index for event in events if event.result is not None] == [11, 13]
            session.undo("1")
            return mask

        with_task = filled(task=task)
        assert not np.array_equal(with_task, filled())
        assert dice(with_task[[11, 13]], ellipsoid.truth[[11, 13]]) > 0.8


def test_an_imported_task_proposes_what_the_exported_one_does(task_client, ellipsoid):
    with opened(task_client, ellipsoid) as session:
        finish(session, ellipsoid, [9, 11])
        task = create(session, "exported")
        add(session, task, [9, 11])
        archive = b"".join(chunk.data for chunk in session.calls.stream(TasksService.export_task, contract.ExportTaskRequest(task)))
        upload, half = "", len(archive) // 2
        for part, last in ((archive[:half], False), (archive[half:], True)):
            reply = session.calls.call(TasksService.import_task, contract.ImportTaskRequest(upload, "imported", part, last))
            upload = reply.upload_id
        copy = reply.task
        assert copy.name == "imported" and copy.examples == 2 and copy.id != task
        assert np.array_equal(proposed(session, task, 12), proposed(session, copy.id, 12))
        session.calls.call(TasksService.remove_task, contract.RemoveTaskRequest(task))
        assert task not in [known.id for known in tasks_of(session)]


def test_a_kill_while_examples_are_added_leaves_whole_ones_only(start_server, tmp_path, ellipsoid):
    options = ("--task-folder", str(tmp_path / "tasks"))
    server = start_server(*options)
    with server.connect() as client, opened(client, ellipsoid) as session:
        finish(session, ellipsoid, range(8, 16))
        task = create(session, "killed")
        first = [example.id for example in add(session, task, [12]).added]
        before = proposed(session, task, 17)
        added = threading.Event()

        def add_until_killed():
            try:
                while True:
                    add(session, task, range(8, 16))
                    added.set()
            except (SegBridgeError, OSError):
                added.set()

        adding = threading.Thread(target=add_until_killed, daemon=True)
        adding.start()
        assert added.wait(120)
        time.sleep(0.05)
        server.process.kill()
        server.process.wait()
        adding.join(60)
    assert len(list((tmp_path / "tasks" / task).glob("*/mask.png"))) >= 9

    with start_server(*options).connect() as client, opened(client, ellipsoid) as session:
        (known,) = tasks_of(session)
        examples = examples_of(session, task)
        assert known.name == "killed" and known.examples >= 9
        assert len(examples) == min(known.examples, 100) and all(example.thumbnail_png for example in examples)
        assert examples[0].id == first[0]
        for example in examples[1:]:
            session.calls.call(TasksService.remove_example, contract.RemoveExampleRequest(task, example.id))
        if known.examples <= 100:
            assert np.array_equal(proposed(session, task, 17), before)


def test_without_a_folder_the_server_says_how_tasks_are_switched_on(client, ellipsoid):
    with opened(client, ellipsoid) as session:
        with pytest.raises(WrongState, match="--task-folder"):
            tasks_of(session)
        with pytest.raises(WrongState, match="--task-folder"):
            session.predict("1", prompts.point((80, 70, 12)), ("k", 12), model=MODEL, task="0" * 32)
