"""The training of the 2D network as the run loop sees it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, Dict, List, Sequence

import numpy as np
import torch

from . import settings
from .data.open_datasets import Dataset, read_all
from .data.sampler import ExampleSampler
from .prompts.protocol import EVALUATION_PROTOCOLS
from .rollout import Pair, evaluation_pairs, play
from .trainer import Trainer
from .training import data_manifest
from .training.device import choose
from .training.task import Machine, TaskDescription

PROTOCOLS = ("centerline-scribble", "centre-click")
VALIDATION_PAIRS_PER_DATASET = 6
VALIDATION_STEPS = 5
MINIMUM_PIXELS = 10


def validation_pairs(datasets: Sequence[Dataset], size: int) -> List[Pair]:
    """A few pairs per dataset, evenly spread over its list."""
    chosen: List[Pair] = []
    for dataset in datasets:
        pairs = list(evaluation_pairs([dataset], size, MINIMUM_PIXELS))
        count = min(VALIDATION_PAIRS_PER_DATASET, len(pairs))
        chosen += [pairs[i] for i in np.linspace(0, len(pairs) - 1, count).round().astype(int)]
    return chosen


class ScribbleTask:
    """A ``Trainer`` with its validation."""

    def __init__(self, trainer: Trainer, pairs: Sequence[Pair], told: TaskDescription) -> None:
        self.trainer = trainer
        self._pairs = pairs
        self._told = told

    @property
    def step(self) -> int:
        return self.trainer.step

    @property
    def examples(self) -> int:
        return self.trainer.examples

    def advance(self, progress: float) -> float:
        return self.trainer.advance(progress)

    def validate(self) -> Dict[str, Any]:
        """Dice after every step of two simulated users; first and last step go to the curves."""
        result: Dict[str, Any] = {"n": len(self._pairs), "dice": {}}
        if not self._pairs:
            return result
        for name in PROTOCOLS:
            protocol = EVALUATION_PROTOCOLS[name]
            scores = play(self.trainer.average, self._pairs, protocol, VALIDATION_STEPS, seed=1)
            result[name] = [round(float(s), 4) for s in scores.mean(axis=0)]
            for step in (1, VALIDATION_STEPS):
                result["dice"][f"{name}, step {step}"] = result[name][step - 1]
        return result

    def state(self) -> Dict[str, Any]:
        return self.trainer.state()

    def restore(self, state: Dict[str, Any]) -> None:
        self.trainer.restore(state)

    def describe(self) -> TaskDescription:
        return self._told


def create(table: Dict[str, Any], data: Path, machine: Machine) -> ScribbleTask:
    """The training of a settings table on a data folder."""
    # Workers share a batch; within an operator, more threads would only wait for each other.
    torch.set_num_threads(1)
    options = settings.parse(table)
    torch.manual_seed(options.seed)
    splits = {split: read_all(data, split) for split in ("train", "validation")}
    sampler = ExampleSampler(splits["train"], options.sampler)
    device = choose(machine.device, machine.precision)
    trainer = Trainer(options, sampler, machine.threads, device)
    used = {
        split: {d.name: [c.identifier for c in d.cases] for d in datasets}
        for split, datasets in splits.items()
    }
    told = TaskDescription(
        family=settings.FAMILY,
        parameters=sum(p.numel() for p in trainer.model.parameters()),
        settings=dataclasses.asdict(options),
        data=data_manifest.collect(data, used),
    )
    pairs = validation_pairs(splits["validation"], options.phases[-1].size)
    return ScribbleTask(trainer, pairs, told)
