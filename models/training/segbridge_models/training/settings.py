"""What the settings files of all families have in common."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Collection, Dict, List, Protocol, Sequence, Tuple, Type, TypeVar


class SettingsError(Exception):
    """A settings file is wrong; the message names the key and what would be right."""


@dataclass(frozen=True)
class Optimisation:
    """AdamW with warm-up and a cosine to zero at the end of the budget."""

    learning_rate: float
    weight_decay: float
    warmup_steps: int
    gradient_clip: float
    ema_decay: float


class Bounded(Protocol):
    """Part of a training, up to a share of its budget."""

    @property
    def until(self) -> float: ...


T = TypeVar("T")
P = TypeVar("P", bound=Bounded)


def build(kind: Type[T], table: Dict[str, Any], where: str) -> T:
    """A dataclass from the table of the same keys; lists become tuples."""
    known = {f.name for f in fields(kind)}
    unknown = sorted(set(table) - known)
    if unknown:
        raise SettingsError(f"{where}: unknown key {unknown[0]!r}; known are {sorted(known)}")
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in table.items()}
    try:
        return kind(**values)
    except (TypeError, ValueError) as error:
        raise SettingsError(f"{where}: {error}") from error


def require_keys(table: Dict[str, Any], known: Collection[str]) -> None:
    """Raises SettingsError unless the table has exactly these keys."""
    missing = sorted(set(known) - set(table))
    if missing:
        raise SettingsError(f"the key {missing[0]!r} is missing")
    unknown = sorted(set(table) - set(known))
    if unknown:
        raise SettingsError(f"unknown key {unknown[0]!r}; known are {sorted(known)}")


def build_phases(kind: Type[P], tables: List[Dict[str, Any]]) -> Tuple[P, ...]:
    """The phases of a training, which must rise to the end of the budget."""
    phases = tuple(build(kind, table, "phases") for table in tables)
    bounds = [p.until for p in phases]
    if not bounds or bounds != sorted(bounds) or bounds[-1] < 1.0:
        raise SettingsError("phases: 'until' must rise and end at 1.0")
    return phases


def phase_at(phases: Sequence[P], progress: float) -> P:
    """The phase at a share of the budget in [0, 1]."""
    return next((p for p in phases if progress < p.until), phases[-1])
