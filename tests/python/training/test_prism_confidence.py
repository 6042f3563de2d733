"""Curves from scores to expected Dice: rising, fair to small data sets, held out where reported."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from segbridge_models.prism_training import confidence
from segbridge_models.prism_training.confidence import LEVELS, SITUATIONS, Proposals
from segbridge_models.prism_training.rollout import Played
from segbridge_models.prism_training.users import Manner


def _seen(scores, reached, datasets=None, folds=None) -> Proposals:
    n = len(scores)
    return Proposals(
        np.asarray(scores),
        np.asarray(reached),
        np.array(["a"] * n) if datasets is None else np.asarray(datasets),
        np.arange(n) % confidence.FOLDS if folds is None else np.asarray(folds),
    )


def _scored(power: float, n: int = 600) -> Proposals:
    rng = np.random.default_rng(3)
    scores = rng.uniform(0.3, 0.9, size=n)
    return _seen(scores, np.clip(scores**power + rng.normal(0, 0.05, size=n), 0, 1))


def _require_rising(curve) -> None:
    places, levels = map(np.array, zip(*curve))
    assert 2 <= len(curve) <= LEVELS + 2 and curve[0] == (0.0, 0.0) and places[-1] == 1.0
    assert (np.diff(places) > 0).all() and (np.diff(levels) > 0).all() and levels[-1] <= 1.0


def test_values_are_pooled_until_they_never_fall():
    weights = np.array([1.0, 1.0, 1.0, 2.0, 1.0, 3.0])
    made = confidence.rising(np.array([1.0, 3.0, 2.0, 2.0, 5.0, 4.0]), weights)
    assert made == pytest.approx([1.0, 2.25, 2.25, 2.25, 4.25, 4.25])
    assert confidence.rising(np.array([3.0, 2.0, 1.0]), np.ones(3)) == pytest.approx([2.0] * 3)


def test_a_curve_takes_out_what_scores_promise_too_much():
    seen = _scored(power=3)
    curve = confidence.fit(seen)
    _require_rising(curve)
    weights = seen.weights()
    before = confidence.error(seen.scores, seen.reached, weights)
    after = confidence.error(confidence.held_out(seen), seen.reached, weights)
    assert before > 0.15 and after < 0.03


def test_scores_that_mean_the_opposite_give_a_curve_all_but_level_at_the_mean():
    scores = np.linspace(0.5, 0.7, 100)
    curve = confidence.fit(_seen(scores, 1.2 - scores))
    _require_rising(curve)
    assert [c for _, c in curve[1:]] == pytest.approx([0.6] * (len(curve) - 1), abs=0.01)


@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_the_same_score_and_dice_everywhere_still_give_a_rising_curve(level):
    _require_rising(confidence.fit(_seen([level] * 20, [level] * 20)))


def test_data_sets_count_alike_whatever_their_size():
    datasets = ["small"] * 10 + ["large"] * 990
    reached = [0.9] * 10 + [0.1] * 990
    scores = np.tile(np.linspace(0.5, 0.6, 10), 100)
    level = confidence.apply(confidence.fit(_seen(scores, reached, datasets)), np.array([0.55]))
    assert level == pytest.approx(0.5, abs=0.01)


def test_held_out_confidence_knows_nothing_of_its_own_cases():
    seen = _scored(power=2)
    own = seen.folds == 0
    other = Proposals(seen.scores, np.where(own, 0.0, seen.reached), seen.datasets, seen.folds)
    made, again = confidence.held_out(seen), confidence.held_out(other)
    assert np.array_equal(made[own], again[own]) and not np.array_equal(made[~own], again[~own])


def test_candidates_are_sorted_into_situations_and_repeated_steps_count_once():
    def session(*scores):
        return Played(scores=[[s, s / 2] for s in scores], candidates=[[s, s] for s in scores])

    played = {"click": [session(0.4, 0.5)], "line": [session(0.4, 0.6, 0.6)], "box": [session(0.8)]}
    manners = {"click": Manner(False, 0.0), "line": Manner(False, 1.0), "box": Manner(True, 0.0)}
    seen = confidence.proposals(played, manners, [("a", 7)])
    assert {k: v.scores.tolist() for k, v in seen.items()} == {
        (False, True): [0.4, 0.2],
        (False, False): [0.5, 0.25, 0.6, 0.3],
        (True, True): [0.8, 0.4],
    }
    assert seen[False, True].folds.tolist() == [2, 2]
    assert confidence.curves(seen) == {}
    seen[True, False] = seen[True, True]
    curves = confidence.curves(seen)
    assert curves["withoutBox"]["later"] == confidence.fit(seen[False, False])
    assert confidence.reliability(seen) == [], "nothing was held out"


def test_reliability_names_the_situations_and_the_means_of_each_data_set():
    sets = ["a"] * 300 + ["b"] * 300
    seen = {key: dataclasses.replace(_scored(2), datasets=np.array(sets)) for key in SITUATIONS}
    rows = confidence.reliability(seen)
    names = ["box, first", "box, later", "no box, first", "no box, later"]
    assert [r["situation"] for r in rows] == names
    for row in rows:
        assert row["errorOfConfidence"] < 0.03 < row["errorOfScore"] and row["n"] == 600
        reached, score, made = row["means"]["a"]
        assert abs(made - reached) < 0.02 < abs(score - reached)
