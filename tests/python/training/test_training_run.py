"""The run loop with a task that only counts: rhythm, log, data changes, progress and curves."""

from __future__ import annotations

import io
import json
import math
from dataclasses import replace
from typing import Any, Dict

import pytest
import torch

from segbridge_models import checkpoint
from segbridge_models.training import chart, curves, run_log
from segbridge_models.training.data_manifest import DataFile, DataManifest
from segbridge_models.training.device import DeviceError, choose
from segbridge_models.training.progress import Progress, bar, duration
from segbridge_models.training.run import RunSettings, TrainingRun
from segbridge_models.training.task import TaskDescription

FILE = DataFile("set", "a", "s", "train", "set/a.png", "00", "set/la.png", "11")


class Counting:
    """Its weight is a random walk on PyTorch's generator; every fifth loss is not finite."""

    def __init__(self, data: DataManifest = DataManifest((FILE,))) -> None:
        self.step = self.examples = 0
        self.walk = self.now = 0.0
        self.data = data

    def advance(self, progress: float) -> float:
        assert 0.0 <= progress < 1.0
        self.now += 0.01
        self.step += 1
        self.examples += 2
        self.walk += float(torch.randn(()))
        return float("nan") if self.step % 5 == 0 else 1.0 / self.step

    def clock(self) -> float:
        return self.now

    def validate(self) -> Dict[str, Any]:
        self.now += 0.01
        return {"n": 1, "dice": {"one": min(0.9, self.step / 1000)}}

    def state(self) -> Dict[str, Any]:
        return {"step": self.step, "examples": self.examples, "walk": self.walk}

    def restore(self, state: Dict[str, Any]) -> None:
        self.step, self.examples, self.walk = state["step"], state["examples"], state["walk"]

    def describe(self) -> TaskDescription:
        return TaskDescription("counting", 1, {"seed": 0}, self.data)


def _settings(folder, seconds: float) -> RunSettings:
    return RunSettings(folder, seconds / 60, 0.05 / 60, 0.2 / 60, 0.02 / 60)


def _run(folder, seconds, task=None) -> TrainingRun:
    task = task or Counting()
    run = TrainingRun(task, _settings(folder, seconds), io.StringIO(), task.clock)
    assert run.go() == 0
    return run


def test_a_run_saves_validates_and_logs_in_its_rhythm(tmp_path):
    run = _run(tmp_path, 0.6)
    events = run_log.read(tmp_path / run_log.FILE)
    kinds = [e["event"] for e in events]
    assert kinds[0] == "started" and kinds[-1] == "finished"
    assert kinds.count("validation") == 2 and 8 <= kinds.count("checkpoint") <= 12
    assert kinds.count("checkpoint") < kinds.count("loss") <= 31
    assert all(b == "checkpoint" for a, b in zip(kinds[1:], kinds) if a == "validation")
    assert run.task.step == pytest.approx(58, abs=2)
    losses = [e for e in events if e["event"] == "loss"]
    assert sum(e["skipped"] for e in losses) == run.task.step // 5
    assert all(e["loss"] is None or 0 < e["loss"] <= 1 for e in losses)
    assert checkpoint.load(tmp_path / "checkpoint.pt")["step"] == run.task.step
    assert (tmp_path / "curves.png").stat().st_size > 1000


def test_random_numbers_go_on_where_they_were(tmp_path):
    torch.manual_seed(5)
    _run(tmp_path, 0.1)
    saved = checkpoint.load(tmp_path / "checkpoint.pt")
    expected = Counting()
    torch.set_rng_state(saved["run"]["torch_rng"])
    expected.restore(saved)
    torch.manual_seed(99)
    again = _run(tmp_path, 0.2)
    assert again.task.step > saved["step"]
    state = checkpoint.load(tmp_path / "checkpoint.pt")
    torch.set_rng_state(saved["run"]["torch_rng"])
    while expected.step < state["step"]:
        expected.advance(0.0)
    assert expected.walk == state["walk"]


