"""Messages from bytes. Unknown fields are skipped."""
from __future__ import annotations

import struct
import sys
from typing import Any, Tuple

from .wire_fields import BYTES, FIXED, FIXED32, FIXED64, GROUP_END, GROUP_START, VARINT, FieldSpec, Kind, Layout, WireError, layout_of

_MAX_GROUP_DEPTH = 32


def decode_into(target: Any, data: memoryview) -> None:
    """Sets what the bytes say of a message; raises WireError when they are not one."""
    layout = layout_of(type(target))
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
        expected = spec.wire_type
        if wire == expected:
            value, at = _decode_one(target, name, spec, data, at)
            if spec.repeated:
                getattr(target, name).append(value)
            else:
                _assign(target, layout, name, spec, value)
        elif wire == BYTES and spec.packed:
            length, at = _read_varint(data, at)
            body, at = _read_bytes(data, at, length)
            _decode_packed(target, name, spec, body)
        else:
            raise WireError(f"{type(target).__name__}.{name}: wire type {wire} does not fit, {expected} would")


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


def _assign(target: Any, layout: Layout, name: str, spec: FieldSpec, value: Any) -> None:
    if spec.oneof:
        for other, other_spec in layout.by_name:
            if other_spec.oneof == spec.oneof and other != name:
                setattr(target, other, None)
    setattr(target, name, value)


def _decode_one(target: Any, name: str, spec: FieldSpec, data: memoryview, at: int) -> Tuple[Any, int]:
    wire = spec.wire_type
    if wire == VARINT:
        raw, at = _read_varint(data, at)
        return _from_varint(spec.kind, raw), at
    if wire in (FIXED32, FIXED64):
        body, at = _read_bytes(data, at, 4 if wire == FIXED32 else 8)
        return struct.unpack("<" + FIXED[str(spec.kind)], body)[0], at
    length, at = _read_varint(data, at)
    body, at = _read_bytes(data, at, length)
    if spec.nested:
        # A message that comes in two parts is merged, as protobuf demands.
        earlier = None if spec.repeated else getattr(target, name)
        nested = earlier if earlier is not None else getattr(sys.modules[type(target).__module__], str(spec.kind))()
        decode_into(nested, body)
        return nested, at
    if spec.kind == "bytes":
        return bytes(body), at
    try:
        return str(body, "utf-8"), at
    except UnicodeDecodeError as error:
        raise WireError(f"{type(target).__name__}.{name}: the text is not UTF-8") from error


def _decode_packed(target: Any, name: str, spec: FieldSpec, body: memoryview) -> None:
    values = getattr(target, name)
    if isinstance(spec.kind, str) and spec.kind in FIXED:
        size = struct.calcsize("<" + FIXED[spec.kind])
        if len(body) % size:
            raise WireError(f"{type(target).__name__}.{name}: {len(body)} bytes are no whole number of {spec.kind}s")
        values.extend(struct.unpack(f"<{len(body) // size}{FIXED[spec.kind]}", body))
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
    if wire == VARINT:
        return _read_varint(data, at)[1]
    if wire in (FIXED32, FIXED64):
        return _read_bytes(data, at, 4 if wire == FIXED32 else 8)[1]
    if wire == BYTES:
        length, at = _read_varint(data, at)
        return _read_bytes(data, at, length)[1]
    if wire != GROUP_START or depth >= _MAX_GROUP_DEPTH:
        raise WireError(f"field {number}: wire type {wire} is not valid here")
    while True:
        tag, at = _read_varint(data, at)
        if tag & 7 == GROUP_END:
            if tag >> 3 != number:
                raise WireError(f"field {number}: a group is closed by field {tag >> 3}")
            return at
        at = _skip(data, at, tag >> 3, tag & 7, depth + 1)
