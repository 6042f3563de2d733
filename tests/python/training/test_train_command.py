"""The training command as a user starts, kills and starts it again."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, List

import pytest
from PIL import Image

from segbridge_models import checkpoint, train
from segbridge_models.training import run_log

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 240.0
CONFIG = """
family = "scribbleprompt-unet"
seed = 3
widths = [2, 2, 2, 2, 2]
phases = [{until = 1.0, size = 32, batch = 2, zoom = [0.5, 0.9]}]
optimisation = {learning_rate=1e-3, weight_decay=0, warmup_steps=5, gradient_clip=1, ema_decay=0.9}
interaction = {steps = [1, 2], evaluation_share = 0.5}
[sampler]
synthetic_image = 0.5
"""
RHYTHM = ["--checkpoint-minutes", "0.01", "--validate-minutes", "0.04", "--log-minutes", "0.005"]


@pytest.fixture
def start(small_data, tmp_path) -> Callable[..., "subprocess.Popen[str]"]:
    """Starts ``./segbridge train``; what still runs at the end of the test is killed."""
    if shutil.which("node") is None:
        pytest.skip("the launcher needs Node.js")
    config = tmp_path / "tiny.toml"
    config.write_text(CONFIG)
    started: List["subprocess.Popen[str]"] = []

    def begin(minutes: float, *options: str) -> "subprocess.Popen[str]":
        command = [str(ROOT / "segbridge"), "train", "--config", str(config)]
        command += ["--data", str(small_data), "--run", str(tmp_path / "run"), "--threads", "1"]
        command += ["--device", "cpu", "--minutes", str(minutes), *RHYTHM, *options]
        environment = {**os.environ, "SEGBRIDGE_PYTHON": sys.executable}
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environment)
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _events(run: Path, name: str) -> List[dict]:
    log = run / run_log.FILE
    return [e for e in run_log.read(log) if e["event"] == name] if log.exists() else []


def _wait_for_checkpoints(process: "subprocess.Popen[str]", run: Path, count: int) -> None:
    end = time.monotonic() + PATIENCE
    while len(_events(run, "checkpoint")) < count:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "no checkpoint was written"
        time.sleep(0.05)


def test_a_run_killed_without_warning_goes_on_and_finishes(start, small_data, tmp_path, capsys):
    run = tmp_path / "run"
    first = start(60.0)
    _wait_for_checkpoints(first, run, 3)
    first.send_signal(signal.SIGKILL)
    assert first.wait(PATIENCE) == -signal.SIGKILL
    saved = checkpoint.load(run / "checkpoint.pt")
    assert saved["step"] > 0 and not _events(run, "finished")

    minutes = saved["seconds"] / 60 + 0.03
    second = start(minutes)
    out, err = second.communicate(timeout=PATIENCE)
    assert second.returncode == 0, err
    assert out.strip().endswith(str(run))
    assert f"goes on from step {saved['step']}" in err

    resumed = _events(run, "resumed")
    assert [e["step"] for e in resumed] == [saved["step"]]
    finished = _events(run, "finished")
    assert len(finished) == 1 and finished[0]["step"] > saved["step"]
    assert set(finished[0]["dice"]) >= {"centerline-scribble, step 1", "centre-click, step 5"}
    events = run_log.read(run / run_log.FILE)
    assert events[0]["event"] == "started"
    times = [e["minutes"] for e in events]
    assert times == sorted(times) and times[-1] >= minutes - 1e-3

    last = checkpoint.load(run / "checkpoint.pt")
    assert last["step"] == finished[0]["step"]
    assert last["run"]["description"]["settings"]["seed"] == 3
    files = last["run"]["data"][0]["files"]
    expected = {
        f"{meta.parent.name}/{case['image']}": case["split"]
        for meta in small_data.glob("*/dataset.json")
        for case in json.loads(meta.read_text())["cases"]
    }
    assert {f["image"]: f["split"] for f in files} == expected
    for file in files:
        for part in ("image", "label"):
            content = (small_data / file[part]).read_bytes()
            assert hashlib.sha256(content).hexdigest() == file[part + "_sha256"]

    with Image.open(run / "curves.png") as image:
        image.load()
        assert image.format == "PNG" and min(image.size) > 400
        assert len(image.convert("RGB").getcolors(1 << 24)) > 50

    again = ["--config", str(tmp_path / "tiny.toml"), "--data", str(small_data)]
    assert train.main([*again, "--run", str(run), "--minutes", str(minutes)]) == 0
    assert "more --minutes go on" in capsys.readouterr().err
    assert len(_events(run, "finished")) == 1


def test_a_run_holds_its_folder_alone_and_saves_before_it_stops(start, tmp_path, capsys):
    run = tmp_path / "run"
    process = start(60.0, "--max-file-mb", "0.02")
    _wait_for_checkpoints(process, run, 1)
    again = ["--config", str(tmp_path / "tiny.toml"), "--data", str(tmp_path), "--run", str(run)]
    assert train.main(again) == 2
    assert "another training is writing to" in capsys.readouterr().err
    process.terminate()
    assert process.wait(PATIENCE) == 128 + signal.SIGTERM
    stopped = _events(run, "stopped")
    assert len(stopped) == 1
    assert checkpoint.load(run / "checkpoint.pt")["step"] == stopped[0]["step"]
    parts = list(run.glob("checkpoint.pt.*.part*"))
    assert len(parts) > 1 and max(p.stat().st_size for p in parts) <= 20_000


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('family = "scribbleprompt-unet"', ""), "the key 'family' is missing; use one of"),
        (("scribbleprompt-unet", "unet"), "the key 'family' is 'unet'; use one of"),
        (("seed = 3", "seed = "), "tiny.toml"),
        (("steps = [1, 2]", "stops = [1, 2]"), "unknown key 'stops'"),
    ],
)
def test_wrong_settings_end_the_command_with_what_is_wrong(
    small_data, tmp_path, capsys, change, message
):
    config = tmp_path / "tiny.toml"
    config.write_text(CONFIG.replace(*change))
    command = ["--config", str(config), "--data", str(small_data)]
    assert train.main([*command, "--run", str(tmp_path / "run")]) == 2
    assert message in capsys.readouterr().err


def test_a_data_folder_without_datasets_is_named(tmp_path, capsys):
    config = tmp_path / "tiny.toml"
    config.write_text(CONFIG)
    (tmp_path / "nothing").mkdir()
    command = ["--config", str(config), "--data", str(tmp_path / "nothing")]
    assert train.main([*command, "--run", str(tmp_path / "run")]) == 2
    assert "holds no dataset folders" in capsys.readouterr().err
