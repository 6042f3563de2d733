"""Settings of a volume training run, read from TOML."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Dict, Tuple

from ..prism import PrismConfig
from ..settings import SettingsError, _build
from ..training import families
from ..volumes.patch import FittedSpacing
from ..volumes.sampler import VolumeSamplerSettings
from .losses import LossWeights
from .users import MannerShares

FAMILY = "prism"


@dataclass(frozen=True)
class Phase:
    """Part of the training, up to ``until`` (share of the budget): patch grid, examples and steps."""

    until: float
    grid: int
    batch: int
    steps: Tuple[int, int]


@dataclass(frozen=True)
class Optimisation:
    """AdamW with warm-up and a cosine to zero at the end of the budget."""

    learning_rate: float
    weight_decay: float
    warmup_steps: int
    gradient_clip: float
    ema_decay: float


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
    missing = sorted({f.name for f in fields(VolumeSettings)} - set(table))
    if missing:
        raise SettingsError(f"the key {missing[0]!r} is missing")
    unknown = sorted(set(table) - {f.name for f in fields(VolumeSettings)})
    if unknown:
        raise SettingsError(f"unknown key {unknown[0]!r}")
    phases = tuple(_build(Phase, p, "phases") for p in table["phases"])
    if [p.until for p in phases] != sorted(p.until for p in phases) or phases[-1].until < 1.0:
        raise SettingsError("phases: 'until' must rise and end at 1.0")
    try:
        network = _build(PrismConfig, table["network"], "network")
    except ValueError as error:
        raise SettingsError(f"network: {error}") from error
    sampler = dict(table["sampler"])
    spacing = _build(FittedSpacing, sampler.pop("spacing", {}), "sampler.spacing")
    return VolumeSettings(
        seed=int(table["seed"]),
        token_limit=int(table["token_limit"]),
        network=network,
        phases=phases,
        optimisation=_build(Optimisation, table["optimisation"], "optimisation"),
        loss=_build(LossWeights, table["loss"], "loss"),
        manners=_build(MannerShares, table["manners"], "manners"),
        sampler=_build(VolumeSamplerSettings, {**sampler, "spacing": spacing}, "sampler"),
    )


def read(path: Path) -> VolumeSettings:
    """Settings from a TOML file."""
    family, table = families.read(path)
    if family != FAMILY:
        raise SettingsError(f"{path}: the family is {family!r}; {FAMILY!r} is wanted here")
    return parse(table)
