"""The training loop of the 2D networks as a resumable object: one optimiser step per interaction.

A fixed number of slots each play one example with its own simulated user.  An example stays in
its slot for a few interaction steps, fed with the logits of the previous one, and is replaced
then, so that every batch mixes first prompts and corrections.
"""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Protocol, Sequence, Tuple

import numpy as np
import torch
from torch import Tensor, nn

from .prompts.encode import Prompts
from .prompts.protocol import PromptProtocol
from .settings import Phase
from .training.device import Device
from .training.optimiser import Optimiser
from .training.settings import Optimisation, phase_at


class Playable(Protocol):
    """An example: image (H, W) in [0, 1], and what is to be found on it, bool."""

    @property
    def image(self) -> np.ndarray: ...

    @property
    def truth(self) -> np.ndarray: ...


class SlotSettings(Protocol):
    """What the loop itself needs of a family's settings."""

    @property
    def seed(self) -> int: ...

    @property
    def phases(self) -> Tuple[Phase, ...]: ...

    @property
    def optimisation(self) -> Optimisation: ...


@dataclass
class Slot:
    """One example in play."""

    example: Playable
    user: PromptProtocol
    prompts: Prompts
    steps: int
    done: int = 0
    logits: Optional[np.ndarray] = None


class SlotTrainer(ABC):
    """Model, optimiser, averaged weights, random state and the examples in play."""

    def __init__(self, settings: SlotSettings, model: nn.Module, device: Device) -> None:
        self.settings = settings
        self.device = device
        self.rng = np.random.default_rng(settings.seed)
        self.model = model.to(device.torch)
        self.optimiser = Optimiser(self.model, settings.optimisation, device)
        self.examples = 0
        self._slots: List[Slot] = []

    @abstractmethod
    def _new_slot(self, phase: Phase) -> Slot:
        """A fresh example with the prompts of its first step."""

    @abstractmethod
    def _differentiate(self, batch: Sequence[Slot]) -> Tuple[float, Tensor]:
        """Set the gradients, scaled by the optimiser; the mean loss and logits (N, 1, H, W)."""

    @abstractmethod
    def _check(self, settings: Dict[str, Any]) -> None:
        """Raise ValueError when a checkpoint's settings describe another network."""

    @property
    def average(self) -> nn.Module:
        return self.optimiser.average

    @property
    def step(self) -> int:
        return self.optimiser.step

    def advance(self, progress: float) -> float:
        """One optimiser step at a share of the budget; returns the loss."""
        batch = self._prompted_batch(phase_at(self.settings.phases, progress))
        value, logits = self._differentiate(batch)
        self.optimiser.update(progress, value)
        for slot, output in zip(batch, logits[:, 0].float().cpu().numpy()):
            slot.logits = output.copy()
            slot.done += 1
        return value

    def _tensor(self, arrays: Sequence[np.ndarray]) -> Tensor:
        """A batch of arrays on the device."""
        return torch.from_numpy(np.stack(arrays)).to(self.device.torch)

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
            self.examples += 1
        self._slots = alive[: phase.batch]
        return self._slots

    def state(self) -> Dict[str, Any]:
        """All that is needed to go on exactly from here."""
        return {
            "settings": dataclasses.asdict(self.settings),
            **self.optimiser.state(),
            "rng": self.rng.bit_generator.state,
            "slots": self._slots,
            "examples": self.examples,
        }

    def restore(self, state: Dict[str, Any]) -> None:
        """Take over a saved state; the network must be that of the settings."""
        self._check(state["settings"])
        self.optimiser.restore(state)
        self.rng.bit_generator.state = state["rng"]
        self._slots = state["slots"]
        self.examples = state["examples"]
