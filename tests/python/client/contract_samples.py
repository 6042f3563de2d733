"""Random messages of every class of the contract."""
import dataclasses
import random
import struct
from typing import List, Type

from SegBridgeLib import contract
from SegBridgeLib.wire import FieldSpec, Message

_EDGES = {
    "int32": (-(1 << 31), -1, 0, 1, 127, 128, (1 << 31) - 1), "int64": (-(1 << 63), -1, 0, 1, (1 << 63) - 1),
    "uint32": (0, 1, 127, 128, (1 << 32) - 1), "uint64": (0, 1, 1 << 35, (1 << 64) - 1), "fixed32": (0, 1, (1 << 32) - 1),
}


def message_classes() -> List[Type[Message]]:
    return [
        item for item in vars(contract).values() if isinstance(item, type) and issubclass(item, Message) and item is not Message
    ]


def random_message(cls: Type[Message], chance: random.Random, depth: int = 0) -> Message:
    """A message with about half its fields set; at most one member of each oneof group."""
    result = cls()
    groups = {}
    for field in dataclasses.fields(cls):
        spec = field.metadata["wire"]
        if spec.oneof:
            groups.setdefault(spec.oneof, []).append((field.name, spec))
        elif chance.random() < 0.6:
            if spec.repeated:
                setattr(result, field.name, [_value(spec, chance, depth) for _ in range(chance.choice((1, 2, 3, 40)))])
            else:
                setattr(result, field.name, _value(spec, chance, depth))
    for members in groups.values():
        if chance.random() < 0.8:
            name, spec = chance.choice(members)
            setattr(result, name, _value(spec, chance, depth))
    return result


def _value(spec: FieldSpec, chance: random.Random, depth: int):
    if spec.nested:
        return random_message(getattr(contract, spec.kind), chance, depth + 1)
    if not isinstance(spec.kind, str):
        return chance.choice(list(spec.kind))
    if spec.kind == "string":
        return "".join(chance.choice("abc ÄÖ漢字🧠\0") for _ in range(chance.randrange(200)))
    if spec.kind == "bytes":
        return chance.randbytes(chance.randrange(300))
    if spec.kind == "bool":
        return chance.random() < 0.5
    if spec.kind in ("double", "float"):
        value = chance.choice((0.0, -0.0, 1.5, -1e30, float("inf"), chance.uniform(-1000, 1000)))
        return struct.unpack("<f", struct.pack("<f", value))[0] if spec.kind == "float" else value
    return chance.choice(_EDGES[spec.kind])
