"""Simulated users: first prompts on the truth, corrections on the errors."""

from __future__ import annotations

import numpy as np
import pytest

from segbridge_models.prompts.encode import Prompts
from segbridge_models.prompts.protocol import (
    EVALUATION_PROTOCOLS,
    CentreClickUser,
    ScribbleUser,
    TrainingUser,
    draw_user,
)

SHAPE = (64, 64)


def _truth() -> np.ndarray:
    truth = np.zeros(SHAPE, dtype=bool)
    truth[15:50, 20:45] = True
    return truth


def _check_signs(prompts: Prompts, truth: np.ndarray) -> None:
    assert not prompts.positive[~truth].any()
    assert not prompts.negative[truth].any()
    assert all(truth[r, c] == positive for r, c, positive in prompts.clicks)


@pytest.mark.parametrize("name", sorted(EVALUATION_PROTOCOLS) + ["training"])
def test_every_user_prompts_with_the_right_sign(name, rng):
    truth = _truth()
    predicted = np.roll(truth, (4, -7), axis=(0, 1))
    for _ in range(25):
        user = EVALUATION_PROTOCOLS.get(name) or TrainingUser()
        prompts = Prompts(SHAPE)
        user.start(truth, prompts, rng)
        assert not prompts.empty
        _check_signs(prompts, truth)
        before = len(prompts.clicks) + prompts.positive.sum() + prompts.negative.sum()
        user.correct(truth, predicted, prompts, rng)
        _check_signs(prompts, truth)
        assert len(prompts.clicks) + prompts.positive.sum() + prompts.negative.sum() > before


@pytest.mark.parametrize("name", sorted(EVALUATION_PROTOCOLS) + ["training"])
def test_a_perfect_prediction_is_left_alone(name, rng):
    truth = _truth()
    user = EVALUATION_PROTOCOLS.get(name) or TrainingUser()
    prompts = Prompts(SHAPE)
    user.correct(truth, truth, prompts, rng)
    assert prompts.empty


def test_the_centerline_user_draws_one_capped_scribble_of_each_sign(rng):
    prompts = Prompts((128, 128))
    truth = np.zeros((128, 128), dtype=bool)
    truth[10:118, 10:70] = True
    ScribbleUser("centerline").start(truth, prompts, rng)
    assert 0 < np.count_nonzero(prompts.positive) <= 128
    assert 0 < np.count_nonzero(prompts.negative) <= 128
    assert not prompts.clicks and not prompts.boxes


def test_a_correction_scribble_goes_where_the_error_is(rng):
    truth = _truth()
    missed = truth.copy()
    missed[15:30] = False
    prompts = Prompts(SHAPE)
    ScribbleUser("centerline").correct(truth, missed, prompts, rng)
    assert prompts.positive.any() and not prompts.negative.any()
    assert not prompts.positive[30:].any()


def test_the_centre_click_user_clicks_once_a_step(rng):
    prompts = Prompts(SHAPE)
    user = CentreClickUser()
    user.start(_truth(), prompts, rng)
    user.correct(_truth(), np.zeros(SHAPE, dtype=bool), prompts, rng)
    assert [positive for _, _, positive in prompts.clicks] == [True, True]


def test_training_starts_with_every_mixture_of_prompts(rng):
    seen = set()
    for _ in range(150):
        prompts = Prompts(SHAPE)
        TrainingUser().start(_truth(), prompts, rng)
        seen.add((bool(prompts.boxes), bool(prompts.clicks), bool(prompts.positive.any())))
    assert len(seen) == 7


def test_the_share_of_evaluation_users_is_kept(rng):
    assert isinstance(draw_user(0.0, rng), TrainingUser)
    drawn = [draw_user(0.5, rng) for _ in range(400)]
    assert 140 < sum(isinstance(u, TrainingUser) for u in drawn) < 260
