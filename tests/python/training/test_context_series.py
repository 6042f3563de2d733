"""Series of images with simulated users: who sees what, what counts, what the report says."""

from __future__ import annotations

from typing import Dict

import numpy as np
import pytest
from PIL import Image

from segbridge_models.context.campaign import play_series
from segbridge_models.context.evaluate import draw
from segbridge_models.context.report import compare, markdown, summarise
from segbridge_models.context.series import Series, read_series
from segbridge_models.context.users import (
    NOTHING,
    Work,
    confidence,
    stream_of,
    when_sure,
    with_share,
    work_until,
)
from segbridge_models.data.open_datasets import read_all
from segbridge_models.example_pictures import SIDE
from segbridge_models.prompts.protocol import CentreClickUser, ScribbleUser
from segbridge_models.rollout import Pair

SIZE = 32


def _pair(number: int) -> Pair:
    rows, columns = np.mgrid[:SIZE, :SIZE]
    truth = (rows - 12 - number % 3) ** 2 + (columns - 16) ** 2 < 60
    image = truth - np.float32(0.01 * number)
    return Pair("made", f"image{number}", image, truth)


def _series(count: int = 8) -> Series:
    return Series("made/label1", "made", [_pair(i) for i in range(count)])


class Scripted:
    """Finds the object (the image itself) once it was asked with prompts so many times or there
    are enough examples, else only a part of it; remembers what it was asked."""

    def __init__(self, clicks: int, examples: int) -> None:
        self.clicks = clicks
        self.examples = examples
        self.asked = []
        self._times: Dict[bytes, int] = {}

    def __call__(self, inputs: np.ndarray, contexts) -> np.ndarray:
        found = []
        for x, context in zip(inputs, contexts):
            prompts = int(np.count_nonzero(x[2]) + np.count_nonzero(x[3]))
            self.asked.append((prompts, context.copy(), x[4].any()))
            times = self._times.get(x[0].tobytes(), 0) + (prompts > 0)
            self._times[x[0].tobytes()] = times
            good = times >= self.clicks or len(context) >= self.examples
            mask = x[0] > 0.5
            part = mask & (np.arange(SIZE)[:, None] < 8 + times % 4)
            found.append(np.where(mask if good else part, 3.0, -3.0))
        return np.stack(found).astype(np.float32)


def test_interactions_are_counted_until_the_goal():
    work = Work(_pair(0), np.zeros((0, 2, SIZE, SIZE)), stream_of(_pair(0), 0))
    model = Scripted(clicks=3, examples=99)
    work_until(model, [work], CentreClickUser(), 20, 0.9, silent_start=False)
    assert work.scores[0] is None and work.scores[-1] == 1.0
    assert work.interactions(0.9, 20) == 3
    assert max(work.score_at(1), work.score_at(2)) < 0.9 and work.score_at(7) == 1.0
    assert [asked[0] for asked in model.asked] == [1, 2, 3]
    assert [asked[2] for asked in model.asked] == [False, True, True]


def test_who_never_gets_there_is_counted_with_the_limit():
    work = Work(_pair(0), np.zeros((0, 2, SIZE, SIZE)), stream_of(_pair(0), 0))
    work_until(Scripted(99, 99), [work], CentreClickUser(), 4, 0.9, silent_start=False)
    assert not work.reached(0.9)
    assert work.interactions(0.9, 4) == 4 and len(work.scores) == 5


def test_a_silent_start_asks_without_prompts_and_can_need_none():
    work = Work(_pair(0), np.zeros((2, 2, SIZE, SIZE)), stream_of(_pair(0), 0))
    model = Scripted(clicks=99, examples=2)
    work_until(model, [work], ScribbleUser("centerline"), 10, 0.9, silent_start=True)
    assert work.interactions(0.9, 10) == 0 and work.scores == [1.0]
    assert model.asked[0][0] == 0


def test_a_doubtful_proposal_is_left_empty_and_the_first_prompt_starts_from_nothing():
    model = Scripted(clicks=1, examples=99)
    work = Work(_pair(0), np.zeros((3, 2, SIZE, SIZE)), stream_of(_pair(0), 0))
    doubtful = lambda inputs, contexts: model(inputs, contexts) / 30  # noqa: E731

    work_until(when_sure(doubtful, 0.5), [work], CentreClickUser(), 10, 0.9, silent_start=True)

    assert work.scores == [0.0, 1.0]
    assert not work.proposal.any()
    assert [(prompts, before) for prompts, _, before in model.asked] == [(0, False), (1, False)]


def test_a_sure_proposal_is_shown_and_corrected():
    model = Scripted(clicks=1, examples=99)
    work = Work(_pair(0), np.zeros((3, 2, SIZE, SIZE)), stream_of(_pair(0), 0))

    work_until(when_sure(model, 0.5), [work], CentreClickUser(), 10, 0.9, silent_start=True)

    assert work.proposal.any()
    assert [(prompts, before) for prompts, _, before in model.asked] == [(0, False), (1, True)]


