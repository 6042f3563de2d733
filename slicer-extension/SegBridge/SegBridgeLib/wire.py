"""The protobuf wire format for messages declared as dataclasses (see contract.py).

Only what the contract uses is here: proto3 scalars, enums, nested messages, repeated (packed) fields, explicit
presence and oneof groups. Unknown fields are skipped, so that an older client understands a newer server.
"""
from __future__ import annotations

import dataclasses
import math
import operator
import struct
import sys
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Dict, List, Optional, Tuple, Type, TypeVar, Union

Kind = Union[str, Type[IntEnum]]
M = TypeVar("M", bound="Message")

_VARINT, _FIXED64, _BYTES, _GROUP_START, _GROUP_END, _FIXED32 = range(6)
_INTEGERS = {
    "int32": (-(1 << 31), (1 << 31) - 1), "sint32": (-(1 << 31), (1 << 31) - 1), "sfixed32": (-(1 << 31), (1 << 31) - 1),
    "int64": (-(1 << 63), (1 << 63) - 1), "sint64": (-(1 << 63), (1 << 63) - 1), "sfixed64": (-(1 << 63), (1 << 63) - 1),
    "uint32": (0, (1 << 32) - 1), "fixed32": (0, (1 << 32) - 1),
    "uint64": (0, (1 << 64) - 1), "fixed64": (0, (1 << 64) - 1),
}
_FIXED = {"double": "d", "float": "f", "fixed32": "I", "sfixed32": "i", "fixed64": "Q", "sfixed64": "q"}
_MAX_GROUP_DEPTH = 32


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


@dataclass(frozen=True)
class Method:
    """One remote procedure: its path, message classes and direction of streaming."""

    path: str
    request: Type["Message"]
    reply: Type["Message"]
    client_streaming: bool = False
    server_streaming: bool = False


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


class Message:
    """Base of all messages."""

    def encode(self) -> bytes:
        """The message's bytes. Raises WireError, naming the field, when a value does not fit."""
        out: List[bytes] = []
        chosen: Dict[str, str] = {}
        for name, spec in _layout(type(self)).by_name:
            value = getattr(self, name)
            if spec.repeated:
                _encode_repeated(out, self, name, spec, value)
            elif spec.presence:
                if value is None:
                    continue
                if spec.oneof:
                    if spec.oneof in chosen:
                        raise WireError(
                            f"{type(self).__name__}: of {spec.oneof} only one may be set, got {chosen[spec.oneof]} and {name}")
                    chosen[spec.oneof] = name
                _encode_value(out, self, name, spec, value)
            elif not _is_default(spec.kind, value):
                _encode_value(out, self, name, spec, value)
        return b"".join(out)

    @classmethod
    def decode(cls: Type[M], data: Union[bytes, bytearray, memoryview]) -> M:
        """A message from its bytes. Raises WireError when they are not one."""
        result = cls()
        _decode_into(result, memoryview(data))
        return result

    def which(self, group: str) -> Optional[str]:
        """Name of the member of a oneof group that is set."""
        for name, spec in _layout(type(self)).by_name:
            if spec.oneof == group and getattr(self, name) is not None:
                return name
        return None


@dataclass(frozen=True)
class _Layout:
    by_name: Tuple[Tuple[str, FieldSpec], ...]
    by_number: Dict[int, Tuple[str, FieldSpec]]


_layouts: Dict[type, _Layout] = {}


def _layout(cls: Any) -> _Layout:
    layout = _layouts.get(cls)
    if layout is None:
        fields = tuple((item.name, item.metadata["wire"]) for item in dataclasses.fields(cls))
        ordered = tuple(sorted(fields, key=lambda entry: entry[1].number))
        layout = _layouts[cls] = _Layout(ordered, {spec.number: (name, spec) for name, spec in fields})
    return layout


def _default(kind: Kind) -> Any:
    if not isinstance(kind, str):
        return kind(0)
    return {"string": "", "bytes": b"", "bool": False, "double": 0.0, "float": 0.0}.get(kind, 0)


def _is_default(kind: Kind, value: Any) -> bool:
    if kind in ("double", "float"):
        return value == 0 and math.copysign(1, value) > 0
    if kind in ("string", "bytes"):
        return len(value) == 0
    return value == 0


