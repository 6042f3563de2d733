"""Settings of a ScribblePrompt-UNet training, read from TOML."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Dict, Tuple

from .data.augmentation import GeometrySettings
from .data.sampler import SamplerSettings
from .training import families
from .training.settings import Optimisation, build, build_phases, require_keys

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

def parse(table: Dict[str, Any]) -> Settings:
    """Settings from a parsed TOML table."""
    require_keys(table, {f.name for f in fields(Settings)})
    sampler = dict(table["sampler"])
    geometry = build(GeometrySettings, sampler.pop("geometry", {}), "sampler.geometry")
    return Settings(
        seed=int(table["seed"]),
        widths=tuple(table["widths"]),
        phases=build_phases(Phase, table["phases"]),
        optimisation=build(Optimisation, table["optimisation"], "optimisation"),
        interaction=build(Interaction, table["interaction"], "interaction"),
        sampler=build(SamplerSettings, {**sampler, "geometry": geometry}, "sampler"),
    )


def read(path: Path) -> Settings:
    """Settings from a TOML file."""
    return parse(families.read_family(path, FAMILY))
