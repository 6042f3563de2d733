"""A 3D model through the real server: one patch, candidates, corrections, undo."""
import numpy as np
import pytest
from end_to_end import dice

from SegBridgeLib import InvalidRequest, prompts
from SegBridgeLib.masks import bounding_box

MODEL = "tumour-3d"


def middle_strokes(truth):
    """A line along the rows' middle of every slice that shows the object."""
    strokes = np.zeros_like(truth)
    for k in np.flatnonzero(truth.any(axis=(1, 2))):
        rows = np.flatnonzero(truth[k].any(axis=1))
        strokes[k, rows[len(rows) // 2]] = truth[k, rows[len(rows) // 2]]
    return strokes


@pytest.fixture
def session(client, ellipsoid):
    with client.open_volume(ellipsoid.voxels, ellipsoid.geometry, window=ellipsoid.window, model=MODEL) as opened:
        yield opened


def test_box_and_scribbles_segment_the_object_on_an_oblique_grid(session, ellipsoid):
    truth, strokes = ellipsoid.truth, middle_strokes(ellipsoid.truth)
    box = bounding_box(truth)
    step = session.predict("object", [prompts.box(box.lower, box.upper), prompts.scribble(strokes)])
    mask = session.mask("object")
    assert step.slice is None and 0 <= step.confidence <= 1
    assert dice(mask, truth) > 0.4
    assert mask[strokes].all(), "what the user drew belongs to the object"
    assert not (mask & ~truth).sum() > 0.1 * truth.sum(), "the mask lies elsewhere"
    off = (np.argwhere(mask).mean(axis=0) - np.argwhere(truth).mean(axis=0)) * np.array(ellipsoid.geometry.spacing)[::-1]
    assert np.linalg.norm(off) < 5, f"the mask is {off} mm off"


def test_a_real_tumour_is_found_from_box_and_scribbles(client, real_ct):
    truth = real_ct.truth
    box = bounding_box(truth)
    with client.open_volume(real_ct.voxels, real_ct.geometry, model=MODEL) as session:
        session.predict("tumour", [prompts.box(box.lower, box.upper), prompts.scribble(middle_strokes(truth))])
        assert dice(session.mask("tumour"), truth) > 0.65


def test_corrections_are_kept_and_can_be_undone(session, ellipsoid):
    truth = ellipsoid.truth
    box = bounding_box(truth)
    session.predict("object", [prompts.box(box.lower, box.upper), prompts.scribble(middle_strokes(truth))])
    first = session.mask("object").copy()
    inside = tuple(int(x) for x in np.argwhere(first)[0][::-1])
    session.predict("object", prompts.point(inside, positive=False))
    assert not session.mask("object")[inside[::-1]]
    session.undo("object")
    assert np.array_equal(session.mask("object"), first)


def test_three_candidates_come_with_confidence_and_volume(session, ellipsoid):
    step = session.predict("object", prompts.point((80, 70, 12)), return_candidates=True)
    assert len(step.candidates) == 3
    assert all(0 <= candidate.confidence <= 1 for candidate in step.candidates)


def test_a_3D_step_without_prompts_is_refused(session):
    with pytest.raises(InvalidRequest, match="at least one new point, box, scribble or lasso"):
        session.predict("object")


def test_2D_and_3D_models_take_turns_on_a_segment(session, ellipsoid):
    box = bounding_box(ellipsoid.truth)
    session.predict("object", [prompts.box(box.lower, box.upper), prompts.point((80, 70, 12))])
    session.predict("object", prompts.point((80, 70, 12)), ("k", 12), model="scribble-2d")
    sliced = session.mask("object")[12].copy()
    assert dice(sliced, ellipsoid.truth[12]) > 0.5
    step = session.predict("object", prompts.point((80, 70, 13)))
    assert step.step == 3 and session.mask("object")[13, 70, 80]
