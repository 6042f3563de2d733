"""Reading, windowing, slicing, resampling and drawing of images and targets."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from segbridge_models.data import augmentation, superpixels, synthetic, window
from segbridge_models.data.open_datasets import DatasetError, read_all
from segbridge_models.data.resize import to_grid
from segbridge_models.data.sampler import ExampleSampler, SamplerSettings
from segbridge_models.data.slices import SliceIndex, evaluation_targets


def test_splits_and_axis_order_are_kept(small_data):
    deep, flat = read_all(small_data, "train")
    assert (deep.name, flat.name) == ("deep", "flat")
    assert len(deep.cases) == len(flat.cases) == 3
    assert deep.cases[0].image.shape == (20, 24, 28)
    assert deep.cases[0].hounsfield and not flat.cases[0].hounsfield
    assert deep.cases[0].values == (1, 2)
    (validation, _) = read_all(small_data, "validation")
    assert [c.identifier for c in validation.cases] == ["case3"]


def test_a_folder_without_datasets_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="holds no dataset folders"):
        read_all(tmp_path, "train")


def test_a_label_of_another_shape_is_refused(small_data, tmp_path):
    broken = tmp_path / "data"
    shutil.copytree(small_data / "flat", broken / "flat")
    meta = json.loads((broken / "flat" / "dataset.json").read_text())
    meta["cases"][0]["label"] = "../other.png"
    from PIL import Image

    Image.fromarray(np.zeros((5, 5), dtype=np.uint8)).save(broken / "other.png")
    (broken / "flat" / "dataset.json").write_text(json.dumps(meta))
    with pytest.raises(DatasetError, match=r"flat/case0: image \(60, 48\) and label \(5, 5\)"):
        read_all(broken, "train")


def test_a_window_clips_and_then_stretches_what_is_left():
    image = np.array([[-1000.0, -60.0], [40.0, 3000.0]])
    np.testing.assert_allclose(
        window.apply_window(image, (-160, 240)), [[0.0, 0.25], [0.5, 1.0]], atol=1e-6
    )
    inside = np.array([[0.0, 50.0, 100.0]])
    np.testing.assert_allclose(window.apply_window(inside, (-160, 240)), [[0.0, 0.5, 1.0]])


def test_a_constant_slice_becomes_zeros():
    assert not window.apply_window(np.full((4, 4), 7.0), (0.0, 1.0)).any()


def test_the_percentile_window_ignores_outliers():
    image = np.linspace(0, 100, 10_000)
    image[0], image[-1] = -1e6, 1e6
    low, high = window.percentile_window(image)
    assert low == pytest.approx(0.5, abs=0.05) and high == pytest.approx(99.5, abs=0.05)


def test_resizing_reads_half_pixel_positions():
    ramp = np.arange(8, dtype=np.float32)[None].repeat(8, axis=0)
    np.testing.assert_allclose(to_grid(ramp, 4)[0], [0.5, 2.5, 4.5, 6.5])
    np.testing.assert_allclose(to_grid(ramp, 16)[0, :4], [0.0, 0.25, 0.75, 1.25])


def test_an_unchanged_view_is_the_resize_of_the_server(rng):
    still = augmentation.GeometrySettings(affine=0.0, elastic=0.0)
    image = rng.random((50, 70)).astype(np.float32)
    target = image > 0.5
    resized = to_grid(image, 32)
    views = [augmentation.random_view(image, target, 32, still, rng)[0] for _ in range(40)]
    symmetric = [np.rot90(v, k) for v in (resized, resized.T) for k in range(4)]
    square = [np.abs(s - v).max() < 1e-5 for v in views for s in symmetric]
    assert any(np.abs(v - resized).max() < 1e-5 for v in views)
    assert sum(square) >= len(views)


def test_intensity_changes_stay_in_range(rng):
    image = rng.random((32, 32)).astype(np.float32)
    for _ in range(60):
        changed = augmentation.random_intensity(image, rng)
        assert changed.dtype == np.float32 and changed.shape == image.shape
        assert changed.min() >= 0.0 and changed.max() <= 1.0


def test_evaluation_takes_the_middle_and_the_largest_slice_of_every_axis(small_data):
    deep = read_all(small_data, "validation")[0].cases[0]
    targets = list(evaluation_targets(deep))
    assert {t.axis for t in targets} == {0, 1, 2}
    assert {t.values for t in targets} == {(1,), (2,)}
    for axis in range(3):
        areas = (deep.label == 1).sum(axis=tuple(a for a in range(3) if a != axis))
        indices = {t.index for t in targets if t.axis == axis and t.values == (1,)}
        assert indices == {int(areas.argmax()), deep.label.shape[axis] // 2}


def test_drawn_slices_show_their_target(small_data, rng):
    for dataset in read_all(small_data, "train"):
        index = SliceIndex(dataset.cases[0])
        for _ in range(30):
            drawn = index.draw(rng)
            assert drawn.image.shape == drawn.target.shape
            assert drawn.target.any()


def test_examples_are_in_range_large_enough_and_follow_the_seed(small_data):
    sampler = ExampleSampler(
        read_all(small_data, "train"),
        SamplerSettings(synthetic_image=0.2, superpixel=0.2, implant=0.2),
    )
    first, again = np.random.default_rng(4), np.random.default_rng(4)
    for _ in range(25):
        example, same = sampler.draw(64, first), sampler.draw(64, again)
        assert np.array_equal(example.image, same.image)
        assert np.array_equal(example.target, same.target)
        assert example.image.shape == example.target.shape == (64, 64)
        assert example.image.min() >= 0 and example.image.max() <= 1
        assert np.count_nonzero(example.truth) >= 10


def test_a_superpixel_is_a_proper_part_of_the_image(rng):
    image, _ = synthetic.synthetic_image(64, rng)
    for _ in range(5):
        region = superpixels.superpixel_target(image, rng)
        assert region is None or 32 <= region.sum() <= 0.6 * image.size


def test_an_implanted_lesion_changes_the_image_where_its_target_is(rng):
    image = np.full((64, 64), 0.5, dtype=np.float32)
    for _ in range(10):
        changed, target = synthetic.implant_lesion(image, rng)
        difference = np.abs(changed - image)
        assert target.any()
        assert difference[target > 0].mean() > 3 * difference[target == 0].mean()
