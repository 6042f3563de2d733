"""A simulated user who works on one image until it is good, with or without a context."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import Callable, List, Optional, Sequence

import numpy as np
import torch
from torch import nn

from ..multiverseg import CrossNetwork, Entries
from ..prompts.encode import Prompts, embed
from ..prompts.protocol import PromptProtocol
from ..rollout import Pair, dice

ENTRIES_AT_ONCE = 32
TARGETS_AT_ONCE = 16
NOTHING = -6.0  # logits that stand for an empty mask
# Inputs (N, 5, H, W) and the context (S, 2, H, W) of each to logits (N, H, W).
Predictor = Callable[[np.ndarray, Sequence[np.ndarray]], np.ndarray]


def without_context(model: nn.Module) -> Predictor:
    """A network of prompts alone."""

    def predict(inputs: np.ndarray, contexts: Sequence[np.ndarray]) -> np.ndarray:
        with torch.no_grad():
            parts = [model(x)[:, 0] for x in torch.from_numpy(inputs).split(TARGETS_AT_ONCE)]
        return torch.cat(parts).numpy()

    return predict


def in_context(model: CrossNetwork) -> Predictor:
    """A network of prompts and context; as many targets at once as memory should hold."""

    def predict(inputs: np.ndarray, contexts: Sequence[np.ndarray]) -> np.ndarray:
        logits: List[np.ndarray] = []
        while len(logits) < len(inputs):
            first = len(logits)
            last = first + 1
            while last < len(inputs) and (
                sum(len(c) for c in contexts[first : last + 1]) <= ENTRIES_AT_ONCE
            ):
                last += 1
            target = torch.from_numpy(inputs[first:last])
            context = torch.from_numpy(np.concatenate(contexts[first:last]))
            entries = Entries.of([len(c) for c in contexts[first:last]])
            with torch.no_grad():
                logits += list(model.predict(target, context, entries)[:, 0].numpy())
        return np.stack(logits)

    return predict


def confidence(logits: np.ndarray) -> float:
    """Dice that the probabilities themselves expect of the mask; 0 of an empty one."""
    probabilities = 1.0 / (1.0 + np.exp(-logits))
    mask = logits >= 0
    return float(2.0 * probabilities[mask].sum() / max(probabilities.sum() + mask.sum(), 1e-9))


def when_sure(predict: Predictor, least: float) -> Predictor:
    """As the server does by a bundle's ``leastConfidence``: a proposal of the context alone that is
    less sure is left empty, and later steps take an empty mask for none."""

    def shown(inputs: np.ndarray, contexts: Sequence[np.ndarray]) -> np.ndarray:
        inputs = inputs.copy()
        inputs[inputs[:, 4].max(axis=(1, 2)) < 0, 4] = 0.0
        logits = predict(inputs, contexts)
        for index in np.flatnonzero(~inputs[:, 1:].any(axis=(1, 2, 3))):
            if confidence(logits[index]) < least:
                logits[index] = NOTHING
        return logits

    return shown if least > 0 else predict


def with_share(predict: Predictor, other: Predictor, share: float) -> Predictor:
    """As the server does by a bundle's ``unetShare``: the mean of both logits, ``other`` weighing
    ``share``, wherever there are prompts."""

    def mixed(inputs: np.ndarray, contexts: Sequence[np.ndarray]) -> np.ndarray:
        logits = predict(inputs, contexts)
        prompted = inputs[:, 1:4].any(axis=(1, 2, 3))
        if prompted.any():
            own = [context for context, asked in zip(contexts, prompted) if asked]
            logits[prompted] += share * (other(inputs[prompted], own) - logits[prompted])
        return logits

    return mixed if share > 0 else predict


@dataclass
class Work:
    """One image in work: Dice after 0, 1, 2, … interactions (None: no prediction yet), and what
    the context alone proposed."""

    pair: Pair
    context: np.ndarray
    stream: np.random.Generator
    prompts: Prompts = field(init=False)
    logits: Optional[np.ndarray] = None
    proposal: Optional[np.ndarray] = None
    scores: List[Optional[float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.prompts = Prompts(self.pair.image.shape)

    @property
    def mask(self) -> np.ndarray:
        if self.logits is None:
            return np.zeros(self.pair.truth.shape, dtype=bool)
        return self.logits >= 0

    def reached(self, goal: float) -> bool:
        return bool(self.scores) and self.scores[-1] is not None and self.scores[-1] >= goal

    def interactions(self, goal: float, limit: int) -> int:
        """Interactions to the goal; the limit where it was never reached."""
        return len(self.scores) - 1 if self.reached(goal) else limit

    def score_at(self, interactions: int) -> Optional[float]:
        """Dice after so many interactions, or after the last one where the user stopped before."""
        return self.scores[min(interactions, len(self.scores) - 1)]


def stream_of(pair: Pair, seed: int) -> np.random.Generator:
    """The user's random numbers for an image: the same whatever else is played."""
    return np.random.default_rng([seed, zlib.crc32(f"{pair.dataset}/{pair.name}".encode())])


def work_until(
    predict: Predictor,
    works: Sequence[Work],
    protocol: PromptProtocol,
    limit: int,
    goal: float,
    silent_start: bool,
) -> None:
    """Give prompts until Dice reaches the goal or ``limit`` interactions are spent.

    With ``silent_start`` the first prediction comes from the context alone and every interaction
    corrects; without it the first interaction starts from nothing.
    """
    for step in range(limit + 1):
        busy = [w for w in works if not w.reached(goal)]
        if not busy:
            return
        if step == 0 and not silent_start:
            for work in busy:
                work.scores.append(None)
            continue
        for work in busy:
            truth = work.pair.truth
            if step > 0 and work.logits is None:
                protocol.start(truth, work.prompts, work.stream)
            elif step > 0:
                protocol.correct(truth, work.mask, work.prompts, work.stream)
        inputs = np.stack([embed(w.pair.image, w.prompts, w.logits) for w in busy])
        for work, logits in zip(busy, predict(inputs, [w.context for w in busy])):
            work.logits = logits
            work.proposal = logits >= 0 if step == 0 else work.proposal
            work.scores.append(dice(work.pair.truth, logits >= 0))
