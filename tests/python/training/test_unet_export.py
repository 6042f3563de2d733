"""The ScribblePrompt-UNet as ONNX: halved weights and the template for published checkpoints."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, numpy_helper

from segbridge_models import bundle, golden, onnx_graph, parity_vectors
from segbridge_models.parity_vectors import prompted_input
from segbridge_models.rollout import dice
from segbridge_models.scribbleprompt_unet import PUBLISHED_WIDTHS, ScribblePromptUNet

TEMPLATE = Path(__file__).resolve().parents[3] / "models/templates/scribbleprompt-unet"


@pytest.fixture(scope="module")
def small() -> ScribblePromptUNet:
    model = ScribblePromptUNet((3, 4, 5, 6, 7)).requires_grad_(False)
    golden.fill(model)
    return model


def test_halved_kernels_keep_their_names_and_are_cast_back(small):
    proto = onnx_graph.build(small, halves=True)
    stored = {t.name: t for t in proto.graph.initializer}
    casts = {n.input[0]: n.output[0] for n in proto.graph.node if n.op_type == "Cast"}
    used = {name for node in proto.graph.node if node.op_type != "Cast" for name in node.input}
    for name, value in small.state_dict().items():
        if name.endswith(".conv.1.weight"):
            continue
        is_kernel = value.ndim > 1
        kind = TensorProto.FLOAT16 if is_kernel else TensorProto.FLOAT
        assert stored[name].data_type == kind
        assert casts.get(name) == (f"{name}.float" if is_kernel else None)
        assert (f"{name}.float" if is_kernel else name) in used


def test_halved_weights_are_read_back_rounded(small, tmp_path):
    file = tmp_path / "half.onnx"
    onnx.save(onnx_graph.build(small, halves=True), str(file))
    loaded = onnx_graph.load_network(file).state_dict()
    for name, value in small.state_dict().items():
        assert loaded[name].dtype == torch.float32
        expected = value.half().float() if value.ndim > 1 else value
        assert torch.equal(loaded[name], expected)


def test_halving_the_shipped_weights_hardly_moves_a_mask(tmp_path):
    model = onnx_graph.load_network(bundle.part_path(parity_vectors._BUNDLE, "unet"))
    file = tmp_path / "half.onnx"
    onnx.save(onnx_graph.build(model, halves=True), str(file))
    halved = onnx_graph.load_network(file)
    for seed in range(4):
        x = prompted_input(model, seed=seed)
        masks = [network(x)[0, 0].numpy() >= 0 for network in (model, halved)]
        assert masks[0].any() and dice(*masks) > 0.995


def test_weights_beyond_the_range_of_halves_are_refused(small):
    state = small.state_dict()
    state["final_conv.conv.0.weight"] = torch.full((1, 3, 1, 1), 1e5)
    model = ScribblePromptUNet(small.widths).requires_grad_(False)
    model.load_state_dict(state)
    with pytest.raises(ValueError, match="final_conv.conv.0.weight.*float16"):
        onnx_graph.build(model, halves=True)


def test_the_shipped_template_is_the_published_network_without_weights():
    file = TEMPLATE / onnx_graph.TEMPLATE
    proto = onnx.load(str(file), load_external_data=False)
    assert proto == onnx_graph.template()
    expected = ScribblePromptUNet(PUBLISHED_WIDTHS).state_dict()
    named = {t.name: t for t in proto.graph.initializer if t.name in expected}
    assert named.keys() == expected.keys()
    for name, tensor in named.items():
        assert tuple(tensor.dims) == tuple(expected[name].shape)
        assert tensor.data_location == TensorProto.EXTERNAL
        assert [e.value for e in tensor.external_data if e.key == "location"] == ["checkpoint"]
    slopes = [n.input[1] for n in proto.graph.node if n.op_type == "PRelu"]
    assert sorted(slopes) == sorted(k for k in expected if k.endswith(".conv.1.weight"))


def test_a_filled_template_is_the_exported_network_with_slopes_as_weights(small):
    template = onnx_graph.template(small.widths)
    for tensor in template.graph.initializer:
        if tensor.data_location == TensorProto.EXTERNAL:
            values = small.state_dict()[tensor.name].numpy()
            tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
    onnx.checker.check_model(template, full_check=True)
    state = onnx_graph.state_of(template)
    assert all(torch.equal(state[k], v) for k, v in small.state_dict().items())
    built = onnx_graph.build(small)
    simple = {"LeakyRelu": "Relu", "PRelu": "Relu"}

    def shape_of(proto: onnx.ModelProto) -> list:
        return [
            (simple.get(n.op_type, n.op_type), n.name, list(n.output), n.input[0])
            for n in proto.graph.node
        ]

    assert shape_of(template) == shape_of(built)
    assert np.array_equal(
        [d.dim_value for d in template.graph.output[0].type.tensor_type.shape.dim],
        [d.dim_value for d in built.graph.output[0].type.tensor_type.shape.dim],
    )
