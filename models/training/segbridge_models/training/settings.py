"""What the settings files of all families have in common."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any, Dict, Protocol, Sequence, Type, TypeVar, get_args, get_type_hints


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


def parse(kind: Type[T], table: Dict[str, Any]) -> T:
    """The settings of a family from its parsed TOML: ``kind`` is a dataclass with ``phases``,
    whose other tables are dataclasses of their own; raises SettingsError that names the key."""
    missing = [f.name for f in fields(kind) if f.name not in table and f.default is MISSING]
    if missing:
        raise SettingsError(f"the key {min(missing)!r} is missing")
    settings = _build(kind, table, "")
    bounds = [p.until for p in settings.phases]
    if not bounds or bounds != sorted(bounds) or bounds[-1] < 1.0:
        raise SettingsError("phases: 'until' must rise and end at 1.0")
    return settings


def _build(kind: Type[T], table: Dict[str, Any], path: str) -> T:
    """A dataclass from the table of the same keys, and so on below; lists become tuples."""
    where = f"{path[:-1]}: " if path else ""
    if not isinstance(table, dict):
        raise SettingsError(f"{where}must be a table, got {table!r}")
    known = get_type_hints(kind)
    unknown = sorted(set(table) - set(known))
    if unknown:
        raise SettingsError(f"{where}unknown key {unknown[0]!r}; known are {sorted(known)}")
    try:
        return kind(**{k: _value(known[k], v, f"{path}{k}.") for k, v in table.items()})
    except (TypeError, ValueError) as error:
        raise SettingsError(f"{where}{error}") from error


def _value(kind: Any, value: Any, path: str) -> Any:
    if isinstance(value, list):
        of = (get_args(kind) or (Any,))[0]
        return tuple(_value(of, item, path) for item in value)
    return _build(kind, value, path) if is_dataclass(kind) else value


def phase_at(phases: Sequence[P], progress: float) -> P:
    """The phase at a share of the budget in [0, 1]."""
    return next((p for p in phases if progress < p.until), phases[-1])
