"""The volume training: users, resuming, and playing whole volumes."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from segbridge_models import checkpoint, train
from segbridge_models.prism import Prism
from segbridge_models.prism_training import bundle, evaluate, settings, statistics, users
from segbridge_models.prism_training.rollout import Played, Session
from segbridge_models.prism_training.trainer import VolumeTrainer
from segbridge_models.training.settings import SettingsError
from segbridge_models.volumes.cases import read_volumes
from segbridge_models.volumes.sampler import VolumeSampler

CONFIGS = Path(__file__).resolve().parents[3] / "models" / "training" / "configs"
TINY = """
family = "prism"
seed = 1
token_limit = 32
[network]
grid = 16
cnn_widths = [4, 4, 12]
vit_dim = 8
vit_depth = 2
vit_heads = 2
vit_mlp = 16
window = 0
global_blocks = []
taps = [0]
transformer_heads = 2
transformer_mlp = 16
score_hidden = 8
decoder_width = 4
refiner_width = 4
refiner_maps = 3
dense_maps = 3
[[phases]]
until = 1.0
grid = 16
batch = 2
steps = [2, 2]
[optimisation]
learning_rate = 3e-3
weight_decay = 1e-4
warmup_steps = 3
gradient_clip = 1.0
ema_decay = 0.9
[loss]
[manners]
[sampler]
real = 1.0
implant = 0.0
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.toml"
    path.write_text(TINY)
    return path


@pytest.fixture
def trainer(config: Path, small_data: Path) -> VolumeTrainer:
    options = settings.read(config)
    return VolumeTrainer(options, VolumeSampler(read_volumes(small_data, "train"), options.sampler))


def test_the_settings_of_the_shipped_network_are_readable():
    options = settings.read(CONFIGS / "tumour-3d.toml")
    assert options.network.refiner_maps == options.network.dense_maps == 3
    assert all(p.grid % options.network.patch == 0 for p in options.phases)
    assert all(p.batch >= 2 for p in options.phases)


def test_a_wrong_setting_is_named(config: Path):
    config.write_text(TINY.replace("token_limit", "tokenlimit"))
    with pytest.raises(SettingsError, match="token_limit"):
        settings.read(config)
    config.write_text(TINY.replace("vit_heads = 2", "vit_heads = 3"))
    with pytest.raises(SettingsError, match="vit_dim 8 is no multiple of 3"):
        settings.read(config)


def test_a_restored_training_goes_on_as_if_never_stopped(trainer, config, small_data, tmp_path):
    for _ in range(2):
        trainer.advance(0.1)
    checkpoint.save(tmp_path / "checkpoint.pt", trainer.state())
    options = settings.read(config)
    sampler = VolumeSampler(read_volumes(small_data, "train"), options.sampler)
    other = VolumeTrainer(options, sampler)
    other.restore(checkpoint.load(tmp_path / "checkpoint.pt"))
    first = [trainer.advance(0.2) for _ in range(2)]
    second = [other.advance(0.2) for _ in range(2)]
    assert first == second
    for name, value in trainer.average.state_dict().items():
        torch.testing.assert_close(value, other.average.state_dict()[name], msg=name)


def test_a_checkpoint_of_another_network_is_refused(trainer):
    state = trainer.state()
    state["settings"]["network"] = {**state["settings"]["network"], "vit_dim": 99}
    with pytest.raises(ValueError, match="99"):
        trainer.restore(state)


def test_training_lowers_the_loss(trainer):
    # One example over and over, so that a few steps must show.
    example = trainer.sampler.draw(16, True, np.random.default_rng(0))
    trainer.sampler.draw = lambda *_: example
    losses = [trainer.advance(0.0)["loss"] for _ in range(16)]
    assert np.mean(losses[-3:]) < 0.9 * np.mean(losses[:3])


def test_a_run_goes_on_where_it_stopped_and_becomes_a_bundle(config, small_data, tmp_path):
    call = ["--config", str(config), "--data", str(small_data), "--run", str(tmp_path / "run")]
    call += ["--threads", "1", "--device", "cpu"]
    assert train.main([*call, "--minutes", "0.004"]) == 0
    first = checkpoint.load(tmp_path / "run" / "checkpoint.pt")
    assert train.main([*call, "--minutes", "0.02"]) == 0
    second = checkpoint.load(tmp_path / "run" / "checkpoint.pt")
    assert second["step"] > first["step"]
    log = tmp_path / "run" / "log.jsonl"
    events = [json.loads(line) for line in log.read_text().splitlines()]
    kinds = [e["event"] for e in events]
    assert kinds.index("started") < kinds.index("finished") < kinds.index("resumed")
    assert bundle.main(
        [*call[:6], "--bundle", str(tmp_path / "bundle"), "--commit", "c0ffee"]
    ) == 0
    manifest = json.loads((tmp_path / "bundle" / "model.json").read_text())
    assert [s["name"] for s in manifest["provenance"]["trainedOn"]] == ["deep"]
    assert [p["name"] for p in manifest["parts"]] == ["encoder", "decoder", "refiner"]
    assert manifest["input"]["size"] == [16, 16, 16]
    call = ["--bundle", str(tmp_path / "bundle"), "--config", str(config)]
    call += ["--data", str(small_data), "--json", str(tmp_path / "shipped.json")]
    assert evaluate.main([*call, "--steps", "1", "--protocols", "prism-point"]) == 0
    card = (tmp_path / "bundle" / "MODEL_CARD.md").read_text()
    assert "Not evaluated." in card and "c0ffee" in card
    last = next(e for e in reversed(events) if e["event"] == "finished")
    assert set(last["dice"]) == {
        "deep prism-ultra, step 1", "deep prism-ultra, step 5", "deep prism-point, step 1"
    }  # fmt: skip


