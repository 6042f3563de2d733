"""Plays whole series: every finished image becomes context for the next ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Sequence

import numpy as np

from ..prompts.protocol import PromptProtocol
from ..rollout import Pair
from .series import Series
from .users import Predictor, Work, stream_of, work_until

GOAL = 0.90
# Index of the image from which on the context counts: the sixth.
SETTLED = 5


@dataclass(frozen=True)
class Outcome:
    """How one image of a series went, with the prompts alone and in context.

    ``alone`` and ``context`` are interactions until Dice 0.90 (the limit where it was not
    reached), ``…_reached`` whether it was, ``…_dice`` the Dice when the user stopped;
    ``first_dice`` is that of the context alone (the first image has none).
    """

    task: str
    dataset: str
    order: int
    index: int
    image: str
    alone: int
    alone_reached: bool
    alone_dice: float
    context: int
    context_reached: bool
    context_dice: float
    first_dice: float | None


def _entry(work: Work) -> np.ndarray:
    """(1, 2, H, W): image and mask as the user left it."""
    return np.stack([work.pair.image, work.mask.astype(np.float32)])[None]


def _works(pairs: Sequence[Pair], contexts: Sequence[np.ndarray], seed: int) -> List[Work]:
    return [Work(p, c, stream_of(p, seed)) for p, c in zip(pairs, contexts)]


def play_series(
    series: Sequence[Series],
    alone: Predictor,
    context: Predictor,
    protocol: PromptProtocol,
    limit: int,
    order: int = 0,
    shown: List[Work] | None = None,
) -> List[Outcome]:
    """Segment every image of every series twice: with prompts alone, and with the context of all
    images before it, whose masks are those that this user left.  The first image of a series has
    no context and is segmented with prompts alone in both.  ``shown`` is given the works in context
    from the sixth image on."""
    reference: Dict[str, List[Work]] = {}
    flat: List[Work] = []
    for one in series:
        empty = np.zeros((0, 2, *one.pairs[0].image.shape), dtype=np.float32)
        reference[one.task] = _works(one.pairs, [empty] * len(one.pairs), order)
        flat += reference[one.task]
    work_until(alone, flat, protocol, limit, GOAL, silent_start=False)

    finished = {one.task: _entry(reference[one.task][0]) for one in series}
    outcomes = [_outcome(one, 0, reference[one.task][0], None, limit, order) for one in series]
    for index in range(1, max(len(one.pairs) for one in series)):
        going = [one for one in series if index < len(one.pairs)]
        works = _works(
            [one.pairs[index] for one in going], [finished[one.task] for one in going], order
        )
        work_until(context, works, protocol, limit, GOAL, silent_start=True)
        if shown is not None and index >= SETTLED:
            shown += works
        for one, work in zip(going, works):
            finished[one.task] = np.concatenate([finished[one.task], _entry(work)])
            outcomes.append(
                _outcome(one, index, reference[one.task][index], work, limit, order)
            )
    return outcomes


def _outcome(
    one: Series, index: int, alone: Work, context: Work | None, limit: int, order: int
) -> Outcome:
    used = context or alone
    return Outcome(
        task=one.task,
        dataset=one.dataset,
        order=order,
        index=index,
        image=alone.pair.name,
        alone=alone.interactions(GOAL, limit),
        alone_reached=alone.reached(GOAL),
        alone_dice=round(alone.scores[-1] or 0.0, 4),
        context=used.interactions(GOAL, limit),
        context_reached=used.reached(GOAL),
        context_dice=round(used.scores[-1] or 0.0, 4),
        first_dice=None if context is None else round(context.scores[0] or 0.0, 4),
    )
