"""Messages into bytes."""
from __future__ import annotations

import math
import operator
import struct
from typing import Any, Dict, List

from .wire_fields import BYTES, FIXED, FieldSpec, Kind, WireError, layout_of

_INTEGERS = {
    "int32": (-(1 << 31), (1 << 31) - 1), "sint32": (-(1 << 31), (1 << 31) - 1), "sfixed32": (-(1 << 31), (1 << 31) - 1),
    "int64": (-(1 << 63), (1 << 63) - 1), "sint64": (-(1 << 63), (1 << 63) - 1), "sfixed64": (-(1 << 63), (1 << 63) - 1),
    "uint32": (0, (1 << 32) - 1), "fixed32": (0, (1 << 32) - 1),
    "uint64": (0, (1 << 64) - 1), "fixed64": (0, (1 << 64) - 1),
}


def encode(message: Any) -> bytes:
    """A message's bytes; raises WireError, naming the field, when a value does not fit."""
    out: List[bytes] = []
    chosen: Dict[str, str] = {}
    for name, spec in layout_of(type(message)).by_name:
        value = getattr(message, name)
        if spec.repeated:
            _encode_repeated(out, message, name, spec, value)
        elif spec.presence:
            if value is None:
                continue
            if spec.oneof:
                if spec.oneof in chosen:
                    raise WireError(
                        f"{type(message).__name__}: of {spec.oneof} only one may be set, got {chosen[spec.oneof]} and {name}")
                chosen[spec.oneof] = name
            _encode_value(out, message, name, spec, value)
        elif not _is_default(spec.kind, value):
            _encode_value(out, message, name, spec, value)
    return b"".join(out)


def _is_default(kind: Kind, value: Any) -> bool:
    if kind in ("double", "float"):
        return value == 0 and math.copysign(1, value) > 0
    if kind in ("string", "bytes"):
        return len(value) == 0
    return value == 0


def _varint(value: int) -> bytes:
    if value < 0x80:
        return bytes((value,))
    out = bytearray()
    while value > 0x7F:
        out.append((value & 0x7F) | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _encode_repeated(out: List[bytes], owner: Any, name: str, spec: FieldSpec, values: Any) -> None:
    if len(values) == 0:
        return
    if not spec.packed:
        for value in values:
            _encode_value(out, owner, name, spec, value)
        return
    if isinstance(spec.kind, str) and spec.kind in FIXED:
        try:
            body = struct.pack(f"<{len(values)}{FIXED[spec.kind]}", *values)
        except (struct.error, OverflowError, TypeError) as error:
            raise WireError(f"{type(owner).__name__}.{name}: a value is no {spec.kind}: {error}") from error
    else:
        body = b"".join(_scalar_bytes(owner, name, spec.kind, value) for value in values)
    out += (_varint(spec.number << 3 | BYTES), _varint(len(body)), body)


def _encode_value(out: List[bytes], owner: Any, name: str, spec: FieldSpec, value: Any) -> None:
    out.append(_varint(spec.number << 3 | spec.wire_type))
    if spec.nested:
        if type(value).__name__ != spec.kind:
            raise WireError(f"{type(owner).__name__}.{name}: must be a {spec.kind}, got {type(value).__name__}")
        body = encode(value)
        out += (_varint(len(body)), body)
    else:
        out.append(_scalar_bytes(owner, name, spec.kind, value))


def _scalar_bytes(owner: Any, name: str, kind: Kind, value: Any) -> bytes:
    try:
        if kind == "bool":
            return b"\1" if value else b"\0"
        if kind == "string":
            text = value.encode("utf-8")
            return _varint(len(text)) + text
        if kind == "bytes":
            return _varint(len(value)) + bytes(value)
        if kind in ("double", "float"):
            return struct.pack("<" + FIXED[kind], value)
        number = operator.index(value)
        least, most = _INTEGERS[kind if isinstance(kind, str) else "int32"]
        if not least <= number <= most:
            raise WireError(f"{type(owner).__name__}.{name}: must be {least}..{most}, got {number}")
        if kind in FIXED:
            return struct.pack("<" + FIXED[kind], number)
        if kind in ("sint32", "sint64"):
            return _varint(number << 1 if number >= 0 else (-number << 1) - 1)
        return _varint(number & 0xFFFF_FFFF_FFFF_FFFF)
    except (TypeError, AttributeError, OverflowError, UnicodeEncodeError, struct.error) as error:
        wanted = kind if isinstance(kind, str) else kind.__name__
        raise WireError(f"{type(owner).__name__}.{name}: must be {wanted}, got {value!r:.60}") from error
