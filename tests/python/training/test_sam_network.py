"""ScribblePrompt-SAM: its published tree, golden numbers, and slow references at small size."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Dict, Tuple

import numpy as np
import pytest
import torch
from torch.nn import functional

from segbridge_models import golden
from segbridge_models.parity_vectors_sam import golden_image, golden_prompts
from segbridge_models.scribbleprompt_sam import ScribblePromptSam, SamConfig
from segbridge_models.scribbleprompt_sam.config import TINY
from segbridge_models.scribbleprompt_sam.image_encoder import from_windows, to_windows
from segbridge_models.scribbleprompt_sam.predict import best_mask, prompt_tokens

GOLDEN = Path(__file__).resolve().parents[4] / "shared" / "specs" / "golden"


@pytest.fixture(scope="module")
def tiny() -> ScribblePromptSam:
    model = ScribblePromptSam(TINY).requires_grad_(False)
    golden.fill(model)
    return model


def _published_tree() -> Dict[str, Tuple[int, ...]]:
    tree: Dict[str, Tuple[int, ...]] = {}

    def layer(name: str, *shape: int, bias: int = 0) -> None:
        tree[f"{name}.weight"] = shape
        if bias:
            tree[f"{name}.bias"] = (bias,)

    def norm(name: str, width: int) -> None:
        layer(name, width, bias=width)

    def linear(name: str, inputs: int, outputs: int) -> None:
        layer(name, outputs, inputs, bias=outputs)

    encoder = "image_encoder"
    tree[f"{encoder}.pos_embed"] = (1, 64, 64, 768)
    layer(f"{encoder}.patch_embed.proj", 768, 3, 16, 16, bias=768)
    for number in range(12):
        block = f"{encoder}.blocks.{number}"
        norm(f"{block}.norm1", 768)
        norm(f"{block}.norm2", 768)
        linear(f"{block}.attn.qkv", 768, 2304)
        linear(f"{block}.attn.proj", 768, 768)
        for axis in "hw":
            tree[f"{block}.attn.rel_pos_{axis}"] = (127 if number in (2, 5, 8, 11) else 27, 64)
        linear(f"{block}.mlp.lin1", 768, 3072)
        linear(f"{block}.mlp.lin2", 3072, 768)
    layer(f"{encoder}.neck.0", 256, 768, 1, 1)
    layer(f"{encoder}.neck.2", 256, 256, 3, 3)
    norm(f"{encoder}.neck.1", 256)
    norm(f"{encoder}.neck.3", 256)
    prompts = "prompt_encoder"
    tree[f"{prompts}.pe_layer.positional_encoding_gaussian_matrix"] = (2, 128)
    labels = [f"point_embeddings.{i}" for i in range(4)]
    for name in ("not_a_point_embed", "no_mask_embed", *labels):
        layer(f"{prompts}.{name}", 1, 256)
    layer(f"{prompts}.mask_downscaling.0", 4, 1, 2, 2, bias=4)
    norm(f"{prompts}.mask_downscaling.1", 4)
    layer(f"{prompts}.mask_downscaling.3", 16, 4, 2, 2, bias=16)
    norm(f"{prompts}.mask_downscaling.4", 16)
    layer(f"{prompts}.mask_downscaling.6", 256, 16, 1, 1, bias=256)
    decoder = "mask_decoder"
    layer(f"{decoder}.iou_token", 1, 256)
    layer(f"{decoder}.mask_tokens", 4, 256)
    attentions = {f"{decoder}.transformer.final_attn_token_to_image": 128}
    for number in range(2):
        block = f"{decoder}.transformer.layers.{number}"
        attentions |= {
            f"{block}.self_attn": 256,
            f"{block}.cross_attn_token_to_image": 128,
            f"{block}.cross_attn_image_to_token": 128,
        }
        for index in range(1, 5):
            norm(f"{block}.norm{index}", 256)
        linear(f"{block}.mlp.lin1", 256, 2048)
        linear(f"{block}.mlp.lin2", 2048, 256)
    norm(f"{decoder}.transformer.norm_final_attn", 256)
    for name, inner in attentions.items():
        for side in "qkv":
            linear(f"{name}.{side}_proj", 256, inner)
        linear(f"{name}.out_proj", inner, 256)
    layer(f"{decoder}.output_upscaling.0", 256, 64, 2, 2, bias=64)
    norm(f"{decoder}.output_upscaling.1", 64)
    layer(f"{decoder}.output_upscaling.3", 64, 32, 2, 2, bias=32)
    heads = {f"{decoder}.output_hypernetworks_mlps.{i}": 32 for i in range(4)}
    for name, outputs in (heads | {f"{decoder}.iou_prediction_head": 4}).items():
        for index in range(3):
            linear(f"{name}.layers.{index}", 256, outputs if index == 2 else 256)
    return tree


def test_the_state_dict_has_the_published_keys_and_shapes():
    state = ScribblePromptSam().state_dict()
    assert {name: tuple(value.shape) for name, value in state.items()} == _published_tree()
    assert len(state) == 314
    sizes = [
        sum(v.numel() for k, v in state.items() if k.startswith(part) and "gaussian" not in k)
        for part in ("image_encoder", "prompt_encoder", "mask_decoder")
    ]
    assert sizes == [89_670_912, 6_220, 4_058_340]


def test_windows_are_cut_and_joined_without_loss():
    x = torch.arange(2 * 5 * 5 * 3, dtype=torch.float32).reshape(2, 5, 5, 3)
    windows = to_windows(x, 3)
    assert windows.shape == (2 * 4, 3, 3, 3)
    assert torch.equal(windows[1, :, :2], x[0, :3, 3:])
    assert not windows[1, :, 2].any()
    assert torch.equal(from_windows(windows, 5), x)


def _slow_attention(attention, x: torch.Tensor) -> torch.Tensor:
    """Attention over (S, S, dim) one query and one key at a time, in double precision."""
    side, dim = x.shape[0], x.shape[2]
    heads, width = attention.heads, dim // attention.heads
    qkv = functional.linear(x.double(), attention.qkv.weight.double(), attention.qkv.bias.double())
    q, k, v = (part.reshape(side, side, heads, width) for part in qkv.split(dim, dim=2))
    tables = attention.rel_pos_h.double(), attention.rel_pos_w.double()
    result = torch.zeros(side, side, heads, width, dtype=torch.float64)
    for head in range(heads):
        for h, w in np.ndindex(side, side):
            query = q[h, w, head]
            logits = torch.zeros(side, side, dtype=torch.float64)
            for i, j in np.ndindex(side, side):
                logits[i, j] = query @ k[i, j, head] / math.sqrt(width)
                logits[i, j] += query @ (tables[0][h - i + side - 1] + tables[1][w - j + side - 1])
            weights = logits.flatten().softmax(0).reshape(side, side, 1)
            result[h, w, head] = (weights * v[:, :, head]).sum(dim=(0, 1))
    flat = result.reshape(side, side, dim)
    return functional.linear(flat, attention.proj.weight.double(), attention.proj.bias.double())


@pytest.mark.parametrize("block", [0, 1])
def test_attention_follows_its_formula_key_by_key(tiny, block):
    attention = tiny.image_encoder.blocks[block].attn
    side = (attention.rel_pos_h.shape[0] + 1) // 2
    x = torch.from_numpy(golden.uniform("in:attention", (side, side, TINY.dim))).float()
    np.testing.assert_allclose(attention(x[None])[0], _slow_attention(attention, x), atol=1e-5)


def test_padding_of_windows_takes_part_in_attention(tiny):
    """The last window of a 5 x 5 grid holds padding, and its keys (biases) count."""
    block = tiny.image_encoder.blocks[0]
    x = torch.from_numpy(golden.uniform("in:block", (1, 5, 5, TINY.dim))).float()
    normed = block.norm1(x)
    padded = torch.zeros(3, 3, TINY.dim)
    padded[:2, :2] = normed[0, 3:, 3:]
    y = x[0, 3:, 3:] + _slow_attention(block.attn, padded)[:2, :2].float()
    expected = y + block.mlp(block.norm2(y))
    np.testing.assert_allclose(block(x)[0, 3:, 3:], expected, atol=1e-5)


def test_a_point_is_coded_by_its_shifted_place_and_label(tiny):
    encoder = tiny.prompt_encoder
    tokens = encoder.points(torch.tensor([[[10.0, 30.0]] * 5]), torch.tensor([[0, 1, 2, 3, -1]]))
    place = 2 * np.array([10.5, 30.5]) / TINY.image_size - 1
    angles = 2 * np.pi * place @ encoder.pe_layer.positional_encoding_gaussian_matrix.numpy()
    code = np.concatenate([np.sin(angles), np.cos(angles)])
    for label in range(4):
        own = encoder.point_embeddings[label].weight[0].numpy()
        np.testing.assert_allclose(tokens[0, label], code + own, atol=1e-5)
    assert torch.equal(tokens[0, 4], encoder.not_a_point_embed.weight[0])


def test_the_order_of_points_does_not_matter_and_the_mask_prompt_does(tiny):
    embedding = tiny.encode(golden_image(40, 50))
    places, labels = golden_prompts(TINY.image_size)[0]
    masks, scores = tiny.decode(embedding, places, labels)
    turned, _ = tiny.decode(embedding, places.flip(1), labels.flip(1))
    np.testing.assert_allclose(masks, turned, atol=1e-5)
    assert masks.shape == (1, 3, 20, 20) and scores.shape == (1, 3)
    corrected, _ = tiny.decode(embedding, places, labels, masks[:, :1])
    assert (corrected - masks).abs().max() > 0.01


def test_a_batch_gives_what_its_images_give_alone(tiny):
    images = torch.cat([golden_image(32, 32), golden_image(32, 32).flip(3)])
    embeddings = tiny.encode(images)
    places, labels = golden_prompts(TINY.image_size)[1]
    both, _ = tiny.decode(embeddings, places.expand(2, -1, -1), labels.expand(2, -1))
    for index in range(2):
        alone, _ = tiny.decode(tiny.encode(images[index : index + 1]), places, labels)
        np.testing.assert_allclose(both[index], alone[0], atol=1e-5)


def test_scribbles_become_points_in_rows_and_no_box_means_a_padding_point():
    scribbles = torch.zeros(2, 20, 40)
    scribbles[0, 3, 5] = 0.2
    scribbles[0, 2, 9] = 1.0
    scribbles[1, 7, 1] = 1.0
    places, labels = prompt_tokens(80, (20, 40), [(1.5, 2.0, True)], scribbles)
    assert labels.tolist() == [[1, 1, 1, 0, -1]]
    assert places.tolist() == [[[3, 8], [18, 8], [10, 12], [2, 28], [0, 0]]]
    places, labels = prompt_tokens(80, (20, 40), box=(1, 2, 3, 4))
    assert labels.tolist() == [[2, 3]] and places.tolist() == [[[2, 8], [6, 16]]]


def test_the_mask_of_the_highest_quality_is_taken(tiny):
    masks = torch.stack([torch.full((20, 20), float(i)) for i in range(3)])[None]
    mask, low = best_mask(tiny, masks, torch.tensor([[0.1, 0.9, 0.2]]), (33, 21))
    assert mask.shape == (1, 1, 33, 21) and low.shape == (1, 1, 20, 20)
    np.testing.assert_allclose(mask, 1.0, atol=1e-6)
    assert (low == 1).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"image_size": 100}, "multiple of patch 16, got 100"),
        ({"heads": 5}, "dim must be a multiple of 5, got 768"),
        ({"mask_tokens": 1}, "at least 2, got 1"),
    ],
)
def test_impossible_sizes_are_explained(change, message):
    with pytest.raises(ValueError, match=message):
        SamConfig(**change)


def test_wrong_shapes_are_explained(tiny):
    with pytest.raises(ValueError, match=r"\(B, 1, H, W\)"):
        tiny.encode(torch.zeros(1, 3, 8, 8))
    with pytest.raises(ValueError, match=r"\(B, N, 2\)"):
        tiny.decode(torch.zeros(1, 32, 5, 5), torch.zeros(1, 3, 2), torch.zeros(1, 2))


def _check_against_golden(name: str, value: torch.Tensor, rows: Dict) -> None:
    row = rows[name]
    assert list(value.shape) == row["shape"]
    assert float(value.mean()) == pytest.approx(row["mean"], abs=1e-5)
    assert float(value.std(unbiased=False)) == pytest.approx(row["std"], abs=1e-4)
    for place, expected in row["samples"].items():
        assert float(value[tuple(json.loads(place))]) == pytest.approx(expected, abs=1e-4)


@pytest.mark.skipif(
    not os.environ.get("SEGBRIDGE_GOLDEN_FULL"), reason="set SEGBRIDGE_GOLDEN_FULL=1 (a minute)"
)
def test_the_published_network_reproduces_the_golden_numbers():
    if not (GOLDEN / "sam.json").is_file():
        pytest.skip("the golden numbers are not at hand")
    rows = json.loads((GOLDEN / "sam.json").read_text())
    model = ScribblePromptSam().requires_grad_(False)
    golden.fill(model)
    features = model.encode(golden_image(128, 128))
    first, second = golden_prompts(1024)
    mask, low = best_mask(model, *model.decode(features, *first), (128, 128))
    corrected, corrected_low = best_mask(model, *model.decode(features, *second, low), (128, 128))
    for name, value in (
        ("sam_features", features),
        ("sam_it0_mask", mask),
        ("sam_it0_lowres", low),
        ("sam_it1_mask_nobox", corrected),
        ("sam_it1_lowres", corrected_low),
    ):
        _check_against_golden(name, value, rows)
    with np.load(GOLDEN / "sam.npz") as stored:
        np.testing.assert_allclose(mask, stored["mask0"].reshape(mask.shape), atol=1e-4)
        np.testing.assert_allclose(corrected, stored["mask1"].reshape(mask.shape), atol=1e-4)
