"""Sessions against a scripted server: bricks on demand, masks, history, repeats, cancelling."""
import threading
import time

import numpy as np
import pytest
from scripted_server import Refusal, ScriptedGrpcServer, ScriptedWebServer
from scripted_sessions import THRESHOLD, ScriptedSessions

import SegBridgeLib
from SegBridgeLib import errors, prompts

SHAPE = (12, 70, 90)


@pytest.fixture
def voxels():
    return np.random.default_rng(8).integers(0, 200, SHAPE, dtype=np.int16)


@pytest.fixture(params=["grpc", "web"])
def begin(request, voxels):
    """Starts a scripted server and opens a session on it: begin(service) gives the session."""
    if request.param == "grpc":
        pytest.importorskip("grpc", reason="grpcio is not installed")
    opened = []

    def start(service, **options):
        server = (ScriptedGrpcServer if request.param == "grpc" else ScriptedWebServer)(service.handlers)
        client = SegBridgeLib.connect(**{request.param: f"http://127.0.0.1:{server.port}"})
        opened.append((client, server))
        return client.open_volume(voxels, **{"prefetch": False, **options})

    yield start
    for client, server in opened:
        client.close()
        server.stop()


def wait_until(condition):
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.01)


CLICK = prompts.point((3, 4, 5))


def test_a_step_sends_the_bricks_of_its_slice_and_brings_its_mask(begin, voxels):
    service = ScriptedSessions()
    session = begin(service)
    events = []
    step = session.predict("1", CLICK, ("k", 5), on_event=lambda event: events.append(event.which("event")))
    expected = np.zeros(SHAPE, bool)
    expected[5] = voxels[5] > THRESHOLD
    assert np.array_equal(session.mask("1"), expected)
    assert set(service.bricks_held) == {(0, 0, 1), (1, 0, 1), (0, 1, 1), (1, 1, 1)} and step.bricks_sent == 4
    assert events == ["queued", "needs_bricks", "candidates", "result"]
    assert step.confidence == 0.75 and step.slice == ("k", 5) and step.next_voxel == (1, 2, 5)
    assert step.segment.voxel_count == expected.sum() and step.candidates[0].volume_ml == 1.5
    assert voxels[4:8].nbytes * 0.5 < step.bytes_sent < voxels[4:8].nbytes * 1.2
    assert session.predict("1", CLICK, ("k", 6)).bricks_sent == 0


def test_the_mask_follows_undo_redo_and_reset(begin, voxels):
    service = ScriptedSessions()
    session = begin(service)
    for k in (2, 3):
        session.predict("1", CLICK, ("k", k))
    both = session.mask().copy()
    change = session.undo()
    assert change.segment.redo_steps == 1 and change.changed.lower[2] == 3
    assert np.array_equal(session.mask(), service.history[1]) and not session.mask()[3].any()
    assert np.array_equal(session.redo() and session.mask(), both)
    with pytest.raises(errors.WrongState, match="nothing to redo"):
        session.redo()
    session.reset()
    assert not session.mask().any()
    assert session.predict("1", CLICK, ("k", 2)).step == 1
    assert np.array_equal(session.mask(), service.history[1])
    assert np.array_equal(session.refresh(), service.history[1])


def test_the_mask_cannot_be_written_and_lives(begin):
    session = begin(ScriptedSessions())
    mask = session.mask()
    with pytest.raises(ValueError):
        mask[0, 0, 0] = True
    session.predict("1", CLICK, ("k", 1))
    assert mask[1].any()


@pytest.mark.parametrize("when", ["break_before", "break_after"])
def test_a_lost_connection_repeats_the_step_and_the_server_does_it_once(begin, when):
    service = ScriptedSessions()
    setattr(service, when, 2)
    session = begin(service)
    step = session.predict("1", CLICK, ("k", 5))
    ids = {request.request_id for request in service.predict_requests}
    assert len(service.predict_requests) == (3 if when == "break_before" else 2) and len(ids) == 1
    assert step.step == 1 and len(service.history) == 2
    assert np.array_equal(session.mask(), service.history[1])


def test_refused_bricks_end_the_step_with_the_reason(begin):
    service = ScriptedSessions()
    service.refuse_bricks = Refusal(8, "this session may hold 1000 bytes")
    session = begin(service)
    with pytest.raises(errors.LimitExceeded, match="1000 bytes"):
        session.predict("1", CLICK, ("k", 5))
    service.refuse_bricks = None
    assert session.predict("1", CLICK, ("k", 5)).bricks_sent == 4


def test_a_step_can_be_cancelled_from_another_thread(begin):
    service = ScriptedSessions()
    service.hold_results = threading.Event()
    session = begin(service)
    step = session.start("1", CLICK, ("k", 5))
    wait_until(lambda: service.done)
    assert not step.done
    step.cancel()
    with pytest.raises(errors.Cancelled):
        step.result(20)
    service.hold_results.set()


