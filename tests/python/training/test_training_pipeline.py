"""Training resumes exactly, and its weights survive export, bundling and evaluation."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from segbridge_models import (
    bundle,
    checkpoint,
    evaluate,
    export_onnx,
    golden,
    onnx_graph,
    parity_vectors,
    settings,
    train,
)
from segbridge_models.data.open_datasets import read_all
from segbridge_models.data.sampler import ExampleSampler
from segbridge_models.scribbleprompt_unet import ScribblePromptUNet
from segbridge_models.trainer import Trainer
from segbridge_models.training.settings import SettingsError

CONFIG = """
family = "scribbleprompt-unet"
seed = 3
widths = [4, 4, 6, 6, 8]
phases = [
    {until = 0.5, size = 32, batch = 3, zoom = [0.5, 0.9]},
    {until = 1.0, size = 48, batch = 2, zoom = [0.6, 1.2]},
]
[optimisation]
learning_rate = 1e-3
weight_decay = 1e-4
warmup_steps = 5
gradient_clip = 1.0
ema_decay = 0.99
[interaction]
steps = [1, 3]
evaluation_share = 0.5
[sampler]
synthetic_image = 0.2
"""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "small.toml"
    path.write_text(CONFIG)
    return path


@pytest.fixture
def sampler(small_data, config):
    return ExampleSampler(read_all(small_data, "train"), settings.read(config).sampler)


def _equal(a, b) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[k], b[k]) for k in a)


def test_a_resumed_run_goes_on_exactly_as_an_unbroken_one(config, sampler, tmp_path):
    options = settings.read(config)
    unbroken = Trainer(options, sampler)
    for step in range(4):
        unbroken.advance(step / 10)
    checkpoint.save(tmp_path / "c.pt", unbroken.state())
    resumed = Trainer(replace(options, seed=99), sampler)
    resumed.restore(checkpoint.load(tmp_path / "c.pt"))
    for step in range(4, 9):
        assert unbroken.advance(step / 10) == resumed.advance(step / 10)
    assert _equal(unbroken.model.state_dict(), resumed.model.state_dict())
    assert _equal(unbroken.average.state_dict(), resumed.average.state_dict())
    assert unbroken.examples == resumed.examples


def test_a_save_that_breaks_off_leaves_the_old_checkpoint(tmp_path, monkeypatch):
    path = tmp_path / "c.pt"
    checkpoint.save(path, {"step": 1})

    def broken(state, stream):
        stream.write(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(torch, "save", broken)
    with pytest.raises(OSError):
        checkpoint.save(path, {"step": 2})
    assert checkpoint.load(path) == {"step": 1}


def test_a_damaged_checkpoint_is_named(tmp_path):
    (tmp_path / "c.pt").write_bytes(b"nonsense")
    with pytest.raises(checkpoint.CheckpointError, match="c.pt is not a readable checkpoint"):
        checkpoint.load(tmp_path / "c.pt")


def test_a_checkpoint_made_with_numpy_2_is_read_with_numpy_1(tmp_path):
    if int(np.__version__.split(".")[0]) > 1:
        pytest.skip("needs NumPy 1")
    path = tmp_path / "c.pt"
    checkpoint.save(path, {"slot": np.arange(3.0), "loss": np.float32(2)})
    # NumPy 2 pickles arrays under numpy._core; names in a pickle of protocol 2 end with a newline.
    content = _repacked(path.read_bytes(), b"numpy.core.multiarray\n", b"numpy._core.multiarray\n")
    path.write_bytes(content)
    assert checkpoint.load(path)["slot"].tolist() == [0, 1, 2]


def _repacked(archive: bytes, old: bytes, new: bytes) -> bytes:
    """A zip archive with bytes replaced in its pickle."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(result, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name.endswith("data.pkl"):
                assert old in data
                data = data.replace(old, new)
            target.writestr(name, data)
    return result.getvalue()


