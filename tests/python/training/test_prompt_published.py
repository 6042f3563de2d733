"""The slips of the published prompt simulation: reproduced behind a switch, absent without it."""

from __future__ import annotations

import numpy as np
import pytest

from segbridge_models.prompts import boxes, clicks, scribbles
from segbridge_models.prompts.canny import canny
from segbridge_models.prompts.encode import Prompts
from segbridge_models.prompts.protocol import ScribbleUser, TrainingUser

SHAPE = (128, 128)


def _rectangle(top: int, left: int, bottom: int, right: int) -> np.ndarray:
    region = np.zeros(SHAPE, dtype=bool)
    region[top:bottom, left:right] = True
    return region


def test_a_published_box_starts_at_the_origin_and_leaves_out_the_last_row_and_column(rng):
    region = _rectangle(40, 70, 60, 90)
    assert boxes.around(region, rng, 0, published=True) == boxes.Box(0, 0, 59, 89)
    assert boxes.around(region, rng, 0) == boxes.Box(40, 70, 60, 90)


def test_a_published_box_of_nothing_is_empty(rng):
    assert boxes.around(np.zeros(SHAPE, dtype=bool), rng, published=True) == boxes.Box(0, 0, 0, 0)


def test_published_border_corrections_miss_what_is_too_much(rng):
    error = _rectangle(20, 20, 60, 60).astype(np.int8) - _rectangle(80, 80, 120, 120)
    found = [error[tuple(p)] for _ in range(60) for p in clicks.published_border(error, 3, rng)]
    assert np.mean(np.equal(found, 1)) > 0.85
    assert np.mean(np.equal(found, -1)) < 0.05
    excess = np.minimum(error, 0)
    found = [excess[tuple(p)] for _ in range(60) for p in clicks.published_border(excess, 3, rng)]
    assert np.mean(np.equal(found, -1)) < 0.3, "anywhere: the excess is a tenth of the image"


def test_border_corrections_reach_both_kinds_of_error(rng):
    truth, predicted = _rectangle(20, 20, 60, 60), _rectangle(80, 80, 120, 120)
    labels = []
    for _ in range(200):
        prompts = Prompts(SHAPE)
        TrainingUser().correct(truth, predicted, prompts, rng)
        labels += [positive for _, _, positive in prompts.clicks]
    assert 0.35 < np.mean(labels) < 0.65


def test_the_edges_of_a_square_are_its_outermost_pixels():
    square = _rectangle(40, 40, 80, 80)
    edges = canny(square)
    assert set(np.unique(edges)) <= {0.0, 0.5, 1.0}
    assert np.flatnonzero(edges[60]).tolist() == [40, 79]
    assert np.array_equal(edges, edges.T)
    assert not edges[45:75, 45:75].any() and not edges[:35].any()
    assert not canny(np.zeros(SHAPE)).any()


def test_edges_keep_to_the_border_of_any_blob(regions):
    for region in regions[:2]:
        edges = canny(region) > 0
        near = np.zeros_like(region)
        for shift in np.ndindex(5, 5):
            near |= np.roll(region, np.subtract(shift, 2), axis=(0, 1)) != region
        assert edges.any() and not (edges & ~near).any()


def test_a_published_contour_is_drawn_inside_its_region(regions, rng):
    for region in regions:
        for _ in range(5):
            drawn = scribbles.contour(region, rng, published=True)
            assert drawn.any() and not drawn[~region].any()
            assert drawn.min() >= 0 and drawn.max() <= 1


def test_published_training_clicks_somewhere_even_when_nothing_is_wrong(rng):
    truth = _rectangle(40, 10, 60, 90)
    clicked = 0
    for _ in range(40):
        prompts = Prompts(SHAPE)
        TrainingUser(published=True).correct(truth, truth, prompts, rng)
        clicked += bool(prompts.clicks)
        assert not prompts.positive.any() and not prompts.negative.any()
    assert 8 < clicked < 32


def test_a_transposed_look_up_reads_the_label_at_the_mirrored_place():
    truth = _rectangle(10, 50, 20, 60)
    prompts = Prompts(SHAPE)
    prompts.add_clicks(np.array([[15, 55], [55, 15]]), truth, transposed=True)
    assert prompts.clicks == [(55, 15, True), (15, 55, False)]


def test_the_published_training_user_prompts_from_the_origin_and_draws_no_lasso(rng):
    truth = _rectangle(40, 70, 60, 90)
    found = []
    for _ in range(60):
        prompts = Prompts(SHAPE)
        TrainingUser(published=True).start(truth, prompts, rng)
        found += prompts.boxes
        assert np.count_nonzero(prompts.positive == 1) < truth.sum() / 2
    assert found and all((b.top, b.left) == (0, 0) for b in found)


@pytest.mark.parametrize(("kind", "share"), [("line", 0.5), ("centerline", 0.05)])
def test_the_published_split_of_lines_tosses_a_coin(kind, share, rng):
    truth = _rectangle(20, 20, 100, 80)
    predicted = truth & ~_rectangle(20, 20, 70, 80) | _rectangle(110, 110, 120, 123)
    assert (predicted & ~truth).sum() < 0.05 * (predicted ^ truth).sum()
    negative = 0
    for _ in range(100):
        prompts = Prompts(SHAPE)
        ScribbleUser(kind, published=True).correct(truth, predicted, prompts, rng)
        negative += bool(prompts.negative.any())
    assert abs(negative / 100 - share) < 0.15
