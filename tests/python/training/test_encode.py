"""The five input channels of the network."""

from __future__ import annotations

import numpy as np
import pytest

from segbridge_models.prompts.boxes import Box
from segbridge_models.prompts.encode import Prompts, embed


def _image() -> np.ndarray:
    return np.linspace(0, 1, 12 * 16, dtype=np.float32).reshape(12, 16)


def test_without_prompts_only_the_image_is_set():
    channels = embed(_image(), Prompts((12, 16)))
    assert channels.shape == (5, 12, 16) and channels.dtype == np.float32
    assert np.array_equal(channels[0], _image())
    assert not channels[1:].any()


def test_boxes_are_united_with_exclusive_ends():
    prompts = Prompts((12, 16), boxes=[Box(1, 2, 4, 6), Box(3, 5, 5, 9)])
    expected = np.zeros((12, 16))
    expected[1:4, 2:6] = 1
    expected[3:5, 5:9] = 1
    assert np.array_equal(embed(_image(), prompts)[1], expected)


def test_the_last_click_on_a_pixel_wins():
    prompts = Prompts((12, 16), clicks=[(3, 4, True), (5, 6, True), (3, 4, False)])
    channels = embed(_image(), prompts)
    assert channels[2].sum() == 1 and channels[2, 5, 6] == 1
    assert channels[3].sum() == 1 and channels[3, 3, 4] == 1


def test_scribbles_of_all_steps_are_summed_with_clicks_and_clamped():
    prompts = Prompts((12, 16), clicks=[(2, 2, True)])
    prompts.positive[2, 2:5] += 0.6
    prompts.positive[2, 4] += 0.6
    prompts.negative[7, 7] += 0.25
    channels = embed(_image(), prompts)
    assert channels[2, 2, 2:6].tolist() == pytest.approx([1.0, 0.6, 1.0, 0.0])
    assert channels[3, 7, 7] == pytest.approx(0.25)


def test_previous_logits_are_passed_on_raw():
    logits = np.full((12, 16), -7.5, dtype=np.float32)
    assert np.array_equal(embed(_image(), Prompts((12, 16)), logits)[4], logits)


def test_clicks_take_their_label_from_the_truth():
    truth = np.zeros((12, 16), dtype=bool)
    truth[4:8, 4:8] = True
    prompts = Prompts((12, 16))
    prompts.add_clicks(np.array([[5, 5], [0, 0]]), truth)
    assert prompts.clicks == [(5, 5, True), (0, 0, False)]


def test_prompts_of_another_size_are_refused():
    with pytest.raises(ValueError, match=r"\(12, 16\).*\(8, 8\)"):
        embed(_image(), Prompts((8, 8)))
