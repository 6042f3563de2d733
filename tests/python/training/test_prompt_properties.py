"""Properties of simulated prompts over many random regions."""

from __future__ import annotations

from typing import Iterator

import numpy as np
import pytest
from scipy import ndimage

from segbridge_models.prompts import clicks, random_fields, scribbles
from segbridge_models.prompts.encode import Prompts, embed
from segbridge_models.prompts.lasso import lasso
from segbridge_models.prompts.protocol import (
    EVALUATION_PROTOCOLS,
    LassoUser,
    TrainingUser,
    WarmStartUser,
)


def _blobs(count: int, seed: int = 5) -> Iterator[np.ndarray]:
    """Random regions of every size: some specks, some most of the image, of odd shapes."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        shape = tuple(rng.integers(24, 140, size=2))
        field = random_fields.smooth(shape, rng.uniform(1, 12), 1.0, rng)
        yield field > rng.uniform(-1.5, 2.5)


def test_a_lasso_lies_within_one_part_of_its_region(rng):
    drawn = 0
    for region in _blobs(60):
        found = lasso(region, rng)
        assert (found is None) == (not region.any())
        if found is None:
            continue
        drawn += 1
        assert found.inside.any() and not (found.inside & ~region).any()
        labels, _ = ndimage.label(region, np.ones((3, 3)))
        assert len(np.unique(labels[found.inside])) == 1
        assert found.outline.ndim == 2 and found.outline.shape[1] == 2
        assert np.isfinite(found.outline).all()
    assert drawn > 40


def test_a_lasso_encloses_most_of_a_compact_object(rng):
    disc = np.hypot(*(np.indices((128, 128)) - 64)) < 35
    shares = [lasso(disc, rng).inside.sum() / disc.sum() for _ in range(40)]
    assert np.mean(shares) > 0.4 and min(shares) > 0.0 and max(shares) <= 1.0
    assert all(len(lasso(disc, rng).outline) >= 4 for _ in range(20))


def test_the_same_seed_draws_the_same_lasso():
    for region in _blobs(5):
        first, again = (lasso(region, np.random.default_rng(4)) for _ in range(2))
        if first is not None:
            assert np.array_equal(first.outline, again.outline)
            assert np.array_equal(first.inside, again.inside)


@pytest.mark.parametrize("kind", sorted(scribbles.GENERATORS))
def test_scribbles_keep_to_any_region_and_any_cap(kind, rng):
    for region in _blobs(25):
        count, cap = int(rng.integers(1, 4)), int(rng.integers(1, 200))
        drawn = scribbles.GENERATORS[kind](region, rng, count, cap)
        assert drawn.shape == region.shape
        assert drawn.any() == region.any()
        assert not drawn[~region].any()
        assert np.count_nonzero(drawn) <= count * cap


@pytest.mark.parametrize("separation", [0.0, 4.0, 9.0])
def test_random_clicks_are_as_far_apart_as_there_is_room(separation, rng):
    wide = np.zeros((100, 100), dtype=bool)
    wide[10:90, 10:90] = True
    for _ in range(30):
        places = clicks.random(wide, 3, rng, separation)
        gaps = np.linalg.norm(places[:, None] - places[None], axis=2)[np.triu_indices(3, 1)]
        assert places.shape == (3, 2) and gaps.min() >= separation
    narrow = np.zeros((9, 9), dtype=bool)
    narrow[4, 4:6] = True
    places = clicks.random(narrow, 5, rng, separation)
    assert places.shape == (5, 2) and narrow[places[:, 0], places[:, 1]].all()


def test_centre_clicks_in_training_favour_large_errors(rng):
    error = np.zeros((64, 64), dtype=np.int8)
    error[2:42, 2:42] = 1
    error[60, 60] = -1
    first = [clicks.centre(error, 1, rng, largest_first=False)[0] for _ in range(60)]
    assert sum(error[tuple(p)] == 1 for p in first) >= 57
    assert {tuple(p) for p in clicks.centre(error, 2, rng, largest_first=False)} >= {(60, 60)}


@pytest.mark.parametrize("name", sorted(EVALUATION_PROTOCOLS))
def test_evaluation_is_decided_by_its_seed_alone(name):
    truth = np.hypot(*(np.indices((64, 64)) - 30)) < 18
    predicted = np.roll(truth, (5, -6), axis=(0, 1))

    def played() -> np.ndarray:
        rng = np.random.default_rng(11)
        prompts = Prompts(truth.shape)
        EVALUATION_PROTOCOLS[name].start(truth, prompts, rng)
        EVALUATION_PROTOCOLS[name].correct(truth, predicted, prompts, rng)
        return embed(np.zeros(truth.shape), prompts)

    assert np.array_equal(played(), played())


def test_users_cope_with_nothing_and_with_everything(rng):
    users = [*EVALUATION_PROTOCOLS.values(), TrainingUser(), TrainingUser(published=True)]
    for truth in (np.zeros((32, 32), dtype=bool), np.ones((32, 32), dtype=bool)):
        for user in users:
            for predicted in (truth, ~truth):
                prompts = Prompts(truth.shape)
                user.start(truth, prompts, rng)
                user.correct(truth, predicted, prompts, rng)
                channels = embed(np.zeros(truth.shape), prompts)
                assert np.isfinite(channels).all()
                assert channels[:4].min() >= 0 and channels[:4].max() <= 1


def test_a_warm_start_has_three_clicks_of_each_sign(rng):
    truth = np.zeros((64, 64), dtype=bool)
    truth[10:40, 10:50] = True
    prompts = Prompts(truth.shape)
    WarmStartUser().start(truth, prompts, rng)
    assert [positive for _, _, positive in prompts.clicks] == [True] * 3 + [False] * 3
    WarmStartUser().correct(truth, np.zeros_like(truth), prompts, rng)
    assert len(prompts.clicks) == 7


def test_a_lasso_counts_as_a_stroke_over_its_inside(rng):
    truth = np.hypot(*(np.indices((64, 64)) - 30)) < 18
    prompts = Prompts(truth.shape)
    LassoUser().start(truth, prompts, rng)
    assert set(np.unique(prompts.positive)) == {0.0, 1.0}
    assert not prompts.positive[~truth].any() and not prompts.negative.any()


def test_training_draws_lassos_now_and_then(rng):
    truth = np.hypot(*(np.indices((64, 64)) - 30)) < 18
    always, never = TrainingUser(lasso_share=1.0), TrainingUser(lasso_share=0.0)

    def covered(user: TrainingUser) -> float:
        shares = []
        for _ in range(30):
            prompts = Prompts(truth.shape)
            user.start(truth, prompts, rng)
            shares.append(np.count_nonzero(prompts.positive == 1) / truth.sum())
        return max(shares)

    assert covered(always) > 0.5 > covered(never)
