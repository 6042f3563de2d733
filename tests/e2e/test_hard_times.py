"""Bad requests, killed clients, crowds, newer prompts: a clear answer each, the server unharmed."""
import http.client
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from urllib.parse import urlsplit

import numpy as np
import pytest
from end_to_end import CLIENT_FOLDER

from SegBridgeLib import InvalidRequest, LimitExceeded, NotFound, Superseded, contract, prompts
from SegBridgeLib.contract import BrickEncoding, SessionsService

NAN = float("nan")


@pytest.fixture
def session(client, ellipsoid):
    with client.open_volume(ellipsoid.voxels, ellipsoid.geometry, window=ellipsoid.window) as opened:
        yield opened


@pytest.fixture
def still_works(client, ellipsoid):
    """Whatever the test did: afterwards the server serves and segments."""
    yield
    assert client.health().name == "SERVING"
    with client.open_volume(ellipsoid.voxels, ellipsoid.geometry) as session:
        assert session.predict("1", prompts.point((80, 70, 12)), ("k", 12)).segment.voxel_count > 0


def volume(ellipsoid, **geometry):
    described = ellipsoid.geometry.to_message()
    for name, value in geometry.items():
        setattr(described, name, value)
    return contract.Volume(described, contract.VoxelType.INT16)


@pytest.mark.parametrize("geometry, words", [
    ({"spacing": contract.Spacing(1, 1, NAN)}, "spacing"), ({"spacing": contract.Spacing(1, 0, 1)}, "spacing"),
    ({"spacing": None}, "spacing"), ({"size": contract.Size(0, 5, 5)}, "size"), ({"size": contract.Size(40000, 5, 5)}, "size"),
    ({"origin": contract.LpsPoint(NAN, 0, 0)}, "origin"), ({"i_axis": contract.LpsVector(2, 0, 0)}, "axis"),
    ({"k_axis": contract.LpsVector(float("inf"), 0, 0)}, "axis"),
])
def test_a_geometry_that_cannot_be_is_refused_by_name(client, ellipsoid, still_works, geometry, words):
    with pytest.raises(InvalidRequest, match=words):
        client.call(SessionsService.open_session, contract.OpenSessionRequest(volume(ellipsoid, **geometry)))


def test_a_volume_without_anything_is_refused(client):
    with pytest.raises(InvalidRequest, match="volume"):
        client.call(SessionsService.open_session, contract.OpenSessionRequest())


def test_an_unknown_model_is_refused_with_those_there_are(client, ellipsoid):
    with pytest.raises(NotFound, match="scribble-2d"):
        client.call(SessionsService.open_session, contract.OpenSessionRequest(volume(ellipsoid), "no-such-model"))


@pytest.mark.parametrize("change, words", [
    ({"index": contract.BrickIndex(99, 0, 0)}, "brick"), ({"index": None}, "index"), ({"crc32": 12345}, "(?i)crc"),
    ({"data": b"\x78\x9c\x01"}, "(?i)brick|zlib|data"), ({"data": b""}, "(?i)brick|data"), ({"encoding": BrickEncoding.UNSPECIFIED}, "encoding"),
    ({"encoding": BrickEncoding.RAW}, "bytes"), ({"encoding": 77}, "encoding"), ({"index": contract.BrickIndex(2, 2, 5)}, "bytes|decode"),
])
def test_a_brick_that_cannot_be_is_refused_and_none_of_its_request_is_stored(client, session, still_works, change, words):
    good, bad = session.volume.brick((0, 0, 0)), session.volume.brick((1, 0, 0))
    for name, value in change.items():
        setattr(bad, name, value)
    with pytest.raises(InvalidRequest, match=words):
        client.call(SessionsService.put_bricks, contract.PutBricksRequest(session.id, [good, bad]))
    reply = client.call(SessionsService.put_bricks, contract.PutBricksRequest(session.id, [session.volume.brick((1, 1, 1))]))
    assert reply.held == 1


def test_what_is_not_there_is_said_so(client, session):
    with pytest.raises(NotFound):
        client.call(SessionsService.keep_alive, contract.KeepAliveRequest("0" * 32))
    with pytest.raises(NotFound):
        client.call(SessionsService.get_mask, contract.GetMaskRequest(session.id, "nobody"))
    with pytest.raises(NotFound, match="journal"):
        client.call(SessionsService.resume_session, contract.ResumeSessionRequest("0" * 32))


