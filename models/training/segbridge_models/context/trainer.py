"""Training of a context network: slots of tasks in play, one optimiser step per interaction step.

As in ``trainer``, every slot keeps its example for a few steps, fed with the logits of the one
before.  Here an example brings its context along, and often begins without a prompt: then the
context alone must find the object, and the simulated user corrects what it made of it.
"""

from __future__ import annotations

import copy
import dataclasses
import math
from pathlib import Path
from typing import Any, Dict, List

import numpy as np
import torch

from .. import onnx_graph
from ..bundle import part_path
from ..losses import prompt_loss
from ..multiverseg import CrossNetwork, Entries
from ..prompts.encode import Prompts, embed
from ..prompts.protocol import draw_user
from ..settings import Phase
from ..trainer import Slot
from ..training.device import Device, choose
from .initial import initialise, transfer
from .sampler import ContextSampler
from .settings import TrainingSettings

TRAINING_FOLDER = Path(__file__).parents[2]


class ContextTrainer:
    """Model, optimiser, averaged weights, random state and the tasks in play."""

    def __init__(
        self,
        settings: TrainingSettings,
        sampler: ContextSampler,
        device: Device | None = None,
    ) -> None:
        self.settings = settings
        self.sampler = sampler
        self.device = device or choose("cpu")
        self.rng = np.random.default_rng(settings.seed)
        self.model = CrossNetwork(settings.network)
        initialise(self.model, torch.Generator().manual_seed(settings.seed))
        if settings.initial:
            bundle = (TRAINING_FOLDER / settings.initial).resolve()
            transfer(self.model, onnx_graph.load_network(part_path(bundle, "unet")))
        self.model.to(self.device.torch)
        self.average = copy.deepcopy(self.model).requires_grad_(False)
        self.optimiser = torch.optim.AdamW(
            self.model.parameters(),
            lr=settings.optimisation.learning_rate,
            weight_decay=settings.optimisation.weight_decay,
        )
        self._scaler = self.device.scaler()
        self.step = 0
        self.examples = 0
        self._slots: List[Slot] = []

    def phase(self, progress: float) -> Phase:
        """The phase at a share of the budget."""
        phases = self.settings.phases
        return next((p for p in phases if progress < p.until), phases[-1])

    def learning_rate(self, progress: float) -> float:
        """Linear warm-up by steps, cosine to zero by progress in [0, 1]."""
        options = self.settings.optimisation
        warm = min(1.0, (self.step + 1) / max(options.warmup_steps, 1))
        cosine = 0.5 * (1.0 + math.cos(math.pi * min(max(progress, 0.0), 1.0)))
        return options.learning_rate * warm * cosine

    def advance(self, progress: float) -> float:
        """One optimiser step at a share of the budget; returns the loss."""
        batch = self._prompted_batch(self.phase(progress))
        target = np.stack([embed(s.example.image, s.prompts, s.logits) for s in batch])
        context = np.concatenate([s.example.context for s in batch])
        truth = np.stack([s.example.target for s in batch])[:, None]
        for group in self.optimiser.param_groups:
            group["lr"] = self.learning_rate(progress)
        entries = Entries.of([len(s.example.context) for s in batch], self.device.torch)
        with self.device.autocast():
            logits = self.model.predict(self._tensor(target), self._tensor(context), entries)
        loss = prompt_loss(logits.float(), self._tensor(truth))
        self.optimiser.zero_grad(set_to_none=True)
        self._scaler.scale(loss).backward()
        self._scaler.unscale_(self.optimiser)
        clip = self.settings.optimisation.gradient_clip
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), clip)
        if bool(torch.isfinite(loss)) and bool(torch.isfinite(norm)):
            self._scaler.step(self.optimiser)
            self._update_average()
        self._scaler.update()
        self.step += 1
        for slot, output in zip(batch, logits.detach()[:, 0].float().cpu().numpy()):
            slot.logits = np.nan_to_num(output)
            slot.done += 1
        return float(loss.detach())

    def _tensor(self, array: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(array).to(self.device.torch)

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
        options = self.settings.interaction
        example = self.sampler.draw(phase.size, phase.zoom, self.rng)
        user = draw_user(options.evaluation_share, self.rng)
        prompts = Prompts(example.image.shape)
        if not example.in_context or self.rng.random() >= options.silent_start:
            user.start(example.truth, prompts, self.rng)
        low, high = options.steps
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
            "scaler": self._scaler.state_dict(),
            "rng": self.rng.bit_generator.state,
            "slots": self._slots,
            "step": self.step,
            "examples": self.examples,
        }

    def restore(self, state: Dict[str, Any]) -> None:
        """Take over a saved state; the network must be that of the settings."""
        sizes = dataclasses.asdict(self.settings.network)
        if state["settings"]["network"] != sizes:
            raise ValueError(
                f"the checkpoint has the network {state['settings']['network']}, "
                f"the settings {sizes}"
            )
        self.model.load_state_dict(state["model"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self._scaler.load_state_dict(state.get("scaler", {}))
        self.rng.bit_generator.state = state["rng"]
        self._slots = state["slots"]
        self.step = state["step"]
        self.examples = state["examples"]
