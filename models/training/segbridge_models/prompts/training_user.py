"""The simulated user of training: prompts of every kind at random."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple

import numpy as np

from . import boxes, clicks, scribbles
from .encode import Prompts
from .lasso import lasso
from .simulated_user import SCRIBBLE_CAP, signed_error, split_count

CLICKS = ("random", "centre", "border")
MAX_PROMPTS = 3


@dataclass(frozen=True)
class TrainingUser:
    """Random prompts of every kind, as drawn afresh for every training example.

    Step 1 is one of the seven non-empty subsets of {box, clicks, scribbles}; later steps are one
    to three corrective clicks or scribbles.  Some scribbles are capped in length as in evaluation,
    some are cut to the short dashes that hurried people draw, and some are lassos.

    With ``published`` the prompts are those of the published training code: boxes from the origin,
    contours by Canny, random clicks without distance, border corrections that miss what is too
    much, no caps, no lassos, and clicks anywhere when nothing is wrong.
    """

    capped_share: float = 0.35
    short_share: float = 0.35
    short_pixels: Tuple[int, int] = (4, 40)
    lasso_share: float = 0.08
    published: bool = False

    def _cap(self, rng: np.random.Generator) -> Optional[int]:
        if self.published:
            return None
        chance = rng.random()
        if chance < self.short_share:
            return int(rng.integers(*self.short_pixels, endpoint=True))
        return SCRIBBLE_CAP if chance < self.short_share + self.capped_share else None

    def _draw(
        self,
        kind: str,
        region: np.ndarray,
        count: int,
        cap: Optional[int],
        rng: np.random.Generator,
    ) -> np.ndarray:
        """``count`` scribbles of a kind in the region (H, W); now and then a lasso instead."""
        if count < 1:
            return np.zeros(region.shape, dtype=np.float32)
        if not self.published and rng.random() < self.lasso_share:
            drawn = lasso(region, rng)
            return np.zeros(region.shape) if drawn is None else drawn.inside.astype(np.float32)
        if self.published and kind == "contour":
            return scribbles.contour(region, rng, count, cap, published=True)
        return scribbles.GENERATORS[kind](region, rng, count, cap)

    def _clicks(
        self, kind: str, error: np.ndarray, count: int, rng: np.random.Generator
    ) -> np.ndarray:
        """Positions (count, 2) on a signed error map."""
        if kind == "random":
            apart = 0.0 if self.published else clicks.RANDOM_SEPARATION
            return clicks.random(error != 0, count, rng, apart)
        if kind == "centre":
            return clicks.centre(error, count, rng, largest_first=False)
        if self.published:
            return clicks.published_border(error, count, rng)
        # Bands along the border of missed and excess regions alike: each has its own sign.
        excess = int(np.count_nonzero(error < 0))
        total = excess + int(np.count_nonzero(error > 0))
        negative = int(rng.binomial(count, excess / total)) if total else 0
        return np.concatenate(
            [
                clicks.border(error > 0, count - negative, rng),
                clicks.border(error < 0, negative, rng),
            ]
        )

    def start(self, truth: np.ndarray, prompts: Prompts, rng: np.random.Generator) -> None:
        subset = int(rng.integers(1, 8))
        if subset & 1:
            box = boxes.around(truth, rng, published=self.published)
            if box is not None:
                prompts.boxes.append(box)
        if subset & 2:
            positive, negative = str(rng.choice(CLICKS)), str(rng.choice(("random", "border")))
            for kind, region, fewest in ((positive, truth, 1), (negative, ~truth, 0)):
                count = int(rng.integers(fewest, MAX_PROMPTS, endpoint=True))
                prompts.add_clicks(self._clicks(kind, region.astype(np.int8), count, rng), truth)
        if subset & 4:
            kinds = rng.choice(list(scribbles.GENERATORS), size=2)
            limit = self._cap(rng)
            count = int(rng.integers(1, MAX_PROMPTS, endpoint=True))
            prompts.positive += self._draw(str(kinds[0]), truth, count, limit, rng)
            count = int(rng.integers(0, MAX_PROMPTS, endpoint=True))
            prompts.negative += self._draw(str(kinds[1]), ~truth, count, limit, rng)

    def correct(
        self, truth: np.ndarray, predicted: np.ndarray, prompts: Prompts, rng: np.random.Generator
    ) -> None:
        error = signed_error(truth, predicted)
        if not error.any() and not self.published:
            return
        count = int(rng.integers(1, MAX_PROMPTS, endpoint=True))
        if rng.random() < 0.5:
            kind = str(rng.choice(CLICKS))
            if error.any():
                prompts.add_clicks(self._clicks(kind, error, count, rng), truth)
            else:
                square = (min(truth.shape),) * 2
                places = clicks.anywhere(square, count, rng)
                prompts.add_clicks(places, truth, transposed=kind == "centre")
            return
        kind = str(rng.choice(list(scribbles.GENERATORS)))
        limit = self._cap(rng)
        if self.published:
            negative = int(rng.integers(0, count, endpoint=True))
        else:
            negative = split_count(count, error, rng.random(), rng)
        prompts.negative += self._draw(kind, error < 0, negative, limit, rng)
        prompts.positive += self._draw(kind, error > 0, count - negative, limit, rng)
