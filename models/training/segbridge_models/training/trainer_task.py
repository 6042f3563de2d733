"""A trainer as a task of the run loop: what all families share."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, Dict, Generic, List, Mapping, Protocol, Sequence, TypeVar

import numpy as np
from torch import nn

from . import data_manifest
from .task import TaskDescription

T = TypeVar("T")


class Trainer(Protocol):
    """What a task needs of its trainer; see ``task.TrainingTask``."""

    model: nn.Module
    settings: Any
    examples: int

    @property
    def step(self) -> int: ...

    def advance(self, progress: float) -> Any: ...

    def state(self) -> Dict[str, Any]: ...

    def restore(self, state: Dict[str, Any]) -> None: ...


A = TypeVar("A", bound=Trainer)


class TrainerTask(ABC, Generic[A]):
    """Passes everything to the trainer except the validation, which is the family's own."""

    def __init__(self, trainer: A, told: TaskDescription) -> None:
        self.trainer = trainer
        self._told = told

    @property
    def step(self) -> int:
        return self.trainer.step

    @property
    def examples(self) -> int:
        return self.trainer.examples

    def advance(self, progress: float) -> float:
        return self.trainer.advance(progress)

    @abstractmethod
    def validate(self) -> Dict[str, Any]:
        """See ``task.TrainingTask``."""

    def state(self) -> Dict[str, Any]:
        return self.trainer.state()

    def restore(self, state: Dict[str, Any]) -> None:
        self.trainer.restore(state)

    def describe(self) -> TaskDescription:
        return self._told


def describe(
    family: str, trainer: Trainer, data: Path, used: Mapping[str, Mapping[str, Sequence[str]]]
) -> TaskDescription:
    """The description of a training; ``used`` are the case ids by split and dataset."""
    return TaskDescription(
        family=family,
        parameters=sum(p.numel() for p in trainer.model.parameters()),
        settings=dataclasses.asdict(trainer.settings),
        data=data_manifest.collect(data, used),
    )


def evenly(items: Sequence[T], count: int) -> List[T]:
    """Up to ``count`` items, evenly spread over the list, its ends included."""
    places = np.linspace(0, len(items) - 1, min(count, len(items))).round().astype(int)
    return [items[place] for place in places]
