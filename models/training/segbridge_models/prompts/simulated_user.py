"""What every simulated user shares: its interface, errors, and how corrections are divided."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from .encode import Prompts

SCRIBBLE_CAP = 128


class PromptProtocol(Protocol):
    """One simulated user."""

    def start(self, truth: np.ndarray, prompts: Prompts, rng: np.random.Generator) -> None:
        """Add the prompts of step 1, made from the ground truth (H, W) bool."""

    def correct(
        self, truth: np.ndarray, predicted: np.ndarray, prompts: Prompts, rng: np.random.Generator
    ) -> None:
        """Add the prompts of a later step, made from the errors of ``predicted`` (H, W) bool."""


def signed_error(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """int8 (H, W): +1 where the prediction misses the object, -1 where it exceeds it."""
    return truth.astype(np.int8) - predicted.astype(np.int8)


def split_count(
    count: int, error: np.ndarray, share_to_excess: float, rng: np.random.Generator
) -> int:
    """How many of ``count`` scribbles go to false positives; all where only one kind exists."""
    if not (error < 0).any():
        return 0
    if not (error > 0).any():
        return count
    return int(rng.binomial(count, share_to_excess))
