"""A source file to check, and what is found in it."""
from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Dict, FrozenSet, Iterator, List, Optional, Set

ROOT = Path(__file__).resolve().parents[3]
EXTENSION = ROOT / "slicer-extension"
# Not part of what is installed.
_APART = {"tools", "__pycache__"}


@dataclass(frozen=True)
class Finding:
    """Something that would fail in a Slicer of a supported version."""

    path: str
    line: int
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: [{self.rule}] {self.text}"


class Source:
    """A parsed file; ``parent`` knows the syntax tree upwards."""

    def __init__(self, path: str, text: str) -> None:
        self.path, self.text = path, text
        self.tree = ast.parse(text, path)
        self._parents: Dict[ast.AST, ast.AST] = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    @classmethod
    def of(cls, path: Path) -> "Source":
        return cls(str(path.relative_to(ROOT)), path.read_text())

    def finding(self, node: ast.AST, rule: str, text: str) -> Finding:
        return Finding(self.path, getattr(node, "lineno", 0), rule, text)

    def parents(self, node: ast.AST) -> Iterator[ast.AST]:
        """From the nearest outwards."""
        current: Optional[ast.AST] = self._parents.get(node)
        while current is not None:
            yield current
            current = self._parents.get(current)

    def is_called(self, node: ast.AST) -> bool:
        parent = self._parents.get(node)
        return isinstance(parent, ast.Call) and parent.func is node


def python_files() -> List[Path]:
    """All Python files of the extension that are installed."""
    return [path for path in sorted(EXTENSION.rglob("*.py")) if not _APART & set(path.relative_to(EXTENSION).parts)]


def dotted(node: ast.AST) -> str:
    """``a.b.c`` of an attribute chain; "" of anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def imported_names(source: Source) -> Set[str]:
    """Names that stand for modules and classes of others, in this file."""
    found: Set[str] = set()
    for node in ast.walk(source.tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            found.update(name.asname or name.name.partition(".")[0] for name in node.names)
    return found


@lru_cache(maxsize=None)
def own_names() -> FrozenSet[str]:
    """Names of all functions, attributes and parameters that the extension itself defines."""
    found: Set[str] = set()
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                found.add(node.name)
            elif isinstance(node, ast.arg):
                found.add(node.arg)
            elif isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Store):
                found.add(node.id if isinstance(node, ast.Name) else node.attr)
    return frozenset(found)
