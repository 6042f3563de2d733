"""Clicks land where their strategy says, boxes enclose what they are drawn around."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from segbridge_models.prompts import boxes, clicks


@pytest.mark.parametrize("strategy", [clicks.random, clicks.border])
def test_clicks_land_inside_their_region(strategy, regions, rng):
    for region in regions:
        positions = strategy(region, 4, rng)
        assert positions.shape == (4, 2)
        assert region[positions[:, 0], positions[:, 1]].all()


@pytest.mark.parametrize("strategy", [clicks.random, clicks.border])
def test_an_empty_region_gets_no_click(strategy, rng):
    assert strategy(np.zeros((20, 20), dtype=bool), 3, rng).shape == (0, 2)


def test_a_perfect_prediction_gets_no_centre_click(rng):
    assert clicks.centre(np.zeros((20, 20)), 1, rng, largest_first=True).shape == (0, 2)


def test_a_centre_click_is_as_far_from_the_outside_as_can_be(regions, rng):
    for region in regions[:4]:
        click = clicks.centre(region, 1, rng, largest_first=True)[0]
        labels, _ = ndimage.label(region, np.ones((3, 3)))
        largest = labels == 1 + np.bincount(labels.ravel())[1:].argmax()
        depth = ndimage.distance_transform_edt(largest)
        assert depth[tuple(click)] == depth.max()


def test_the_image_border_is_not_outside(rng):
    region = np.zeros((40, 40), dtype=bool)
    region[:, :10] = True
    row, column = clicks.centre(region, 1, rng, largest_first=True)[0]
    assert column == 0


def test_evaluation_clicks_take_the_largest_error_of_either_sign_first(rng):
    error = np.zeros((60, 60), dtype=np.int8)
    error[5:10, 5:10] = 1
    error[30:50, 30:50] = -1
    positions = clicks.centre(error, 2, rng, largest_first=True)
    assert error[tuple(positions[0])] == -1
    assert error[tuple(positions[1])] == 1


def test_touching_errors_of_different_sign_are_different_components(rng):
    error = np.ones((20, 20), dtype=np.int8)
    error[:, 10:] = -1
    signs = {int(error[tuple(p)]) for p in clicks.centre(error, 2, rng, largest_first=True)}
    assert signs == {1, -1}


def test_training_centre_clicks_are_filled_up_with_random_ones(regions, rng):
    positions = clicks.centre(regions[0], 5, rng, largest_first=False)
    assert positions.shape == (5, 2)
    assert regions[0][positions[:, 0], positions[:, 1]].all()


def test_border_clicks_keep_their_distance_where_there_is_room(rng):
    region = np.zeros((128, 128), dtype=bool)
    region[20:110, 20:110] = True
    apart = 0
    for _ in range(20):
        positions = clicks.border(region, 3, rng)
        gaps = [np.linalg.norm(positions[i] - positions[j]) for i, j in ((0, 1), (0, 2), (1, 2))]
        apart += min(gaps) >= clicks.BORDER_SEPARATION
    assert apart >= 18


def test_a_tight_box_is_the_bounding_box_with_exclusive_ends(rng):
    region = np.zeros((64, 96), dtype=bool)
    region[40:60, 70:90] = True
    assert boxes.around(region, rng, max_jitter=0) == boxes.Box(40, 70, 60, 90)


def test_a_jittered_box_encloses_the_region_within_the_image(regions, rng):
    for region in regions:
        for _ in range(20):
            box = boxes.around(region, rng)
            inside = np.zeros_like(region)
            inside[box.top : box.bottom, box.left : box.right] = True
            assert not (region & ~inside).any()
            assert 0 <= box.top < box.bottom <= region.shape[0]
            assert 0 <= box.left < box.right <= region.shape[1]
            tight = boxes.around(region, rng, max_jitter=0)
            assert tight.left - box.left <= boxes.MAX_JITTER
            assert box.bottom - tight.bottom <= boxes.MAX_JITTER


def test_nothing_gets_no_box(rng):
    assert boxes.around(np.zeros((8, 8), dtype=bool), rng) is None