def test_a_step_in_the_background_gives_its_result(begin):
    session = begin(ScriptedSessions())
    assert session.start("1", CLICK, ("k", 5)).result(20).step == 1


def test_an_older_result_that_arrives_late_does_not_bring_the_past_back(begin, voxels):
    service = ScriptedSessions()
    session = begin(service)
    session.predict("1", CLICK, ("k", 5))
    old = next(iter(service.done.values()))
    session.predict("1", CLICK, ("k", 6))
    service.history[2][5] = False  # As a correction on slice 5 would have done.
    session.apply_result(old)
    assert np.array_equal(session.mask(), service.history[2])


def test_optional_bricks_follow_once_the_step_is_done(begin):
    service = ScriptedSessions()
    session = begin(service, prefetch=True)
    session.predict("1", CLICK, ("k", 5))
    wait_until(lambda: len(service.bricks_held) == 12)
    assert set(service.bricks_held.values()) == {1}


def test_bricks_can_be_sent_ahead(begin):
    service = ScriptedSessions()
    session = begin(service, brick_size=(32, 32, 8))
    session.send_bricks()
    assert len(service.bricks_held) == 3 * 3 * 2
    assert session.predict("1", CLICK, ("k", 5)).bricks_sent == 0


def test_an_idle_session_shows_that_it_lives(begin):
    service = ScriptedSessions(liveness_s=3)
    begin(service)
    wait_until(lambda: "KeepAlive" in service.calls)


def test_a_session_at_work_gives_no_further_signs_of_life(begin):
    service = ScriptedSessions()
    session = begin(service, prefetch=True)
    for _ in range(3):
        session.predict("1", CLICK, ("k", 5))
    wait_until(lambda: len(service.bricks_held) == 12)
    assert "KeepAlive" not in service.calls


def test_closing_ends_the_session_once(begin):
    service = ScriptedSessions()
    session = begin(service)
    session.close()
    session.close()
    assert service.calls.count("CloseSession") == 1
    with pytest.raises(errors.SessionClosed):
        session.predict("1", CLICK, ("k", 5))


def test_an_error_in_the_caller_s_own_function_comes_through(begin):
    session = begin(ScriptedSessions())

    def fail(_):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        session.predict("1", CLICK, ("k", 5), on_event=fail)
    assert session.predict("1", CLICK, ("k", 5)).step >= 1


def test_a_geometry_of_another_shape_is_refused_before_anything_is_sent(begin, voxels):
    service = ScriptedSessions()
    with pytest.raises(errors.GeometryError, match="shape"):
        begin(service, geometry=SegBridgeLib.VolumeGeometry((1, 2, 3)))
    assert "OpenSession" not in service.calls


def test_a_choice_whose_reply_was_lost_is_made_once(begin, voxels):
    service = ScriptedSessions()
    session = begin(service)
    session.predict("1", CLICK, ("k", 5))
    proposed = session.mask("1").copy()
    service.break_after = 1
    step = session.choose_candidate(1, 2)
    assert service.calls.count("ChooseCandidate") == 2 and service.at == 2
    assert (step.step, step.chosen, step.confidence, step.segment_id) == (2, 2, 0.5, "1")
    assert np.array_equal(session.mask("1"), ~proposed) and step.bytes_received > 0
    session.undo("1")
    assert np.array_equal(session.mask("1"), proposed)


def test_a_propagation_goes_on_after_lost_connections_and_tells_everything_once(begin):
    service = ScriptedSessions()
    session = begin(service)
    service.break_after = 2
    events = list(session.propagate(3, 6, stop_below=0.5, task="cases"))
    assert [event.result.slice.index for event in events if event.result is not None] == [3, 4, 5, 6]
    assert [event.which("event") for event in events[-2:]] == ["stopped", "progress"]
    assert len(service.propagate_requests) == 3 and len({request.request_id for request in service.propagate_requests}) == 1
    assert service.propagate_requests[0].task_id == "cases" and service.propagate_requests[0].request_id
    assert session.mask("1").any(axis=(1, 2)).nonzero()[0].tolist() == [3, 4, 5, 6]


def test_a_propagation_gives_up_where_no_attempt_gets_further(begin, monkeypatch):
    monkeypatch.setattr("SegBridgeLib.patience.RETRY_DELAYS_S", (0.0, 0.0))
    service = ScriptedSessions()
    session = begin(service)
    service.break_after = 100
    service.runs = _Forgetful()
    with pytest.raises(errors.ConnectionLost):
        list(session.propagate(3, 6))
    assert len(service.propagate_requests) == 3


class _Forgetful(dict):
    """Every attempt begins anew."""

    def setdefault(self, key, default):
        return default
