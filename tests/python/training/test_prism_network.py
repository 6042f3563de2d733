"""Shapes, names, batches and gradients of the PRISM network."""

from __future__ import annotations

import dataclasses
from typing import Dict, Tuple

import numpy as np
import pytest
import torch

from segbridge_models import golden
from segbridge_models.onnx_export.meta_device import OnMeta
from segbridge_models.prism import SMALL, Prism, PrismConfig
from segbridge_models.prism.model import Features, Step, select
from segbridge_models.prism.sparse_prompts import SparsePrompts, collate

TINY = dataclasses.replace(
    SMALL,
    grid=16,
    cnn_widths=(3, 4, 5, 12),
    vit_dim=8,
    vit_heads=2,
    vit_mlp=8,
    transformer_heads=2,
    transformer_mlp=8,
    score_hidden=6,
    decoder_width=4,
    refiner_width=4,
)
BOX = (1, 1, 1, 9, 9, 9)
PROMPTS = [
    SparsePrompts(np.array([[1, 2, 3], [8, 9, 10], [4, 4, 4]]), np.array([1, 0, 1]), BOX),
    SparsePrompts(np.array([[5, 6, 7]]), np.array([1])),
]


def _tiny(**changes: object) -> Prism:
    model = Prism(dataclasses.replace(TINY, **changes))
    golden.fill(model)
    return model


def _inputs(batch: int, grid: int) -> Dict[str, torch.Tensor]:
    def spread(name: str, channels: int) -> torch.Tensor:
        shape = (batch, channels, grid, grid, grid)
        return torch.from_numpy(golden.uniform(name, shape) * 4 - 2).float()

    maps = (spread("in:maps", 3) > 1.5).float()
    return {
        "image": spread("in:vol", 1),
        "previous_logits": spread("in:logits", 1),
        "prompt_maps": maps,
    }


def _step(
    model: Prism, inputs: Dict[str, torch.Tensor], points: torch.Tensor, labels: torch.Tensor
) -> Step:
    features = model.encode(inputs["image"])
    return model(features=features, points=points, labels=labels, **inputs)


