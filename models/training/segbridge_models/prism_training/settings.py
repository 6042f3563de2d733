"""Settings of a volume training run, read from TOML."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Tuple

from ..prism import PrismConfig
from ..training import families
from ..training.settings import Optimisation, parse
from ..volumes.sampler import VolumeSamplerSettings
from .losses import LossWeights
from .users import MannerShares

FAMILY = "prism"


@dataclass(frozen=True)
class Phase:
    """Part of the training, up to ``until`` (share of the budget): patches, examples, steps."""

    until: float
    grid: int
    batch: int
    steps: Tuple[int, int]


@dataclass(frozen=True)
class VolumeSettings:
    """Everything that shapes a run except its length and its data."""

    seed: int
    token_limit: int
    network: PrismConfig
    phases: Tuple[Phase, ...]
    optimisation: Optimisation
    loss: LossWeights
    manners: MannerShares
    sampler: VolumeSamplerSettings


def read(path: Path) -> VolumeSettings:
    """Settings from a TOML file."""
    return parse(VolumeSettings, families.read_family(path, FAMILY))
