"""Settings of a ScribblePrompt-UNet training, read from TOML."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Tuple

from .data.sampler import SamplerSettings
from .training import families
from .training.settings import Optimisation, parse

FAMILY = "scribbleprompt-unet"


@dataclass(frozen=True)
class Phase:
    """Part of the training, up to ``until`` (share of the budget), on one grid size."""

    until: float
    size: int
    batch: int
    zoom: Tuple[float, float]


@dataclass(frozen=True)
class Interaction:
    """Interaction steps per example (inclusive range), and how many users play evaluation rules."""

    steps: Tuple[int, int]
    evaluation_share: float


@dataclass(frozen=True)
class Settings:
    """Everything that shapes a training run except its length and its data folder."""

    seed: int
    widths: Tuple[int, ...]
    phases: Tuple[Phase, ...]
    optimisation: Optimisation
    interaction: Interaction
    sampler: SamplerSettings


def read(path: Path) -> Settings:
    """Settings from a TOML file."""
    return parse(Settings, families.read_family(path, FAMILY))
