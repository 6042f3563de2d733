"""The training of the 2D network as the run loop sees it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Sequence

import torch

from . import settings
from .data.open_datasets import Dataset, case_ids, read_all
from .data.sampler import ExampleSampler
from .prompts.protocol import EVALUATION_PROTOCOLS
from .rollout import Pair, evaluation_pairs, play
from .trainer import Trainer
from .training.device import choose
from .training.settings import parse
from .training.task import Machine, TaskDescription
from .training.trainer_task import TrainerTask, describe, evenly

PROTOCOLS = ("centerline-scribble", "centre-click")
VALIDATION_PAIRS_PER_DATASET = 6
VALIDATION_STEPS = 5
MINIMUM_PIXELS = 10


def validation_pairs(datasets: Sequence[Dataset], size: int) -> List[Pair]:
    """A few pairs per dataset, evenly spread over its list."""
    chosen: List[Pair] = []
    for dataset in datasets:
        pairs = list(evaluation_pairs([dataset], size, MINIMUM_PIXELS))
        chosen += evenly(pairs, VALIDATION_PAIRS_PER_DATASET)
    return chosen


class ScribbleTask(TrainerTask[Trainer]):
    """A ``Trainer`` with its validation."""

    def __init__(self, trainer: Trainer, pairs: Sequence[Pair], told: TaskDescription) -> None:
        super().__init__(trainer, told)
        self._pairs = pairs

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


def create(table: Dict[str, Any], data: Path, machine: Machine) -> ScribbleTask:
    """The training of a settings table on a data folder."""
    # Workers share a batch; within an operator, more threads would only wait for each other.
    torch.set_num_threads(1)
    options = parse(settings.Settings, table)
    torch.manual_seed(options.seed)
    splits = {split: read_all(data, split) for split in ("train", "validation")}
    sampler = ExampleSampler(splits["train"], options.sampler)
    device = choose(machine.device, machine.precision)
    trainer = Trainer(options, sampler, machine.threads, device)
    told = describe(settings.FAMILY, trainer, data, case_ids(splits))
    pairs = validation_pairs(splits["validation"], options.phases[-1].size)
    return ScribbleTask(trainer, pairs, told)