def _wire_type(spec: FieldSpec) -> int:
    if spec.nested or spec.kind in ("string", "bytes"):
        return _BYTES
    if spec.kind in ("double", "fixed64", "sfixed64"):
        return _FIXED64
    if spec.kind in ("float", "fixed32", "sfixed32"):
        return _FIXED32
    return _VARINT


# ---- encoding ----------------------------------------------------------------------------------------------


def _varint(value: int) -> bytes:
    if value < 0x80:
        return bytes((value,))
    out = bytearray()
    while value > 0x7F:
        out.append((value & 0x7F) | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _encode_repeated(out: List[bytes], owner: Message, name: str, spec: FieldSpec, values: Any) -> None:
    if len(values) == 0:
        return
    if not spec.packed:
        for value in values:
            _encode_value(out, owner, name, spec, value)
        return
    if isinstance(spec.kind, str) and spec.kind in _FIXED:
        try:
            body = struct.pack(f"<{len(values)}{_FIXED[spec.kind]}", *values)
        except (struct.error, OverflowError, TypeError) as error:
            raise WireError(f"{type(owner).__name__}.{name}: a value is no {spec.kind}: {error}") from error
    else:
        body = b"".join(_scalar_bytes(owner, name, spec.kind, value) for value in values)
    out += (_varint(spec.number << 3 | _BYTES), _varint(len(body)), body)


def _encode_value(out: List[bytes], owner: Message, name: str, spec: FieldSpec, value: Any) -> None:
    out.append(_varint(spec.number << 3 | _wire_type(spec)))
    if spec.nested:
        if type(value).__name__ != spec.kind or not isinstance(value, Message):
            raise WireError(f"{type(owner).__name__}.{name}: must be a {spec.kind}, got {type(value).__name__}")
        body = value.encode()
        out += (_varint(len(body)), body)
    else:
        out.append(_scalar_bytes(owner, name, spec.kind, value))


def _scalar_bytes(owner: Message, name: str, kind: Kind, value: Any) -> bytes:
    try:
        if kind == "bool":
            return b"\1" if value else b"\0"
        if kind == "string":
            text = value.encode("utf-8")
            return _varint(len(text)) + text
        if kind == "bytes":
            return _varint(len(value)) + bytes(value)
        if kind in ("double", "float"):
            return struct.pack("<" + _FIXED[kind], value)
        number = operator.index(value)
        least, most = _INTEGERS[kind if isinstance(kind, str) else "int32"]
        if not least <= number <= most:
            raise WireError(f"{type(owner).__name__}.{name}: must be {least}..{most}, got {number}")
        if kind in _FIXED:
            return struct.pack("<" + _FIXED[kind], number)
        if kind in ("sint32", "sint64"):
            return _varint(number << 1 if number >= 0 else (-number << 1) - 1)
        return _varint(number & 0xFFFF_FFFF_FFFF_FFFF)
    except (TypeError, AttributeError, OverflowError, UnicodeEncodeError, struct.error) as error:
        wanted = kind if isinstance(kind, str) else kind.__name__
        raise WireError(f"{type(owner).__name__}.{name}: must be {wanted}, got {value!r:.60}") from error


# ---- decoding ----------------------------------------------------------------------------------------------


def _read_varint(data: memoryview, at: int) -> Tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data):
            raise WireError("the message ends inside a number")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, at
        shift += 7
        if shift > 63:
            raise WireError("a number in the message is longer than 10 bytes")


def _read_bytes(data: memoryview, at: int, count: int) -> Tuple[memoryview, int]:
    if count > len(data) - at:
        raise WireError(f"the message ends early: {count} bytes are announced, {len(data) - at} are left")
    return data[at:at + count], at + count


