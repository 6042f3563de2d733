"""From a candidate's score to its expected Dice: one rising curve for each situation.

The network's scores order candidates; how much Dice a score stands for depends on how much the
prompts say.  So there are four curves: with or without a box, at the first step or later.  Data
sets count alike, whatever their number of objects.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Sequence, Tuple

import numpy as np

from .rollout import Played
from .statistics import BINS
from .users import Manner

SITUATIONS = [(boxed, first) for boxed in (True, False) for first in (True, False)]
FOLDS = 5
LEVELS = 6
LEAST_RISE = 1e-3
Curve = List[Tuple[float, float]]
Curves = Dict[Tuple[bool, bool], Curve]


@dataclass(frozen=True)
class Proposals:
    """Candidates of one situation, all (n,): score, Dice reached, data set, fold of the case."""

    scores: np.ndarray
    reached: np.ndarray
    datasets: np.ndarray
    folds: np.ndarray

    def where(self, chosen: np.ndarray) -> "Proposals":
        columns = (self.scores, self.reached, self.datasets, self.folds)
        return Proposals(*(column[chosen] for column in columns))

    def weights(self) -> np.ndarray:
        """Summing to 1, to the same for every data set."""
        names, which, counts = np.unique(self.datasets, return_inverse=True, return_counts=True)
        return 1.0 / (len(names) * counts[which])


def proposals(
    played: Mapping[str, Sequence[Played]],
    manners: Mapping[str, Manner],
    owners: Sequence[Tuple[str, int]],
) -> Dict[Tuple[bool, bool], Proposals]:
    """The candidates of every situation that was played; a step played alike twice counts once.

    Args:
        played: sessions by protocol, each over all objects in order.
        manners: of the protocols.
        owners: of every object its data set and the number of its case within that.
    """
    rows: Dict[Tuple[bool, bool], Dict[Tuple[Any, ...], None]] = {}
    for protocol, sessions in played.items():
        for n, ((dataset, case), session) in enumerate(zip(owners, sessions, strict=True)):
            for step, pairs in enumerate(zip(session.scores, session.candidates)):
                of = rows.setdefault((manners[protocol].boxed, step == 0), {})
                of.update(((s, d, dataset, case % FOLDS, n), None) for s, d in zip(*pairs))
    return {key: Proposals(*map(np.array, list(zip(*of))[:4])) for key, of in rows.items()}


def rising(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The closest values (n,) that never fall, by weighted squares (pool adjacent violators)."""
    blocks: List[List[float]] = []
    for value, weight in zip(values, weights):
        blocks.append([value, weight, 1])
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            (a, wa, na), (b, wb, nb) = blocks[-2:]
            blocks[-2:] = [[(a * wa + b * wb) / (wa + wb), wa + wb, na + nb]]
    return np.concatenate([np.full(int(n), value) for value, _, n in blocks])


def fit(seen: Proposals) -> Curve:
    """At most ``LEVELS`` + 2 points (score, confidence) from (0, 0) to score 1, strictly rising.

    Isotonic means over groups of neighbouring scores of equal weight.  Where scores say nothing,
    and above those seen, the curve is all but level, never quite: it keeps the order of candidates.
    """
    order = np.argsort(seen.scores, kind="stable")
    scores, reached, weights = (v[order] for v in (seen.scores, seen.reached, seen.weights()))
    groups = np.minimum((np.cumsum(weights) - weights / 2) * LEVELS, LEVELS - 1).astype(int)
    used, groups = np.unique(groups, return_inverse=True)
    total = np.bincount(groups, weights)
    at = np.round(np.bincount(groups, weights * scores) / total, 4)
    means = rising(np.bincount(groups, weights * reached) / total, total)
    inner = [n for n in range(len(used)) if 0 < at[n] < 1 and (n == 0 or at[n] > at[n - 1])]
    places = [0.0, *(float(at[n]) for n in inner), 1.0]
    levels = np.array([0.0, *means[inner], means[-1]])
    raised = levels + LEAST_RISE * np.arange(len(levels))
    return [(x, round(float(y), 4)) for x, y in zip(places, raised / max(raised[-1], 1.0))]


def apply(curve: Curve, scores: np.ndarray) -> np.ndarray:
    """Confidence of scores (n,) in [0, 1], linear between the points."""
    return np.interp(scores, *zip(*curve))


def held_out(seen: Proposals) -> np.ndarray:
    """Confidence (n,) of every candidate by a curve fitted without the cases of its fold."""
    confidence = np.empty_like(seen.scores)
    for fold in np.unique(seen.folds):
        own = seen.folds == fold
        confidence[own] = apply(fit(seen.where(~own)), seen.scores[own])
    return confidence


def error(confidence: np.ndarray, reached: np.ndarray, weights: np.ndarray) -> float:
    """Expected calibration error over ten bins of equal width, weighted."""
    bins = np.clip((confidence * BINS).astype(int), 0, BINS - 1)
    return float(np.abs(np.bincount(bins, weights * (confidence - reached))).sum())


def curves(seen: Mapping[Tuple[bool, bool], Proposals]) -> Dict[str, Dict[str, Curve]]:
    """As the manifest lists them; empty unless every situation was played."""
    if any(key not in seen for key in SITUATIONS):
        return {}
    return {
        name: {when: fit(seen[boxed, first]) for when, first in (("first", True), ("later", False))}
        for name, boxed in (("withBox", True), ("withoutBox", False))
    }


def reliability(seen: Mapping[Tuple[bool, bool], Proposals]) -> List[Dict[str, object]]:
    """Of every situation, scores and held-out confidence against Dice, over all and by data set;
    without situations that only one fold was seen in."""
    rows = []
    held = {key: of for key, of in seen.items() if len(np.unique(of.folds)) > 1}
    for (boxed, first), of in sorted(held.items(), reverse=True):
        confidence, weights = held_out(of), of.weights()
        means = {
            str(name): [
                round(float(v[of.datasets == name].mean()), 3)
                for v in (of.reached, of.scores, confidence)
            ]
            for name in np.unique(of.datasets)
        }
        rows.append(
            {
                "situation": ("box" if boxed else "no box") + (", first" if first else ", later"),
                "n": len(of.scores),
                "errorOfScore": round(error(of.scores, of.reached, weights), 3),
                "errorOfConfidence": round(error(confidence, of.reached, weights), 3),
                "means": means,
            }
        )
    return rows
