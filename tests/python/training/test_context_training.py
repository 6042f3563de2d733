"""A context training starts from a scribble network, learns, resumes exactly, and is shipped."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from segbridge_models import bundle, checkpoint, golden, onnx_graph
from segbridge_models.context import evaluate, export
from segbridge_models.context.initial import TransferError, initialise, transfer
from segbridge_models.context.sampler import ContextSampler
from segbridge_models.context.settings import TrainingSettings
from segbridge_models.context.task import create
from segbridge_models.context.trainer import ContextTrainer
from segbridge_models.data.open_datasets import read_all
from segbridge_models.multiverseg import SLOPE, CrossNetwork, CrossNetworkConfig, no_context
from segbridge_models.onnx_export import multiverseg
from segbridge_models.scribbleprompt_unet import ScribblePromptUNet
from segbridge_models.training.settings import SettingsError, parse
from segbridge_models.training.task import Machine

CONFIGS = Path(__file__).resolve().parents[3] / "models" / "training" / "configs"
WIDTHS = (4, 6, 8, 8, 10)
CONFIG = f"""
seed = 3
[network]
target_channels = 5
widths = {list(WIDTHS)}
context_widths = [3, 4, 4, 6, 6]
cross_activation = true
norm = false
[[phases]]
until = 0.5
size = 32
batch = 3
zoom = [0.6, 1.1]
[[phases]]
until = 1.0
size = 48
batch = 2
zoom = [0.7, 1.1]
[optimisation]
learning_rate = 2e-3
weight_decay = 1e-4
warmup_steps = 5
gradient_clip = 1.0
ema_decay = 0.99
[interaction]
steps = [1, 3]
evaluation_share = 0.5
silent_start = 0.6
[context]
superpixel = 0.1
label_set = 0.1
sizes = [1.0, 2.0, 2.0]
"""


@pytest.fixture(scope="module")
def settings():
    return parse(TrainingSettings, tomllib.loads(CONFIG))


@pytest.fixture(scope="module")
def sampler(small_data, settings):
    return ContextSampler(read_all(small_data, "train"), settings.context)


def _equal(a, b) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[k], b[k]) for k in a)


def _unet() -> ScribblePromptUNet:
    model = ScribblePromptUNet(WIDTHS).requires_grad_(False)
    golden.fill(model)
    state = model.state_dict()
    for name in state:
        if name.endswith("conv.1.weight"):
            state[name].fill_(SLOPE)
    model.load_state_dict(state)
    return model


def test_a_network_that_takes_over_a_unet_starts_as_that_unet():
    source = _unet()
    model = CrossNetwork(CrossNetworkConfig(5, WIDTHS, True, False, (3, 4, 4, 6, 6)))
    initialise(model, torch.Generator().manual_seed(0))
    transfer(model, source, context_gain=0.0)
    x = golden.scribble_input()[:, :, :32, :32]
    with torch.no_grad():
        expected, found = source(x), model(x, *no_context(32, 32))
    # The slope comes twice on the way through a block: 0.0001 in place of 0.01.
    assert float((found - expected).abs().max()) < 0.1 * float(expected.std())
    others = torch.rand((1, 3, 1, 32, 32)), torch.rand((1, 3, 1, 32, 32))
    with torch.no_grad():
        torch.testing.assert_close(model(x, *others), found)


def test_a_unet_of_other_widths_is_refused():
    model = CrossNetwork(CrossNetworkConfig(5, (4, 6, 8, 8, 12), True, False))
    with pytest.raises(TransferError, match="need the same widths"):
        transfer(model, _unet())


def test_a_resumed_run_goes_on_exactly_as_an_unbroken_one(settings, sampler, tmp_path):
    unbroken = ContextTrainer(settings, sampler)
    for step in range(3):
        unbroken.advance(step / 10)
    checkpoint.save(tmp_path / "c.pt", unbroken.state())
    resumed = ContextTrainer(settings, sampler)
    resumed.advance(0.0)
    resumed.restore(checkpoint.load(tmp_path / "c.pt"))
    for step in range(3, 8):
        assert unbroken.advance(step / 10) == resumed.advance(step / 10)
    assert _equal(unbroken.model.state_dict(), resumed.model.state_dict())
    assert _equal(unbroken.average.state_dict(), resumed.average.state_dict())
    assert unbroken.examples == resumed.examples


def test_a_checkpoint_of_another_network_is_refused(settings, sampler):
    trainer = ContextTrainer(settings, sampler)
    state = trainer.state()
    state["settings"]["network"]["norm"] = True
    with pytest.raises(ValueError, match="the checkpoint has the network"):
        trainer.restore(state)


def test_training_lowers_the_loss(settings, sampler):
    trainer = ContextTrainer(settings, sampler)
    losses = [trainer.advance(0.1) for _ in range(60)]
    assert np.mean(losses[-20:]) < np.mean(losses[:20]) - 0.05


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("seed = 3", ""), "'seed' is missing"),
        (("[context]", "surplus = 1\n[context]"), "unknown key 'surplus'"),
        (("until = 1.0", "until = 0.9"), "end at 1.0"),
        (("seed = 3", "seed = 3\nplace = 1"), "unknown key 'place'"),
    ],
)
def test_wrong_settings_are_explained(change, message):
    with pytest.raises(SettingsError, match=message):
        parse(TrainingSettings, tomllib.loads(CONFIG.replace(*change)))


def test_the_shipped_settings_are_valid():
    table = tomllib.loads((CONFIGS / "context-2d.toml").read_text())
    assert table.pop("family") == "multiverseg"
    options = parse(TrainingSettings, table)
    assert options.phases[-1].size == 128
    folder = (CONFIGS.parent / options.initial).resolve()
    source = onnx_graph.load_network(bundle.part_path(folder, "unet"))
    assert source.widths == options.network.widths


def test_training_validation_export_and_evaluation_work_together(small_data, tmp_path):
    task = create(tomllib.loads(CONFIG), small_data, Machine("cpu", "float32", 1))
    assert task.describe().data.counts() == {"train": 6, "validation": 2}
    for _ in range(2):
        task.advance(0.9)
    scores = task.validate()
    assert scores["n"] == 3  # one label of a volume along each axis; the other shows too little
    assert all(0.0 <= value <= 1.0 for value in scores["dice"].values())
    run, folder, scribble = tmp_path / "run", tmp_path / "bundle", tmp_path / "scribble"
    checkpoint.save(run / "checkpoint.pt", {**task.state(), "seconds": 60.0})

    scribble.mkdir()
    onnx.save(onnx_graph.build(_unet(), False), str(scribble / bundle.SCRIBBLE_PART))
    provenance = bundle.Provenance([], "0", "2000-01-01", 0.0, 0)
    bundle.write_manifest(scribble, bundle.scribble_manifest(scribble, "0.0.0", provenance, []))

    data = ["--data", str(small_data)]
    bundles = ["--scribble-bundle", str(scribble), "--bundle", str(folder)]
    export.main(["--run", str(run), *data, *bundles])
    report = tmp_path / "report.json"
    play = [*data, *bundles, "--json", str(report), "--threads", "1"]
    play += ["--tasks", "1", "--images", "8"]
    assert evaluate.main([*play, "--protocols", "centerline-scribble"]) == 0
    first = report.read_text()
    assert evaluate.main([*play, "--protocols", "centerline-scribble"]) == 0
    assert report.read_text() == first
    export.main(["--run", str(run), *data, *bundles, "--report", str(report)])

    made = json.loads((folder / "model.json").read_text())
    assert (made["family"], made["context"]) == ("multiverseg", True)
    assert [p["name"] for p in made["parts"]] == ["multiverseg", "unet"]
    assert {m["dataset"] for m in made["metrics"]} == {"all", "deep"}
    card = (folder / "MODEL_CARD.md").read_text()
    assert "| deep | CC0 1.0 |" in card and "from the 6th image" in card
    network = multiverseg.load_network(bundle.part_path(folder, "multiverseg"))
    average = task.trainer.average.state_dict()
    for name, value in network.state_dict().items():
        if not name.startswith("dec_blocks.3.support"):
            torch.testing.assert_close(value, average[name], rtol=1e-3, atol=1e-6)
