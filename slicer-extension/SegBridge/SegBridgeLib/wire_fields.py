"""How the fields of a message travel in protobuf's wire format, and how dataclasses declare them (see contract.py)."""
from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Dict, Optional, Tuple, Type, Union

Kind = Union[str, Type[IntEnum]]

VARINT, FIXED64, BYTES, GROUP_START, GROUP_END, FIXED32 = range(6)
# Of the kinds of fixed size, what the struct module calls them.
FIXED = {"double": "d", "float": "f", "fixed32": "I", "sfixed32": "i", "fixed64": "Q", "sfixed64": "q"}


class WireError(ValueError):
    """A message cannot be encoded because a value does not fit its field, or bytes are not a valid message."""


@dataclass(frozen=True)
class FieldSpec:
    """How one field travels. ``kind`` is a scalar's proto name, an enum class, or a message class's name."""

    number: int
    kind: Kind
    nested: bool = False
    repeated: bool = False
    packed: bool = False
    presence: bool = False
    oneof: Optional[str] = None

    @property
    def wire_type(self) -> int:
        if self.nested or self.kind in ("string", "bytes"):
            return BYTES
        if self.kind in ("double", "fixed64", "sfixed64"):
            return FIXED64
        if self.kind in ("float", "fixed32", "sfixed32"):
            return FIXED32
        return VARINT


def scalar(number: int, kind: Kind) -> Any:
    """A singular number, text, bytes or enum without presence: the default value is not sent."""
    return dataclasses.field(default=_default(kind), metadata={"wire": FieldSpec(number, kind)})


def maybe(number: int, kind: Kind) -> Any:
    """A singular scalar with presence: None when not set."""
    return dataclasses.field(default=None, metadata={"wire": FieldSpec(number, kind, presence=True)})


def message(number: int, kind: str) -> Any:
    """A nested message: None when not set."""
    return dataclasses.field(default=None, metadata={"wire": FieldSpec(number, kind, nested=True, presence=True)})


def oneof(number: int, kind: Kind, group: str, nested: bool = False) -> Any:
    """A member of a oneof group: None when not set."""
    spec = FieldSpec(number, kind, nested=nested, presence=True, oneof=group)
    return dataclasses.field(default=None, metadata={"wire": spec})


def repeated(number: int, kind: Kind, packed: bool = False, nested: bool = False) -> Any:
    """A list of values."""
    spec = FieldSpec(number, kind, nested=nested, repeated=True, packed=packed)
    return dataclasses.field(default_factory=list, metadata={"wire": spec})


@dataclass(frozen=True)
class Layout:
    """The fields of a message class, the first ones in the order of their numbers."""

    by_name: Tuple[Tuple[str, FieldSpec], ...]
    by_number: Dict[int, Tuple[str, FieldSpec]]


_layouts: Dict[type, Layout] = {}


def layout_of(cls: Any) -> Layout:
    """Of a message class."""
    layout = _layouts.get(cls)
    if layout is None:
        fields = tuple((item.name, item.metadata["wire"]) for item in dataclasses.fields(cls))
        ordered = tuple(sorted(fields, key=lambda entry: entry[1].number))
        layout = _layouts[cls] = Layout(ordered, {spec.number: (name, spec) for name, spec in fields})
    return layout


def _default(kind: Kind) -> Any:
    if not isinstance(kind, str):
        return kind(0)
    return {"string": "", "bytes": b"", "bool": False, "double": 0.0, "float": 0.0}.get(kind, 0)
