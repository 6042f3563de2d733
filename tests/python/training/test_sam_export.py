"""ScribblePrompt-SAM as ONNX: names, shapes, templates, and cases for other runtimes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto

from segbridge_models import golden, parity_vectors_sam
from segbridge_models.onnx_export import sam, sam_encoder, weights
from segbridge_models.scribbleprompt_sam import PUBLISHED, ScribblePromptSam
from segbridge_models.scribbleprompt_sam.config import TINY

TEMPLATES = Path(__file__).resolve().parents[3] / "models" / "templates" / sam.FAMILY


@pytest.fixture(scope="module")
def tiny() -> ScribblePromptSam:
    model = ScribblePromptSam(TINY).requires_grad_(False)
    golden.fill(model)
    return model


@pytest.fixture(scope="module")
def parts(tiny):
    return sam.parts(tiny)


def _shapes(values) -> dict:
    return {
        v.name: [d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim] for v in values
    }


def test_both_parts_together_hold_every_weight_once(tiny, parts):
    held = {}
    for proto in parts.values():
        state = weights.state_of(proto)
        assert not held.keys() & state.keys()
        held |= state
    expected = tiny.state_dict()
    assert held.keys() == expected.keys()
    assert all(torch.equal(held[name], value) for name, value in expected.items())


def test_inputs_and_outputs_have_their_names_and_dynamic_axes(parts):
    encoder, decoder = parts["encoder"].graph, parts["decoder"].graph
    assert _shapes(encoder.input) == {"image": [1, 1, "height", "width"]}
    assert _shapes(encoder.output) == {"embedding": [1, 32, 5, 5]}
    assert _shapes(decoder.input) == {
        "embedding": [1, 32, 5, 5],
        "point_coordinates": [1, "points", 2],
        "point_labels": [1, "points"],
        "mask_input": [1, 1, 20, 20],
        "has_mask_input": [1],
    }
    assert _shapes(decoder.output) == {"masks": [1, 3, 20, 20], "scores": [1, 3]}


def test_global_attention_in_groups_of_rows_is_another_graph_of_the_same_weights(
    tiny, parts, monkeypatch
):
    monkeypatch.setattr(sam_encoder, "LOGITS_LIMIT", 1)
    grouped = sam.parts(tiny)["encoder"]
    assert len(grouped.graph.node) > len(parts["encoder"].graph.node)
    assert sam_encoder.group_rows(64, 12) == 1
    monkeypatch.setattr(sam_encoder, "LOGITS_LIMIT", 2**25)
    assert sam_encoder.group_rows(64, 12) == 8


def test_halves_keep_names_and_nearly_the_values(parts):
    for proto in parts.values():
        halved = weights.half(proto)
        assert halved.ByteSize() < 0.7 * proto.ByteSize()
        before, after = weights.state_of(proto), weights.state_of(halved)
        assert before.keys() == after.keys()
        for name, value in before.items():
            np.testing.assert_allclose(after[name], value, rtol=1e-3, atol=1e-6)


def test_the_shipped_templates_are_the_published_network_without_weights():
    expected = {k: tuple(v.shape) for k, v in ScribblePromptSam().to("meta").state_dict().items()}
    made = sam.templates()
    named = {}
    for part in (sam.ENCODER, sam.DECODER):
        file = TEMPLATES / sam.file_name(part)
        assert file.stat().st_size < 1_000_000
        proto = onnx.load(str(file), load_external_data=False)
        assert proto == made[part], f"{file.name} is not what the exporter writes"
        for tensor in proto.graph.initializer:
            if not weights.is_weight(tensor.name):
                continue
            named[tensor.name] = tuple(tensor.dims)
            assert tensor.data_type == TensorProto.FLOAT
            assert tensor.data_location == TensorProto.EXTERNAL
            assert tensor.external_data[0].value == "checkpoint"
            assert not tensor.raw_data and not tensor.float_data
    assert named == expected
    assert PUBLISHED.grid == 64 and PUBLISHED.mask_size == 256


def test_cases_for_other_runtimes_hold_what_they_say(tmp_path, tiny):
    assert parity_vectors_sam.main([str(tmp_path)]) == 0
    cases = sorted(p.parent for p in tmp_path.glob("*/meta.json"))
    assert len(cases) == 5

    def read(folder: Path, prefix: str, tensors: dict) -> dict:
        return {
            name: torch.from_numpy(
                np.fromfile(folder / f"{prefix}-{name}.bin", "<f4").reshape(shape)
            )
            for name, shape in tensors.items()
        }

    for folder in cases:
        meta = json.loads((folder / "meta.json").read_text())
        graph = onnx.load(meta["onnx"]).graph
        assert [i.name for i in graph.input] == list(meta["inputs"])
        assert [o.name for o in graph.output] == list(meta["outputs"])
        given = read(folder, "input", meta["inputs"])
        expected = read(folder, "expected", meta["outputs"])
        if "image" in given:
            embedding = tiny.encode(given["image"])
            np.testing.assert_allclose(embedding, expected["embedding"], atol=1e-5)
            continue
        mask = given["mask_input"] if given["has_mask_input"][0] else None
        masks, scores = tiny.decode(
            given["embedding"], given["point_coordinates"], given["point_labels"], mask
        )
        np.testing.assert_allclose(masks, expected["masks"], atol=1e-5)
        np.testing.assert_allclose(scores, expected["scores"], atol=1e-5)
