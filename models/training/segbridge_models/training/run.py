"""The run loop of every training: time budget, checkpoints, validation, log and curves."""

from __future__ import annotations

import math
import signal
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Callable, Dict, List, TextIO

import torch

from .. import checkpoint
from . import curves
from .data_manifest import DataManifest, difference
from .progress import Progress, duration
from .run_log import RunLog
from .task import TrainingTask

CHECKPOINT = "checkpoint.pt"


@dataclass(frozen=True)
class RunSettings:
    """Folder, budget and rhythm of a run; all times are minutes of training.

    With ``max_file_mb`` no file of the run folder grows beyond that many MB (10^6 bytes).
    """

    folder: Path
    minutes: float
    checkpoint_minutes: float = 3.0
    validate_minutes: float = 8.0
    log_minutes: float = 0.5
    max_file_mb: float | None = None


class TrainingRun:
    """Takes a task to the end of its budget, from the last checkpoint of the folder if any."""

    def __init__(
        self,
        task: TrainingTask,
        settings: RunSettings,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.task = task
        self._clock = clock
        self.settings = settings
        self.seconds = 0.0
        self._validated = 0.0
        self._data: List[Dict[str, Any]] = []
        self._losses: List[float] = []
        self._dice = ""
        self._signal = 0
        settings.folder.mkdir(parents=True, exist_ok=True)
        self._log = RunLog(settings.folder)
        self._progress = Progress(stream or sys.stderr, settings.minutes * 60)
        self._description = task.describe()

    @property
    def finished(self) -> bool:
        return self.seconds >= self.settings.minutes * 60

    def go(self) -> int:
        """Train until the budget is spent; 0, or 128 + the number of the signal that ended it.

        SIGINT and SIGTERM save a checkpoint first.  After ``kill -9`` the next run goes on from
        the last checkpoint.
        """
        self._start()
        if self.finished:
            self._progress.say(
                f"this run has had its {self.settings.minutes:g} minutes; more --minutes go on"
            )
            return 0
        previous = {s: signal.signal(s, self._stop) for s in (signal.SIGINT, signal.SIGTERM)}
        try:
            return self._loop()
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _stop(self, number: int, _: FrameType | None) -> None:
        self._signal = number
        signal.signal(number, signal.SIG_DFL)  # the second one does not wait for the step

    def _start(self) -> None:
        told = self._description
        count = told.data.counts()
        facts = {"family": told.family, "parameters": told.parameters, "cases": count}
        if checkpoint.exists(self._checkpoint):
            self._resume(facts)
        else:
            self._log.write("started", step=0, minutes=0.0, **facts, settings=dict(told.settings))
            self._data = [{"from_step": 0, "files": told.data.as_list()}]
        cases = " and ".join(f"{n} {split}" for split, n in count.items())
        self._progress.say(f"{told.family}, {told.parameters:,} parameters, {cases} cases")

    def _resume(self, facts: Dict[str, Any]) -> None:
        state = checkpoint.load(self._checkpoint)
        self.task.restore(state)
        self.seconds = float(state["seconds"])
        run = state.get("run", {})
        self._validated = run.get("validated", self.seconds)
        self._data = run.get("data", [])
        if "torch_rng" in run:
            torch.set_rng_state(run["torch_rng"])
            if torch.cuda.is_available() and len(run["cuda_rng"]) == torch.cuda.device_count():
                torch.cuda.set_rng_state_all(run["cuda_rng"])
        self._log.write("resumed", **self._place(), **facts)
        now = self._description.data
        last = DataManifest.from_list(self._data[-1]["files"]) if self._data else DataManifest(())
        if now != last:
            self._log.write("data-changed", **self._place(), **difference(last, now))
            self._data.append({"from_step": self.task.step, "files": now.as_list()})
        self._progress.say(
            f"goes on from step {self.task.step} after {duration(self.seconds)} of training"
        )

    def _loop(self) -> int:
        budget = self.settings.minutes * 60
        saved = logged = self.seconds
        while not self.finished and not self._signal:
            started = self._clock()
            self._losses.append(self.task.advance(self.seconds / budget))
            self.seconds += self._clock() - started
            self._progress.update(self.seconds, self._summary())
            if self.seconds - logged >= self.settings.log_minutes * 60:
                self._log_loss()
                logged = self.seconds
            started = self._clock()
            if self.seconds - saved >= self.settings.checkpoint_minutes * 60:
                self._save()
                saved = self.seconds
                if self.seconds - self._validated >= self.settings.validate_minutes * 60:
                    self._validated = self.seconds
                    self._validate("validation")
                curves.write(self.settings.folder)
                self.seconds += self._clock() - started
        self._log_loss()
        self._save()
        if self._signal:
            self._log.write("stopped", **self._place(), signal=self._signal)
        else:
            self._validate("finished")
        curves.write(self.settings.folder)
        return 128 + self._signal if self._signal else 0

    @property
    def _checkpoint(self) -> Path:
        return self.settings.folder / CHECKPOINT

    def _place(self) -> Dict[str, Any]:
        minutes = round(self.seconds / 60, 4)
        return {"step": self.task.step, "minutes": minutes, "examples": self.task.examples}

    def _summary(self) -> str:
        recent = [v for v in self._losses[-50:] if math.isfinite(v)]
        loss = f"loss {sum(recent) / len(recent):.4f}" if recent else ""
        return f"step {self.task.step}  {loss}  {self._dice}".rstrip()

    def _log_loss(self) -> None:
        finite = [v for v in self._losses if math.isfinite(v)]
        skipped = len(self._losses) - len(finite)
        if finite:
            loss = round(sum(finite) / len(finite), 5)
            self._log.write("loss", **self._place(), loss=loss, skipped=skipped)
        elif skipped:
            self._log.write("loss", **self._place(), loss=None, skipped=skipped)
        self._losses = []

    def _validate(self, event: str) -> None:
        self._progress.update(self.seconds, f"step {self.task.step}  validating")
        scores = self.task.validate()
        self._log.write(event, **self._place(), **scores)
        dice = ", ".join(f"{name} {value:.3f}" for name, value in scores.get("dice", {}).items())
        self._progress.say(f"{self.seconds / 60:.1f} min, step {self.task.step}: Dice {dice}")
        self._dice = f"Dice {max(scores['dice'].values()):.3f}" if scores.get("dice") else ""

    def _save(self) -> None:
        cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
        told = asdict(self._description)
        del told["data"]
        run = {
            "description": told,
            "data": self._data,
            "validated": self._validated,
            "torch_rng": torch.get_rng_state(),
            "cuda_rng": cuda,
        }
        state = {**self.task.state(), "seconds": self.seconds, "run": run}
        limit = self.settings.max_file_mb
        checkpoint.save(self._checkpoint, state, None if limit is None else int(limit * 1e6))
        self._log.write("checkpoint", **self._place())
