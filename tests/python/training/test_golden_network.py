"""The full-width network against published golden numbers, and its state dict against the spec."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from segbridge_models import golden
from segbridge_models.scribbleprompt_unet import ScribblePromptUNet, widths_of

SAMPLES = {
    (0, 0): -0.07272862643003464,
    (0, 127): 0.15044642984867096,
    (64, 64): 0.015412524342536926,
    (127, 0): 0.17796507477760315,
    (37, 91): 0.5435032248497009,
}


@pytest.fixture(scope="module")
def golden_logits() -> np.ndarray:
    model = ScribblePromptUNet()
    golden.fill(model)
    with torch.no_grad():
        return model(golden.scribble_input()).numpy()


def test_the_full_width_network_reproduces_the_golden_statistics(golden_logits):
    assert golden_logits.shape == (1, 1, 128, 128)
    assert golden_logits.mean() == pytest.approx(0.2276560447687217, abs=1e-5)
    assert golden_logits.std() == pytest.approx(0.36960541074351766, abs=1e-5)
    assert golden_logits.min() == pytest.approx(-1.2566041946411133, abs=1e-4)
    assert golden_logits.max() == pytest.approx(1.6611759662628174, abs=1e-4)


@pytest.mark.parametrize("place", list(SAMPLES))
def test_the_full_width_network_reproduces_golden_samples(golden_logits, place):
    assert golden_logits[0, 0][place] == pytest.approx(SAMPLES[place], abs=1e-4)


def test_the_full_width_network_reproduces_every_golden_logit(golden_logits):
    file = Path(__file__).resolve().parents[4] / "shared" / "specs" / "golden" / "sp_unet.npz"
    if not file.is_file():
        pytest.skip("the golden arrays are not at hand")
    with np.load(file) as stored:
        expected = stored[stored.files[0]]
    np.testing.assert_allclose(golden_logits.reshape(expected.shape), expected, atol=1e-4)


def test_the_state_dict_has_the_published_keys_and_shapes():
    expected = {"final_conv.conv.0.weight": (1, 192, 1, 1), "final_conv.conv.0.bias": (1,)}
    blocks = {"downs.0": 5, "downs.1": 192, "downs.2": 192, "downs.3": 192, "bottleneck": 192}
    blocks |= {f"ups.{i}": 384 for i in (1, 3, 5, 7)}
    for block, inputs in blocks.items():
        expected[f"{block}.conv.0.weight"] = (192, inputs, 3, 3)
        expected[f"{block}.conv.0.bias"] = (192,)
        expected[f"{block}.conv.1.weight"] = (1,)
    model = ScribblePromptUNet()
    assert {k: tuple(v.shape) for k, v in model.state_dict().items()} == expected
    assert sum(p.numel() for p in model.parameters()) == 3_991_882


def test_widths_can_be_read_back_from_a_state_dict():
    widths = (4, 6, 8, 10, 12)
    assert widths_of(ScribblePromptUNet(widths).state_dict()) == widths


def test_a_foreign_state_dict_is_named_as_such():
    with pytest.raises(ValueError, match="downs.0.conv.0.weight is missing"):
        widths_of({"weight": torch.zeros(1)})


@pytest.mark.parametrize("shape", [(1, 4, 32, 32), (1, 5, 30, 32), (5, 32, 32)])
def test_an_input_of_the_wrong_shape_is_refused_with_the_right_one(shape):
    with pytest.raises(ValueError, match="multiples of 16"):
        ScribblePromptUNet((2, 2, 2, 2, 2))(torch.zeros(shape))


def test_the_deterministic_generator_follows_its_definition():
    assert golden.fnv1a("") == 2166136261
    assert golden.fnv1a("a") == 0xE40C292C
    x = (3 * 0x9E3779B9 + golden.fnv1a("in:x")) % 2**32
    x ^= x >> 16
    x = x * 0x85EBCA6B % 2**32
    x ^= x >> 13
    x = x * 0xC2B2AE35 % 2**32
    x ^= x >> 16
    assert golden.uniform("in:x", (2, 2))[1, 1] == x / 2**32
