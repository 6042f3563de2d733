"""The steps of a segment, as the server counts them."""
from __future__ import annotations

import dataclasses
from typing import Dict, Optional, Tuple

from .edit import Edit
from .state import HistoryEntry, StepView


class SegmentHistory:
    """Texts and views of a segment's steps; 1 is the first."""

    def __init__(self) -> None:
        self._texts: Dict[int, str] = {}
        self._views: Dict[int, StepView] = {}
        # What other tools had changed before a step.
        self._edits: Dict[int, Edit] = {}
        self.current = 0
        self.newest = 0
        # As long as nothing changes: it is asked for often.
        self._entries: Optional[Tuple[HistoryEntry, ...]] = None

    def done(self, view: StepView, text: str, edit: Optional[Edit] = None) -> None:
        """A step was done; it forgets those that were undone before it. ``edit`` is what it took over from other tools."""
        # Of steps on several slices, a later one may be quicker to arrive.
        if view.step >= self.current:
            for known in (self._texts, self._views, self._edits):
                for step in [step for step in known if step >= view.step]:
                    del known[step]  # type: ignore[attr-defined]
            self.current = self.newest = view.step
        if edit is not None:
            self._edits[view.step] = edit
        self._texts[view.step], self._views[view.step] = text, view
        self._entries = None

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
    def edits(self) -> Tuple[Tuple[int, Edit], ...]:
        """Steps that took something over from other tools, and what; oldest first."""
        return tuple((step, edit) for step, edit in sorted(self._edits.items()) if step <= self.newest)

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