@pytest.mark.parametrize("prompt, plane, words", [
    (contract.Prompt(point=contract.PointPrompt(contract.Polarity.POSITIVE, contract.VoxelPoint(NAN, 0, 0))), ("k", 1), "point|ijk"),
    (contract.Prompt(point=contract.PointPrompt(contract.Polarity.POSITIVE, contract.VoxelPoint(-5, 0, 0))), ("k", 1), "inside|volume"),
    (contract.Prompt(point=contract.PointPrompt(contract.Polarity.UNSPECIFIED, contract.VoxelPoint(1, 1, 1))), ("k", 1), "polarity"),
    (contract.Prompt(point=contract.PointPrompt(contract.Polarity.POSITIVE)), ("k", 1), "position|ijk"),
    (contract.Prompt(), ("k", 1), "prompt"),
    (prompts.point((1, 1, 1)), ("k", 99), "slice|index"),
    (prompts.box((500, 500, 0), (501, 501, 1)), ("k", 0), "box"),
])
def test_a_prompt_that_cannot_be_is_refused_by_name(session, still_works, prompt, plane, words):
    with pytest.raises(InvalidRequest, match=words):
        session.predict("1", prompt, plane)


@pytest.mark.parametrize("name", ["", "a b", "x" * 65, "naïve"])
def test_a_segment_s_name_is_checked(session, name):
    with pytest.raises(InvalidRequest, match="segment"):
        session.predict(name, prompts.point((1, 1, 1)), ("k", 1))


def test_a_4_gb_volume_is_declared_without_harm(client, ellipsoid, still_works):
    geometry = ellipsoid.geometry.to_message()
    geometry.size = contract.Size(2048, 1024, 1024)
    declared = contract.Volume(geometry, contract.VoxelType.INT16)
    estimate = client.call(SessionsService.estimate_memory, contract.EstimateMemoryRequest(declared))
    assert estimate.volume_bytes == 2 * 2048 * 1024 * 1024
    assert estimate.fits or estimate.advice
    try:
        opened = client.call(SessionsService.open_session, contract.OpenSessionRequest(declared))
    except LimitExceeded as refused:
        assert any(letter.isdigit() for letter in str(refused)), "the limit's number belongs into the message"
    else:
        client.call(SessionsService.close_session, contract.CloseSessionRequest(opened.session_id))


def test_a_newer_prompt_supersedes_the_older_one_and_keeps_its_prompts(client, ellipsoid):
    with client.open_volume(ellipsoid.voxels, ellipsoid.geometry, window=ellipsoid.window, prefetch=False) as session:
        gate, asked = threading.Event(), threading.Event()
        brick = session.volume.brick

        def slow_brick(index):
            assert gate.wait(60)
            return brick(index)

        session.volume.brick = slow_brick
        older = session.start(
            "1", prompts.point((80, 70, 12)), ("k", 12), on_event=lambda event: event.needs_bricks and asked.set())
        assert asked.wait(60)
        newer = session.start("1", prompts.point((85, 72, 12)), ("k", 12))
        with pytest.raises(Superseded):
            older.result(60)
        gate.set()
        assert newer.result(60).step == 1
        together = session.mask("1").copy()
    with client.open_volume(ellipsoid.voxels, ellipsoid.geometry, window=ellipsoid.window) as session:
        session.predict("1", [prompts.point((80, 70, 12)), prompts.point((85, 72, 12))], ("k", 12))
        assert np.array_equal(session.mask("1"), together)


def test_a_cancelled_step_leaves_nothing_behind(client, ellipsoid):
    with client.open_volume(ellipsoid.voxels, ellipsoid.geometry, prefetch=False) as session:
        asked, gate = threading.Event(), threading.Event()
        brick = session.volume.brick

        def slow_brick(index):
            gate.wait(60)
            return brick(index)

        session.volume.brick = slow_brick
        step = session.start("1", prompts.point((5, 5, 12)), ("k", 12), on_event=lambda event: event.needs_bricks and asked.set())
        assert asked.wait(60)
        step.cancel()
        with pytest.raises(Exception, match="(?i)cancel"):
            step.result(60)
        gate.set()
        # At once: the server may hear of this step before it hears of the cancelled call.
        assert session.predict("1", prompts.point((80, 70, 12)), ("k", 12)).step == 1
        mask = session.mask("1").copy()
    with client.open_volume(ellipsoid.voxels, ellipsoid.geometry) as session:
        session.predict("1", prompts.point((80, 70, 12)), ("k", 12))
        assert np.array_equal(session.mask("1"), mask)