def _published_tree() -> Dict[str, Tuple[int, ...]]:
    tree: Dict[str, Tuple[int, ...]] = {}

    def pair(name: str, *weight: int, bias: int | None = None) -> None:
        tree[f"{name}.weight"] = weight
        tree[f"{name}.bias"] = (weight[0] if bias is None else bias,)

    def two_conv(name: str, inputs: int, outputs: int) -> None:
        for number, width in ((0, inputs), (1, outputs)):
            pair(f"{name}.conv_{number}.conv", outputs, width, 3, 3, 3)
            pair(f"{name}.conv_{number}.adn.N", outputs)

    tree["image_encoder.pos_embed"] = (1, 8, 8, 8, 768)
    pair("image_encoder.patch_embed.proj", 768, 1, 16, 16, 16)
    for number in range(12):
        block = f"image_encoder.blocks.{number}"
        rows = 15 if number in (2, 5, 8, 11) else 27
        pair(f"{block}.norm1", 768)
        pair(f"{block}.norm2", 768)
        for axis in "dhw":
            tree[f"{block}.attn.rel_pos_{axis}"] = (rows, 64)
        pair(f"{block}.attn.qkv", 2304, 768)
        pair(f"{block}.attn.proj", 768, 768)
        pair(f"{block}.mlp.lin1", 3072, 768)
        pair(f"{block}.mlp.lin2", 768, 3072)
    tree["image_encoder.neck.0.weight"] = (384, 768, 1, 1, 1)
    tree["image_encoder.neck.3.weight"] = (384, 384, 3, 3, 3)
    pair("image_encoder.neck.1", 384)
    pair("image_encoder.neck.4", 384)
    for neck, widths in enumerate([(768, 128, 64, 32), (768, 128, 64), (768, 128)]):
        for step, (a, b) in enumerate(zip(widths, widths[1:])):
            up = f"image_encoder.neck_list.{neck}.up.{step}.single_up"
            tree[f"{up}.0.weight"] = (b, a, 3, 3, 3)
            pair(f"{up}.1", b)
            pair(f"{up}.3", b, b, 2, 2, 2)
            pair(f"{up}.4", b)
    two_conv("image_encoder.cnn_encoder.conv_0", 1, 32)
    for level, (a, b) in enumerate([(32, 32), (32, 64), (64, 128), (128, 384)], start=1):
        two_conv(f"image_encoder.cnn_encoder.down_{level}.convs", a, b)

    prompts = "prompt_encoder"
    tree[f"{prompts}.pe_layer.positional_encoding_gaussian_matrix"] = (3, 128)
    singles = [f"point_embeddings.{n}" for n in range(4)]
    for name in [*singles, "not_a_point_embed", "no_mask_embed", "iou_token"]:
        tree[f"{prompts}.{name}.weight"] = (1, 384)
    tree[f"{prompts}.mask_tokens.weight"] = (4, 384)
    pair(f"{prompts}.mask_downscaling.0", 4, 1, 2, 2, 2)
    pair(f"{prompts}.mask_downscaling.1", 4)
    pair(f"{prompts}.mask_downscaling.3", 16, 4, 2, 2, 2)
    pair(f"{prompts}.mask_downscaling.4", 16)
    pair(f"{prompts}.mask_downscaling.6", 384, 16, 1, 1, 1)

    def attention(name: str, inner: int) -> None:
        for part in "qkv":
            pair(f"{name}.{part}_proj", inner, 384)
        pair(f"{name}.out_proj", 384, inner)

    transformer = f"{prompts}.transformer"
    for number in range(2):
        layer = f"{transformer}.layers.{number}"
        attention(f"{layer}.self_attn", 384)
        attention(f"{layer}.cross_attn_token_to_image", 192)
        attention(f"{layer}.cross_attn_image_to_token", 192)
        for norm in range(1, 5):
            pair(f"{layer}.norm{norm}", 384)
        pair(f"{layer}.mlp.lin1", 2048, 384)
        pair(f"{layer}.mlp.lin2", 384, 2048)
    attention(f"{transformer}.final_attn_token_to_image", 192)
    pair(f"{transformer}.norm_final_attn", 384)

    masks = "mask_decoder"
    for number in range(4):
        for layer, outputs in enumerate((384, 384, 32)):
            pair(f"{masks}.output_hypernetworks_mlps.{number}.layers.{layer}", outputs, 384)
    for layer, shape in enumerate([(256, 384), (256, 256), (4, 256)]):
        pair(f"{masks}.iou_prediction_head.layers.{layer}", *shape)
    ups = {4: (384, 192, 128, 128), 3: (128, 64, 64, 64), 2: (64, 32, 32, 32), 1: (32, 32, 32, 32)}
    for level, (inputs, up, skip, outputs) in ups.items():
        block = f"{masks}.decoder.upcat_{level}"
        pair(f"{block}.upsample.deconv", inputs, up, 2, 2, 2, bias=up)
        two_conv(f"{block}.convs", skip + up, outputs)
    pair(f"{masks}.decoder.final_conv", 2, 32, 1, 1, 1)
    pair(f"{masks}.refine.first_conv", 32, 4, 1, 1, 1)
    two_conv(f"{masks}.refine.conv1", 32, 32)
    two_conv(f"{masks}.refine.conv2", 32, 32)
    pair(f"{masks}.refine.conv_error_map", 1, 32, 1, 1, 1)
    pair(f"{masks}.refine.conv_correction", 1, 32, 1, 1, 1)
    return tree


def test_the_state_dict_has_the_published_keys_and_shapes():
    with OnMeta():
        model = Prism()
    expected = _published_tree()
    assert len(expected) == 466
    assert {k: tuple(v.shape) for k, v in model.state_dict().items()} == expected
    assert sum(p.numel() for p in model.parameters()) == 118_147_716


@pytest.mark.parametrize("window", [0, 5])
def test_a_batch_gives_what_its_samples_give_alone(window):
    model = _tiny(window=window).requires_grad_(False)
    inputs = _inputs(2, 16)
    both = _step(model, inputs, *collate(PROMPTS))
    for row, prompts in enumerate(PROMPTS):
        alone_inputs = {name: value[row : row + 1] for name, value in inputs.items()}
        alone = _step(model, alone_inputs, *collate([prompts]))
        for field in dataclasses.fields(alone):
            mine, theirs = getattr(both, field.name)[row], getattr(alone, field.name)[0]
            torch.testing.assert_close(mine, theirs, atol=2e-5, rtol=1e-4)


def test_filled_up_tokens_change_nothing_whatever_their_place():
    model = _tiny().requires_grad_(False)
    inputs = _inputs(1, 16)
    points, labels = collate(PROMPTS[1:])
    features = model.encode(inputs["image"])
    arguments = (inputs["previous_logits"], inputs["prompt_maps"])
    plain = model.decode(features, points, labels, *arguments)
    more = torch.cat([points, torch.full((1, 3, 3), 7.0)], dim=1)
    absent = torch.full((1, 3), -2.0)
    filled = model.decode(features, more, torch.cat([labels, absent], dim=1), *arguments)
    torch.testing.assert_close(plain, filled)


