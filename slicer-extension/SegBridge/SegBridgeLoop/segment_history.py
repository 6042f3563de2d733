"""The steps of a segment, as the server counts them."""
from __future__ import annotations

import dataclasses
from math import inf
from typing import Dict, List, Optional, Tuple

from .edit import Edit, Edits
from .state import HistoryEntry, StepView


class SegmentHistory:
    """Texts and views of a segment's steps; 1 is the first."""

    def __init__(self) -> None:
        self._texts: Dict[int, str] = {}
        self._views: Dict[int, StepView] = {}
        # What other tools drew, oldest first, and the step that took it over: before that it is seen over the steps' masks.
        self._edits: List[Tuple[float, Edit]] = []
        self.current = 0
        self.newest = 0
        # As long as nothing changes: it is asked for often.
        self._entries: Optional[Tuple[HistoryEntry, ...]] = None

    def done(self, view: StepView, text: str, edit: Optional[Edit] = None, takes_over: bool = True) -> None:
        """A step was done; it forgets those that were undone before it. ``edit`` is what it took over from other tools,
        unless it leaves what was drawn where it is."""
        # Of steps on several slices, a later one may be quicker to arrive.
        if view.step >= self.current:
            for known in (self._texts, self._views):
                for step in [step for step in known if step >= view.step]:
                    del known[step]  # type: ignore[attr-defined]
            self.current = self.newest = view.step
        taken = view.step if takes_over else inf
        self._edits = [(taken if until >= view.step else until, drawn) for until, drawn in self._edits]
        if edit is not None:
            self._edits.append((taken, edit))
        self._texts[view.step], self._views[view.step] = text, view
        self._entries = None

    def drawn(self, edits: Edits) -> None:
        """By other tools, as seen at a move through the history."""
        self._edits += [(inf, edit) for edit in edits]

    def edits_between(self, one: int, other: int) -> Edits:
        """What is seen at the earlier of two steps and not at the later one."""
        return tuple(edit for until, edit in self._edits if min(one, other) < until <= max(one, other))

    def edits_at(self, step: int) -> Edits:
        """What is seen over the mask of a step."""
        return tuple(edit for until, edit in self._edits if until > step)

    def moved(self, current: int, redo_steps: int) -> None:
        """Undo, redo, or what the server says that it has."""
        self.current, self.newest = current, current + redo_steps
        self._entries = None

    def known(self, step: int, text: str) -> None:
        """What a saved scene remembers of a step."""
        before = self._texts.get(step)
        self._texts[step] = f"{before}, {text}" if before else text
        self._entries = None

    @property
    def view(self) -> Optional[StepView]:
        return self._views.get(self.current)

    def set_write_ms(self, step: int, milliseconds: float) -> bool:
        """Notes how long the mask of a step took. Returns whether the step is known."""
        view = self._views.get(step)
        if view is None:
            return False
        self._views[step] = dataclasses.replace(view, timing=dataclasses.replace(view.timing, write_ms=milliseconds))
        return True

    @property
    def entries(self) -> Tuple[HistoryEntry, ...]:
        if self._entries is None:
            self._entries = tuple(
                HistoryEntry(step, self._texts.get(step, "step"), current=step == self.current, undone=step > self.current)
                for step in range(1, self.newest + 1))
        return self._entries
