"""The made CT, and the simulated reader who draws on it."""
from __future__ import annotations

import numpy as np
import pytest
from SegBridgeSamples.phantom import SPACING, WINDOW, make_phantom
from SegBridgeSelfTest.reader import deepest_voxel, dice, stroke_through, worst_slices


def test_the_same_seed_gives_the_same_voxels():
    one, two, other = make_phantom(), make_phantom(), make_phantom(seed=8)
    np.testing.assert_array_equal(one.voxels, two.voxels)
    assert (one.voxels != other.voxels).any()
    np.testing.assert_array_equal(one.tumour, other.tumour)


def test_the_grid_is_oblique_when_wanted_and_its_axes_are_perpendicular():
    for oblique in (True, False):
        phantom = make_phantom(oblique=oblique)
        axes = phantom.ijk_to_ras[:3, :3]
        np.testing.assert_allclose(np.linalg.norm(axes, axis=0), SPACING)
        np.testing.assert_allclose(axes.T @ axes, np.diag(np.square(SPACING)), atol=1e-9)
        assert bool(np.count_nonzero(np.abs(axes) > 1e-9) > 3) == oblique
        middle = (np.array(phantom.voxels.shape[::-1]) - 1) / 2
        np.testing.assert_allclose(phantom.ras(middle), (10, -15, 40), atol=1e-9)


def test_the_tumour_is_darker_than_the_liver_and_on_the_patients_right():
    phantom = make_phantom(oblique=False)
    inside = phantom.voxels[phantom.tumour]
    assert WINDOW[0] < inside.mean() < 30
    assert 20_000 < phantom.tumour.sum() * np.prod(SPACING) < 35_000
    k, j, i = np.argwhere(phantom.tumour).mean(axis=0)
    assert phantom.ras((i, j, k))[0] > phantom.ras((63.5, 63.5, 20))[0] + 15, "RAS: right is positive"


def test_a_stroke_stays_in_its_region_and_goes_along_it():
    ring = np.zeros((40, 40), dtype=bool)
    ring[4:36, 4:36] = True
    ring[10:30, 10:30] = False
    bar = np.zeros((40, 60), dtype=bool)
    bar[10:16, 5:55] = True
    for region, longest in ((ring, 20), (bar, 35)):
        stroke = stroke_through(region)
        columns, rows = np.rint(stroke).astype(int).T
        assert region[rows, columns].all()
        assert np.ptp(stroke, axis=0).max() >= longest
        i, j = deepest_voxel(region)
        assert region[j - 2:j + 3, i - 2:i + 3].all()


def test_the_reader_looks_where_most_is_wrong():
    truth = np.zeros((20, 30, 30), dtype=bool)
    truth[5:15, 10:20, 10:20] = True
    mask = truth.copy()
    mask[7] = False
    mask[12, 5:10, 10:20] = True
    found = {(k, positive): int(wrong.sum()) for k, positive, wrong in worst_slices(mask, truth)}
    assert found == {(7, True): 100, (12, False): 50}
    assert worst_slices(truth, truth) == []
    assert dice(truth, truth) == 1 and dice(truth, ~truth) == 0


def test_an_empty_region_has_no_deepest_voxel():
    with pytest.raises(ValueError, match="must not be empty"):
        deepest_voxel(np.zeros((5, 5), dtype=bool))
