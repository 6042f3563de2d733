"""Training settings read from TOML."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Dict, Tuple

from .data.augmentation import GeometrySettings
from .data.sampler import SamplerSettings


class SettingsError(Exception):
    """A settings file is wrong; the message names the key and what would be right."""


@dataclass(frozen=True)
class Phase:
    """Part of the training, up to ``until`` (share of the budget), on one grid size."""

    until: float
    size: int
    batch: int
    zoom: Tuple[float, float]


@dataclass(frozen=True)
class Optimisation:
    """AdamW with warm-up and a cosine to zero at the end of the budget."""

    learning_rate: float
    weight_decay: float
    warmup_steps: int
    gradient_clip: float
    ema_decay: float


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


def _build(kind: Any, table: Dict[str, Any], where: str) -> Any:
    known = {f.name for f in fields(kind)}
    unknown = sorted(set(table) - known)
    if unknown:
        raise SettingsError(f"{where}: unknown key {unknown[0]!r}; known are {sorted(known)}")
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in table.items()}
    try:
        return kind(**values)
    except TypeError as error:
        raise SettingsError(f"{where}: {error}") from error


def parse(table: Dict[str, Any]) -> Settings:
    """Settings from a parsed TOML table."""
    missing = sorted({f.name for f in fields(Settings)} - set(table))
    if missing:
        raise SettingsError(f"the key {missing[0]!r} is missing")
    sampler = dict(table["sampler"])
    geometry = _build(GeometrySettings, sampler.pop("geometry", {}), "sampler.geometry")
    phases = tuple(_build(Phase, p, "phases") for p in table["phases"])
    if [p.until for p in phases] != sorted(p.until for p in phases) or phases[-1].until < 1.0:
        raise SettingsError("phases: 'until' must rise and end at 1.0")
    return Settings(
        seed=int(table["seed"]),
        widths=tuple(table["widths"]),
        phases=phases,
        optimisation=_build(Optimisation, table["optimisation"], "optimisation"),
        interaction=_build(Interaction, table["interaction"], "interaction"),
        sampler=_build(SamplerSettings, {**sampler, "geometry": geometry}, "sampler"),
    )


def read(path: Path) -> Settings:
    """Settings from a TOML file."""
    try:
        table = tomllib.loads(path.read_text())
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
    return parse(table)
