"""What the real classes of 3D Slicer have, as far as the extension and its tests use them (from Slicer 5.13)."""
from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Dict, FrozenSet, Iterator, Optional

_CLASSES: Dict[str, dict] = json.loads(Path(__file__).with_name("classes.json").read_text())


def has_class(name: str) -> bool:
    """Whether the facts know the class."""
    return name in _CLASSES


def class_names() -> FrozenSet[str]:
    """All classes that the facts know."""
    return frozenset(_CLASSES)


def lineage(name: str) -> Iterator[str]:
    """The class and its bases, nearest first; ends with the first that is VTK's own."""
    current: Optional[str] = name
    while current is not None:
        yield current
        current = _CLASSES[current]["base"] if current in _CLASSES else None


def own_constants(name: str) -> Dict[str, int]:
    """Constants that the class itself defines, such as the numbers of its events."""
    return _CLASSES[name]["constants"] if name in _CLASSES else {}


@lru_cache(maxsize=None)
def members(name: str) -> FrozenSet[str]:
    """Every public member of the class, inherited ones too, down to VTK's classes as this machine's VTK has them."""
    import vtk

    found = set()
    for ancestor in lineage(name):
        if ancestor in _CLASSES:
            found.update(_CLASSES[ancestor]["methods"], _CLASSES[ancestor]["constants"])
        elif hasattr(vtk, ancestor):
            found.update(member for member in dir(getattr(vtk, ancestor)) if not member.startswith("_"))
    return frozenset(found)


def argument_counts(name: str, method: str) -> Optional[FrozenSet[int]]:
    """How many arguments the method of the class takes, over all overloads; None when that is not known."""
    for ancestor in lineage(name):
        counts = _CLASSES.get(ancestor, {"methods": {}})["methods"].get(method)
        if counts is not None:
            ranges = [[int(end) for end in part.split("-")] for part in counts.split(",") if part]
            return frozenset(count for ends in ranges for count in range(ends[0], ends[-1] + 1)) or None
    return None
