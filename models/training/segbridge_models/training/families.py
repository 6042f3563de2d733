"""Which module trains which family."""

from __future__ import annotations

import importlib
import tomllib
from pathlib import Path
from typing import Any, Dict, Tuple

from .settings import SettingsError
from .task import Machine, TrainingTask

# Imported only when asked for: a family need not load what the others use.
MODULES = {
    "multiverseg": "segbridge_models.context.task",
    "prism": "segbridge_models.prism_training.task",
    "scribbleprompt-unet": "segbridge_models.scribble_task",
}


def read(config: Path) -> Tuple[str, Dict[str, Any]]:
    """The family that a settings file names, and its other settings."""
    try:
        table = tomllib.loads(config.read_text())
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{config}: {error}") from error
    family = table.pop("family", None)
    if family not in MODULES:
        found = "is missing" if family is None else f"is {family!r}"
        raise SettingsError(f"{config}: the key 'family' {found}; use one of {sorted(MODULES)}")
    return family, table


def read_family(config: Path, family: str) -> Dict[str, Any]:
    """The settings of a file, which must be of the family."""
    found, table = read(config)
    if found != family:
        raise SettingsError(f"{config}: the family is {found!r}; {family!r} is wanted here")
    return table


def create(config: Path, data: Path, machine: Machine) -> TrainingTask:
    """The training that a settings file describes."""
    family, table = read(config)
    return importlib.import_module(MODULES[family]).create(table, data, machine)
