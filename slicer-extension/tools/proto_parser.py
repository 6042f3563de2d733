"""Reads the part of the proto3 language that SegBridge's contract uses, comments included.

Nothing but the standard library is needed, so that the client's contract can be generated wherever Python runs.
What is not understood (maps, extensions, groups) is refused by name and line rather than skipped.
"""
from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List, Optional, Tuple

SCALARS = frozenset(
    "double float int32 int64 uint32 uint64 sint32 sint64 fixed32 fixed64 sfixed32 sfixed64 bool string bytes".split()
)
_TOKEN = re.compile(r'//(?P<comment>[^\n]*)|(?P<string>"(?:[^"\\]|\\.)*")|(?P<word>[\w.]+)|(?P<mark>[{}()\[\]<>;=,-])|(?P<space>\s+)')


class ProtoSyntaxError(Exception):
    """The file is not proto3, or uses a part of it that this parser does not know."""


@dataclass
class ProtoField:
    name: str
    number: int
    type_name: str
    repeated: bool = False
    optional: bool = False
    oneof: Optional[str] = None
    comment: str = ""


@dataclass
class ProtoEnum:
    full_name: str
    values: List[Tuple[str, int, str]] = field(default_factory=list)
    comment: str = ""


@dataclass
class ProtoMessage:
    full_name: str
    fields: List[ProtoField] = field(default_factory=list)
    comment: str = ""


@dataclass
class ProtoMethod:
    name: str
    request: str
    reply: str
    client_streaming: bool
    server_streaming: bool
    comment: str = ""


@dataclass
class ProtoService:
    full_name: str
    methods: List[ProtoMethod] = field(default_factory=list)
    comment: str = ""


@dataclass
class ProtoFile:
    path: str
    package: str = ""
    imports: List[str] = field(default_factory=list)
    messages: List[ProtoMessage] = field(default_factory=list)
    enums: List[ProtoEnum] = field(default_factory=list)
    services: List[ProtoService] = field(default_factory=list)


@dataclass
class _Token:
    text: str
    line: int
    comment: str
    is_string: bool = False


def parse_folder(root: Path) -> List[ProtoFile]:
    """All .proto files below a folder, imported ones before those that import them."""
    files = {path.relative_to(root).as_posix(): _Parser(path, root).parse() for path in sorted(root.rglob("*.proto"))}
    ordered: Dict[str, ProtoFile] = {}

    def add(name: str, wanted_by: str) -> None:
        if name in ordered:
            return
        if name not in files:
            raise ProtoSyntaxError(f"{wanted_by} imports {name}, which is not below {root}")
        for other in files[name].imports:
            add(other, name)
        ordered[name] = files[name]

    for name in files:
        add(name, name)
    return list(ordered.values())


