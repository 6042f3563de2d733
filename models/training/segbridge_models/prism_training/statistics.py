"""What evaluation reports: how far Dice falls, and how far confidence can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence

import numpy as np

from .rollout import Played

BINS = 10


def largest_fall(played: Sequence[Played]) -> float:
    """The largest loss of mean Dice from one step to the next, 0 where it only rises."""
    steps = np.diff(np.mean([p.dice for p in played], axis=0))
    return round(float(max(-steps.min(), 0.0)), 4) if len(steps) else 0.0


@dataclass(frozen=True)
class Calibration:
    """Predicted against true Dice of all candidates of all steps.

    ``correlation`` is Pearson's; ``error`` the expected calibration error over ten bins of equal
    width; ``best_selected`` the share of steps whose selected candidate was the best of the three
    (ties count), ``lost`` the mean Dice that selecting another one would have gained.
    """

    n: int
    correlation: float
    error: float
    bias: float
    best_selected: float
    lost: float


def calibration(played: Sequence[Played]) -> Calibration:
    """Of the candidates of every step that was predicted."""
    scores = np.array([s for p in played for s in p.scores])
    reached = np.array([c for p in played for c in p.candidates])
    flat, truth = scores.ravel(), reached.ravel()
    bins = np.clip((flat * BINS).astype(int), 0, BINS - 1)
    error = sum(
        abs(float(flat[bins == b].mean() - truth[bins == b].mean())) * float((bins == b).mean())
        for b in np.unique(bins)
    )
    chosen = reached[np.arange(len(reached)), scores.argmax(axis=1)]
    best = reached.max(axis=1)
    spread = float(flat.std() * truth.std())
    correlation = float(np.corrcoef(flat, truth)[0, 1]) if spread > 0 else 0.0
    return Calibration(
        n=len(flat),
        correlation=round(correlation, 4),
        error=round(error, 4),
        bias=round(float((flat - truth).mean()), 4),
        best_selected=round(float((chosen >= best - 1e-9).mean()), 4),
        lost=round(float((best - chosen).mean()), 4),
    )
