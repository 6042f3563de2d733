"""What the run loop asks of the training of one family."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Mapping, Protocol

from .data_manifest import DataManifest


@dataclass(frozen=True)
class Machine:
    """Where to compute: ``device`` and ``precision`` as the command line names them (``auto``
    included, see ``device.choose``), and the number of CPU threads."""

    device: str = "auto"
    precision: str = "auto"
    threads: int = 1


@dataclass(frozen=True)
class TaskDescription:
    """What is being trained: goes into the log, into every checkpoint and onto the curves."""

    family: str
    parameters: int
    settings: Mapping[str, Any]
    data: DataManifest


class TrainingTask(Protocol):
    """Model, optimiser, random state and examples in play of one training.

    The run loop keeps the time, decides when to save, to validate and to stop, and writes every
    file; a task only computes.
    """

    @property
    def step(self) -> int:
        """Optimiser steps done."""

    @property
    def examples(self) -> int:
        """Examples drawn."""

    def advance(self, progress: float) -> float:
        """One optimiser step at a share of the budget in [0, 1]; returns its loss."""

    def validate(self) -> Dict[str, Any]:
        """Scores for the log.  The entry ``dice``, a map from series name to Dice in [0, 1], is
        drawn as curves; anything else that JSON can hold is only logged."""

    def state(self) -> Dict[str, Any]:
        """All that is needed to go on exactly from here, the position of ``torch``'s global
        random generators excepted.  The keys ``run`` and ``seconds`` belong to the run loop."""

    def restore(self, state: Dict[str, Any]) -> None:
        """Take over a saved state.  Raises ValueError, saying what differs, when the state is of
        another kind of network."""

    def describe(self) -> TaskDescription:
        """What this is a training of."""


class TaskFactory(Protocol):
    """``create`` of a family's module: the settings are the parsed TOML without ``family``."""

    def __call__(self, table: Dict[str, Any], data: Path, machine: Machine) -> TrainingTask: ...