def test_another_network_has_its_share_where_there_are_prompts():
    inputs = np.zeros((2, 5, 4, 4), dtype=np.float32)
    inputs[1, 3, 2, 2] = 1.0
    examples = [np.zeros((n, 2, 4, 4)) for n in (1, 2)]

    def four(given, contexts):
        assert [len(c) for c in contexts] == [len(c) for c in examples[2 - len(given) :]]
        return np.full((len(given), 4, 4), 4.0, dtype=np.float32)

    mixed = with_share(four, lambda given, contexts: -four(given, contexts), 0.25)

    assert [found.mean() for found in mixed(inputs, examples)] == [4.0, 2.0]
    assert with_share(four, four, 0.0) is four


def test_confidence_is_the_dice_that_the_probabilities_expect():
    logits = np.log(np.array([[0.8, 0.6], [0.3, 0.1]]) / np.array([[0.2, 0.4], [0.7, 0.9]]))
    assert confidence(logits) == pytest.approx(2 * 1.4 / (1.8 + 2))
    assert confidence(np.full((2, 2), NOTHING)) == 0.0


def test_finished_masks_become_context_as_the_user_left_them():
    series, context = _series(), Scripted(clicks=2, examples=4)
    alone = Scripted(clicks=4, examples=99)
    outcomes = play_series([series], alone, context, CentreClickUser(), 20)
    assert [o.index for o in outcomes] == list(range(8))
    assert [o.alone for o in outcomes] == [4] * 8
    # The first image as without context; then two clicks, and none from four examples on.
    assert [o.context for o in outcomes] == [4, 2, 2, 2, 0, 0, 0, 0]
    assert outcomes[0].first_dice is None and outcomes[4].first_dice == 1.0
    last = context.asked[-1][1]
    assert last.shape == (7, 2, SIZE, SIZE)
    for entry, pair in zip(last, series.pairs):
        np.testing.assert_array_equal(entry[0], pair.image)
        np.testing.assert_array_equal(entry[1] > 0.5, pair.truth)


def test_the_sheet_shows_proposals_from_the_sixth_image_on(tmp_path):
    shown, context = [], Scripted(clicks=1, examples=99)
    play_series([_series()], Scripted(4, 99), context, CentreClickUser(), 20, 0, shown)
    assert [work.pair.name for work in shown] == ["image5", "image6", "image7"]
    # What was proposed, not what the user made of it.
    assert all(work.proposal.any() and (work.proposal != work.mask).any() for work in shown)
    listed = draw(tmp_path / "sheet.png", shown)
    assert {entry["kind"] for entry in listed} == {"best", "median", "worst"}
    scores = {work.pair.name: work.scores[0] for work in shown}
    assert all(entry["dice"] == pytest.approx(scores[entry["case"]], abs=1e-4) for entry in listed)
    assert Image.open(tmp_path / "sheet.png").width == 3 * SIDE


def test_the_report_says_how_much_was_saved():
    outcomes = play_series([_series()], Scripted(4, 99), Scripted(2, 4), CentreClickUser(), 20)
    summary = summarise(outcomes)
    assert summary["all images"]["alone"] == 4.0
    assert summary["all images"]["context"] == pytest.approx(10 / 8)
    late = summary["from the 6th image"]
    assert late["images"] == 3 and late["saved"] == 1.0 and late["difference"] == 4.0
    assert late["savedCi95"] == [1.0, 1.0] and late["firstDice"] == 1.0
    assert [r["image"] for r in summary["byIndex"]] == list(range(1, 9))
    row = "| **from the 6th image** | 1 | 3 | 4.00 | 0.00 | +4.00 | 100 %"
    assert row in markdown("x", summary)


def test_the_interval_of_what_was_saved_resamples_whole_tasks():
    easy = Series("made/label1", "made", [_pair(i) for i in range(6)])
    hard = Series("made/label2", "made", [_pair(i) for i in range(6)])
    first = play_series([easy], Scripted(4, 99), Scripted(99, 1), CentreClickUser(), 4)
    second = play_series([hard], Scripted(4, 99), Scripted(4, 99), CentreClickUser(), 4)
    found = compare([o for o in first + second if o.index >= 1])
    assert found["tasks"] == 2
    assert found["savedCi95"][0] == pytest.approx(0.0) and found["savedCi95"][1] == 1.0
    assert found["saved"] == pytest.approx(0.5)


def test_series_are_read_in_seeded_orders_and_small_tasks_left_out(small_data):
    datasets = read_all(small_data, "validation")
    series = read_series(datasets, SIZE, images=6, minimum=3)
    assert [s.task for s in series] == [f"deep/label{v}/{a}" for v in (1, 2) for a in "kji"]
    again, other = (read_series(datasets, SIZE, 6, 3, seed) for seed in (0, 1))
    names = [[p.name for p in s.pairs] for s in series]
    assert names == [[p.name for p in s.pairs] for s in again]
    assert names != [[p.name for p in s.pairs] for s in other]
    assert all(len(set(n)) == len(n) and 3 <= len(n) <= 6 for n in names)
    assert read_series(datasets, SIZE, images=6, minimum=7) == []
