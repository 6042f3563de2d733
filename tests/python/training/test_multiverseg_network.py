"""MultiverSeg and UniverSeg at published size against golden numbers, and their state dicts."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Dict, Tuple

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from segbridge_models import golden
from segbridge_models.multiverseg import (
    MULTIVERSEG,
    UNIVERSEG,
    CrossNetwork,
    CrossNetworkConfig,
    Entries,
    config_of,
    no_context,
)

SMALL = CrossNetworkConfig(5, (4, 6, 8), True, False, context_widths=(3, 4, 5))
PLACES = [(0, 0), (0, 127), (64, 64), (127, 0), (37, 91)]
# mean, std, min, max, then the values at PLACES
EXPECTED = {
    "multiverseg-3": [0.287482, 0.746579, -2.469020, 3.006549]
    + [-0.022375, 0.580893, 1.213798, 0.145407, -0.364692],
    "multiverseg-0": [0.293775, 0.754388, -2.592709, 3.265975]
    + [-0.011259, 0.415056, 1.306478, 0.224108, -0.194603],
    "universeg-3": [-0.376255, 0.092970, -0.729873, 0.051915]
    + [-0.018028, -0.032796, -0.520864, -0.000003, -0.398845],
}
ARRAYS = {
    "multiverseg-3": ("multiverseg.npz", "ctx3"),
    "multiverseg-0": ("multiverseg.npz", "ctx0"),
    "universeg-3": ("universeg.npz", "ctx3"),
}


def golden_context() -> Tuple[Tensor, Tensor]:
    images = golden.uniform("in:ctx_img", (1, 3, 1, 128, 128)).astype(np.float32)
    labels = golden.uniform("in:ctx_lab", (1, 3, 1, 128, 128)) > 0.5
    return torch.from_numpy(images), torch.from_numpy(labels.astype(np.float32))


@pytest.fixture(scope="module")
def golden_logits() -> Dict[str, np.ndarray]:
    x = golden.scribble_input()
    found = {}
    with torch.no_grad():
        model = CrossNetwork(MULTIVERSEG)
        golden.fill(model)
        found["multiverseg-3"] = model(x, *golden_context()).numpy()
        found["multiverseg-0"] = model(x, *no_context(128, 128)).numpy()
        model = CrossNetwork(UNIVERSEG)
        golden.fill(model)
        found["universeg-3"] = model(x[:, :1], *golden_context()).numpy()
    return found


@pytest.mark.parametrize("name", list(EXPECTED))
def test_the_published_network_reproduces_its_golden_row(golden_logits, name):
    y = golden_logits[name]
    assert y.shape == (1, 1, 128, 128)
    row = [y.mean(), y.std(), y.min(), y.max(), *(y[0, 0][place] for place in PLACES)]
    np.testing.assert_allclose(row, EXPECTED[name], atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("name", list(ARRAYS))
def test_the_published_network_reproduces_every_golden_logit(golden_logits, name):
    file, entry = ARRAYS[name]
    named = os.environ.get("SEGBRIDGE_TEST_DATA")
    shared = Path(named).parent if named else Path(__file__).resolve().parents[4] / "shared"
    path = shared / "specs" / "golden" / file
    if not path.is_file():
        pytest.skip(f"no golden arrays at {path}")
    with np.load(path) as stored:
        np.testing.assert_allclose(golden_logits[name], stored[entry], atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(
    ("config", "width", "target", "count"),
    [(MULTIVERSEG, 256, 5, 18_903_297), (UNIVERSEG, 64, 1, 1_182_785)],
)
def test_the_state_dict_has_the_published_keys_and_shapes(config, width, target, count):
    expected = {"out_conv.conv.weight": (1, width, 1, 1), "out_conv.conv.bias": (1,)}
    inputs = {"enc_blocks.0": target + 2}
    inputs |= {f"enc_blocks.{i}": 2 * width for i in (1, 2, 3)}
    inputs |= {f"dec_blocks.{i}": 4 * width for i in (0, 1, 2)}
    for block, channels in inputs.items():
        expected[f"{block}.cross.cross_conv.weight"] = (width, channels, 3, 3)
        expected[f"{block}.cross.cross_conv.bias"] = (width,)
        for branch in ("target", "support"):
            expected[f"{block}.{branch}.vmapped.conv.weight"] = (width, width, 3, 3)
            expected[f"{block}.{branch}.vmapped.conv.bias"] = (width,)
            if config.norm:
                expected[f"{block}.{branch}.vmapped.norml.weight"] = (width,)
                expected[f"{block}.{branch}.vmapped.norml.bias"] = (width,)
    model = CrossNetwork(config)
    assert {k: tuple(v.shape) for k, v in model.state_dict().items()} == expected
    assert sum(p.numel() for p in model.parameters()) == count
    assert len(expected) == (72 if config.norm else 44)


def _network(config: CrossNetworkConfig) -> CrossNetwork:
    model = CrossNetwork(config).requires_grad_(False)
    golden.fill(model)
    return model


def _input(batch: int, entries: int, size: int = 16) -> Tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(5)
    target = torch.rand((batch, 5, size, size), generator=generator)
    return target, torch.rand((entries, 2, size, size), generator=generator)


def test_the_split_cross_convolution_equals_the_one_of_the_concatenation():
    block = _network(SMALL).enc_blocks[1]
    t, v = torch.rand((1, 4, 8, 8)), torch.rand((3, 3, 8, 8))
    joined = torch.cat([t.expand(3, -1, -1, -1), v], dim=1)
    expected = functional.leaky_relu(block.cross.cross_conv(joined), 0.01)
    target, context = block(t, v, Entries.of([3]))
    torch.testing.assert_close(target, block.target(expected.mean(0, keepdim=True)))
    torch.testing.assert_close(context, block.support(expected))


def test_targets_with_contexts_of_different_sizes_share_a_batch_without_touching():
    model = _network(SMALL)
    target, context = _input(3, 6)
    together = model.predict(target, context, Entries.of([1, 3, 2]))
    alone = [
        model.predict(target[i : i + 1], context[a:b], Entries.of([b - a]))
        for i, (a, b) in enumerate([(0, 1), (1, 4), (4, 6)])
    ]
    torch.testing.assert_close(together, torch.cat(alone))


def test_the_order_and_the_repetition_of_context_entries_change_nothing():
    model = _network(SMALL)
    target, context = _input(1, 4)
    first = model.predict(target, context, Entries.of([4]))
    torch.testing.assert_close(model.predict(target, context.flip(0), Entries.of([4])), first)
    twice = torch.cat([context, context])
    torch.testing.assert_close(model.predict(target, twice, Entries.of([8])), first)


def test_the_dead_context_branch_of_the_last_block_gets_no_gradient():
    model = CrossNetwork(SMALL)
    target, context = _input(2, 3)
    model.predict(target, context, Entries.of([1, 2])).sum().backward()
    without = {name for name, p in model.named_parameters() if p.grad is None}
    assert without == {f"dec_blocks.1.support.vmapped.conv.{kind}" for kind in ("weight", "bias")}


@pytest.mark.parametrize("config", [SMALL, MULTIVERSEG, UNIVERSEG, replace(SMALL, norm=True)])
def test_the_sizes_can_be_read_back_from_a_state_dict(config):
    found = config_of(CrossNetwork(config).state_dict())
    assert found == replace(config, context_widths=config.entry_widths)


def test_a_foreign_state_dict_is_named_as_such():
    with pytest.raises(ValueError, match="cross_conv.weight is missing"):
        config_of({"weight": torch.zeros(1)})


@pytest.mark.parametrize(
    ("target", "context", "message"),
    [
        ((1, 5, 18, 16), (1, 2, 1, 18, 16), "multiples of 4"),
        ((1, 4, 16, 16), (1, 2, 1, 16, 16), r"\(B, 5, H, W\)"),
        ((1, 5, 16, 16), (1, 0, 1, 16, 16), "S >= 1"),
        ((2, 5, 16, 16), (1, 2, 1, 16, 16), r"\(B, S, 1, H, W\)"),
    ],
)
def test_an_input_of_the_wrong_shape_is_refused_with_the_right_one(target, context, message):
    with pytest.raises(ValueError, match=message):
        CrossNetwork(SMALL)(torch.zeros(target), torch.zeros(context), torch.zeros(context))


def test_sizes_that_do_not_fit_together_are_refused():
    with pytest.raises(ValueError, match="context_widths must be 3 numbers"):
        CrossNetworkConfig(5, (4, 6, 8), True, False, context_widths=(3, 4))
    with pytest.raises(ValueError, match="positive widths"):
        CrossNetworkConfig(5, (4, 0), True, False)
