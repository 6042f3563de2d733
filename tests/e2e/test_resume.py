"""A session outlives its server: killed at any moment, taken up again by the next one, voxel for voxel the same."""
from __future__ import annotations

import os
import random
import stat
import threading
import time

import numpy as np
import pytest
from end_to_end import ServerProcess, dice

from SegBridgeLib import NotFound, prompts
from SegBridgeLib.errors import SegBridgeError
from SegBridgeLib.masks import bounding_box

# SEGBRIDGE_KILLS=100 for a long run.
KILLS = int(os.environ.get("SEGBRIDGE_KILLS", "10"))
MODELS = ("scribble-2d", "tumour-3d")


@pytest.fixture
def start(start_server, tmp_path):
    """start() starts a server on the test's own journals."""
    folder = tmp_path / "journals"
    return lambda *options: start_server("--journal-folder", str(folder), *options)


@pytest.fixture
def journals(tmp_path):
    return lambda: sorted((tmp_path / "journals").glob("*"))


class User:
    """Works on a volume like a reader would, always the same way for the same seed; knows what is still to do."""

    def __init__(self, case, model, seed):
        self.case, self.model, self.chance = case, model, random.Random(seed)
        truth = case.truth
        inside = np.argwhere(truth)
        self.acts = [("box", None)] if model == "tumour-3d" else []
        for _ in range(5):
            k, j, i = (int(x) for x in inside[self.chance.randrange(len(inside))])
            self.acts.append(("click", ((i, j, k), True)))
            if self.chance.random() < 0.4:
                self.acts.append(("click", (case.outside(k), False)))
            if self.chance.random() < 0.5:
                self.acts.append((self.chance.choice(["undo", "undo", "redo"]), None))
        self.done = 0

    def open(self, client):
        return client.open_volume(self.case.voxels, self.case.geometry, window=self.case.window, model=self.model)

    def resume(self, client, session_id):
        return client.resume_volume(session_id, self.case.voxels, self.case.geometry)

    def work(self, session):
        """Does what is still to do; an act counts as done once the server answered."""
        while self.done < len(self.acts):
            kind, what = self.acts[self.done]
            request = f"act-{self.done}"
            if kind == "undo" and self.position(session) > self.expected(self.done):
                session.undo("1")
            elif kind == "redo" and self.redo_steps(session) > 0 and self.position(session) < self.expected(self.done):
                session.redo("1")
            elif kind == "box":
                box = bounding_box(self.case.truth)
                session.predict("1", prompts.box(box.lower, box.upper), request_id=request)
            elif kind == "click":
                (i, j, k), positive = what
                session.predict(
                    "1", prompts.point((i, j, k), positive=positive), ("k", k) if self.model == "scribble-2d" else None, request_id=request)
            self.done += 1

    def expected(self, acts):
        """The history position after so many acts, undone ones taken off; for an undo that was done is not done twice."""
        position = redo = 0
        for kind, _ in self.acts[:acts + 1]:
            if kind == "undo" and position:
                position, redo = position - 1, redo + 1
            elif kind == "redo" and redo:
                position, redo = position + 1, redo - 1
            elif kind in ("box", "click"):
                position, redo = position + 1, 0
        return position

    @staticmethod
    def segment(session):
        return next((segment for segment in session.segments() if segment.id == "1"), None)

    def position(self, session):
        segment = self.segment(session)
        return segment.step if segment else 0

    def redo_steps(self, session):
        segment = self.segment(session)
        return segment.redo_steps if segment else 0


class Killer(threading.Timer):
    """Kills a server after so many seconds."""

    def __init__(self, server, seconds):
        super().__init__(seconds, self.strike)
        self.server, self.killed = server, False
        self.start()

    def strike(self):
        self.server.process.kill()
        self.server.process.wait(30)
        self.killed = True

    def struck(self):
        """Whether it has killed; if not, it never will."""
        self.cancel()
        self.join()
        return self.killed


@pytest.fixture(scope="module")
def unbroken(start_server, ellipsoid):
    """Mask and history position of a user whose server never fails."""
    known = {}

    def of(model, seed):
        if (model, seed) not in known:
            with unbroken_server().connect() as client, User(ellipsoid, model, seed).open(client) as session:
                user = User(ellipsoid, model, seed)
                user.work(session)
                known[model, seed] = session.fetch_mask("1")[1].copy(), session.mask("1").copy(), user.position(session)
        return known[model, seed][1:]

    servers = []

    def unbroken_server():
        if not servers:
            servers.append(start_server("--no-journal"))
        return servers[0]

    return of