def test_a_checkpoint_without_the_loops_own_entry_is_gone_on_from(tmp_path):
    checkpoint.save(
        tmp_path / "checkpoint.pt", {"step": 7, "examples": 14, "walk": 0.0, "seconds": 0.05}
    )
    run = _run(tmp_path, 0.1)
    assert run.task.step > 7
    events = run_log.read(tmp_path / run_log.FILE)
    assert events[0]["event"] == "resumed" and events[0]["step"] == 7
    data = checkpoint.load(tmp_path / "checkpoint.pt")["run"]["data"]
    assert data == [{"from_step": 7, "files": DataManifest((FILE,)).as_list()}]


def test_data_that_changed_between_runs_is_logged_and_both_are_kept(tmp_path):
    first = _run(tmp_path, 0.1)
    other = DataManifest((replace(FILE, image_sha256="99"), replace(FILE, case="b")))
    _run(tmp_path, 0.2, Counting(other))
    events = run_log.read(tmp_path / run_log.FILE)
    changed = [e for e in events if e["event"] == "data-changed"]
    assert [(e["added"], e["removed"], e["changed"]) for e in changed] == [(1, 0, 1)]
    data = checkpoint.load(tmp_path / "checkpoint.pt")["run"]["data"]
    assert [d["from_step"] for d in data] == [0, first.task.step]
    assert DataManifest.from_list(data[1]["files"]) == other


def test_what_a_killed_run_logged_after_its_checkpoint_does_not_count(tmp_path):
    log = run_log.RunLog(tmp_path)
    log.write("loss", minutes=1.0, loss=0.5)
    log.write("loss", minutes=3.0, loss=float("nan"))
    with log.path.open("a") as stream:
        stream.write('{"event": "lo')
    log.write("resumed", minutes=2.0, step=5)
    log.write("loss", minutes=2.5, loss=0.4)
    events = run_log.read(log.path)
    assert [(e["event"], e["minutes"]) for e in events] == [
        ("loss", 1.0), ("resumed", 2.0), ("loss", 2.5)
    ]
    assert json.loads(log.path.read_text().splitlines()[1])["loss"] is None
    assert curves.series(events)[0] == [(1.0, 0.5), (2.5, 0.4)]


def test_progress_is_plain_lines_without_a_terminal_and_one_line_on_one():
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    plain, terminal = io.StringIO(), Terminal()
    for stream in (plain, terminal):
        progress = Progress(stream, 200.0)
        progress.update(50.0, "step 3")
        progress.update(51.0, "too soon")
        progress.say("saved")
    text = plain.getvalue()
    assert text == f"[{bar(0.25)}]  25.0 %  2 min 30 s left  step 3\nsaved\n"
    assert terminal.getvalue().startswith("\r[") and "too soon" not in terminal.getvalue()
    assert bar(0.25, 8) == "##......" and duration(3725) == "1 h 02 min"


@pytest.mark.parametrize(
    ("low", "high"), [(0.0, 1.0), (0.0, 118.0), (0.31, 0.34), (-3.0, 1e4), (0.0, 0.002)]
)
def test_ticks_are_few_round_and_inside(low, high):
    values = chart.ticks(low, high, 7)
    assert 2 <= len(values) <= 7
    assert low - 1e-9 <= values[0] and values[-1] <= high + 1e-9
    gap = values[1] - values[0]
    assert round(gap / 10 ** math.floor(math.log10(gap) + 1e-9), 6) in (1, 2, 5)


def test_curves_are_drawn_where_they_belong(tmp_path):
    panel = chart.Panel("p", [chart.Curve("low", [(0.0, 0.0), (10.0, 0.0)])], (0.0, 1.0))
    image = chart.draw("t", [panel], "minutes")
    blue = [
        (x, y)
        for y in range(chart._TOP, image.height)
        for x in range(0, image.width, 50)
        if image.getpixel((x, y))[2] > 150 and image.getpixel((x, y))[0] < 60
    ]
    assert blue and all(abs(y - chart._TOP - chart._PANEL) <= 2 for _, y in blue)


@pytest.mark.skipif(torch.cuda.is_available(), reason="about machines without a GPU")
def test_what_a_machine_without_a_gpu_cannot_do_is_said():
    assert choose().torch.type == "cpu" and choose().precision == "float32"
    with pytest.raises(DeviceError, match="no CUDA device"):
        choose("cuda")
    with pytest.raises(DeviceError, match="float16 needs a CUDA device"):
        choose("cpu", "float16")
