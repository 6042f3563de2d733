"""Settings of a context training, from the parsed TOML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple

from ..multiverseg import CrossNetworkConfig
from ..settings import Phase
from ..training.settings import Optimisation
from .sampler import ContextSettings


@dataclass(frozen=True)
class ContextInteraction:
    """Interaction steps per example (inclusive range), how many users play evaluation rules, and
    how many examples begin with the context alone (where there is one)."""

    steps: Tuple[int, int]
    evaluation_share: float
    silent_start: float


@dataclass(frozen=True)
class TrainingSettings:
    """Everything that shapes a context training except its length and its data folder.

    ``initial`` names a bundle of a ScribblePrompt-UNet of the same widths, beside the training
    folder, to start from; empty: fresh weights.
    """

    seed: int
    network: CrossNetworkConfig
    phases: Tuple[Phase, ...]
    optimisation: Optimisation
    interaction: ContextInteraction
    context: ContextSettings
    initial: str = ""
