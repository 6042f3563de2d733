"""Losses on logits: soft Dice with squared denominator plus a strongly focused focal loss."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

FOCUS = 20.0
EPSILON = 1e-7


def soft_dice(logits: Tensor, target: Tensor) -> Tensor:
    """Per sample (N,): 1 - (2 sum(p y) + eps) / (sum(p^2) + sum(y^2) + eps), p = sigmoid(logit)."""
    p = torch.sigmoid(logits).flatten(1)
    y = target.flatten(1)
    overlap = 2.0 * (p * y).sum(1) + EPSILON
    return 1.0 - overlap / ((p * p).sum(1) + (y * y).sum(1) + EPSILON)


def focal(logits: Tensor, target: Tensor, focus: float = FOCUS) -> Tensor:
    """Per sample (N,): mean of -[y log p (1-p)^g + (1-y) log(1-p) p^g], in log space."""
    log_p = functional.logsigmoid(logits).flatten(1)
    log_q = functional.logsigmoid(-logits).flatten(1)
    y = target.flatten(1)
    loss = y * log_p * torch.exp(focus * log_q) + (1.0 - y) * log_q * torch.exp(focus * log_p)
    return -loss.mean(1)


def prompt_loss(logits: Tensor, target: Tensor) -> Tensor:
    """Mean over the batch of soft Dice plus focal loss; ``target`` (N, 1, H, W) may be soft."""
    return (soft_dice(logits, target) + focal(logits, target)).mean()
