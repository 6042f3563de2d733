"""Settings of a volume training run, read from TOML."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Dict, Tuple

from ..prism import PrismConfig
from ..training import families
from ..training.settings import Optimisation, build, build_phases, require_keys
from ..volumes.patch import FittedSpacing
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


def parse(table: Dict[str, Any]) -> VolumeSettings:
    """Settings from a parsed TOML table."""
    require_keys(table, {f.name for f in fields(VolumeSettings)})
    sampler = dict(table["sampler"])
    spacing = build(FittedSpacing, sampler.pop("spacing", {}), "sampler.spacing")
    return VolumeSettings(
        seed=int(table["seed"]),
        token_limit=int(table["token_limit"]),
        network=build(PrismConfig, table["network"], "network"),
        phases=build_phases(Phase, table["phases"]),
        optimisation=build(Optimisation, table["optimisation"], "optimisation"),
        loss=build(LossWeights, table["loss"], "loss"),
        manners=build(MannerShares, table["manners"], "manners"),
        sampler=build(VolumeSamplerSettings, {**sampler, "spacing": spacing}, "sampler"),
    )


def read(path: Path) -> VolumeSettings:
    """Settings from a TOML file."""
    return parse(families.read_family(path, FAMILY))
