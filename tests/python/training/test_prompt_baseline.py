"""The random walker as a baseline, comparisons with it, and pictures of cases."""

from __future__ import annotations

import json

import numpy as np
import onnx
import pytest
import torch
from PIL import Image

from segbridge_models import bundle, evaluate, export_onnx, golden, model_card, onnx_graph
from segbridge_models.baselines import RandomWalker, object_probability, seeds
from segbridge_models.evaluation_tables import (
    compare,
    comparison_table,
    groups_of,
    modality_of,
    summarise,
)
from segbridge_models.example_pictures import MAX_BYTES, choose, contact_sheet, save_within
from segbridge_models.prompts.encode import Prompts, embed
from segbridge_models.prompts.protocol import EVALUATION_PROTOCOLS
from segbridge_models.rollout import Pair, dice, play
from segbridge_models.scribbleprompt_unet import ScribblePromptUNet


def _disc(size: int = 48) -> Pair:
    rng = np.random.default_rng(1)
    truth = np.hypot(*(np.indices((size, size)) - size // 2)) < size / 4
    image = np.clip(0.3 + 0.4 * truth + rng.normal(0, 0.03, truth.shape), 0, 1)
    return Pair("made", "disc", image.astype(np.float32), truth)


def _channels(pair: Pair) -> np.ndarray:
    return embed(pair.image, Prompts(pair.image.shape))


def test_the_walker_finds_a_plain_disc_from_two_scribbles():
    scores = play(RandomWalker(), [_disc()], EVALUATION_PROTOCOLS["centerline-scribble"], 3, 0)
    assert scores.shape == (1, 3) and scores[0, -1] > 0.9


def test_the_walker_respects_every_seed():
    pair = _disc()
    channels = _channels(pair)
    channels[2, 24, 10:38] = 0.4
    channels[3, 2, 3:40] = 1.0
    answer = RandomWalker()(torch.from_numpy(channels)[None])[0, 0].numpy()
    assert (answer[24, 10:38] >= 0).all() and (answer[2, 3:40] < 0).all()


def test_what_is_drawn_more_strongly_wins_and_a_box_excludes_its_outside():
    channels = _channels(_disc())
    channels[1, 10:40, 10:40] = 1.0
    channels[2, 20, 20:30] = 0.5
    channels[3, 20, 25:30] = 0.6
    channels[2, 3, 3] = 1.0
    marks = seeds(channels)
    assert marks[20, 22] == 1 and marks[20, 27] == 2
    assert marks[5, 5] == 2 and marks[3, 3] == 1 and marks[15, 15] == 0


@pytest.mark.parametrize(("value", "expected"), [(0, 0.0), (1, 1.0), (2, 0.0)])
def test_seeds_of_one_kind_or_none_decide_everything(value, expected):
    marks = np.zeros((8, 8), dtype=np.uint8)
    marks[2, 2] = value
    assert (object_probability(np.random.default_rng(0).random((8, 8)), marks) == expected).all()


def test_a_constant_image_is_divided_by_distance_alone():
    marks = np.zeros((9, 9), dtype=np.uint8)
    marks[:, 0], marks[:, 8] = 1, 2
    probability = object_probability(np.full((9, 9), 0.5), marks)
    np.testing.assert_allclose(probability[4], np.linspace(1, 0, 9), atol=0.01)


def test_an_image_of_seeds_only_is_what_they_say():
    marks = np.full((6, 6), 2, dtype=np.uint8)
    marks[1:3] = 1
    assert np.array_equal(object_probability(np.zeros((6, 6)), marks), marks == 1)


def test_modalities_are_named_by_their_first_word():
    texts = ("MR (bSSFP)", "CT", "CT (attenuation CT of PET/CT, HU)", "microscopy (stained)")
    assert [modality_of(t) for t in texts] == ["MR", "CT", "CT", "microscopy"]


def test_a_comparison_pairs_the_same_images():
    names = ["a", "a", "b", "b", "b"]
    groups = groups_of(names, {"a": "CT", "b": "MR"})
    rng = np.random.default_rng(0)
    ours = {"p": rng.uniform(0.4, 0.8, size=(5, 2))}
    theirs = {"p": ours["p"] - 0.1}
    rows = compare(groups, ours, theirs)
    assert [r["group"] for r in rows[::2]] == ["all", "modality CT", "modality MR", "a", "b"]
    for row in rows:
        assert row["difference"] == pytest.approx(0.1) and row["better"]
        assert row["ci95"] == pytest.approx([0.1, 0.1])
    assert comparison_table(rows, "other").count("yes, clearly") == len(rows)
    worse = compare(groups, theirs, ours)
    assert not any(r["better"] for r in worse)
    summary = {(r["dataset"], r["step"]): r for r in summarise(groups, ours)}
    assert summary["modality MR", 2]["dice"] == pytest.approx(ours["p"][2:, 1].mean(), abs=1e-4)
    assert summary["mean of datasets", 1]["n"] == 2


def test_examples_are_the_extremes_from_as_many_datasets_as_can_be():
    scores = np.array([0.9, 0.95, 0.2, 0.5, 0.99, 0.1])
    chosen = choose(["a", "a", "b", "c", "a", "b"], scores, columns=2)
    found = {kind: [e.index for e in chosen if e.kind == kind] for kind in ("best", "worst")}
    assert found == {"best": [4, 3], "worst": [5, 3]}
    assert [e.dice for e in chosen if e.kind == "best"] == [0.99, 0.5]


def test_a_sheet_of_noise_is_still_small(tmp_path):
    rng = np.random.default_rng(0)
    cells = [np.repeat(rng.integers(0, 255, (192, 192, 1), dtype=np.uint8), 3, axis=2)] * 12
    save_within(contact_sheet(cells, ["noise"] * 12, 4), tmp_path / "sheet.png")
    assert (tmp_path / "sheet.png").stat().st_size <= MAX_BYTES


def test_a_report_with_a_baseline_and_pictures_reaches_the_card(
    small_data, tmp_path, monkeypatch
):
    monkeypatch.setattr(evaluate, "SIZE", 48)
    folder, report = tmp_path / "bundle", tmp_path / "report.json"
    folder.mkdir()
    model = ScribblePromptUNet((2, 2, 3, 3, 4)).requires_grad_(False)
    golden.fill(model)
    onnx.save(onnx_graph.build(model), str(folder / bundle.SCRIBBLE_PART))
    provenance = bundle.Provenance(
        [bundle.TrainingSet("flat", "CC0 1.0", "made")], "0", "2000-01-01", 1.0, 1
    )
    manifest = bundle.scribble_manifest(folder, "0.0.0", provenance, [])
    bundle.write_manifest(folder, manifest)
    command = ["--bundle", str(folder), "--data", str(small_data), "--json", str(report)]
    command += ["--steps", "2", "--seeds", "2", "--threads", "1"]
    command += ["--baseline", "random-walker", "--examples", str(folder / model_card.EXAMPLES)]
    command += ["--protocols", "centerline-scribble", "centre-click"]
    assert evaluate.main(command) == 0

    found = json.loads(report.read_text())
    comparison = found["baseline"]["comparison"]
    assert {r["protocol"] for r in comparison} == {"centerline-scribble"}
    groups = {"all", "modality CT", "modality MR", "flat", "deep"}
    assert {r["group"] for r in comparison} == groups
    all_first = next(r for r in comparison if r["group"] == "all" and r["step"] == 1)
    theirs = [c["centerline-scribble"][0] for c in found["baseline"]["cases"]]
    assert all_first["baseline"] == pytest.approx(np.mean(theirs), abs=1e-3)
    assert all_first["difference"] == pytest.approx(
        all_first["model"] - all_first["baseline"], abs=2e-4
    )
    assert {e["kind"] for e in found["examples"]} == {"best", "median", "worst"}
    with Image.open(folder / model_card.EXAMPLES) as sheet:
        assert sheet.width % 192 == 0 and sheet.height == 3 * 206

    again = tmp_path / "again.json"
    again_command = [*command, "--json", str(again), "--baseline-from", str(report)]
    monkeypatch.setattr(evaluate, "BASELINES", {"random-walker": None})
    assert evaluate.main(again_command) == 0
    assert json.loads(again.read_text()) == found
    longer = ["--steps", "3", "--baseline-steps", "2"]
    assert evaluate.main([*again_command, *longer]) == 0
    rows = json.loads(again.read_text())["baseline"]["comparison"]
    assert {r["step"] for r in rows} == {1, 2}
    with pytest.raises(SystemExit, match="its seed is 0, not 1"):
        evaluate.main([*again_command, "--seed", "1"])
    with pytest.raises(SystemExit, match="fewer steps"):
        evaluate.main([*again_command, "--steps", "3"])

    manifest["metrics"] = [vars(m) for m in export_onnx._metrics(found)]
    model_card.write_card(folder, manifest, {"widths": model.widths}, 7, True, found)
    card = (folder / model_card.CARD).read_text()
    assert "![best, median and worst cases](examples.png)" in card
    assert "| modality CT | centerline-scribble, 1 |" in card
    assert "stored as float16" in card and "CC0 1.0 |" in card


def test_the_dice_of_two_empty_masks_is_one():
    empty = np.zeros((4, 4), dtype=bool)
    assert dice(empty, empty) == 1.0 and dice(empty, ~empty) == 0.0
