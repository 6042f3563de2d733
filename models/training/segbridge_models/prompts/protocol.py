"""Which prompts come when: the random protocol of training and the fixed ones of evaluation.

A protocol adds the prompts of one step to ``Prompts``: ``start`` from the ground truth, then
``correct`` from the error of the previous prediction (+1 missed, -1 wrongly included).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Optional, Protocol, Tuple

import numpy as np

from . import boxes, clicks, scribbles
from .encode import Prompts

SCRIBBLE_CAP = 128


class PromptProtocol(Protocol):
    """One simulated user."""

    def start(self, truth: np.ndarray, prompts: Prompts, rng: np.random.Generator) -> None:
        """Add the prompts of step 1, made from the ground truth (H, W) bool."""

    def correct(
        self, truth: np.ndarray, predicted: np.ndarray, prompts: Prompts, rng: np.random.Generator
    ) -> None:
        """Add the prompts of a later step, made from the errors of ``predicted`` (H, W) bool."""


def signed_error(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """int8 (H, W): +1 where the prediction misses the object, -1 where it exceeds it."""
    return truth.astype(np.int8) - predicted.astype(np.int8)


def _split(count: int, error: np.ndarray, share_to_excess: float, rng: np.random.Generator) -> int:
    """How many of ``count`` scribbles go to false positives; all where only one kind exists."""
    if not (error < 0).any():
        return 0
    if not (error > 0).any():
        return count
    return int(rng.binomial(count, share_to_excess))


@dataclass(frozen=True)
class ScribbleUser:
    """Evaluation by scribbles of one kind: ``initial`` of each sign, then ``per_step`` a step."""

    kind: str
    initial: int = 1
    per_step: int = 1
    max_pixels: Optional[int] = SCRIBBLE_CAP

    def start(self, truth: np.ndarray, prompts: Prompts, rng: np.random.Generator) -> None:
        draw = scribbles.GENERATORS[self.kind]
        prompts.positive += draw(truth, rng, self.initial, self.max_pixels)
        prompts.negative += draw(~truth, rng, self.initial, self.max_pixels)

    def correct(
        self, truth: np.ndarray, predicted: np.ndarray, prompts: Prompts, rng: np.random.Generator
    ) -> None:
        error = signed_error(truth, predicted)
        wrong = int(np.count_nonzero(error))
        if not wrong:
            return
        draw = scribbles.GENERATORS[self.kind]
        negative = _split(self.per_step, error, np.count_nonzero(error < 0) / wrong, rng)
        if negative:
            prompts.negative += draw(error < 0, rng, negative, self.max_pixels)
        if negative < self.per_step:
            prompts.positive += draw(error > 0, rng, self.per_step - negative, self.max_pixels)


@dataclass(frozen=True)
class CentreClickUser:
    """Evaluation by one click a step at the centre of the largest component of object or error."""

    def start(self, truth: np.ndarray, prompts: Prompts, rng: np.random.Generator) -> None:
        prompts.add_clicks(clicks.centre(truth, 1, rng, largest_first=True), truth)

    def correct(
        self, truth: np.ndarray, predicted: np.ndarray, prompts: Prompts, rng: np.random.Generator
    ) -> None:
        error = signed_error(truth, predicted)
        prompts.add_clicks(clicks.centre(error, 1, rng, largest_first=True), truth)


@dataclass(frozen=True)
class RandomClickUser:
    """Evaluation by ``initial`` random clicks in the object, then one a step in the errors."""

    initial: int = 1

    def start(self, truth: np.ndarray, prompts: Prompts, rng: np.random.Generator) -> None:
        prompts.add_clicks(clicks.random(truth, self.initial, rng), truth)

    def correct(
        self, truth: np.ndarray, predicted: np.ndarray, prompts: Prompts, rng: np.random.Generator
    ) -> None:
        error = signed_error(truth, predicted)
        prompts.add_clicks(clicks.random(error != 0, 1, rng), truth)


@dataclass(frozen=True)
class BoxUser:
    """Evaluation by a tight box, then centre clicks on the errors."""

    def start(self, truth: np.ndarray, prompts: Prompts, rng: np.random.Generator) -> None:
        box = boxes.around(truth, rng, max_jitter=0)
        if box is not None:
            prompts.boxes.append(box)

    def correct(
        self, truth: np.ndarray, predicted: np.ndarray, prompts: Prompts, rng: np.random.Generator
    ) -> None:
        CentreClickUser().correct(truth, predicted, prompts, rng)


def _click_positions(
    kind: str, region: np.ndarray, count: int, rng: np.random.Generator
) -> np.ndarray:
    if kind == "random":
        return clicks.random(region != 0, count, rng)
    if kind == "centre":
        return clicks.centre(region, count, rng, largest_first=False)
    # Bands along the border of missed and excess regions alike: each has its own sign.
    excess = int(np.count_nonzero(region < 0))
    total = excess + int(np.count_nonzero(region > 0))
    negative = int(rng.binomial(count, excess / total)) if total else 0
    return np.concatenate(
        [
            clicks.border(region > 0, count - negative, rng),
            clicks.border(region < 0, negative, rng),
        ]
    )


@dataclass(frozen=True)
class TrainingUser:
    """Random prompts of every kind, as drawn afresh for every training example.

    Step 1 is one of the seven non-empty subsets of {box, clicks, scribbles}; later steps are one
    to three corrective clicks or scribbles.  Some scribbles are capped in length as in evaluation,
    some are cut to the short dashes that hurried people draw.
    """

    capped_share: float = 0.35
    short_share: float = 0.35
    short_pixels: Tuple[int, int] = (4, 40)

    def _cap(self, rng: np.random.Generator) -> Optional[int]:
        chance = rng.random()
        if chance < self.short_share:
            return int(rng.integers(*self.short_pixels, endpoint=True))
        return SCRIBBLE_CAP if chance < self.short_share + self.capped_share else None

    def start(self, truth: np.ndarray, prompts: Prompts, rng: np.random.Generator) -> None:
        subset = int(rng.integers(1, 8))
        if subset & 1:
            box = boxes.around(truth, rng)
            if box is not None:
                prompts.boxes.append(box)
        if subset & 2:
            positive = str(rng.choice(["random", "centre", "border"]))
            negative = str(rng.choice(["random", "border"]))
            count = int(rng.integers(1, 4))
            prompts.add_clicks(
                _click_positions(positive, truth.astype(np.int8), count, rng), truth
            )
            count = int(rng.integers(0, 4))
            prompts.add_clicks(
                _click_positions(negative, (~truth).astype(np.int8), count, rng), truth
            )
        if subset & 4:
            kinds = rng.choice(list(scribbles.GENERATORS), size=2)
            limit = self._cap(rng)
            prompts.positive += scribbles.GENERATORS[kinds[0]](
                truth, rng, int(rng.integers(1, 4)), limit
            )
            count = int(rng.integers(0, 4))
            if count:
                prompts.negative += scribbles.GENERATORS[kinds[1]](~truth, rng, count, limit)

    def correct(
        self, truth: np.ndarray, predicted: np.ndarray, prompts: Prompts, rng: np.random.Generator
    ) -> None:
        error = signed_error(truth, predicted)
        if not error.any():
            return
        count = int(rng.integers(1, 4))
        if rng.random() < 0.5:
            kind = str(rng.choice(["random", "centre", "border"]))
            prompts.add_clicks(_click_positions(kind, error, count, rng), truth)
            return
        draw = scribbles.GENERATORS[str(rng.choice(list(scribbles.GENERATORS)))]
        limit = self._cap(rng)
        negative = _split(count, error, rng.random(), rng)
        if negative:
            prompts.negative += draw(error < 0, rng, negative, limit)
        if negative < count:
            prompts.positive += draw(error > 0, rng, count - negative, limit)


EVALUATION_PROTOCOLS: Dict[str, PromptProtocol] = {
    "centerline-scribble": ScribbleUser("centerline"),
    "line-scribble": ScribbleUser("line", initial=3),
    "contour-scribble": ScribbleUser("contour"),
    "centre-click": CentreClickUser(),
    "random-click": RandomClickUser(),
    "box-then-click": BoxUser(),
}


def draw_user(evaluation_share: float, rng: np.random.Generator) -> PromptProtocol:
    """A user for one training example: an evaluation protocol with the given probability.

    Among those, centerline scribbles come three times and centre clicks twice as often as the rest.
    """
    if rng.random() >= evaluation_share:
        return TrainingUser()
    names = list(EVALUATION_PROTOCOLS) + ["centerline-scribble"] * 2 + ["centre-click"]
    return EVALUATION_PROTOCOLS[names[int(rng.integers(len(names)))]]