def test_a_smaller_patch_runs_through_the_same_weights():
    model = _tiny(grid=32).requires_grad_(False)
    inputs = _inputs(1, 16)
    step = _step(model, inputs, *collate(PROMPTS[:1]))
    assert step.candidates.shape == (1, 3, 16, 16, 16)
    assert step.refined.shape == step.error.shape == step.selected.shape == (1, 1, 16, 16, 16)


def test_every_weight_learns_except_those_published_but_unused():
    model = _tiny()
    inputs = _inputs(2, 16)
    points, labels = collate(PROMPTS)
    step = _step(model, inputs, points, labels)
    (step.candidates.square().mean() + step.scores.sum() + step.refined.square().mean()).backward()
    still = {name for name, p in model.named_parameters() if p.grad is None or not p.grad.any()}
    # A bias before InstanceNorm shifts what the norm takes away again.
    still = {name for name in still if not name.endswith(".conv.bias")}
    unused = {"prompt_encoder.no_mask_embed.weight"}
    unused |= {f"mask_decoder.decoder.final_conv.{part}" for part in ("weight", "bias")}
    unused |= {n for n, _ in model.named_parameters() if ".output_hypernetworks_mlps.0." in n}
    assert still == unused


def test_refinement_does_not_train_what_proposes_the_candidates():
    model = _tiny()
    inputs = _inputs(1, 16)
    logits = inputs["previous_logits"].requires_grad_(True)
    refined, _ = model.refine(inputs["image"], logits, inputs["prompt_maps"])
    refined.sum().backward()
    assert logits.grad is None
    assert model.mask_decoder.refine.first_conv.weight.grad.any()


def test_the_candidate_with_the_highest_score_is_selected_in_each_sample():
    candidates = torch.arange(2 * 3 * 8.0).reshape(2, 3, 2, 2, 2)
    chosen = select(candidates, torch.tensor([[0.1, 0.9, 0.3], [0.8, 0.2, 0.7]]))
    torch.testing.assert_close(chosen, torch.stack([candidates[0, 1:2], candidates[1, 0:1]]))


def test_a_step_without_a_box_has_the_not_a_point_token_and_one_with_a_box_its_corners():
    points, labels = collate(PROMPTS)
    assert labels.tolist() == [[1, 0, 1, 2, 3], [1, -1, -2, -2, -2]]
    assert points[0, 3:].tolist() == [[1, 1, 1], [10, 10, 10]]
    assert points[1].tolist() == [[5, 6, 7], [0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"grid": 60}, "no multiple of the patch 8"),
        ({"cnn_widths": (16, 16, 32, 64)}, "no multiple of 3"),
        ({"cnn_widths": (16, 96), "taps": ()}, "at least 3 entries"),
        ({"taps": (1,)}, "2 wanted"),
        ({"taps": (1, 4)}, "blocks 0..3"),
        ({"window": 4}, "smaller than the 8 tokens"),
        ({"vit_heads": 3}, "no multiple of 3 heads"),
        ({"transformer_heads": 5}, "transformer heads"),
    ],
)
def test_sizes_that_cannot_be_built_are_refused_with_the_reason(changes, message):
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(SMALL, **changes)


@pytest.mark.parametrize("shape", [(1, 1, 12, 12, 12), (1, 2, 16, 16, 16), (1, 1, 24, 24, 24)])
def test_a_patch_of_the_wrong_shape_is_refused_with_the_right_one(shape):
    with pytest.raises(ValueError, match="multiple of 8 up to 16"):
        _tiny().encode(torch.zeros(shape))


def test_prompt_maps_that_do_not_fit_the_network_are_refused():
    model = _tiny().requires_grad_(False)
    inputs = _inputs(1, 16)
    points, labels = collate(PROMPTS[1:])
    features = Features(torch.zeros(1, 12, 2, 2, 2), [])
    with pytest.raises(ValueError, match="0 prompt maps given; this network takes 3"):
        model.decode(features, points, labels, inputs["previous_logits"])
    with pytest.raises(ValueError, match="2 prompt maps given; this refiner takes 3"):
        model.refine(inputs["image"], inputs["previous_logits"], inputs["prompt_maps"][:, :2])


def test_lists_of_a_settings_file_make_the_same_configuration_as_tuples():
    listed = {name: list(getattr(SMALL, name)) for name in ("cnn_widths", "global_blocks", "taps")}
    assert PrismConfig(**(dataclasses.asdict(SMALL) | listed)) == SMALL
