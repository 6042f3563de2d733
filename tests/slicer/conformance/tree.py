"""All rules over the whole extension."""
from __future__ import annotations

from typing import Callable, Iterable, List

from . import cmake_lists, layers, names_exist, python39, pythonqt_traps, threads
from .source import EXTENSION, Finding, Source, python_files

RULES: List[Callable[[Source], Iterable[Finding]]] = [python39.check, names_exist.check, pythonqt_traps.check, layers.check, threads.check]


def findings() -> List[Finding]:
    found: List[Finding] = []
    for path in python_files():
        try:
            source = Source.of(path)
        except SyntaxError as error:
            found.append(Finding(str(path), error.lineno or 0, "Python 3.9", str(error.msg)))
            continue
        for rule in RULES:
            found.extend(rule(source))
    for lists in sorted(EXTENSION.glob("*/CMakeLists.txt")):
        found.extend(cmake_lists.check(lists.parent))
    return sorted(set(found), key=lambda one: (one.path, one.line, one.text))
