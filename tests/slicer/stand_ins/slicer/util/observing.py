"""VTKObservationMixin."""
from __future__ import annotations

import warnings
from typing import Any


class VTKObservationMixin:
    """Remembers observations so that all can be removed together. Holds strong references, as the older versions do."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: list = []

    @property
    def Observations(self) -> list:
        return list(self._kept)

    def addObserver(self, obj: Any, event: Any, method: Any, group: str = "none", priority: float = 0.0) -> None:
        if self.hasObserver(obj, event, method):
            warnings.warn("already has observer")
            return
        tag = obj.AddObserver(event, method, priority)
        self._kept.append((obj, event, method, group, tag, priority))

    def removeObserver(self, obj: Any, event: Any, method: Any) -> None:
        for entry in self._kept:
            if entry[0] is obj and entry[1] == event and entry[2] == method:
                obj.RemoveObserver(entry[4])
                self._kept.remove(entry)
                return
        warnings.warn("does not have observer")

    def removeObservers(self, method: Any = None) -> None:
        for entry in list(self._kept):
            if method is None or entry[2] == method:
                entry[0].RemoveObserver(entry[4])
                self._kept.remove(entry)

    def hasObserver(self, obj: Any, event: Any, method: Any) -> bool:
        return any(entry[0] is obj and entry[1] == event and entry[2] == method for entry in self._kept)

    def observer(self, event: Any, method: Any, default: Any = None) -> Any:
        return next((entry[0] for entry in self._kept if entry[1] == event and entry[2] == method), default)
