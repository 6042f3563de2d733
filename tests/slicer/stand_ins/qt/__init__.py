"""The flat module ``qt`` of Slicer on PyQt5: every name of Qt's modules, under PythonQt's rules (see rules.py)."""
from __future__ import annotations

from typing import Any

from . import rules

# Names of PyQt that PythonQt does not have.
_FOREIGN = ("pyqt", "PYQT", "Signal", "Slot", "Property", "sip")


def __getattr__(name: str) -> Any:
    if name.startswith(_FOREIGN) or name.startswith("__"):
        raise AttributeError(f"module 'qt' has no attribute {name!r}")
    found = rules.named(name)
    if found is None:
        raise AttributeError(f"module 'qt' has no attribute {name!r}")
    globals()[name] = found
    return found
