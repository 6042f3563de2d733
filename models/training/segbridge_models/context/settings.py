"""Settings of a context training, from the parsed TOML."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Dict, Tuple

from ..multiverseg import CrossNetworkConfig
from ..settings import Phase
from ..training.settings import Optimisation, build, build_phases, require_keys
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
    require_keys(table, {f.name for f in fields(TrainingSettings)})
    return TrainingSettings(
        seed=int(table["seed"]),
        initial=str(table["initial"]),
        network=build(CrossNetworkConfig, table["network"], "network"),
        phases=build_phases(Phase, table["phases"]),
        optimisation=build(Optimisation, table["optimisation"], "optimisation"),
        interaction=build(ContextInteraction, table["interaction"], "interaction"),
        context=build(ContextSettings, table["context"], "context"),
    )
