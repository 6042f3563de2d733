"""Rule: each package keeps to its layer, and texts are translated whole."""
from __future__ import annotations

import ast
from pathlib import PurePath
from typing import Iterator

from .source import Finding, Source, dotted

# What the packages may not import: the client works without Slicer, the scene without widgets, the loop without a panel.
_FORBIDDEN = {
    "SegBridgeLib": {"slicer", "qt", "ctk", "vtk", "SegBridgeScene", "SegBridgeLoop", "SegBridgePanel"},
    "SegBridgeScene": {"qt", "ctk", "SegBridgeLoop", "SegBridgePanel"},
    "SegBridgeLoop": {"ctk", "SegBridgePanel"},
}


def check(source: Source) -> Iterator[Finding]:
    package = next((part for part in PurePath(source.path).parts if part in _FORBIDDEN), "")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            names = [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        else:
            names = []
        for name in names:
            if name.partition(".")[0] in _FORBIDDEN.get(package, ()):
                yield source.finding(node, "layer", f"{package} must do without {name}")
        if isinstance(node, ast.Call) and dotted(node.func) == "_" and node.args and _is_made(node.args[0]):
            yield source.finding(node, "translation", "the text in _() must be a literal: use .format() on the result")


def _is_made(argument: ast.AST) -> bool:
    """Whether the text comes about at run time, so that no translator ever saw it."""
    return any(isinstance(node, (ast.JoinedStr, ast.Name, ast.Call, ast.Attribute)) for node in ast.walk(argument))
