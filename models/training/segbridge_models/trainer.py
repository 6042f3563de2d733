"""Training of the ScribblePrompt-UNet: every slot plays one image."""

from __future__ import annotations

from typing import Any, Dict, Sequence, Tuple

import torch
from torch import Tensor

from .data.sampler import ExampleSampler
from .parallel import ParallelGradients
from .prompts.encode import Prompts, embed
from .prompts.protocol import draw_user
from .scribbleprompt_unet import ScribblePromptUNet, initialise
from .settings import Phase, Settings
from .slot_trainer import Slot, SlotTrainer
from .training.device import Device, choose


class Trainer(SlotTrainer):
    """Model, optimiser, averaged weights, random state and the examples in play."""

    def __init__(
        self,
        settings: Settings,
        sampler: ExampleSampler,
        workers: int = 1,
        device: Device | None = None,
    ) -> None:
        model = ScribblePromptUNet(settings.widths)
        initialise(model, torch.Generator().manual_seed(settings.seed))
        super().__init__(settings, model, device or choose("cpu"))
        self.sampler = sampler
        self._gradients = ParallelGradients(self.model, workers, self.device, self.optimiser.scale)

    def _differentiate(self, batch: Sequence[Slot]) -> Tuple[float, Tensor]:
        inputs = self._tensor([embed(s.example.image, s.prompts, s.logits) for s in batch])
        targets = self._tensor([s.example.target[None] for s in batch])
        return self._gradients(inputs, targets)

    def _new_slot(self, phase: Phase) -> Slot:
        example = self.sampler.draw(phase.size, self.rng, phase.zoom)
        user = draw_user(self.settings.interaction.evaluation_share, self.rng)
        prompts = Prompts(example.image.shape)
        user.start(example.truth, prompts, self.rng)
        low, high = self.settings.interaction.steps
        return Slot(example, user, prompts, int(self.rng.integers(low, high + 1)))

    def _check(self, settings: Dict[str, Any]) -> None:
        if tuple(settings["widths"]) != self.settings.widths:
            raise ValueError(
                f"the checkpoint has widths {tuple(settings['widths'])}, "
                f"the settings {self.settings.widths}"
            )