@pytest.mark.parametrize("model", MODELS)
def test_killed_at_random_moments_every_session_ends_with_the_same_mask(start, unbroken, ellipsoid, model):
    chance = random.Random(7)
    server = start()
    kills = 0
    while kills < (KILLS + 1) // 2:
        seed = kills // 10 % 3 + 1
        user, mask, position = User(ellipsoid, model, seed), *unbroken(model, seed)
        client = server.connect()
        session = user.open(client)
        session_id = session.id
        broken = 0
        while user.done < len(user.acts):
            killer = None
            if broken < 5:
                killer = Killer(server, chance.uniform(0.01, 1.2 if model == "tumour-3d" else 0.5))
            try:
                user.work(session)
            except SegBridgeError:
                assert killer, "nobody killed the server"
                killer.join()
            if killer and killer.struck():
                kills, broken = kills + 1, broken + 1
                session.calls.closed.set()
                client.transport.close()
                server = start()
                client = server.connect()
                session = user.resume(client, session_id)
                assert session.lost == ""
        assert np.array_equal(session.mask("1"), mask), f"seed {seed} after {broken} kills"
        assert user.position(session) == position
        assert np.array_equal(session.refresh("1"), mask)
        session.close()
        client.close()


def test_prompts_of_a_step_that_was_killed_need_not_be_drawn_again(start, ellipsoid):
    server = start()
    client = server.connect()
    session = client.open_volume(ellipsoid.voxels, ellipsoid.geometry, window=ellipsoid.window, model="scribble-2d", prefetch=False)
    asked, never = threading.Event(), threading.Event()
    session.volume.brick = lambda index: never.wait(60)
    session.start("1", prompts.point((80, 70, 12)), ("k", 12), on_event=lambda event: event.needs_bricks and asked.set())
    assert asked.wait(60)
    server.kill()
    session.calls.closed.set()
    never.set()
    with start().connect() as client:
        session = client.resume_volume(session.id, ellipsoid.voxels, ellipsoid.geometry)
        assert [(waiting.segment_id, waiting.slice.index, waiting.prompts) for waiting in session.waiting] == [("1", 12, 1)]
        session.predict("1", (), ("k", 12))
        assert dice(session.mask("1")[12], ellipsoid.truth[12]) > 0.5
        session.close()


def test_a_client_that_lost_its_connection_finds_the_session_as_it_was(server, transport, ellipsoid):
    client = server.connect(transport)
    session = client.open_volume(ellipsoid.voxels, ellipsoid.geometry, window=ellipsoid.window, model="scribble-2d")
    session.predict("1", prompts.point((80, 70, 12)), ("k", 12), request_id="a")
    mask = session.mask("1").copy()
    session.calls.closed.set()
    client.transport.close()
    with server.connect(transport) as again:
        resumed = again.resume_volume(session.id, ellipsoid.voxels, ellipsoid.geometry)
        assert np.array_equal(resumed.mask("1"), mask) and resumed.uploader.bricks_sent == 0
        assert resumed.predict("1", prompts.point((80, 70, 12)), ("k", 12), request_id="a").step == 1
        resumed.close()


def test_undo_and_redo_go_on_after_a_kill(start, ellipsoid):
    server = start()
    client = server.connect()
    session = client.open_volume(ellipsoid.voxels, ellipsoid.geometry, window=ellipsoid.window, model="scribble-2d")
    masks = [session.mask("1").copy()]
    for point in ((80, 70, 12), (95, 75, 12), (80, 70, 10)):
        session.predict("1", prompts.point(point), ("k", point[2]))
        masks.append(session.mask("1").copy())
    session.undo("1")
    server.kill()
    session.calls.closed.set()
    with start().connect() as client:
        session = client.resume_volume(session.id, ellipsoid.voxels, ellipsoid.geometry)
        assert np.array_equal(session.mask("1"), masks[2])
        session.undo("1")
        assert np.array_equal(session.mask("1"), masks[1])
        session.go_to_step(3)
        assert np.array_equal(session.mask("1"), masks[3])
        session.close()


def test_a_journal_holds_no_pixels_is_private_and_goes_with_its_session(start, journals, ellipsoid):
    server = start()
    with server.connect() as client:
        session = client.open_volume(ellipsoid.voxels, ellipsoid.geometry, window=ellipsoid.window, model="scribble-2d")
        session.predict("1", prompts.point((80, 70, 12)), ("k", 12))
        time.sleep(0.5)
        (journal,) = journals()
        assert stat.S_IMODE(journal.stat().st_mode) == 0o600 and stat.S_IMODE(journal.parent.stat().st_mode) == 0o700
        assert session.id not in journal.name and journal.stat().st_size < 10_000
        session.close()
        assert journals() == []
        with pytest.raises(NotFound):
            client.resume_volume(session.id, ellipsoid.voxels, ellipsoid.geometry)


def test_without_a_home_the_journals_do_not_go_to_the_current_folder(monkeypatch, tmp_path):
    home = tmp_path / "home"
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(tmp_path)
    server = ServerProcess(tmp_path / "server.log", "--models", str(tmp_path))
    assert server.stop() == 0
    assert not (tmp_path / ".local").exists()
    assert (home / ".local" / "state" / "segbridge" / "journals").is_dir()
