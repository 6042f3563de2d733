"""Masks on their way into the segmentation: a few milliseconds at a time, so that the main thread is never held up."""
from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from typing import Callable, Iterator, List, Optional

from SegBridgeScene.problems import SceneProblem

# In one beat no further slab is begun after so long.
_BEAT_S = 0.006

# ended(milliseconds, exact, problem): ``exact`` tells whether the segment is now as the mask says.
Ended = Callable[[float, bool, Optional[Exception]], None]


@dataclass(eq=False)
class _Mask:
    # Each step writes a slab and tells whether the segment is so now.
    slabs: Iterator[bool]
    ended: Ended
    exact: bool = True
    started: float = field(default_factory=time.perf_counter)


class MaskQueue:
    """One mask after the other, so that the last one counts where they overlap. Main thread only."""

    def __init__(self) -> None:
        self._masks: List[_Mask] = []

    @property
    def pending(self) -> bool:
        """Whether a mask is not yet whole."""
        return bool(self._masks)

    def put(self, slabs: Iterator[bool], ended: Ended) -> None:
        """Writes a mask after those before it; a small one at once."""
        self._masks.append(_Mask(slabs, ended))
        if len(self._masks) == 1:
            self.write_some()

    def write_some(self) -> None:
        """Writes for one beat."""
        end = time.perf_counter() + _BEAT_S
        while self._masks:
            self._step(self._masks[0])
            if time.perf_counter() > end:
                return

    def finish(self) -> None:
        """Writes all that is left, before what it is written to is let go."""
        while self._masks:
            self._step(self._masks[0])

    def drop(self) -> None:
        """What it would be written to is gone."""
        self._masks.clear()

    def _step(self, mask: _Mask) -> None:
        problem: Optional[Exception] = None
        try:
            exact = next(mask.slabs, None)
            if exact is not None:
                mask.exact = mask.exact and exact
                return
        except SceneProblem as error:
            problem = error
        except Exception as error:  # Whatever it is, the masks behind it must not wait for ever.
            logging.exception("SegBridge: a mask could not be written")
            problem = error
        if mask in self._masks:
            self._masks.remove(mask)
            mask.ended(1000 * (time.perf_counter() - mask.started), mask.exact, problem)