def test_fifty_sessions_at_once_get_the_same_mask(server, transport, ellipsoid):
    masks, failures = [], []
    with server.connect(transport) as client:
        barrier = threading.Barrier(50)

        def work():
            try:
                with client.open_volume(ellipsoid.voxels, ellipsoid.geometry, window=ellipsoid.window, prefetch=False) as session:
                    barrier.wait(120)  # All fifty are open now.
                    session.predict("1", prompts.point((80, 70, 12)), ("k", 12))
                    masks.append(session.mask("1").copy())
            except Exception as error:
                failures.append(error)
                barrier.abort()

        threads = [threading.Thread(target=work) for _ in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failures == [] and len(masks) == 50
    assert masks[0].any() and all(np.array_equal(mask, masks[0]) for mask in masks)


def test_a_client_killed_while_it_uploads_harms_nobody(server, transport, client, still_works):
    program = f"""
import sys
sys.path.insert(0, {str(CLIENT_FOLDER)!r})
import numpy as np
import SegBridgeLib
from SegBridgeLib.contract import PutBricksRequest, SessionsService
client = SegBridgeLib.connect(grpc={server.ready["grpc"]!r}, web={server.ready["http"]!r}, transport={transport!r})
voxels = np.random.default_rng(1).integers(0, 30000, (128, 512, 512), dtype=np.int16)
session = client.open_volume(voxels, brick_size=(64, 64, 64))
print(session.id, flush=True)
def forever():
    while True:
        for index in session.volume.grid:
            yield PutBricksRequest(session.id, [session.volume.brick(index)])
            print("brick", flush=True)
if client.transport.supports_client_stream:
    session.calls.send_all(SessionsService.stream_bricks, forever())
for request in forever():
    session.calls.call(SessionsService.put_bricks, request)
"""
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    session_id = process.stdout.readline().strip()
    for _ in range(5):
        assert process.stdout.readline().strip() == "brick"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    # The session outlives its client until the liveness limit; what it holds is whole bricks only.
    assert client.call(SessionsService.keep_alive, contract.KeepAliveRequest(session_id)).idle_left_s > 0
    client.call(SessionsService.close_session, contract.CloseSessionRequest(session_id))
    with pytest.raises(NotFound):
        client.call(SessionsService.keep_alive, contract.KeepAliveRequest(session_id))


def _post(server, body, path="/segbridge.v1.Sessions/PutBricks", content_type="application/grpc-web+proto"):
    connection = http.client.HTTPConnection(urlsplit(server.ready["http"]).netloc, timeout=60)
    try:
        connection.request("POST", path, body, {"Content-Type": content_type})
        response = connection.getresponse()
        return response.status, response.getheader("grpc-status"), response.read()
    finally:
        connection.close()


@pytest.mark.parametrize("body", [
    b"", b"\0", b"\0\0\0\0\x09abc", b"\0\xff\xff\xff\xff", b"\x01\0\0\0\x01a", b"\x80\0\0\0\0", b"\0\0\0\0\x02\x0a\xff",
    b"\0\0\0\0\0\0\0\0\0\0", bytes(1000),
])
def test_a_damaged_web_request_gets_an_error_and_not_a_crash(server, body):
    status, grpc_status, reply = _post(server, body)
    assert status != 200 or (grpc_status or "0") != "0" or (b"grpc-status:" in reply and b"grpc-status: 0" not in reply
                                                           and b"grpc-status:0" not in reply)
    with server.connect("web") as client:
        assert client.health().name == "SERVING"


def test_an_upload_that_breaks_off_stores_nothing(server, client, session):
    address = urlsplit(server.ready["http"])
    data = contract.PutBricksRequest(session.id, [session.volume.brick((0, 0, 0))]).encode()
    frame = b"\0" + struct.pack(">I", len(data)) + data
    head = f"POST /segbridge.v1.Sessions/PutBricks HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/grpc-web+proto\r\n"
    with socket.create_connection((address.hostname, address.port), 60) as raw:
        raw.sendall(f"{head}Content-Length: {len(frame)}\r\n\r\n".encode() + frame[:len(frame) // 2])
    time.sleep(0.2)
    reply = client.call(SessionsService.put_bricks, contract.PutBricksRequest(session.id, [session.volume.brick((1, 1, 1))]))
    assert reply.held == 1


def test_sessions_end_when_nobody_shows_any_sign_of_life(start_server, ellipsoid, transport):
    server = start_server("--liveness-timeout-s", "3", "--max-sessions", "2")
    with server.connect(transport) as client:
        silent = client.call(SessionsService.open_session, contract.OpenSessionRequest(volume(ellipsoid))).session_id
        with client.open_volume(ellipsoid.voxels, ellipsoid.geometry) as session:
            with pytest.raises(LimitExceeded, match="2"):
                client.call(SessionsService.open_session, contract.OpenSessionRequest(volume(ellipsoid)))
            # Once the silent session is gone there is room again; ours lives by its signs of life.
            until = time.monotonic() + 60
            while True:
                try:
                    another = client.call(SessionsService.open_session, contract.OpenSessionRequest(volume(ellipsoid)))
                    break
                except LimitExceeded:
                    assert time.monotonic() < until, "the silent session never ended"
                    time.sleep(0.3)
            with pytest.raises(NotFound):
                client.call(SessionsService.keep_alive, contract.KeepAliveRequest(silent))
            assert session.predict("1", prompts.point((80, 70, 12)), ("k", 12)).step == 1
            client.call(SessionsService.close_session, contract.CloseSessionRequest(another.session_id))
