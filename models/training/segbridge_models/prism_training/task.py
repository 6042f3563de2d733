"""The training of PRISM networks as the run loop sees it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Sequence

import numpy as np
import torch

from ..training.device import choose
from ..training.settings import parse
from ..training.task import Machine, TaskDescription
from ..training.trainer_task import TrainerTask, describe, evenly
from ..volumes.cases import VolumeCase, read_volumes
from ..volumes.sampler import VolumeSampler
from . import settings
from .rollout import sessions
from .trainer import VolumeTrainer
from .users import EVALUATION

VALIDATION_CASES_PER_DATASET = 4
_VALIDATION = {"prism-ultra": (1, 5), "prism-point": (1,)}


def validation_cases(cases: Sequence[VolumeCase]) -> List[VolumeCase]:
    """A few cases per data set, evenly spread over its list."""
    chosen: List[VolumeCase] = []
    for dataset in dict.fromkeys(c.dataset for c in cases):
        own = [c for c in cases if c.dataset == dataset]
        chosen += evenly(own, VALIDATION_CASES_PER_DATASET)
    return chosen


class PrismTask(TrainerTask[VolumeTrainer]):
    """A ``VolumeTrainer`` with its validation."""

    def __init__(
        self, trainer: VolumeTrainer, cases: Sequence[VolumeCase], told: TaskDescription
    ) -> None:
        super().__init__(trainer, told)
        self._cases = validation_cases(cases)

    def advance(self, progress: float) -> float:
        return self.trainer.advance(progress)["loss"]

    def validate(self) -> Dict[str, Any]:
        """Mean Dice on whole volumes, of each data set on its own; the steps of ``_VALIDATION``."""
        result: Dict[str, Any] = {"n": len(self._cases), "dice": {}}
        rule = self.trainer.settings.sampler.spacing
        for dataset in dict.fromkeys(c.dataset for c in self._cases):
            own = [c for c in self._cases if c.dataset == dataset]
            for name, steps in _VALIDATION.items():
                played = sessions(
                    self.trainer.average, own, EVALUATION[name], max(steps), rule, seed=1
                )
                means = np.mean([p.dice for p in played], axis=0)
                for step in steps:
                    key = f"{dataset} {name}, step {step}"
                    result["dice"][key] = round(float(means[step - 1]), 4)
        return result


def create(table: Dict[str, Any], data: Path, machine: Machine) -> PrismTask:
    """The training of a settings table on a data folder."""
    torch.set_num_threads(machine.threads)
    options = parse(settings.VolumeSettings, table)
    wanted = options.sampler.weights
    cases = {split: read_volumes(data, split, wanted) for split in ("train", "validation")}
    device = choose(machine.device, machine.precision)
    sampler = VolumeSampler(cases["train"], options.sampler)
    trainer = VolumeTrainer(options, sampler, device)
    used: Dict[str, Dict[str, List[str]]] = {split: {} for split in cases}
    for split, chosen in cases.items():
        for case in chosen:
            used[split].setdefault(case.dataset, []).append(case.identifier)
    told = describe(settings.FAMILY, trainer, data, used)
    return PrismTask(trainer, cases["validation"], told)
