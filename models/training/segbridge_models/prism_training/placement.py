"""Where the patch lies during a session, by the rule that the server follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Sequence, Tuple

import numpy as np

from ..prompts.volume import Box
from ..volumes.patch import FittedSpacing, PatchFrame

RIM = 1.5
CLOSER = 0.6

Span = Tuple[np.ndarray, np.ndarray]
"""Lowest and highest voxel (inclusive) of a box on the volume."""


def span_of(mask: np.ndarray) -> Optional[Span]:
    """The tight box of a mask on the volume, None when it is empty."""
    if not mask.any():
        return None
    found = []
    for axis in range(3):
        others = tuple(a for a in range(3) if a != axis)
        found.append(np.flatnonzero(mask.any(axis=others))[[0, -1]])
    low, high = np.array(found).T
    return low, high


def union(*spans: Optional[Span]) -> Optional[Span]:
    """The box around all given boxes."""
    given = [s for s in spans if s is not None]
    if not given:
        return None
    return np.min([s[0] for s in given], axis=0), np.max([s[1] for s in given], axis=0)


@dataclass(frozen=True)
class Placement:
    """Lays a patch of G voxels a side along the axes of a volume of the given shape and spacing (mm)."""

    shape: Sequence[int]
    spacing: Sequence[float]
    grid: int
    rule: FittedSpacing

    def place(
        self,
        current: Optional[PatchFrame],
        box: Optional[Span],
        mask: Optional[Span],
        inside: Optional[Span],
        prompts: Optional[Span],
    ) -> PatchFrame:
        """The patch stays while it holds the box and the mask so far, and this step's prompts, and
        is not much wider than need be. ``inside``: all that was ever said to be of the object.
        """
        known = union(box, mask)
        wanted = union(known, inside, prompts)
        if known is None:
            whole = (np.zeros(3), np.asarray(self.shape) - 1)
            step = self.rule.around_prompts(self._extent(whole), self.grid)
        else:
            step = self.rule.around(self._extent(wanted), self.grid)
        if current is not None and self._holds(current, known, RIM):
            if self._holds(current, prompts, 0.0):
                if known is None or step >= CLOSER * current.axes[0, 0]:
                    return current
        patch = self._around(wanted, step)
        if prompts is not None and not self._holds(patch, prompts, 0.0):
            patch = self._around(prompts, step)
        if current is not None and np.isclose(current.axes[0, 0], step):
            if self._holds(current, prompts, 0.0):
                return current
        return patch

    def _extent(self, span: Span) -> float:
        return float(((span[1] - span[0] + 1) * np.asarray(self.spacing)).max())

    def _around(self, span: Span, step: float) -> PatchFrame:
        centre = (span[0] + span[1]) / 2.0 * np.asarray(self.spacing)
        return PatchFrame.aligned(centre, step, self.grid)

    def _holds(self, frame: PatchFrame, span: Optional[Span], rim: float) -> bool:
        if span is None:
            return True
        ends = frame.to_patch(np.stack(span) * np.asarray(self.spacing))
        return bool(ends.min() >= rim - 0.5 and ends.max() <= self.grid - 1 - rim + 0.5)

    def box_on(self, frame: PatchFrame, span: Optional[Span]) -> Optional[Box]:
        """The patch voxels whose middles a box holds, at least one along each axis; inclusive."""
        if span is None:
            return None
        faces = np.stack([span[0] - 0.5, span[1] + 0.5]) * np.asarray(self.spacing)
        low, high = frame.to_patch(faces)
        if (high < -0.5).any() or (low > self.grid - 0.5).any():
            return None
        first = np.clip(np.ceil(low), 0, self.grid - 1).astype(int)
        last = np.clip(np.floor(high), first, self.grid - 1).astype(int)
        return tuple(int(v) for v in (*first, *last))
