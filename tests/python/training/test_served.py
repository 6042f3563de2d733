"""What the cards of the shipped bundles say of the server is what was measured."""

from pathlib import Path

import pytest
from segbridge_models.model_card import CARD
from segbridge_models.served.card_section import overall_rows, renewed
from segbridge_models.served.evaluation import EVALUATION, arguments, compose
from segbridge_models.served.plan import RUNS

BUNDLES = Path(__file__).resolve().parents[3] / "models" / "bundles"


def test_every_shipped_bundle_is_measured() -> None:
    assert set(RUNS) == {folder.name for folder in BUNDLES.iterdir() if folder.is_dir()}


@pytest.mark.parametrize("bundle", RUNS)
def test_the_card_has_the_numbers_of_the_evaluation_beside_it(bundle: str) -> None:
    folder = BUNDLES / bundle
    card = (folder / CARD).read_text()
    assert renewed(card, folder) == card
    for collection, protocol, model, row in overall_rows((folder / EVALUATION).read_text()):
        assert f"| {collection}: {protocol} | {model} | {row['objects']} | {row['Dice, step 1']} |" in card


@pytest.mark.parametrize("bundle", RUNS)
def test_the_evaluation_names_the_command_of_every_run_and_has_its_rows(bundle: str) -> None:
    text = (BUNDLES / bundle / EVALUATION).read_text()
    measured = {protocol for _, protocol, _, _ in overall_rows(text)}
    assert measured == {run.protocol for run in RUNS[bundle]}
    for run in RUNS[bundle]:
        assert " ".join(arguments(bundle, run)) in text


def test_rows_of_means_are_told_apart_by_collection_protocol_and_model() -> None:
    section = """## open: boxes, validation, 2 data set(s)

| a 1.0.0 | objects | Dice, step 1 |
|---|--:|--:|
| mean of data sets | 3 | 0.5 [0.4, 0.6] |
| brain | 3 | 0.5 |

| b 2.0.0 | objects | Dice, step 1 |
|---|--:|--:|
| mean of data sets | 3 | 0.7 |"""
    text = compose("scribble-2d", [section])
    assert overall_rows(text) == [
        ("open", "boxes", "a 1.0.0", {"objects": "3", "Dice, step 1": "0.5 [0.4, 0.6]"}),
        ("open", "boxes", "b 2.0.0", {"objects": "3", "Dice, step 1": "0.7"}),
    ]


def test_a_card_without_an_evaluation_says_so(tmp_path: Path) -> None:
    card = "# x\n\n### Through the server\n\nold\n\n### The network alone, in PyTorch\n\ntable\n"
    assert "Not measured yet" in renewed(card, tmp_path)
    assert renewed(card, tmp_path).endswith("### The network alone, in PyTorch\n\ntable\n")