def _decode_into(target: Message, data: memoryview) -> None:
    layout = _layout(type(target))
    at = 0
    while at < len(data):
        tag, at = _read_varint(data, at)
        number, wire = tag >> 3, tag & 7
        if number == 0 or number > 0x1FFF_FFFF:
            raise WireError(f"{type(target).__name__}: a field cannot have the number {number}")
        known = layout.by_number.get(number)
        if known is None:
            at = _skip(data, at, number, wire, 0)
            continue
        name, spec = known
        expected = _wire_type(spec)
        if wire == expected:
            value, at = _decode_one(target, name, spec, data, at)
            if spec.repeated:
                getattr(target, name).append(value)
            else:
                _assign(target, layout, name, spec, value)
        elif wire == _BYTES and spec.packed:
            length, at = _read_varint(data, at)
            body, at = _read_bytes(data, at, length)
            _decode_packed(target, name, spec, body)
        else:
            raise WireError(f"{type(target).__name__}.{name}: wire type {wire} does not fit, {expected} would")


def _assign(target: Message, layout: _Layout, name: str, spec: FieldSpec, value: Any) -> None:
    if spec.oneof:
        for other, other_spec in layout.by_name:
            if other_spec.oneof == spec.oneof and other != name:
                setattr(target, other, None)
    setattr(target, name, value)


def _decode_one(target: Message, name: str, spec: FieldSpec, data: memoryview, at: int) -> Tuple[Any, int]:
    wire = _wire_type(spec)
    if wire == _VARINT:
        raw, at = _read_varint(data, at)
        return _from_varint(spec.kind, raw), at
    if wire in (_FIXED32, _FIXED64):
        body, at = _read_bytes(data, at, 4 if wire == _FIXED32 else 8)
        return struct.unpack("<" + _FIXED[str(spec.kind)], body)[0], at
    length, at = _read_varint(data, at)
    body, at = _read_bytes(data, at, length)
    if spec.nested:
        # A message that comes in two parts is merged, as protobuf demands.
        earlier = None if spec.repeated else getattr(target, name)
        nested = earlier if earlier is not None else getattr(sys.modules[type(target).__module__], str(spec.kind))()
        _decode_into(nested, body)
        return nested, at
    if spec.kind == "bytes":
        return bytes(body), at
    try:
        return str(body, "utf-8"), at
    except UnicodeDecodeError as error:
        raise WireError(f"{type(target).__name__}.{name}: the text is not UTF-8") from error


def _decode_packed(target: Message, name: str, spec: FieldSpec, body: memoryview) -> None:
    values = getattr(target, name)
    if isinstance(spec.kind, str) and spec.kind in _FIXED:
        size = struct.calcsize("<" + _FIXED[spec.kind])
        if len(body) % size:
            raise WireError(f"{type(target).__name__}.{name}: {len(body)} bytes are no whole number of {spec.kind}s")
        values.extend(struct.unpack(f"<{len(body) // size}{_FIXED[spec.kind]}", body))
        return
    at = 0
    while at < len(body):
        raw, at = _read_varint(body, at)
        values.append(_from_varint(spec.kind, raw))


def _from_varint(kind: Kind, raw: int) -> Any:
    if kind == "bool":
        return raw != 0
    if kind == "uint64":
        return raw
    if kind == "uint32":
        return raw & 0xFFFF_FFFF
    if kind == "int64":
        return raw - (1 << 64) if raw >= 1 << 63 else raw
    if kind in ("sint32", "sint64"):
        if kind == "sint32":
            raw &= 0xFFFF_FFFF
        return (raw >> 1) ^ -(raw & 1)
    number = raw & 0xFFFF_FFFF
    number = number - (1 << 32) if number >= 1 << 31 else number
    if isinstance(kind, str):
        return number
    try:
        return kind(number)
    except ValueError:
        return number  # A value that a newer server knows.


def _skip(data: memoryview, at: int, number: int, wire: int, depth: int) -> int:
    if wire == _VARINT:
        return _read_varint(data, at)[1]
    if wire in (_FIXED32, _FIXED64):
        return _read_bytes(data, at, 4 if wire == _FIXED32 else 8)[1]
    if wire == _BYTES:
        length, at = _read_varint(data, at)
        return _read_bytes(data, at, length)[1]
    if wire != _GROUP_START or depth >= _MAX_GROUP_DEPTH:
        raise WireError(f"field {number}: wire type {wire} is not valid here")
    while True:
        tag, at = _read_varint(data, at)
        if tag & 7 == _GROUP_END:
            if tag >> 3 != number:
                raise WireError(f"field {number}: a group is closed by field {tag >> 3}")
            return at
        at = _skip(data, at, tag >> 3, tag & 7, depth + 1)
