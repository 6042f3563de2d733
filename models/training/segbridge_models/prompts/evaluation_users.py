"""The fixed protocols by which models are evaluated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Optional

import numpy as np

from . import boxes, clicks, scribbles
from .encode import Prompts
from .lasso import lasso
from .simulated_user import SCRIBBLE_CAP, PromptProtocol, signed_error, split_count


@dataclass(frozen=True)
class ScribbleUser:
    """Evaluation by scribbles of one kind: ``initial`` of each sign, then ``per_step`` a step.

    A corrective scribble goes to false positives with the share of these in the error.  With
    ``published``, lines and contours go there by the toss of a coin, as in the published settings.
    """

    kind: str
    initial: int = 1
    per_step: int = 1
    max_pixels: Optional[int] = SCRIBBLE_CAP
    published: bool = False

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
        share = np.count_nonzero(error < 0) / wrong
        if self.published and self.kind != "centerline":
            share = rng.random()
        negative = split_count(self.per_step, error, share, rng)
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


@dataclass(frozen=True)
class WarmStartUser:
    """Evaluation by ``initial`` random clicks of each sign, then centre clicks on the errors."""

    initial: int = 3

    def start(self, truth: np.ndarray, prompts: Prompts, rng: np.random.Generator) -> None:
        prompts.add_clicks(clicks.random(truth, self.initial, rng), truth)
        prompts.add_clicks(clicks.random(~truth, self.initial, rng), truth)

    def correct(
        self, truth: np.ndarray, predicted: np.ndarray, prompts: Prompts, rng: np.random.Generator
    ) -> None:
        CentreClickUser().correct(truth, predicted, prompts, rng)


@dataclass(frozen=True)
class LassoUser:
    """Evaluation by a lasso in the object, then centre clicks on the errors."""

    def start(self, truth: np.ndarray, prompts: Prompts, rng: np.random.Generator) -> None:
        drawn = lasso(truth, rng)
        if drawn is not None:
            prompts.positive += drawn.inside

    def correct(
        self, truth: np.ndarray, predicted: np.ndarray, prompts: Prompts, rng: np.random.Generator
    ) -> None:
        CentreClickUser().correct(truth, predicted, prompts, rng)


EVALUATION_PROTOCOLS: Dict[str, PromptProtocol] = {
    "centerline-scribble": ScribbleUser("centerline"),
    "line-scribble": ScribbleUser("line", initial=3),
    "contour-scribble": ScribbleUser("contour"),
    "centre-click": CentreClickUser(),
    "random-click": RandomClickUser(),
    "warm-start-click": WarmStartUser(),
    "box-then-click": BoxUser(),
    "lasso-then-click": LassoUser(),
}