class _Parser:
    def __init__(self, path: Path, root: Path) -> None:
        self._file = ProtoFile(path.relative_to(root).as_posix())
        self._tokens = self._tokenize(path.read_text(encoding="utf-8"))
        self._at = 0

    def _tokenize(self, text: str) -> List[_Token]:
        tokens: List[_Token] = []
        comment: List[str] = []
        at, line, comment_line = 0, 1, 0
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise ProtoSyntaxError(f"{self._file.path}:{line}: cannot read {text[at:at + 20]!r}")
            kind = match.lastgroup
            if kind == "comment":
                # A comment belongs to what follows it directly; a blank line in between cuts the tie.
                if comment and comment_line < line - 1:
                    comment = []
                comment.append(match.group("comment")[1:] if match.group("comment").startswith(" ") else match.group("comment"))
                comment_line = line
            elif kind != "space":
                said = "\n".join(comment).strip("\n") if comment_line >= line - 1 else ""
                tokens.append(_Token(match.group(), line, said, kind == "string"))
                comment = []
            line += match.group().count("\n")
            at = match.end()
        return tokens

    def parse(self) -> ProtoFile:
        while self._at < len(self._tokens):
            start = self._take()
            if start.text == "syntax":
                self._expect("=")
                if self._take().text != '"proto3"':
                    raise self._error("only proto3 is understood")
                self._expect(";")
            elif start.text == "package":
                self._file.package = self._take().text
                self._expect(";")
            elif start.text == "import":
                self._file.imports.append(self._take().text.strip('"'))
                self._expect(";")
            elif start.text == "option":
                self._skip_statement()
            elif start.text == "message":
                self._message(self._file.package, start.comment)
            elif start.text == "enum":
                self._enum(self._file.package, start.comment)
            elif start.text == "service":
                self._service(start.comment)
            elif start.text != ";":
                raise self._error(f"{start.text} is not understood here")
        return self._file

    def _message(self, scope: str, comment: str) -> None:
        message = ProtoMessage(f"{scope}.{self._take().text}", comment=comment)
        self._file.messages.append(message)
        self._expect("{")
        while not self._accept("}"):
            start = self._take()
            if start.text == "message":
                self._message(message.full_name, start.comment)
            elif start.text == "enum":
                self._enum(message.full_name, start.comment)
            elif start.text == "oneof":
                name = self._take().text
                self._expect("{")
                while not self._accept("}"):
                    message.fields.append(self._field(self._take(), oneof=name))
            elif start.text in ("reserved", "option"):
                self._skip_statement()
            elif start.text in ("map", "extensions", "group", "required"):
                raise self._error(f"{start.text} is not supported")
            else:
                message.fields.append(self._field(start))

    def _field(self, start: _Token, oneof: Optional[str] = None) -> ProtoField:
        repeated, optional = start.text == "repeated", start.text == "optional"
        kind = self._take() if repeated or optional else start
        name = self._take().text
        self._expect("=")
        number = int(self._take().text)
        if self._accept("["):
            while not self._accept("]"):
                self._take()
        self._expect(";")
        return ProtoField(name, number, kind.text, repeated, optional, oneof, start.comment)

    def _enum(self, scope: str, comment: str) -> None:
        enum = ProtoEnum(f"{scope}.{self._take().text}", comment=comment)
        self._file.enums.append(enum)
        self._expect("{")
        while not self._accept("}"):
            start = self._take()
            if start.text in ("reserved", "option"):
                self._skip_statement()
                continue
            self._expect("=")
            sign = -1 if self._accept("-") else 1
            enum.values.append((start.text, sign * int(self._take().text), start.comment))
            self._expect(";")

    def _service(self, comment: str) -> None:
        service = ProtoService(f"{self._file.package}.{self._take().text}", comment=comment)
        self._file.services.append(service)
        self._expect("{")
        while not self._accept("}"):
            start = self._take()
            if start.text == "option":
                self._skip_statement()
                continue
            if start.text != "rpc":
                raise self._error(f"expected rpc, got {start.text}")
            name = self._take().text
            request, client_streaming = self._rpc_type()
            self._expect("returns")
            reply, server_streaming = self._rpc_type()
            self._expect(";")
            service.methods.append(ProtoMethod(name, request, reply, client_streaming, server_streaming, start.comment))

    def _rpc_type(self) -> Tuple[str, bool]:
        self._expect("(")
        name = self._take().text
        streaming = name == "stream"
        if streaming:
            name = self._take().text
        self._expect(")")
        return name, streaming

    def _skip_statement(self) -> None:
        while self._take().text != ";":
            pass

    def _take(self) -> _Token:
        if self._at >= len(self._tokens):
            raise ProtoSyntaxError(f"{self._file.path}: the file ends in the middle of something")
        self._at += 1
        return self._tokens[self._at - 1]

    def _accept(self, text: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at].text == text:
            self._at += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        token = self._take()
        if token.text != text:
            raise self._error(f"expected {text!r}, got {token.text!r}")

    def _error(self, what: str) -> ProtoSyntaxError:
        return ProtoSyntaxError(f"{self._file.path}:{self._tokens[self._at - 1].line}: {what}")
