"""Simulated prompts in volumes: inside their regions, counted, bounded, repeatable."""

from __future__ import annotations

from typing import List

import numpy as np
import pytest

from segbridge_models.prompts import volume

GRID = 24


@pytest.fixture
def bodies() -> List[np.ndarray]:
    """A ball, a shell, specks, one voxel, one slice at the border, everything."""
    axes = np.indices((GRID,) * 3) - (GRID - 1) / 2
    radius = np.sqrt((axes**2).sum(axis=0))
    specks = np.random.default_rng(3).random((GRID,) * 3) > 0.99
    single = np.zeros((GRID,) * 3, dtype=bool)
    single[4, 5, 6] = True
    return [
        radius < 8,
        (radius < 9) & (radius > 7),
        specks,
        single,
        axes[2] == axes[2].min(),
        np.ones((GRID,) * 3, dtype=bool),
    ]


def test_centerlines_stay_inside_and_touch_every_slice_of_the_region(bodies, rng):
    for body in bodies:
        lines = volume.centerlines(body, rng)
        assert not (lines & ~body).any()
        np.testing.assert_array_equal(lines.any(axis=(0, 1)), body.any(axis=(0, 1)))


def test_centerlines_of_a_ball_are_thin(bodies):
    for seed in range(5):
        lines = volume.centerlines(bodies[0], np.random.default_rng(seed))
        assert lines.sum() < 0.25 * bodies[0].sum()


def test_centerlines_of_nothing_are_nothing(rng):
    assert not volume.centerlines(np.zeros((GRID,) * 3, dtype=bool), rng).any()


def test_points_are_distinct_voxels_of_the_region(bodies, rng):
    for body in bodies:
        points = volume.random_points(body, 50, rng)
        assert len(points) == min(50, body.sum()) == len(np.unique(points, axis=0))
        assert body[tuple(points.T)].all()
    assert volume.random_points(bodies[0], 0, rng).shape == (0, 3)


def test_the_box_is_tight_and_its_map_holds_the_region(bodies):
    for body in bodies:
        filled = volume.box_map(volume.tight_box(body), GRID)
        assert (filled | ~body).all()
        for axis in range(3):
            others = tuple(a for a in range(3) if a != axis)
            np.testing.assert_array_equal(
                np.flatnonzero(filled.any(axis=others))[[0, -1]],
                np.flatnonzero(body.any(axis=others))[[0, -1]],
            )
    assert volume.tight_box(np.zeros((GRID,) * 3, dtype=bool)) is None


def test_a_moved_box_is_never_empty_nor_outside(rng):
    for _ in range(200):
        ends = np.sort(rng.integers(0, GRID, size=(2, 3)), axis=0)
        box = volume.moved_box(tuple(ends.ravel()), rng.integers(-12, 12, size=6), GRID)
        assert all(0 <= a <= b < GRID for a, b in zip(box[:3], box[3:]))


def test_corrections_are_positive_on_what_is_missed_and_negative_on_what_is_too_much(bodies, rng):
    truth, predicted = bodies[0], np.roll(bodies[0], 4, axis=0)
    prompts = volume.correct(truth, predicted, 10, True, rng)
    assert (truth & ~predicted)[tuple(prompts.positive.T)].all()
    assert (predicted & ~truth)[tuple(prompts.negative.T)].all()
    assert len(prompts.positive) and len(prompts.negative)


def test_the_first_prompts_are_all_positive(bodies, rng):
    nothing = np.zeros((GRID,) * 3, dtype=bool)
    for body in bodies:
        prompts = volume.correct(body, nothing, 3, True, rng)
        assert not len(prompts.negative) and body[tuple(prompts.positive.T)].all()


def test_a_perfect_prediction_gets_no_prompt(bodies, rng):
    for body in bodies:
        assert volume.correct(body, body, 5, True, rng).empty


def test_scribbles_keep_near_the_box_when_told(bodies, rng):
    truth = np.zeros((GRID,) * 3, dtype=bool)
    truth[2:6, 2:6, 2:6] = True
    box = volume.tight_box(truth)
    everything = np.ones((GRID,) * 3, dtype=bool)
    prompts = volume.correct(truth, everything, 0, True, rng, within=box)
    margin = round(volume.FALSE_POSITIVE_MARGIN * GRID / volume.REFERENCE_GRID)
    assert len(prompts.negative) and prompts.negative.max() <= 5 + margin


def test_prompts_repeat_with_the_seed(bodies):
    def draw(seed: int) -> volume.StepPrompts:
        rng = np.random.default_rng(seed)
        return volume.correct(bodies[1], bodies[0], 7, True, rng)

    np.testing.assert_array_equal(draw(5).positive, draw(5).positive)
    np.testing.assert_array_equal(draw(5).negative, draw(5).negative)
    assert len(draw(5).positive) != len(draw(6).positive) or (
        draw(5).positive != draw(6).positive
    ).any()


def test_tokens_are_capped_but_maps_hold_every_voxel(bodies, rng):
    prompts = volume.correct(bodies[5], ~bodies[5], 0, True, rng)
    total = len(prompts.positive)
    points, labels = prompts.tokens(32, rng)
    assert total > 32 and points.shape == (32, 3) and labels.tolist() == [1.0] * 32
    maps = volume.PromptMaps(GRID, (1, 1, 1, 3, 4, 5))
    maps.add(prompts)
    first = maps.tensor()
    assert first.shape == (1, 3, GRID, GRID, GRID)
    assert [int(v) for v in first.sum(dim=(0, 2, 3, 4))] == [total, 0, 3 * 4 * 5]
    maps.add(volume.StepPrompts(np.empty((0, 3), int), np.array([[0, 0, 0]])))
    assert int(maps.tensor()[0, 0].sum()) == total and int(maps.tensor()[0, 1].sum()) == 1
