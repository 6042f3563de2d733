#!/usr/bin/env python3
"""Writes the client's contract.py from the .proto files.

    python3 slicer-extension/tools/generate_contract.py            writes SegBridge/SegBridgeLib/contract.py
    python3 slicer-extension/tools/generate_contract.py --check    exits with 1 when that file is out of date
"""
from __future__ import annotations

import argparse
import keyword
import re
import sys
from pathlib import Path
from typing import Dict, List

from proto_parser import SCALARS, ProtoEnum, ProtoField, ProtoFile, ProtoMessage, ProtoService, ProtoSyntaxError, parse_folder

EXTENSION = Path(__file__).resolve().parent.parent
PROTO = EXTENSION.parent / "proto"
CONTRACT = EXTENSION / "SegBridge" / "SegBridgeLib" / "contract.py"

_HEADER = '''"""Messages, enums and methods of the contract.

Generated from proto/ by slicer-extension/tools/generate_contract.py; do not edit. A message field that is not
set is None, a number 0, a text or bytes empty. Of a oneof group at most one member is not None.
"""
from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import List, Optional

from .wire import Message, Method, maybe, message, oneof, repeated, scalar
'''

# Names that a class body of contract.py needs for itself.
_TAKEN = frozenset(["maybe", "message", "oneof", "repeated", "scalar"])
_PYTHON_TYPES = {"double": "float", "float": "float", "bool": "bool", "string": "str", "bytes": "bytes"}


class _Names:
    """Python names of the proto types, and the scoping rule that finds a type from where it is used."""

    def __init__(self, files: List[ProtoFile]) -> None:
        self._python: Dict[str, str] = {}
        self._enums = set()
        for file in files:
            for kind in (*file.messages, *file.enums):
                name = kind.full_name[len(file.package) + 1:].replace(".", "")
                if name in self._python.values():
                    raise ProtoSyntaxError(f"two types would both be called {name} in Python")
                self._python[kind.full_name] = name
            self._enums.update(enum.full_name for enum in file.enums)

    def python(self, full_name: str) -> str:
        return self._python[full_name]

    def is_enum(self, full_name: str) -> bool:
        return full_name in self._enums

    def find(self, name: str, scope: str) -> str:
        while True:
            candidate = f"{scope}.{name}" if scope else name
            if candidate in self._python:
                return candidate
            if not scope:
                raise ProtoSyntaxError(f"there is no type {name}")
            scope = scope.rpartition(".")[0]


def generate(root: Path) -> str:
    """The text of contract.py for the .proto files below a folder."""
    files = parse_folder(root)
    names = _Names(files)
    parts = [_HEADER]
    for file in files:
        parts.extend(_enum(enum, names) for enum in file.enums)
    for file in files:
        parts.extend(_message(message, names) for message in file.messages)
    for file in files:
        parts.extend(_service(service, file, names) for service in file.services)
    return "\n\n".join(parts)


def _docstring(comment: str, indent: str) -> List[str]:
    if not comment:
        return []
    lines = comment.replace("\\", "\\\\").splitlines()
    first = (" " if lines[0].startswith('"') else "") + lines[0] + (" " if lines[0].endswith('"') else "")
    if len(lines) == 1:
        return [f'{indent}"""{first}"""']
    return [f'{indent}"""{first}', *(f"{indent}{line}".rstrip() for line in lines[1:]), f'{indent}"""']


def _comment(comment: str) -> List[str]:
    return [f"    # {line}".rstrip() for line in comment.splitlines()]


def _enum(enum: ProtoEnum, names: _Names) -> str:
    name = names.python(enum.full_name)
    short = enum.full_name.rpartition(".")[2]
    prefix = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", short).upper() + "_"
    lines = [f"class {name}(IntEnum):", *_docstring(enum.comment, "    ")]
    if enum.comment:
        lines.append("")
    for value, number, comment in enum.values:
        python = value[len(prefix):] if value.startswith(prefix) else value
        lines += [*_comment(comment), f"    {python} = {number}"]
    return "\n".join(lines) + "\n"


def _message(proto: ProtoMessage, names: _Names) -> str:
    lines = ["@dataclass", f"class {names.python(proto.full_name)}(Message):", *_docstring(proto.comment, "    ")]
    if not proto.fields:
        return "\n".join(lines if proto.comment else [*lines, "    pass"]) + "\n"
    if proto.comment:
        lines.append("")
    for item in proto.fields:
        lines += [*_comment(item.comment), _field(item, proto, names)]
    return "\n".join(lines) + "\n"


def _field(item: ProtoField, proto: ProtoMessage, names: _Names) -> str:
    name = item.name + "_" if keyword.iskeyword(item.name) or item.name in _TAKEN else item.name
    if item.type_name in SCALARS:
        kind, python = f'"{item.type_name}"', _PYTHON_TYPES.get(item.type_name, "int")
        is_message = False
    else:
        full_name = names.find(item.type_name, proto.full_name)
        python, is_message = names.python(full_name), not names.is_enum(full_name)
        kind = f'"{python}"' if is_message else python
    if item.repeated:
        packable = "" if is_message or item.type_name in ("string", "bytes") else ", packed=True"
        nested = ", nested=True" if is_message else ""
        return f"    {name}: List[{python}] = repeated({item.number}, {kind}{packable}{nested})"
    if item.oneof:
        nested = ", nested=True" if is_message else ""
        return f'    {name}: Optional[{python}] = oneof({item.number}, {kind}, "{item.oneof}"{nested})'
    if is_message:
        return f"    {name}: Optional[{python}] = message({item.number}, {kind})"
    if item.optional:
        return f"    {name}: Optional[{python}] = maybe({item.number}, {kind})"
    return f"    {name}: {python} = scalar({item.number}, {kind})"


def _service(service: ProtoService, file: ProtoFile, names: _Names) -> str:
    short = service.full_name.rpartition(".")[2]
    lines = [f"class {short}Service:", *_docstring(service.comment or f"Methods of {service.full_name}.", "    "), ""]
    for method in service.methods:
        python = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", method.name).lower()
        request = names.python(names.find(method.request, file.package))
        reply = names.python(names.find(method.reply, file.package))
        streams = "".join(
            f", {name}=True" for name, on in
            (("client_streaming", method.client_streaming), ("server_streaming", method.server_streaming)) if on
        )
        lines += [
            *_comment(method.comment),
            f'    {python} = Method("/{service.full_name}/{method.name}", {request}, {reply}{streams})',
        ]
    return "\n".join(lines) + "\n"


def main() -> int:
    options = argparse.ArgumentParser(description="Writes the client's contract.py from the .proto files.")
    options.add_argument("--check", action="store_true", help="write nothing; exit with 1 when contract.py is out of date")
    check = options.parse_args().check
    text = generate(PROTO)
    if not check:
        CONTRACT.write_text(text, encoding="utf-8")
        return 0
    if CONTRACT.exists() and CONTRACT.read_text(encoding="utf-8") == text:
        return 0
    print("contract.py is out of date: run slicer-extension/tools/generate_contract.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
