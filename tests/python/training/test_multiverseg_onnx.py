"""The ONNX graphs of MultiverSeg: weights by name, no dead branch, template, parity cases."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto

from segbridge_models import golden, onnx_graph, parity_vectors_multiverseg
from segbridge_models.multiverseg import MULTIVERSEG, UNIVERSEG, CrossNetwork, CrossNetworkConfig
from segbridge_models.onnx_export import multiverseg as export
from segbridge_models.onnx_export.weights import half, state_of

CONFIGS = [
    CrossNetworkConfig(5, (4, 6, 8), True, True),
    CrossNetworkConfig(5, (4, 6, 8), True, False, context_widths=(3, 4, 5)),
    CrossNetworkConfig(1, (4, 4), False, False),
]
TEMPLATE = Path(__file__).resolve().parents[3] / "models" / "templates" / "multiverseg"


def _network(config: CrossNetworkConfig) -> CrossNetwork:
    model = CrossNetwork(config).requires_grad_(False)
    golden.fill(model)
    return model


def _dead(config: CrossNetworkConfig) -> str:
    return f"dec_blocks.{config.levels - 2}.support."


@pytest.mark.parametrize("config", CONFIGS)
def test_the_graph_holds_the_state_dict_without_its_dead_branch(config):
    model = _network(config)
    stored = state_of(export.build_part(model))
    expected = {k: v for k, v in model.state_dict().items() if not k.startswith(_dead(config))}
    assert stored.keys() == expected.keys()
    assert all(torch.equal(stored[k], expected[k]) for k in stored)


@pytest.mark.parametrize("config", CONFIGS)
def test_a_network_read_back_from_its_file_computes_the_same(config, tmp_path):
    model = _network(config)
    onnx.save(export.build_part(model), str(tmp_path / "x.onnx"))
    again = export.load_network(tmp_path / "x.onnx")
    x = torch.rand((1, config.target_channels, 16, 16))
    context = torch.rand((1, 2, 1, 16, 16)), torch.rand((1, 2, 1, 16, 16)).round()
    assert torch.equal(again(x, *context), model(x, *context))


def test_a_file_with_half_weights_reads_back_to_about_the_same(tmp_path):
    model = _network(CONFIGS[1])
    onnx.save(half(export.build_part(model)), str(tmp_path / "x.onnx"))
    again = export.load_network(tmp_path / "x.onnx").state_dict()
    for name, value in state_of(export.build_part(model)).items():
        torch.testing.assert_close(again[name], value, rtol=1e-3, atol=1e-6)


def test_the_inputs_and_output_are_named_and_dynamic():
    graph = export.build_part(_network(CONFIGS[0])).graph
    shapes = {
        v.name: [d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim]
        for v in [*graph.input, *graph.output]
    }
    assert shapes == {
        "target": [1, 5, "height", "width"],
        "context_images": [1, "entries", 1, "height", "width"],
        "context_labels": [1, "entries", 1, "height", "width"],
        "logits": [1, 1, "height", "width"],
    }


def test_a_foreign_file_is_named_as_such(tmp_path):
    (tmp_path / "x.onnx").write_bytes(onnx.ModelProto(ir_version=8).SerializeToString())
    with pytest.raises(export.MultiverSegFileError, match="x.onnx: not a MultiverSeg"):
        export.load_network(tmp_path / "x.onnx")


@pytest.mark.parametrize("part, config", [("multiverseg", MULTIVERSEG), ("universeg", UNIVERSEG)])
def test_the_template_is_the_published_graph_without_weights(part, config, tmp_path):
    export.main(["--template", str(tmp_path)])
    made = (tmp_path / f"{part}.onnx").read_bytes()
    assert made == (TEMPLATE / f"{part}.onnx").read_bytes(), "the template is out of date"
    external = {
        t.name: (tuple(t.dims), t.data_type, t.external_data[0].key, t.external_data[0].value)
        for t in onnx.load_model_from_string(made).graph.initializer
        if t.data_location == TensorProto.EXTERNAL
    }
    published = CrossNetwork(config).to("meta").state_dict()
    assert external == {
        name: (tuple(value.shape), TensorProto.FLOAT, "location", "checkpoint")
        for name, value in published.items()
        if not name.startswith(_dead(config))
    }


def _case(folder: Path):
    meta = json.loads((folder / "meta.json").read_text())
    inputs = [
        torch.from_numpy(np.fromfile(folder / f"input-{key}.bin", "<f4")).view(shape)
        for key, shape in meta["inputs"].items()
    ]
    return Path(meta["onnx"]), inputs, np.fromfile(folder / "expected-logits.bin", "<f4")


def test_parity_cases_are_written_with_what_pytorch_computes(tmp_path):
    parity_vectors_multiverseg.main([str(tmp_path)])
    folders = {p.name for p in tmp_path.iterdir() if p.is_dir()}
    of_context = {"multiverseg-1", "multiverseg-5", "multiverseg-deep-16", "universeg-3"}
    assert folders == of_context | {"sp-uvs-proposal", "sp-uvs"}
    for name in folders:
        file, inputs, expected = _case(tmp_path / name)
        assert expected.std() > 1e-3
        model = (onnx_graph if name == "sp-uvs" else export).load_network(file)
        np.testing.assert_allclose(model(*inputs).numpy().ravel(), expected, atol=1e-5)
    proposal = _case(tmp_path / "sp-uvs-proposal")[2]
    np.testing.assert_array_equal(_case(tmp_path / "sp-uvs")[1][0][0, 4].ravel(), proposal)
