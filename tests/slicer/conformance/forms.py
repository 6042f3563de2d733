"""Which class each named widget of the extension's .ui files has."""
from __future__ import annotations

from functools import lru_cache
from typing import Dict, Set
from xml.etree import ElementTree

from .source import EXTENSION


@lru_cache(maxsize=None)
def widget_classes() -> Dict[str, Set[str]]:
    """Name of a widget to its classes; more than one where forms differ."""
    found: Dict[str, Set[str]] = {}
    for path in EXTENSION.rglob("*.ui"):
        for element in ElementTree.parse(path).iter("widget"):
            found.setdefault(element.get("name"), set()).add(element.get("class"))
    return found
