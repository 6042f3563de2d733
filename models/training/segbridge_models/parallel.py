"""Loss and gradients of a batch, computed by several single-threaded workers.

Each worker takes an equal part of the batch through the network and back.  Compared with letting
every operator use all threads, a core that other programs need delays one part per step and not
every operator.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import List, Tuple

import torch
from torch import Tensor, nn

from .losses import prompt_loss


class ParallelGradients:
    """Computes gradients of the mean loss with ``workers`` threads sharing one model."""

    def __init__(self, model: nn.Module, workers: int) -> None:
        if workers < 1:
            raise ValueError(f"workers must be at least 1, got {workers}")
        self._model = model
        self._parameters = list(model.parameters())
        self._workers = workers
        self._pool = ThreadPoolExecutor(workers, initializer=torch.set_num_threads, initargs=(1,))

    def _part(self, part: Tuple[Tensor, Tensor, float]) -> Tuple[Tensor, Tensor, List[Tensor]]:
        inputs, targets, share = part
        logits = self._model(inputs)
        loss = prompt_loss(logits, targets) * share
        return loss.detach(), logits.detach(), list(torch.autograd.grad(loss, self._parameters))

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