def test_checkpoints_are_read_whole_where_pytorch_reads_only_tensors_by_default(
    tmp_path, monkeypatch
):
    path = tmp_path / "c.pt"
    checkpoint.save(path, {"slot": np.arange(3.0)})
    load = torch.load

    def strict(f, map_location=None, pickle_module=None, *, weights_only=None, **options):
        assert weights_only is False, "as PyTorch 2.6 and newer: None means tensors only"
        return load(f, map_location=map_location, pickle_module=pickle_module, weights_only=False)

    monkeypatch.setattr(torch, "load", strict)
    assert checkpoint.load(path)["slot"].tolist() == [0, 1, 2]


def test_a_checkpoint_of_other_widths_is_refused(config, sampler):
    options = settings.read(config)
    other = Trainer(replace(options, widths=(4, 4, 4, 4, 4)), sampler)
    with pytest.raises(ValueError, match="widths"):
        Trainer(options, sampler).restore(other.state())


def test_training_on_one_thing_lowers_the_loss(config, sampler):
    trainer = Trainer(settings.read(config), sampler)
    losses = [trainer.advance(0.1) for _ in range(120)]
    assert np.mean(losses[-20:]) < np.mean(losses[:20]) - 0.05


def test_the_learning_rate_warms_up_and_ends_at_nothing(config, sampler):
    optimiser = Trainer(settings.read(config), sampler).optimiser
    assert optimiser.learning_rate(0.0) == pytest.approx(1e-3 / 5)
    optimiser.step = 100
    assert optimiser.learning_rate(0.0) == pytest.approx(1e-3)
    assert optimiser.learning_rate(0.5) == pytest.approx(5e-4)
    assert optimiser.learning_rate(1.0) == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("seed = 3", ""), "'seed' is missing"),
        (("warmup_steps", "warm_steps"), "unknown key 'warm_steps'"),
        (("until = 1.0", "until = 0.9"), "end at 1.0"),
    ],
)
def test_wrong_settings_are_explained(tmp_path, change, message):
    path = tmp_path / "wrong.toml"
    path.write_text(CONFIG.replace(*change))
    with pytest.raises(SettingsError, match=message):
        settings.read(path)


def test_the_shipped_settings_are_valid():
    config = Path(train.__file__).parent.parent / "configs" / "scribble-2d.toml"
    assert settings.read(config).phases[-1].size == 128


def test_the_exported_file_holds_the_state_dict():
    model = ScribblePromptUNet((2, 3, 4, 5, 6))
    golden.fill(model)
    proto = onnx_graph.build(model)
    state = model.state_dict()
    assert _equal(state, onnx_graph.state_of(proto))
    stored = {t.name: tuple(t.dims) for t in proto.graph.initializer}
    weights = {k: tuple(v.shape) for k, v in state.items() if not k.endswith(".conv.1.weight")}
    assert stored.items() >= weights.items()
    slopes = {n.name + ".weight": n.attribute[0].f for n in proto.graph.node if "Relu" in n.op_type}
    assert slopes == {k: float(v) for k, v in state.items() if k.endswith(".conv.1.weight")}
    assert [i.version for i in proto.opset_import] == [17]
    shapes = [
        [d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim]
        for v in (proto.graph.input[0], proto.graph.output[0])
    ]
    assert shapes == [["batch", 5, "height", "width"], ["batch", 1, "height", "width"]]


