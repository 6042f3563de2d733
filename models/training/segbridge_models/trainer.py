"""The training loop as a resumable object: one optimiser step per interaction step.

A fixed number of slots each play one example with its own simulated user.  An example stays in
its slot for a few interaction steps, fed with the logits of the previous one, and is replaced
then, so that every batch mixes first prompts and corrections.
"""

from __future__ import annotations

import copy
import dataclasses
import math
from dataclasses import dataclass
from typing import Any, Dict, List, Optional

import numpy as np
import torch

from .data.sampler import Example, ExampleSampler
from .parallel import ParallelGradients
from .prompts.encode import Prompts, embed
from .prompts.protocol import PromptProtocol, draw_user
from .scribbleprompt_unet import ScribblePromptUNet, initialise
from .settings import Phase, Settings
from .training.device import Device, choose


@dataclass
class Slot:
    """One example in play."""

    example: Example
    user: PromptProtocol
    prompts: Prompts
    steps: int
    done: int = 0
    logits: Optional[np.ndarray] = None


class Trainer:
    """Model, optimiser, averaged weights, random state and the examples in play."""

    def __init__(
        self,
        settings: Settings,
        sampler: ExampleSampler,
        workers: int = 1,
        device: Device | None = None,
    ) -> None:
        self.settings = settings
        self.sampler = sampler
        self.device = device or choose("cpu")
        self.rng = np.random.default_rng(settings.seed)
        self.model = ScribblePromptUNet(settings.widths)
        initialise(self.model, torch.Generator().manual_seed(settings.seed))
        self.model.to(self.device.torch)
        self.average = copy.deepcopy(self.model).requires_grad_(False)
        self.optimiser = torch.optim.AdamW(
            self.model.parameters(),
            lr=settings.optimisation.learning_rate,
            weight_decay=settings.optimisation.weight_decay,
        )
        self._gradients = ParallelGradients(self.model, workers, self.device)
        self.step = 0
        self.examples = 0
        self._slots: List[Slot] = []

    def phase(self, progress: float) -> Phase:
        """The phase at a share of the budget."""
        return next(
            (p for p in self.settings.phases if progress < p.until), self.settings.phases[-1]
        )

    def learning_rate(self, progress: float) -> float:
        """Linear warm-up by steps, cosine to zero by progress in [0, 1]."""
        options = self.settings.optimisation
        warm = min(1.0, (self.step + 1) / max(options.warmup_steps, 1))
        cosine = 0.5 * (1.0 + math.cos(math.pi * min(max(progress, 0.0), 1.0)))
        return options.learning_rate * warm * cosine

    def advance(self, progress: float) -> float:
        """One optimiser step at a share of the budget; returns the loss."""
        batch = self._prompted_batch(self.phase(progress))
        inputs = torch.from_numpy(
            np.stack([embed(s.example.image, s.prompts, s.logits) for s in batch])
        ).to(self.device.torch)
        targets = torch.from_numpy(np.stack([s.example.target for s in batch]))[:, None]
        targets = targets.to(self.device.torch)
        for group in self.optimiser.param_groups:
            group["lr"] = self.learning_rate(progress)
        value, logits = self._gradients(inputs, targets)
        self._gradients.scaler.unscale_(self.optimiser)
        clip = self.settings.optimisation.gradient_clip
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), clip)
        if math.isfinite(value) and bool(torch.isfinite(norm)):
            self._gradients.scaler.step(self.optimiser)
            self._update_average()
        self._gradients.scaler.update()
        self.step += 1
        for slot, output in zip(batch, logits[:, 0].float().cpu().numpy()):
            slot.logits = output.copy()
            slot.done += 1
        return value

    def _prompted_batch(self, phase: Phase) -> List[Slot]:
        """Refill the slots and add the prompts of each slot's next step."""
        alive = [
            s
            for s in self._slots
            if s.done < s.steps and s.example.image.shape[0] == phase.size
        ]
        for slot in alive:
            slot.user.correct(slot.example.truth, slot.logits >= 0, slot.prompts, self.rng)
        while len(alive) < phase.batch:
            alive.append(self._new_slot(phase))
        self._slots = alive[: phase.batch]
        return self._slots

    def _new_slot(self, phase: Phase) -> Slot:
        example = self.sampler.draw(phase.size, self.rng, phase.zoom)
        user = draw_user(self.settings.interaction.evaluation_share, self.rng)
        prompts = Prompts(example.image.shape)
        user.start(example.truth, prompts, self.rng)
        low, high = self.settings.interaction.steps
        self.examples += 1
        return Slot(example, user, prompts, int(self.rng.integers(low, high + 1)))

    def _update_average(self) -> None:
        decay = min(self.settings.optimisation.ema_decay, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for kept, new in zip(self.average.parameters(), self.model.parameters()):
                kept.lerp_(new, 1.0 - decay)

    def state(self) -> Dict[str, Any]:
        """All that is needed to go on exactly from here."""
        return {
            "settings": dataclasses.asdict(self.settings),
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "scaler": self._gradients.scaler.state_dict(),
            "rng": self.rng.bit_generator.state,
            "slots": self._slots,
            "step": self.step,
            "examples": self.examples,
        }

    def restore(self, state: Dict[str, Any]) -> None:
        """Take over a saved state; the widths must be those of the settings."""
        if tuple(state["settings"]["widths"]) != self.settings.widths:
            raise ValueError(
                f"the checkpoint has widths {tuple(state['settings']['widths'])}, "
                f"the settings {self.settings.widths}"
            )
        self.model.load_state_dict(state["model"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self._gradients.scaler.load_state_dict(state.get("scaler", {}))
        self.rng.bit_generator.state = state["rng"]
        self._slots = state["slots"]
        self.step = state["step"]
        self.examples = state["examples"]
