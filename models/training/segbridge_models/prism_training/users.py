"""Who prompts, and how: one manner per training example, fixed protocols in evaluation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Optional

import numpy as np

from ..prompts.volume import Box, StepPrompts, correct, moved_box, tight_box


@dataclass(frozen=True)
class Manner:
    """``boxed``: a box from the first step on; ``scribbles``: share of steps with scribbles;
    ``most_points``: per step 1 up to this many, one in ``single`` of the steps; ``centred``: share
    of first clicks in the middle of the patch, where a patch without a box lies around the click.
    """

    boxed: bool
    scribbles: float
    most_points: int = 1
    single: float = 1.0
    centred: float = 0.0


EVALUATION: Dict[str, Manner] = {
    "prism-point": Manner(boxed=False, scribbles=0.0),
    "prism-plain": Manner(boxed=False, scribbles=0.0),
    "prism-box": Manner(boxed=True, scribbles=0.0),
    "prism-scribbles": Manner(boxed=False, scribbles=1.0),
    "prism-ultra": Manner(boxed=True, scribbles=1.0),
}
STEPS = {
    "prism-point": 1,
    "prism-plain": 11,
    "prism-box": 5,
    "prism-scribbles": 5,
    "prism-ultra": 11,
}


@dataclass(frozen=True)
class MannerShares:
    """How often training plays each manner."""

    ultra: float = 0.45
    box_and_points: float = 0.1
    scribbles: float = 0.15
    points: float = 0.3

    def draw(self, rng: np.random.Generator) -> Manner:
        """The manner of one example."""
        shares = np.array([self.ultra, self.box_and_points, self.scribbles, self.points])
        manners = (
            Manner(True, 0.9, 8, 0.7),
            Manner(True, 0.0, 50, 0.5),
            Manner(False, 0.8, 8, 0.7),
            Manner(False, 0.0, 50, 0.7, 0.7),
        )
        return manners[int(rng.choice(4, p=shares / shares.sum()))]


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
                return StepPrompts(middle, np.empty((0, 3), dtype=np.int64))
        count = 1
        if rng.random() >= self.manner.single:
            count = int(np.exp(rng.uniform(np.log(1), np.log(self.manner.most_points + 1))))
        scribbled = self.manner.scribbles > 0 and rng.random() < self.manner.scribbles
        # The tight box bounds what is scribbled away in training only.
        within = box if self._jitter else None
        return correct(truth, predicted, max(count, 1), scribbled, rng, within)
