"""How the weights of every family move: AdamW, a schedule, clipping, and their running average."""

from __future__ import annotations

import copy
import math
from typing import Any, Dict

import torch
from torch import Tensor, nn

from .device import Device
from .settings import Optimisation


class Optimiser:
    """AdamW on a model, with linear warm-up by steps and a cosine to zero over the budget.

    ``average`` is an exponential moving average of the weights, which warms up with the steps.
    """

    def __init__(self, model: nn.Module, options: Optimisation, device: Device) -> None:
        self.model = model
        self.average = copy.deepcopy(model).requires_grad_(False)
        self.step = 0
        self._options = options
        self._adam = torch.optim.AdamW(
            model.parameters(), lr=options.learning_rate, weight_decay=options.weight_decay
        )
        self._scaler = device.scaler()

    def learning_rate(self, progress: float) -> float:
        """The rate of the next step, at a share of the budget in [0, 1]."""
        warm = min(1.0, (self.step + 1) / max(self._options.warmup_steps, 1))
        cosine = 0.5 * (1.0 + math.cos(math.pi * min(max(progress, 0.0), 1.0)))
        return self._options.learning_rate * warm * cosine

    def zero_grad(self) -> None:
        """Forget the gradients of the last step."""
        self._adam.zero_grad(set_to_none=True)

    def scale(self, loss: Tensor) -> Tensor:
        """What to differentiate: the loss, enlarged where gradients are float16."""
        return self._scaler.scale(loss)

    def update(self, progress: float, loss: float) -> None:
        """Step along the gradients that the scaled loss left, unless something is not finite."""
        for group in self._adam.param_groups:
            group["lr"] = self.learning_rate(progress)
        self._scaler.unscale_(self._adam)
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), self._options.gradient_clip)
        if math.isfinite(loss) and bool(torch.isfinite(norm)):
            self._scaler.step(self._adam)
            self._update_average()
        self._scaler.update()
        self.step += 1

    def _update_average(self) -> None:
        decay = min(self._options.ema_decay, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for kept, new in zip(self.average.parameters(), self.model.parameters()):
                kept.lerp_(new, 1.0 - decay)
            for kept, new in zip(self.average.buffers(), self.model.buffers()):
                kept.copy_(new)

    def state(self) -> Dict[str, Any]:
        """Weights, their average, the moments and the step."""
        return {
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self._adam.state_dict(),
            "scaler": self._scaler.state_dict(),
            "step": self.step,
        }

    def restore(self, state: Dict[str, Any]) -> None:
        """Take over what ``state`` gave, among other entries."""
        self.model.load_state_dict(state["model"])
        self.average.load_state_dict(state["average"])
        self._adam.load_state_dict(state["optimiser"])
        if state.get("scaler"):  # empty where nothing was scaled
            self._scaler.load_state_dict(state["scaler"])
        self.step = state["step"]
