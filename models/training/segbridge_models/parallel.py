"""Loss and gradients of a batch, computed by several single-threaded workers.

Each worker takes an equal part of the batch through the network and back.  Compared with letting
every operator use all threads, a core that other programs need delays one part per step and not
every operator.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Callable, List, Tuple

import torch
from torch import Tensor, nn

from .losses import prompt_loss
from .training.device import Device, choose


class ParallelGradients:
    """Computes gradients of the mean loss with ``workers`` threads sharing one model."""

    def __init__(
        self,
        model: nn.Module,
        workers: int,
        device: Device | None = None,
        scale: Callable[[Tensor], Tensor] | None = None,
    ) -> None:
        if workers < 1:
            raise ValueError(f"workers must be at least 1, got {workers}")
        self._model = model
        self._parameters = list(model.parameters())
        self._device = device or choose("cpu")
        # One GPU is kept busy by one worker.
        self._workers = workers if self._device.torch.type == "cpu" else 1
        # What becomes of the loss before it is differentiated.
        self._scale = scale or (lambda loss: loss)
        self._pool = ThreadPoolExecutor(workers, initializer=torch.set_num_threads, initargs=(1,))

    def _part(self, part: Tuple[Tensor, Tensor, float]) -> Tuple[Tensor, Tensor, List[Tensor]]:
        inputs, targets, share = part
        with self._device.autocast():
            logits = self._model(inputs)
        loss = prompt_loss(logits.float(), targets) * share
        gradients = torch.autograd.grad(self._scale(loss), self._parameters)
        return loss.detach(), logits.detach(), list(gradients)

    def __call__(self, inputs: Tensor, targets: Tensor) -> Tuple[float, Tensor]:
        """Set ``grad`` of every parameter; returns the mean loss and the logits (N, 1, H, W)."""
        count = min(self._workers, len(inputs))
        parts = [
            (x, y, len(x) / len(inputs))
            for x, y in zip(inputs.chunk(count), targets.chunk(count))
        ]
        losses, logits, gradients = zip(*self._pool.map(self._part, parts))
        for parameter, *shares in zip(self._parameters, *gradients):
            parameter.grad = torch.stack(shares).sum(dim=0) if len(shares) > 1 else shares[0]
        return float(sum(losses)), torch.cat(logits)
