"""Settings of a context training, from the parsed TOML."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Dict, Tuple

from ..multiverseg import CrossNetworkConfig
from ..settings import Optimisation, Phase, SettingsError, _build
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
    initial: str
    network: CrossNetworkConfig
    phases: Tuple[Phase, ...]
    optimisation: Optimisation
    interaction: ContextInteraction
    context: ContextSettings


def parse(table: Dict[str, Any]) -> TrainingSettings:
    """Settings from a parsed TOML table; raises SettingsError that names the key."""
    table = {"initial": "", **table}
    known = {f.name for f in fields(TrainingSettings)}
    if set(table) != known:
        wrong = sorted(set(table) ^ known)[0]
        raise SettingsError(f"the key {wrong!r} is {'unknown' if wrong in table else 'missing'}")
    phases = tuple(_build(Phase, p, "phases") for p in table["phases"])
    if [p.until for p in phases] != sorted(p.until for p in phases) or phases[-1].until < 1.0:
        raise SettingsError("phases: 'until' must rise and end at 1.0")
    return TrainingSettings(
        seed=int(table["seed"]),
        initial=str(table["initial"]),
        network=_build(CrossNetworkConfig, table["network"], "network"),
        phases=phases,
        optimisation=_build(Optimisation, table["optimisation"], "optimisation"),
        interaction=_build(ContextInteraction, table["interaction"], "interaction"),
        context=_build(ContextSettings, table["context"], "context"),
    )
