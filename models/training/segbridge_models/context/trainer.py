"""Training of a context network: every slot plays one image of a task with its context.

An example brings its context along, and often begins without a prompt: then the context alone must
find the object, and the simulated user corrects what it made of it.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, Dict, Sequence, Tuple

import numpy as np
import torch
from torch import Tensor

from .. import onnx_graph
from ..bundle import part_path
from ..losses import prompt_loss
from ..multiverseg import CrossNetwork, Entries
from ..prompts.encode import Prompts, embed
from ..prompts.protocol import draw_user
from ..settings import Phase
from ..slot_trainer import Slot, SlotTrainer
from ..training.device import Device, choose
from .initial import initialise, transfer
from .sampler import ContextSampler
from .settings import TrainingSettings

TRAINING_FOLDER = Path(__file__).parents[2]


def _first_model(settings: TrainingSettings) -> CrossNetwork:
    model = CrossNetwork(settings.network)
    initialise(model, torch.Generator().manual_seed(settings.seed))
    if settings.initial:
        bundle = (TRAINING_FOLDER / settings.initial).resolve()
        transfer(model, onnx_graph.load_network(part_path(bundle, "unet")))
    return model


class ContextTrainer(SlotTrainer):
    """Model, optimiser, averaged weights, random state and the tasks in play."""

    def __init__(
        self,
        settings: TrainingSettings,
        sampler: ContextSampler,
        device: Device | None = None,
    ) -> None:
        super().__init__(settings, _first_model(settings), device or choose("cpu"))
        self.sampler = sampler

    def _differentiate(self, batch: Sequence[Slot]) -> Tuple[float, Tensor]:
        target = self._tensor([embed(s.example.image, s.prompts, s.logits) for s in batch])
        truth = self._tensor([s.example.target[None] for s in batch])
        context = torch.from_numpy(np.concatenate([s.example.context for s in batch]))
        entries = Entries.of([len(s.example.context) for s in batch], self.device.torch)
        with self.device.autocast():
            logits = self.model.predict(target, context.to(self.device.torch), entries)
        loss = prompt_loss(logits.float(), truth)
        self.optimiser.zero_grad()
        self.optimiser.scale(loss).backward()
        return float(loss.detach()), logits.detach()

    def _new_slot(self, phase: Phase) -> Slot:
        options = self.settings.interaction
        example = self.sampler.draw(phase.size, phase.zoom, self.rng)
        user = draw_user(options.evaluation_share, self.rng)
        prompts = Prompts(example.image.shape)
        if not example.in_context or self.rng.random() >= options.silent_start:
            user.start(example.truth, prompts, self.rng)
        low, high = options.steps
        return Slot(example, user, prompts, int(self.rng.integers(low, high + 1)))

    def _check(self, settings: Dict[str, Any]) -> None:
        sizes = dataclasses.asdict(self.settings.network)
        if settings["network"] != sizes:
            raise ValueError(
                f"the checkpoint has the network {settings['network']}, the settings {sizes}"
            )