def test_train_export_and_evaluate_work_together(small_data, config, tmp_path):
    run, folder, report = tmp_path / "run", tmp_path / "bundle", tmp_path / "report.json"
    common = ["--data", str(small_data)]
    budget = ["--minutes", "0.03", "--checkpoint-minutes", "0.001", "--validate-minutes", "0.001"]
    train.main([*common, *budget, "--run", str(run), "--config", str(config), "--threads", "1"])
    events = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    assert events[-1]["event"] == "finished"
    assert {"checkpoint", "validation"} <= {e["event"] for e in events}

    export = [*common, "--run", str(run), "--bundle", str(folder)]
    export_onnx.main(export)
    assert (
        evaluate.main(
            [*common, "--bundle", str(folder), "--json", str(report)]
            + ["--steps", "5", "--threads", "1"]
        )
        == 0
    )
    export_onnx.main([*export, "--report", str(report)])

    rows = json.loads(report.read_text())["rows"]
    summaries = {"all", "mean of datasets", "modality MR", "modality CT"}
    assert {r["dataset"] for r in rows} == summaries | {"flat", "deep"}
    assert all(0 <= r["ci95"][0] <= r["dice"] <= r["ci95"][1] <= 1 for r in rows)
    manifest = json.loads((folder / "model.json").read_text())
    assert {m["step"] for m in manifest["metrics"]} == {1, 5}
    card = (folder / "MODEL_CARD.md").read_text()
    assert "| flat | CC0 1.0 |" in card and "centerline-scribble, step 5" in card

    loaded = onnx_graph.load_network(bundle.part_path(folder, "unet"))
    average = checkpoint.load(run / "checkpoint.pt")["average"]
    rounded = {k: v.half().float() if v.ndim > 1 else v for k, v in average.items()}
    assert _equal(loaded.state_dict(), rounded)

    again = tmp_path / "again.json"
    evaluate.main(
        [*common, "--bundle", str(folder), "--json", str(again), "--steps", "5", "--threads", "1"]
    )
    assert again.read_text() == report.read_text()


def test_a_changed_part_is_refused(tmp_path):
    proto = onnx_graph.build(ScribblePromptUNet((1, 1, 1, 1, 1)))
    onnx.save(proto, str(tmp_path / bundle.SCRIBBLE_PART))
    provenance = bundle.Provenance([], "0", "2000-01-01", 0.0, 0)
    bundle.write_manifest(tmp_path, bundle.scribble_manifest(tmp_path, "0.0.0", provenance, []))
    part = bundle.part_path(tmp_path, "unet")
    part.write_bytes(part.read_bytes()[:-1] + b"x")
    with pytest.raises(bundle.BundleError, match="SHA-256"):
        bundle.part_path(tmp_path, "unet")


def test_the_shipped_bundle_is_whole_and_its_weights_are_finite():
    folder = parity_vectors._BUNDLE
    model = onnx_graph.load_network(bundle.part_path(folder, "unet"))
    assert all(torch.isfinite(p).all() for p in model.parameters())
    manifest = json.loads((folder / "model.json").read_text())
    assert manifest["family"] == "scribbleprompt-unet"
    assert manifest["parts"][0]["bytes"] == (folder / bundle.SCRIBBLE_PART).stat().st_size


def test_parity_vectors_hold_what_their_description_says(tmp_path):
    parity_vectors.main([str(tmp_path)])
    for case in ("golden", "bundle-random", "bundle-prompted"):
        meta = json.loads((tmp_path / case / "meta.json").read_text())
        x = np.fromfile(tmp_path / case / "input-input.bin", "<f4").reshape(meta["inputs"]["input"])
        y = np.fromfile(tmp_path / case / "expected-logits.bin", "<f4")
        model = onnx_graph.load_network(meta["onnx"])
        with torch.no_grad():
            np.testing.assert_allclose(model(torch.from_numpy(x)).numpy().ravel(), y, atol=1e-5)
    assert x[0, 1:5].any(axis=(1, 2)).all(), "the prompted case uses every channel"


def test_the_shipped_bundle_follows_scribbles_on_real_images(open_data):
    from segbridge_models.data.open_datasets import read_index, read_dataset
    from segbridge_models.prompts.protocol import EVALUATION_PROTOCOLS
    from segbridge_models.rollout import evaluation_pairs, play

    names = ("brisc_brain_tumour_mr_2d", "liver_ct_2d")
    infos = [i for i in read_index(open_data, "validation") if i.name in names]
    pairs = list(evaluation_pairs([read_dataset(i, "validation") for i in infos], 128, 10))
    model = onnx_graph.load_network(bundle.part_path(parity_vectors._BUNDLE, "unet"))
    scores = play(model, pairs, EVALUATION_PROTOCOLS["centerline-scribble"], 5, seed=0)
    assert len(pairs) >= 10
    assert scores[:, 4].mean() > 0.7
