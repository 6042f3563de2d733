"""Tasks, their views and contexts: what training of a context network draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from segbridge_models.context.sampler import ContextSampler, ContextSettings, empty_context
from segbridge_models.context.synthetic import label_set_task, superpixel_task
from segbridge_models.context.tasks import TaskIndex, real_tasks
from segbridge_models.context.views import HEAVY, WITHIN, Frame, rough_mask, sample
from segbridge_models.data.open_datasets import read_all


@pytest.fixture(scope="module")
def train_sets(small_data):
    return read_all(small_data, "train")


def _overlap(a: np.ndarray, b: np.ndarray) -> float:
    return 2.0 * (a & b).sum() / (a.sum() + b.sum())


def test_flat_sets_make_one_task_a_label_and_volumes_one_a_label_and_axis(train_sets):
    names = [t.name for d in train_sets for t in real_tasks(d)]
    deep = [f"deep/label{v}/{a}" for v in (1, 2) for a in "kji"]
    assert names == [*deep, "flat/label1", "flat/label2"]


def test_a_drawn_task_has_different_images_of_its_own_label(train_sets, rng):
    for dataset in train_sets:
        for task in real_tasks(dataset):
            for _ in range(10):
                members = task.draw(3, rng)
                assert 2 <= len(members) <= 3
                assert all(m.values == (task.value,) and m.axis == task.axis for m in members)
                assert all(m.target.any() for m in members)
                cases = {(m.case.identifier, m.index) for m in members}
                assert len(cases) > 1
                if not task.volumetric:
                    assert len(cases) == len(members)


def test_some_tasks_on_volumes_are_neighbouring_slices_of_one(train_sets, rng):
    task = real_tasks(train_sets[0])[0]
    drawn = [task.draw(3, rng) for _ in range(60)]
    single = [m for m in drawn if len({t.case.identifier for t in m}) == 1]
    assert 5 < len(single) < 40
    assert all(len({t.index for t in members}) == len(members) for members in single)


def test_data_sets_come_by_their_weights(train_sets, rng):
    index = TaskIndex(train_sets, {"flat": 0.0})
    assert {index.draw(rng).dataset for _ in range(30)} == {"deep"}
    with pytest.raises(ValueError, match="two images of the same object"):
        TaskIndex([], {})


def test_one_frame_shows_all_images_of_a_task_alike():
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[:60, :80]
    mask = ((rows - 20) ** 2 + (columns - 50) ** 2 < 150).astype(np.float32)
    still = replace(WITHIN, affine=0.0, elastic=0.0)
    frame = Frame.draw((1.0, 1.0), 1.0, rng)
    views = [sample(mask, frame.grid(mask > 0, 32, still, rng), "zeros") for _ in range(2)]
    np.testing.assert_array_equal(*views)
    varied = [sample(mask, frame.grid(mask > 0, 32, WITHIN, rng), "zeros") > 0.5 for _ in range(9)]
    heavy = [sample(mask, frame.grid(mask > 0, 32, HEAVY, rng), "zeros") > 0.5 for _ in range(9)]
    base = views[0] > 0.5
    near = np.mean([_overlap(v, base) for v in varied])
    assert near > 0.75 and near > np.mean([_overlap(v, base) for v in heavy])


def test_a_zoomed_view_holds_the_object_and_stays_inside_the_image():
    rng = np.random.default_rng(1)
    mask = np.zeros((64, 64), dtype=np.float32)
    mask[3:9, 50:60] = 1.0
    still = replace(WITHIN, affine=0.0, elastic=0.0)
    for _ in range(20):
        frame = Frame.draw((0.5, 0.6), 0.0, rng)
        grid = frame.grid(mask > 0, 32, still, rng)
        assert float(grid.abs().max()) <= 1.0 + 1e-5
        assert sample(mask, grid, "zeros").sum() > 0


def test_a_rough_mask_is_nearly_the_mask():
    rng = np.random.default_rng(2)
    rows, columns = np.mgrid[:96, :96]
    mask = ((rows - 40) ** 2 + (columns - 50) ** 2 < 400).astype(np.float32)
    found = [_overlap(rough_mask(mask, 0.01, rng), mask > 0.5) for _ in range(20)]
    assert 0.85 < np.mean(found) < 0.995
    speck = np.zeros((32, 32), dtype=np.float32)
    speck[4, 4] = 1.0
    assert all(rough_mask(speck, 0.1, rng).any() for _ in range(20))


def test_made_up_tasks_have_the_same_object_in_every_image(rng):
    pairs = label_set_task(48, 4, rng)
    assert len(pairs) == 4
    for image, target in pairs:
        assert image.shape == target.shape == (48, 48)
        assert 0.0 <= image.min() and image.max() <= 1.0
        assert set(np.unique(target)) <= {0.0, 1.0}
    assert superpixel_task(np.zeros((48, 48), dtype=np.float32), 3, rng) is None
    copies = superpixel_task(pairs[0][0], 3, np.random.default_rng(4))
    assert len(copies) == 3
    assert not np.array_equal(copies[0][0], copies[1][0])


def test_examples_have_contexts_of_the_sizes_asked_for(train_sets, rng):
    settings = ContextSettings(superpixel=0.2, label_set=0.2, sizes=(1.0, 1.0, 1.0, 1.0))
    sampler = ContextSampler(train_sets, settings)
    examples = [sampler.draw(32, (0.6, 1.1), rng) for _ in range(60)]
    assert {len(e.context) for e in examples if e.in_context} == {1, 2, 3}
    for example in examples:
        assert example.image.dtype == example.context.dtype == np.float32
        assert example.context.shape[1:] == (2, 32, 32)
        assert example.truth.sum() >= 10
        if example.in_context:
            assert set(np.unique(example.context[:, 1])) <= {0.0, 1.0}
        else:
            np.testing.assert_array_equal(example.context, empty_context(32))


def test_the_same_seed_draws_the_same_examples(train_sets):
    sampler = ContextSampler(train_sets, ContextSettings())
    first, second = (sampler.draw(32, (0.6, 1.1), np.random.default_rng(9)) for _ in range(2))
    np.testing.assert_array_equal(first.image, second.image)
    np.testing.assert_array_equal(first.context, second.context)
    assert torch.equal(torch.from_numpy(first.target), torch.from_numpy(second.target))
