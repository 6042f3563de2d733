"""PRISM's ONNX parts: names, shapes, stored weights, template and parity vectors."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Dict, List

import numpy as np
import onnx
import pytest
import torch

from segbridge_models import golden, parity_vectors_prism
from segbridge_models.onnx_export import prism as parts
from segbridge_models.onnx_export.weights import CHECKPOINT_LOCATION, half, is_weight
from segbridge_models.parity_vectors_prism import MAPPED, WINDOWED
from segbridge_models.prism import PUBLISHED, SMALL, Prism

ROOT = Path(__file__).resolve().parents[3]
TEMPLATE = ROOT / "models" / "templates" / "prism"
ENCODER_OUTPUTS = {"embedding", "skip_0", "skip_1", "skip_2"}
UNUSED = ("prompt_encoder.no_mask_embed", "mask_decoder.decoder.final_conv")
UNUSED += ("mask_decoder.output_hypernetworks_mlps.0",)


def _network(config) -> Prism:
    model = Prism(config).requires_grad_(False)
    golden.fill(model)
    return model


def _shapes(values) -> Dict[str, List[object]]:
    return {
        v.name: [d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim] for v in values
    }


@pytest.mark.parametrize("config", [WINDOWED, MAPPED])
def test_the_parts_fit_together_by_the_agreed_names_and_shapes(config):
    made = parts.build_parts(config, _network(config).state_dict())
    cube = [config.grid] * 3
    features = _shapes(made["encoder"].graph.output)
    assert _shapes(made["encoder"].graph.input) == {"image": [1, 1, *cube]}
    assert set(features) == ENCODER_OUTPUTS
    wanted = features | {"point_coordinates": [1, "points", 3], "point_labels": [1, "points"]}
    wanted["previous_logits"] = [1, 1, *cube]
    if config.dense_maps:
        wanted["prompt_maps"] = [1, config.dense_maps, *cube]
    assert _shapes(made["decoder"].graph.input) == wanted
    candidates = {"candidates": [1, 3, *cube], "scores": [1, 3]}
    assert _shapes(made["decoder"].graph.output) == candidates
    one, several = [1, 1, *cube], [1, config.refiner_maps, *cube]
    wanted = {"image": one, "logits": one, "prompt_maps": several}
    assert _shapes(made["refiner"].graph.input) == wanted
    assert _shapes(made["refiner"].graph.output) == {"refined": one, "error_map": one}
    for proto in made.values():
        assert proto.opset_import[0].version == 17
        assert proto.ir_version == 8


def test_the_parts_hold_every_weight_under_its_own_name_and_shape():
    model = _network(WINDOWED)
    state = model.state_dict()
    held = set()
    for proto in parts.build_parts(WINDOWED, state).values():
        for tensor in filter(lambda t: is_weight(t.name), proto.graph.initializer):
            np.testing.assert_array_equal(onnx.numpy_helper.to_array(tensor), state[tensor.name])
            held.add(tensor.name)
    missing = set(state) - held
    assert missing == {name for name in state if name.startswith(UNUSED)}


def test_an_exported_network_reads_back_as_it_was(tmp_path):
    model = _network(MAPPED)
    parts.export(model, tmp_path)
    read = parts.load_network(tmp_path, MAPPED)
    image = parity_vectors_prism.golden_volume(16)
    torch.testing.assert_close(read.encode(image).skips, model.encode(image).skips)
    for name, value in read.state_dict().items():
        if not name.startswith(UNUSED):
            assert torch.equal(value, model.state_dict()[name])


def test_halves_keep_their_names_and_reach_the_graph_through_casts(tmp_path):
    model = _network(MAPPED)
    proto = half(parts.build_parts(MAPPED, model.state_dict())["decoder"])
    kinds = {t.name: t.data_type for t in proto.graph.initializer if is_weight(t.name)}
    state = model.state_dict()
    for name, kind in kinds.items():
        small = len(state[name].shape) > 1
        assert kind == (onnx.TensorProto.FLOAT16 if small else onnx.TensorProto.FLOAT), name
    for node in proto.graph.node:
        for name in set(node.input) & set(kinds):
            assert node.op_type == "Cast" or kinds[name] == onnx.TensorProto.FLOAT
    casts = {n.input[0]: n.output[0] for n in proto.graph.node if n.name.endswith(".cast")}
    assert all(output == f"{name}.float" for name, output in casts.items())

    parts.export(model, tmp_path, halves=True)
    read = parts.load_network(tmp_path, MAPPED).state_dict()
    name = "mask_decoder.refine.conv1.conv_0.conv.weight"
    assert torch.equal(read[name], state[name].half().float())


def test_parts_of_another_size_are_refused(tmp_path):
    parts.export(_network(MAPPED), tmp_path)
    with pytest.raises(parts.PrismWeightsError, match="size mismatch"):
        parts.load_network(tmp_path, dataclasses.replace(MAPPED, vit_mlp=16))
    with pytest.raises(parts.PrismWeightsError, match="are missing"):
        parts.load_network(tmp_path, dataclasses.replace(MAPPED, vit_depth=3))
    (tmp_path / parts.part_file("refiner")).unlink()
    with pytest.raises(parts.PrismWeightsError, match="prism-refiner.onnx"):
        parts.load_network(tmp_path, MAPPED)


def test_the_shipped_template_is_the_published_network_without_its_weights():
    for part, expected in parts.template(PUBLISHED).items():
        stored = onnx.load(str(TEMPLATE / parts.part_file(part)), load_external_data=False)
        assert stored == expected, f"{part} is out of date: run onnx_export.prism --template"
        for tensor in filter(lambda t: is_weight(t.name), stored.graph.initializer):
            places = {entry.key: entry.value for entry in tensor.external_data}
            assert tensor.data_location == onnx.TensorProto.EXTERNAL
            assert places == {"location": CHECKPOINT_LOCATION}
            assert not tensor.raw_data and tensor.data_type == onnx.TensorProto.FLOAT


def test_a_template_costs_no_memory_for_weights_but_names_them_all():
    names = parts.used_names(SMALL)
    assert "prompt_encoder.pe_layer.positional_encoding_gaussian_matrix" in names
    assert not any(name.startswith(UNUSED) for name in names)
    for proto in parts.template(SMALL).values():
        assert proto.ByteSize() < 200_000


def test_parity_vectors_chain_two_steps_of_both_kinds_of_network(tmp_path):
    assert parity_vectors_prism.main([str(tmp_path)]) == 0
    cases = {meta.parent.name: json.loads(meta.read_text()) for meta in tmp_path.glob("*/meta.json")}
    runs = ["encoder", "decoder-0", "decoder-1", "refiner-0", "refiner-1"]
    assert set(cases) == {f"{kind}-prism-{run}" for kind in ("windowed", "mapped") for run in runs}

    def read(case: str, file: str) -> np.ndarray:
        return np.fromfile(tmp_path / case / f"{file}.bin", dtype="<f4")

    for kind in ("windowed", "mapped"):
        refined = read(f"{kind}-prism-refiner-0", "expected-refined")
        previous = read(f"{kind}-prism-decoder-1", "input-previous_logits")
        np.testing.assert_array_equal(refined, previous)
        assert not read(f"{kind}-prism-decoder-0", "input-previous_logits").any()
        assert read(f"{kind}-prism-decoder-0", "input-point_labels").tolist() == [1, 0, 1, 2, 3]
        assert read(f"{kind}-prism-decoder-1", "input-point_labels").tolist() == [0, -1]
    assert sum(file.stat().st_size for file in tmp_path.rglob("*") if file.is_file()) < 2_500_000