def test_every_manner_of_prompting_is_drawn():
    rng = np.random.default_rng(0)
    shares = users.MannerShares(1, 1, 1, 1, 1, 1)
    drawn = {shares.draw(rng) for _ in range(200)}
    assert {(m.boxed, m.scribbles > 0, m.one_slice) for m in drawn} == {
        (True, True, False), (True, False, False), (False, True, False), (False, False, False),
        (True, True, True), (False, True, True)
    }  # fmt: skip


def test_the_evaluated_protocols_prompt_as_they_say():
    truth = np.zeros((16, 16, 16), dtype=bool)
    truth[4:10, 4:12, 5:9] = True
    nothing = np.zeros_like(truth)
    for name, manner in users.EVALUATION.items():
        user = users.SimulatedUser(manner, jitter=False)
        rng = np.random.default_rng(1)
        box = user.draw_box(truth, rng)
        prompts = user.step(truth, nothing, box, rng)
        boxed = ("prism-box", "prism-ultra", "box-strokes")
        assert box == ((4, 4, 5, 9, 11, 8) if name in boxed else None)
        if manner.one_slice:
            assert len(set(prompts.positive[:, 2])) == 1 and len(prompts.positive) > 2
            extra = user.step(nothing, truth, box, rng)
            assert len(set(extra.negative[:, 2])) == 1 and not len(extra.positive)
        elif manner.scribbles:
            assert set(prompts.positive[:, 2]) == {5, 6, 7, 8} and len(prompts.positive) > 4
        else:
            assert len(prompts.positive) == 1


class Oracle(Prism):
    """Answers with the truth of a ball around the patch's middle."""

    def decode(self, features, points, labels, previous_logits, prompt_maps=None):
        grid = self.config.grid
        axes = torch.arange(grid) - (grid - 1) / 2.0
        distance = (axes[:, None, None] ** 2 + axes[None, :, None] ** 2 + axes**2).sqrt()
        ball = (self.radius - distance)[None, None]
        return torch.cat([ball, ball - 1, ball - 2], dim=1), torch.tensor([[0.9, 0.5, 0.2]])

    def refine(self, image, logits, prompt_maps):
        return logits, logits


def test_a_session_comes_back_to_the_grid_of_the_volume(config, small_data):
    options = settings.read(config)
    case = read_volumes(small_data, "validation")[0]
    truth = case.label > 0
    model = Oracle(options.network)
    rule = dataclasses.replace(options.sampler.spacing, minimum=0.5, margin=1.3)
    # The label is a ball of a quarter of the shortest axis; the box gives 1.3 of its diameter.
    model.radius = options.network.grid / 2 / 1.3
    played = Session(model, case, truth, users.EVALUATION["prism-ultra"], rule, 0).run(2)
    assert played.dice[0] > 0.9 and len(played.dice) == 2
    assert played.candidates[0][0] == pytest.approx(played.dice[0])
    assert played.candidates[0][0] > played.candidates[0][1] > played.candidates[0][2]


def test_calibration_of_perfect_and_of_useless_scores():
    rng = np.random.default_rng(0)
    reached = rng.uniform(0.2, 1.0, size=(60, 3))
    right = statistics.calibration([Played(candidates=reached.tolist(), scores=reached.tolist())])
    assert right.correlation == pytest.approx(1.0) and right.best_selected == 1.0
    assert right.error < 1e-6 and right.lost == 0.0
    blind = [Played(candidates=reached.tolist(), scores=rng.uniform(size=(60, 3)).tolist())]
    wrong = statistics.calibration(blind)
    assert abs(wrong.correlation) < 0.3 and wrong.error > 0.1 and wrong.best_selected < 0.6


def test_the_report_has_a_row_per_step_and_draws_the_cases(config, small_data, tmp_path):
    model = Prism(settings.read(config).network)
    state = {"average": model.state_dict()}
    checkpoint.save(tmp_path / "checkpoint.pt", state)
    call = ["--run", str(tmp_path), "--config", str(config), "--data", str(small_data)]
    call += ["--json", str(tmp_path / "report.json"), "--steps", "2", "--threads", "1"]
    assert evaluate.main(call) == 0
    report = json.loads((tmp_path / "report.json").read_text())
    rows = [r for r in report["rows"] if r["protocol"] == "prism-ultra"]
    assert [(r["step"], r["n"]) for r in rows] == [(1, 3), (2, 3)]
    assert all(r["ci95"][0] <= r["dice"] <= r["ci95"][1] for r in rows)
    assert len(report["cases"]) == 3 and "prism-point" in report["scores"]
    assert set(report["curves"]["withBox"]) == {"first", "later"}
    assert "prism-ultra, step 1" in (tmp_path / "report.md").read_text()
