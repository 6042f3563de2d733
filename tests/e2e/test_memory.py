"""The server's memory: given back after every session, small beside the bricks, shared between sessions on one volume."""
import os
import re
import threading
from pathlib import Path

import numpy as np
import pytest

from SegBridgeLib import Superseded, VolumeGeometry, contract, prompts
from SegBridgeLib.contract import SessionsService

# More for a measurement: SEGBRIDGE_CYCLES=1000.
CYCLES = int(os.environ.get("SEGBRIDGE_CYCLES", "200"))
MB = 1 << 20
PER_VOLUME = 64 * MB
LARGE = (300, 512, 512)


def resident(server) -> int:
    """Bytes of the server process that are in memory."""
    try:
        status = Path(f"/proc/{_real_process(server.process.pid)}/status").read_text()
    except FileNotFoundError:
        pytest.skip("the memory of a process is read from /proc")
    return 1024 * int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1))


def _real_process(pid: int) -> int:
    """The launcher may have started the server as its child."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return _real_process(int(children[0])) if children else pid


@pytest.fixture
def own_server(start_server):
    return start_server("--rate-limit", "0")


def test_opening_using_and_closing_sessions_again_and_again_takes_no_more_memory(own_server, ellipsoid):
    sizes = {}
    with own_server.connect() as client:
        for cycle in range(CYCLES):
            with client.open_volume(ellipsoid.voxels, ellipsoid.geometry, window=ellipsoid.window, share=cycle % 2 == 0) as session:
                assert session.predict("1", prompts.point((80, 70, 12)), ("k", 12)).segment.voxel_count > 0
            if cycle + 1 in (CYCLES // 2, CYCLES):
                sizes[cycle + 1] = resident(own_server)
    print({cycles: f"{size / MB:.1f} MB" for cycles, size in sizes.items()})
    early, late = sizes.values()
    # The heap settles within the first half. Each session holds 200 kB of bricks at least: the second half would show them.
    assert late - early < 16 * MB, f"grew from {early / MB:.1f} to {late / MB:.1f} MB"


@pytest.mark.parametrize("model, plane", [("scribble-2d", ("k", 150)), ("tumour-3d", None)])
def test_an_open_volume_takes_little_beside_its_bricks(own_server, model, plane):
    count = 6
    voxels = np.zeros(LARGE, np.int16)
    voxels[130:170, 200:300, 220:320] = 90
    geometry = VolumeGeometry.from_direction(LARGE, (0.8, 0.8, 1.5))
    click = prompts.point((270, 250, 150))
    with own_server.connect() as client:
        with client.open_volume(voxels, geometry, model=model) as session:
            session.predict("1", click, plane)  # What is loaded once for all sessions.
        start, sessions = resident(own_server), []
        for _ in range(count):
            session = client.open_volume(voxels, geometry, model=model)
            sessions.append(session)
            for i in (270, 260, 250):
                session.predict("1", prompts.point((i, 250, 150)), plane)
        bricks = sum(_held(session) for session in sessions)
        grown = resident(own_server) - start
        for session in sessions:
            session.close()
    each = (grown - bricks) / count
    print(f"{model}: {bricks / count / MB:.1f} MB of bricks and {each / MB:.1f} MB besides for each volume")
    assert each < PER_VOLUME


def _held(session) -> int:
    """Decoded bytes of the bricks that the server holds: the reply to one more says how many."""
    return session.calls.call(
        SessionsService.put_bricks, contract.PutBricksRequest(session.id, [session.volume.brick((0, 0, 0))])).held_bytes


def test_sessions_on_the_same_volume_share_what_one_has_sent(client, ellipsoid):
    with client.open_volume(ellipsoid.voxels, ellipsoid.geometry, window=ellipsoid.window, share=True) as first:
        one = first.predict("1", prompts.point((80, 70, 12)), ("k", 12))
        with client.open_volume(ellipsoid.voxels.copy(), ellipsoid.geometry, window=ellipsoid.window, share=True) as second:
            two = second.predict("1", prompts.point((80, 70, 12)), ("k", 12))
            mask = first.mask("1").copy()
            assert one.bricks_sent > 0 and two.bricks_sent == 0
            assert np.array_equal(second.mask("1"), mask)
            first.close()
            again = second.predict("1", prompts.point((80, 70, 12)), ("k", 12))
            assert again.step == 2 and again.bricks_sent == 0
    with client.open_volume(ellipsoid.voxels + 1, ellipsoid.geometry, window=ellipsoid.window, share=True) as other:
        assert other.predict("1", prompts.point((80, 70, 12)), ("k", 12)).bricks_sent > 0


def test_a_user_who_hammers_keeps_another_waiting_for_a_step_or_two_at_most(own_server, ellipsoid):
    stop, failures, ahead, waits = threading.Event(), [], [], []
    with own_server.connect() as hammering, own_server.connect() as patient:
        hammered = hammering.open_volume(ellipsoid.voxels, ellipsoid.geometry, window=ellipsoid.window)
        hammered.send_bricks()

        def hammer(k):
            while not stop.is_set():
                try:
                    hammered.predict("1", prompts.point((80, 70, k)), ("k", k))
                except Superseded:
                    pass
                except Exception as error:
                    failures.append(error)
                    return

        def note(event):
            if event.queued is not None:
                ahead.append(event.queued.ahead)

        with patient.open_volume(ellipsoid.voxels, ellipsoid.geometry, window=ellipsoid.window) as session:
            alone = [session.predict("1", prompts.point((80, 70, 12)), ("k", 12)).timing for _ in range(10)]
            # Two on every slice: each supersedes the other.
            threads = [threading.Thread(target=hammer, args=(k,)) for k in (10, 10, 11, 11, 12, 12)]
            for thread in threads:
                thread.start()
            for _ in range(10):
                waits.append(session.predict("1", prompts.point((80, 70, 12)), ("k", 12), on_event=note).timing)
            stop.set()
            for thread in threads:
                thread.join()
    print(f"alone {_median(alone)}, beside a user who hammers {_median(waits)}; ahead at most {max(ahead, default=0)}")
    assert failures == []
    assert all(before <= 2 for before in ahead), ahead
    assert "was superseded after" in own_server.log.read_text()


def _median(timings) -> str:
    return ", ".join(f"{name} {np.median([getattr(timing, name) for timing in timings]):.1f}" for name in ("queue_ms", "model_ms", "total_ms"))
