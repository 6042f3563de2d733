"""Who prompts, and how: one manner per training example, fixed protocols in evaluation."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Dict, Optional

import numpy as np

from ..prompts.volume import (
    Box,
    StepPrompts,
    correct,
    moved_box,
    slice_centerline,
    slice_errors,
    tight_box,
)

AXIAL = 2
# Of the strokes on a slice in training: along the whole object, found already or not.
AGREEING = 0.3
NOTHING = np.empty((0, 3), dtype=np.int64)


@dataclass(frozen=True)
class Manner:
    """``boxed``: a box from the first step on; ``scribbles``: share of steps with scribbles, on
    all slices with errors and with points beside them, or with ``one_slice`` as one stroke on one
    slice and without points; ``most_points``: per step 1 up to this many, one in ``single`` of the
    steps; ``centred``: share of first clicks in the middle of the patch, where a patch without a
    box lies around the click.
    """

    boxed: bool
    scribbles: float
    one_slice: bool = False
    most_points: int = 1
    single: float = 1.0
    centred: float = 0.0


EVALUATION: Dict[str, Manner] = {
    "prism-point": Manner(boxed=False, scribbles=0.0),
    "prism-plain": Manner(boxed=False, scribbles=0.0),
    "prism-box": Manner(boxed=True, scribbles=0.0),
    "prism-scribbles": Manner(boxed=False, scribbles=1.0),
    "prism-ultra": Manner(boxed=True, scribbles=1.0),
    "box-strokes": Manner(boxed=True, scribbles=1.0, one_slice=True),
    "strokes": Manner(boxed=False, scribbles=1.0, one_slice=True),
}
STEPS = {
    "prism-point": 1,
    "prism-plain": 11,
    "prism-box": 5,
    "prism-scribbles": 5,
    "prism-ultra": 11,
    "box-strokes": 11,
    "strokes": 11,
}


@dataclass(frozen=True)
class MannerShares:
    """How often training plays each manner."""

    ultra: float = 0.45
    box_and_points: float = 0.1
    scribbles: float = 0.15
    points: float = 0.3
    box_and_strokes: float = 0.0
    strokes: float = 0.0

    def draw(self, rng: np.random.Generator) -> Manner:
        """The manner of one example."""
        shares = np.array(dataclasses.astuple(self))
        manners = (
            Manner(True, 0.9, False, 8, 0.7),
            Manner(True, 0.0, False, 50, 0.5),
            Manner(False, 0.8, False, 8, 0.7),
            Manner(False, 0.0, False, 50, 0.7, 0.7),
            Manner(True, 0.75, True, 3, 0.8),
            Manner(False, 0.75, True, 3, 0.8, 0.5),
        )
        return manners[int(rng.choice(len(manners), p=shares / shares.sum()))]


class SimulatedUser:
    """Prompts one object of a patch by a manner."""

    def __init__(self, manner: Manner, jitter: bool) -> None:
        self.manner = manner
        self._jitter = jitter
        self._begun = False

    def draw_box(self, truth: np.ndarray, rng: np.random.Generator) -> Optional[Box]:
        """The box given with the first step, in training often a little too large or too small."""
        box = tight_box(truth) if self.manner.boxed else None
        if box is None or not self._jitter or rng.random() < 0.4:
            return box
        return moved_box(box, rng.integers(-1, 4, size=6), truth.shape[0])

    def step(
        self,
        truth: np.ndarray,
        predicted: np.ndarray,
        box: Optional[Box],
        rng: np.random.Generator,
    ) -> StepPrompts:
        """Corrections of a prediction (all false at first)."""
        first, self._begun = not self._begun, True
        if first and rng.random() < self.manner.centred:
            middle = np.full((1, 3), truth.shape[0] // 2)
            if truth[tuple(middle[0])]:
                return StepPrompts(middle, NOTHING)
        count = 1
        if rng.random() >= self.manner.single:
            count = int(np.exp(rng.uniform(np.log(1), np.log(self.manner.most_points + 1))))
        scribbled = self.manner.scribbles > 0 and rng.random() < self.manner.scribbles
        if scribbled and self.manner.one_slice:
            return self._stroke(truth, predicted, rng)
        # The tight box bounds what is scribbled away in training only.
        within = box if self._jitter else None
        return correct(truth, predicted, max(count, 1), scribbled, rng, within)

    def _stroke(
        self, truth: np.ndarray, predicted: np.ndarray, rng: np.random.Generator
    ) -> StepPrompts:
        """On the axial slice with most errors, along what is missed or what is too much of it,
        whichever is more; in training on any slice with errors across any axis, along either."""
        axis = int(rng.integers(3)) if self._jitter else AXIAL
        errors = slice_errors(truth, predicted, axis)
        if not errors.any():
            return StepPrompts(NOTHING, NOTHING)
        index = int(errors.argmax())
        if self._jitter:
            index = int(rng.choice(len(errors), p=errors / errors.sum()))
        at = tuple(index if a == axis else slice(None) for a in range(3))
        missed, extra = truth & ~predicted, predicted & ~truth
        if self._jitter and truth[at].any() and rng.random() < AGREEING:
            return StepPrompts(slice_centerline(truth, axis, index, rng), NOTHING)
        more = rng.random() if self._jitter else 0.5
        if missed[at].sum() >= more * errors[index]:
            return StepPrompts(slice_centerline(missed, axis, index, rng), NOTHING)
        return StepPrompts(NOTHING, slice_centerline(extra, axis, index, rng))
