"""Losses of one interaction step, on logits (B, K, G, G, G) and a truth (B, 1, G, G, G) of 0 and 1.

Dice2 with squared denominators, the voxel-wise cross-entropy that the paper intends, ten times the
squared difference of edges, and the squared error of the score against the Dice it predicts.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

SMOOTH = 1e-5


@dataclass(frozen=True)
class LossWeights:
    """``edge``: boundary loss; ``score``: confidence loss; ``worse``: Dice lost between steps."""

    edge: float = 10.0
    score: float = 1.0
    worse: float = 1.0


def structural(logits: Tensor, truth: Tensor) -> Tensor:
    """(B, K): 1 - (2 sum(p y) + s) / (sum p^2 + sum y^2 + s), plus mean cross-entropy."""
    p, y = torch.sigmoid(logits).flatten(2), truth.flatten(2)
    overlap = 2.0 * (p * y).sum(2) + SMOOTH
    dice = 1.0 - overlap / (p.square().sum(2) + y.square().sum(2) + SMOOTH)
    # mean(softplus(x) - x y), without an array of y beside every candidate
    entropy = functional.softplus(logits).flatten(2).mean(2) - (logits.flatten(2) * y).mean(2)
    return dice + entropy


def edges(values: Tensor) -> Tensor:
    """|v - mean of its 5 x 5 x 1 neighbourhood|, zeros beyond the patch."""
    mean = functional.avg_pool3d(values, (5, 5, 1), stride=1, padding=(2, 2, 0))
    return (values - mean).abs()


def boundary(logits: Tensor, truth: Tensor) -> Tensor:
    """(B, K): mean squared difference of the edges of probability and truth."""
    return (edges(torch.sigmoid(logits)) - edges(truth)).square().flatten(2).mean(2)


def dice(logits: Tensor, truth: Tensor) -> Tensor:
    """(B, K): Dice of the masks (logit above 0), 1 where both are empty."""
    inside = (logits > 0).to(truth.dtype).flatten(2)
    y = truth.flatten(2)
    return (2.0 * (inside * y).sum(2) + SMOOTH) / (inside.sum(2) + y.sum(2) + SMOOTH)


def soft_dice(logits: Tensor, truth: Tensor) -> Tensor:
    """(B, K) with linear denominators."""
    p, y = torch.sigmoid(logits).flatten(2), truth.flatten(2)
    return (2.0 * (p * y).sum(2) + SMOOTH) / (p.sum(2) + y.sum(2) + SMOOTH)


def candidate_loss(
    candidates: Tensor, scores: Tensor, truth: Tensor, weights: LossWeights
) -> Tensor:
    """Scalar: summed over candidates, averaged over the batch.

    The score is held against the Dice of the mask as it would be shown, not of the probabilities.
    """
    reached = dice(candidates, truth).detach()
    loss = structural(candidates, truth) + weights.edge * boundary(candidates, truth)
    return (loss + weights.score * (scores - reached).square()).sum(1).mean()


def refinement_loss(refined: Tensor, truth: Tensor, before: Tensor, weights: LossWeights) -> Tensor:
    """Scalar; ``before`` (B, 1): soft Dice of the step before, below which falling costs extra."""
    loss = structural(refined, truth) + weights.edge * boundary(refined, truth)
    fallen = functional.relu(before - soft_dice(refined, truth))
    return (loss + weights.worse * fallen).mean()
