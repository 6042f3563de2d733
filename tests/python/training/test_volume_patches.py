"""Patches of volumes, where they lie, and what volumes are read from."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from segbridge_models.data.open_datasets import DatasetError
from segbridge_models.prism_training.placement import Placement
from segbridge_models.volumes import cases
from segbridge_models.volumes.normalise import normalise
from segbridge_models.volumes.patch import FittedSpacing, PatchFrame, onto_volume, sample

SPACING = (0.9, 1.1, 2.7)
SHAPE = (30, 26, 14)


def _ramp() -> np.ndarray:
    """A volume that is linear in mm, which trilinear interpolation reproduces."""
    i, j, k = np.indices(SHAPE)
    return (2.0 * i * SPACING[0] - 1.0 * j * SPACING[1] + 0.5 * k * SPACING[2]).astype(np.float32)


def test_a_patch_of_a_linear_volume_is_linear_in_mm():
    turn = np.array([[0.8, -0.6, 0.0], [0.6, 0.8, 0.0], [0.0, 0.0, 1.0]])
    frame = PatchFrame(np.array([12.0, 13.0, 17.0]), turn * 0.7, 8)
    seen = sample(_ramp(), SPACING, frame, -99.0).numpy()
    at = np.stack(np.indices((8, 8, 8)), axis=-1) - 3.5
    mm = at @ frame.axes.T + frame.centre
    np.testing.assert_allclose(seen, mm @ np.array([2.0, -1.0, 0.5]), atol=1e-3)


def test_beyond_the_volume_lies_the_outside_value():
    frame = PatchFrame.aligned((-200.0, 10.0, 10.0), 1.0, 8)
    assert torch.equal(sample(_ramp(), SPACING, frame, -7.0), torch.full((8, 8, 8), -7.0))


def test_a_patch_comes_back_onto_the_volume():
    frame = PatchFrame.aligned((13.0, 14.0, 17.0), 1.5, 16)
    values = _ramp()
    back = onto_volume(sample(values, SPACING, frame, 0.0), frame, SHAPE, SPACING, np.nan)
    at = frame.to_patch(np.argwhere(np.ones(SHAPE)) * np.array(SPACING)).reshape(*SHAPE, 3)
    inside = ((at >= 0) & (at <= 15)).all(axis=-1)
    assert inside.any() and not np.isnan(back[inside]).any()
    assert np.isnan(back[~inside]).all()
    deep = ((at >= 1) & (at <= 14)).all(axis=-1)
    np.testing.assert_allclose(back[deep], values[deep], atol=1e-3)


def test_positions_and_patch_indices_are_each_others_inverse(rng):
    frame = PatchFrame(np.array([3.0, 4.0, 5.0]), np.diag([0.5, 2.0, -1.0]), 10)
    indices = rng.uniform(0, 9, size=(20, 3))
    mm = (indices - 4.5) @ frame.axes.T + frame.centre
    np.testing.assert_allclose(frame.to_patch(mm), indices)


def test_spacing_follows_the_object_within_its_limits():
    rule = FittedSpacing(minimum=0.75, maximum=8.0, default=4.0, margin=1.3)
    assert rule.around(96.0, 48) == pytest.approx(2.6)
    assert rule.around(5.0, 48) == 0.75
    assert rule.around(5000.0, 48) == 8.0
    assert rule.around_prompts(500.0, 48) == 4.0
    assert rule.around_prompts(96.0, 48) == pytest.approx(2.6)
    assert rule.around_prompts(10.0, 48) == 0.75


def _span(low, high):
    return np.array(low), np.array(high)


def _placement():
    rule = FittedSpacing(0.5, 8.0, 1.0, 1.3)
    return Placement((64, 64, 64), (1.0, 1.0, 1.0), 16, rule), _span([30] * 3, [30] * 3)


def test_a_patch_stays_until_the_mask_reaches_its_rim():
    placement, click = _placement()
    first = placement.place(None, None, None, click, click)
    np.testing.assert_allclose(first.centre, [30, 30, 30])
    well_inside = _span([26, 26, 26], [34, 34, 34])
    assert placement.place(first, None, well_inside, click, click) is first
    to_the_rim = _span([23, 26, 26], [37, 34, 34])
    moved = placement.place(first, None, to_the_rim, click, click)
    assert moved is not first
    assert moved.axes[0, 0] == pytest.approx(1.3 * 15 / 16)


def test_a_patch_comes_closer_to_a_small_mask_and_all_that_belongs_to_it():
    placement, click = _placement()
    first = placement.place(None, None, None, click, click)
    small = _span([28, 29, 29], [33, 31, 31])
    closer = placement.place(first, None, small, click, click)
    assert closer.axes[0, 0] == 0.5
    np.testing.assert_allclose(closer.centre, [30.5, 30, 30])
    assert placement.place(first, None, small, _span([24] * 3, [35] * 3), click) is first


def test_a_box_on_a_patch_holds_the_voxels_with_their_middles_in_it():
    placement = Placement((64, 64, 64), (1.0, 1.0, 2.0), 16, FittedSpacing())
    frame = PatchFrame.aligned((10.0, 10.0, 10.0), 2.0, 16)
    box = placement.box_on(frame, (np.array([6, 8, 3]), np.array([13, 11, 6])))
    low, high = np.array(box[:3]), np.array(box[3:])
    first = (low - 7.5) * 2.0 + 10.0
    last = (high - 7.5) * 2.0 + 10.0
    assert (first >= [5.5, 7.5, 5.0]).all() and (first - 2.0 < [5.5, 7.5, 5.0]).all()
    assert (last <= [13.5, 11.5, 13.0]).all() and (last + 2.0 > [13.5, 11.5, 13.0]).all()


def test_hounsfield_units_are_scaled_by_constants_others_by_the_patch(rng):
    values = torch.from_numpy(rng.normal(300, 400, size=(12, 12, 12)).astype(np.float32))
    ct = normalise(values, True)
    assert float(ct.min()) == pytest.approx((-160 - 40) / 90)
    assert float(ct.max()) == pytest.approx((240 - 40) / 90)
    mr = normalise(values, False)
    assert float(mr.mean()) == pytest.approx(0, abs=1e-5)
    assert float(mr.std(unbiased=False)) == pytest.approx(1, abs=1e-5)
    torch.testing.assert_close(normalise(values * 3 + 5, False), mr, atol=1e-3, rtol=1e-3)
    assert bool(torch.isfinite(normalise(torch.ones(4, 4, 4), False)).all())


def test_axes_are_turned_to_right_anterior_superior(rng):
    array = rng.random((3, 4, 5))
    # i to the left, j to superior, k to posterior, as a coronal series might lie.
    affine = np.array([[-0.5, 0.01, 0, 0], [0, 0, -2, 0], [0.02, 0.7, 0, 0], [0, 0, 0, 1]])
    expected = np.transpose(array, (0, 2, 1))[::-1, ::-1]
    np.testing.assert_array_equal(cases.canonical(array, affine), expected)
    np.testing.assert_allclose(cases.canonical_spacing(affine), (0.5, 2.0, 0.7), atol=1e-3)


def test_volumes_are_read_in_canonical_axes(small_data):
    read = cases.read_volumes(small_data, "train")
    assert [c.identifier for c in read] == ["case0", "case1", "case2"]
    assert read[0].image.shape == (28, 24, 20) and read[0].hounsfield
    assert read[0].targets == ((1,), (2,), (1, 2))
    inside = read[0].label > 0
    values = read[0].image * read[0].scale + read[0].offset
    assert values[inside].mean() == pytest.approx(140, abs=3)
    with pytest.raises(DatasetError, match="no labelled volumes of the train split"):
        cases.read_volumes(small_data, "train", ["flat"])


def test_bytes_keep_values_to_half_a_step(rng):
    values = rng.uniform(-200, 500, size=(6, 6, 6)).astype(np.float32)
    stored, scale, offset = cases.quantise(values, True)
    assert np.abs(stored * scale + offset - values).max() <= scale / 2 + 1e-3
    stored, scale, offset = cases.quantise(values + 200, False)
    kept = values + 200 <= 255 * scale
    assert np.abs(stored * scale + offset - values - 200)[kept].max() <= scale / 2 + 1e-3


def test_the_real_validation_volumes_are_read(open_data):
    read = cases.read_volumes(open_data, "validation", ["sts_tumour_ct"])
    assert len(read) == 8
    assert all(c.hounsfield and c.label.any() and c.spacing[2] > c.spacing[0] for c in read)


def test_a_volume_of_one_slice_fills_a_slab_of_the_patch():
    frame = PatchFrame.aligned((10.0, 10.0, 0.0), 1.0, 9)
    seen = sample(np.full((20, 20, 1), 5.0, np.float32), (1.0, 1.0, 1.0), frame, 0.0)
    assert torch.equal(seen[:, :, 4], torch.full((9, 9), 5.0))
    assert float(seen[:, :, [0, 1, 2, 6, 7, 8]].abs().max()) == 0.0


def test_what_lies_beyond_the_volume_is_the_lowest_value_and_no_part_of_the_percentiles(rng):
    values = torch.from_numpy(rng.uniform(100, 200, size=(12, 12, 12)).astype(np.float32))
    cut = values.clone()
    cut[:8] = torch.nan
    low, high = np.percentile(values[8:].numpy(), [0.5, 99.5])
    expected = np.clip(np.nan_to_num(cut.numpy(), nan=low), low, high)
    expected = (expected - expected.mean()) / expected.std()
    np.testing.assert_allclose(normalise(cut, False).numpy(), expected, atol=1e-3)
    assert float(normalise(cut, True)[0, 0, 0]) == pytest.approx((-160 - 40) / 90)


def test_the_outermost_voxels_reach_half_a_voxel_further():
    volume = np.arange(4.0, dtype=np.float32)[:, None, None] * np.ones((4, 9, 9), np.float32)
    frame = PatchFrame.aligned((1.5, 4.0, 4.0), 0.4, 12)
    seen = sample(volume, (1.0, 1.0, 1.0), frame, np.nan)[:, 6, 6].numpy()
    at = 1.5 + (np.arange(12) - 5.5) * 0.4
    expected = np.where((at >= -0.5) & (at <= 3.5), np.clip(at, 0, 3), np.nan)
    np.testing.assert_allclose(seen, expected, atol=1e-5)
