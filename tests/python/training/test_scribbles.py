"""Scribbles stay inside their region, within their cap, and follow their seed."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.morphology import skeletonize

from segbridge_models.prompts import random_fields, scribbles

KINDS = sorted(scribbles.GENERATORS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_scribble_is_drawn_inside_its_region(kind, regions, rng):
    for region in regions:
        for _ in range(5):
            drawn = scribbles.GENERATORS[kind](region, rng)
            assert drawn.dtype == np.float32
            assert drawn.any()
            assert drawn.min() >= 0.0 and drawn.max() <= 1.0
            assert not drawn[~region].any()


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_region_gets_no_scribble(kind, rng):
    drawn = scribbles.GENERATORS[kind](np.zeros((40, 50), dtype=bool), rng, 3, 128)
    assert drawn.shape == (40, 50)
    assert not drawn.any()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [1, 3])
def test_a_cap_bounds_the_pixels_of_all_scribbles_together(kind, count, regions, rng):
    for region in regions:
        drawn = scribbles.GENERATORS[kind](region, rng, count, 20)
        assert 0 < np.count_nonzero(drawn) <= 20 * count


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_draws_the_same_scribble(kind, regions):
    first, again, other = (
        scribbles.GENERATORS[kind](regions[0], np.random.default_rng(seed), 2, 60)
        for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_more_lines_cover_more_pixels(regions):
    few, many = (
        np.mean(
            [
                np.count_nonzero(scribbles.line(regions[0], np.random.default_rng(s), count))
                for s in range(20)
            ]
        )
        for count in (1, 6)
    )
    assert many > 2 * few


def test_a_centerline_keeps_to_the_middle_and_a_contour_to_the_border(regions, rng):
    disc = np.hypot(*(np.indices((96, 128)) - np.array([48, 64])[:, None, None])) < 40
    depth = np.hypot(*(np.indices((96, 128)) - np.array([48, 64])[:, None, None]))

    def mean_radius(kind: str) -> float:
        maps = [scribbles.GENERATORS[kind](disc, rng) for _ in range(20)]
        return float(np.mean([depth[m > 0].mean() for m in maps]))

    assert mean_radius("centerline") < 15 < 20 < mean_radius("contour")


def test_a_centerline_is_the_warped_skeleton(regions, rng, monkeypatch):
    monkeypatch.setattr(random_fields, "warp", lambda s, _: s)
    region = regions[0]
    drawn = scribbles.centerline(region, rng) > 0
    assert drawn.any()
    assert not (drawn & ~skeletonize(region)).any()


def test_warping_softens_and_keeps_the_range(rng):
    line = np.zeros((64, 64), dtype=np.float32)
    line[32, 10:54] = 1.0
    warped = random_fields.warp(line, rng)
    assert warped.min() == 0.0 and warped.max() == 1.0
    assert ((warped > 0) & (warped < 1)).any()
    assert not np.array_equal(warped, line)


def test_a_smooth_field_has_the_asked_deviation_and_smoothness(rng):
    field = random_fields.smooth((128, 128), 8.0, 2.5, rng)
    assert field.std() == pytest.approx(2.5, rel=1e-4)
    assert np.abs(np.diff(field, axis=0)).max() < 1.5


def test_a_smooth_field_is_the_zero_padded_gaussian_of_white_noise():
    from scipy import ndimage

    noise = np.random.default_rng(5).standard_normal((40, 56), dtype=np.float32)
    expected = ndimage.gaussian_filter(
        noise, 4.0, mode="constant", truncate=int(3 * 4.0 + 0.5) / 4.0
    )
    field = random_fields.smooth((40, 56), 4.0, float(expected.std()), np.random.default_rng(5))
    np.testing.assert_allclose(field, expected, atol=1e-5)


def test_a_cap_keeps_values_and_refuses_nonsense(rng):
    scribble = np.zeros((32, 32), dtype=np.float32)
    scribble[5, :] = 0.7
    capped = random_fields.cap(scribble, 10, rng)
    assert np.count_nonzero(capped) == 10
    assert set(np.unique(capped)) == {np.float32(0.0), np.float32(0.7)}
    assert random_fields.cap(scribble, 32, rng) is scribble
    with pytest.raises(ValueError, match="at least 1, got 0"):
        random_fields.cap(scribble, 0, rng)
