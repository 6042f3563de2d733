"""The training of a context network as the run loop sees it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Sequence

import numpy as np
import torch

from ..data.open_datasets import case_ids, read_all
from ..prompts.protocol import EVALUATION_PROTOCOLS
from ..training.device import choose
from ..training.settings import parse
from ..training.task import Machine, TaskDescription
from ..training.trainer_task import TrainerTask, describe
from .sampler import ContextSampler, empty_context
from .series import Series, read_series
from .settings import TrainingSettings
from .trainer import ContextTrainer
from .users import Work, in_context, stream_of, work_until

FAMILY = "multiverseg"
PROTOCOLS = ("centerline-scribble", "centre-click")
SIZES = (0, 1, 5)
STEPS = (0, 1, 3)
TARGETS_PER_TASK = 1
NEVER = 2.0  # a Dice that no prediction reaches: nobody stops early


class ContextTask(TrainerTask[ContextTrainer]):
    """A ``ContextTrainer`` with its validation."""

    def __init__(
        self, trainer: ContextTrainer, series: Sequence[Series], told: TaskDescription
    ) -> None:
        super().__init__(trainer, told)
        self._series = series

    def validate(self) -> Dict[str, Any]:
        """Dice by context size: from the context alone, after one and after three interactions."""
        result: Dict[str, Any] = {"n": TARGETS_PER_TASK * len(self._series), "dice": {}}
        if not self._series:
            return result
        model = self.trainer.average.cpu()
        for name in PROTOCOLS:
            for size in SIZES:
                scores = play(model, self._series, size, name)
                result[f"{name}, {size} examples"] = [round(float(s), 4) for s in scores]
                result["dice"][f"{name} 1, {size} examples"] = round(float(scores[1]), 4)
        self.trainer.average.to(self.trainer.device.torch)
        return result


def play(model: torch.nn.Module, series: Sequence[Series], size: int, protocol: str) -> np.ndarray:
    """Mean Dice after each of ``STEPS`` interactions with ``size`` true masks as the context.

    Without any, there is no prediction before the first interaction: 0.
    """
    works: List[Work] = []
    for one in series:
        for pair in one.pairs[:TARGETS_PER_TASK]:
            others = one.pairs[TARGETS_PER_TASK : TARGETS_PER_TASK + size]
            entries = [np.stack([p.image, p.truth.astype(np.float32)]) for p in others]
            context = np.stack(entries) if entries else empty_context(pair.image.shape[0])
            works.append(Work(pair, context, stream_of(pair, 1)))
    user = EVALUATION_PROTOCOLS[protocol]
    work_until(in_context(model), works, user, max(STEPS), NEVER, silent_start=size > 0)
    return np.array([np.mean([w.score_at(s) or 0.0 for w in works]) for s in STEPS])


def create(table: Dict[str, Any], data: Path, machine: Machine) -> ContextTask:
    """The training of a settings table on a data folder."""
    torch.set_num_threads(machine.threads)
    options = parse(TrainingSettings, table)
    torch.manual_seed(options.seed)
    splits = {split: read_all(data, split) for split in ("train", "validation")}
    device = choose(machine.device, machine.precision)
    trainer = ContextTrainer(options, ContextSampler(splits["train"], options.context), device)
    told = describe(FAMILY, trainer, data, case_ids(splits))
    images = TARGETS_PER_TASK + max(SIZES)
    size = options.phases[-1].size
    series = read_series(splits["validation"], size, images, minimum=images - 1)
    return ContextTask(trainer, series, told)
