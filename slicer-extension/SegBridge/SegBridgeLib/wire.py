"""The protobuf wire format for messages declared as dataclasses (see contract.py).

Only what the contract uses is here: proto3 scalars, enums, nested messages, repeated (packed) fields, explicit
presence and oneof groups. Unknown fields are skipped, so that an older client understands a newer server.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Type, TypeVar, Union

from .wire_fields import FieldSpec, WireError, layout_of, maybe, message, oneof, repeated, scalar
from .wire_reader import decode_into
from .wire_writer import encode

__all__ = ["FieldSpec", "Message", "Method", "WireError", "maybe", "message", "oneof", "repeated", "scalar"]

M = TypeVar("M", bound="Message")


@dataclass(frozen=True)
class Method:
    """One remote procedure: its path, message classes and direction of streaming."""

    path: str
    request: Type["Message"]
    reply: Type["Message"]
    client_streaming: bool = False
    server_streaming: bool = False


class Message:
    """Base of all messages."""

    def encode(self) -> bytes:
        """The message's bytes. Raises WireError, naming the field, when a value does not fit."""
        return encode(self)

    @classmethod
    def decode(cls: Type[M], data: Union[bytes, bytearray, memoryview]) -> M:
        """A message from its bytes. Raises WireError when they are not one."""
        result = cls()
        decode_into(result, memoryview(data))
        return result

    def which(self, group: str) -> Optional[str]:
        """Name of the member of a oneof group that is set."""
        for name, spec in layout_of(type(self)).by_name:
            if spec.oneof == group and getattr(self, name) is not None:
                return name
        return None
