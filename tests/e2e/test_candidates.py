"""Candidates of a 3D model through the real server: chosen, undone, chosen of an old step; prompts that always hold."""
import numpy as np
import pytest
from end_to_end import dice

from SegBridgeLib import WrongState, prompts
from SegBridgeLib.masks import bounding_box

MODEL = "tumour-3d"


@pytest.fixture
def session(client, ellipsoid):
    with client.open_volume(ellipsoid.voxels, ellipsoid.geometry, window=ellipsoid.window, model=MODEL) as opened:
        yield opened


def test_a_candidate_of_an_old_step_can_be_chosen_and_later_steps_build_on_it(session, ellipsoid):
    box = bounding_box(ellipsoid.truth)
    first = session.predict("object", [prompts.box(box.lower, box.upper), prompts.point((80, 70, 12))], return_candidates=True)
    own = session.mask("object").copy()
    other = next(candidate.index for candidate in first.candidates if candidate.index != first.chosen)
    assert session.choose_candidate(1, other, "object").step == 2
    chosen = session.mask("object").copy()
    session.predict("object", prompts.point((85, 70, 12)))
    session.predict("object", prompts.point((80, 75, 12)))
    with pytest.raises(WrongState, match="stands at step 4"):
        session.choose_candidate(1, other, "object")

    # The candidates of step 1 are no longer kept: they are made again.
    session.go_to_step(1, "object")
    assert np.array_equal(session.mask("object"), own)
    session.choose_candidate(1, other, "object")
    assert np.array_equal(session.mask("object"), chosen)
    session.choose_candidate(2, first.chosen, "object")
    assert np.array_equal(session.mask("object"), own)
    session.go_to_step(0, "object")
    assert not session.mask("object").any()


def test_eleven_steps_of_corrections_all_hold_and_do_no_harm(session, ellipsoid):
    truth = ellipsoid.truth
    box = bounding_box(truth)
    said, scores = {}, []
    new = [prompts.box(box.lower, box.upper), prompts.point((80, 70, 12))]
    chance = np.random.default_rng(5)
    for _ in range(11):
        step = session.predict("object", new)
        mask = session.mask("object")
        assert all(mask[at] == inside for at, inside in said.items())
        scores.append(dice(mask, truth))
        i, j, k = step.next_voxel
        assert 0 <= k < truth.shape[0] and 0 <= j < truth.shape[1] and 0 <= i < truth.shape[2]
        assert (k, j, i) not in said, "a spot that was prompted before is suggested again"
        wrong = np.argwhere(mask != truth)
        k, j, i = (int(x) for x in wrong[chance.integers(len(wrong))])
        said[(k, j, i)] = bool(truth[k, j, i])
        new = prompts.point((i, j, k), positive=said[(k, j, i)])
    print("Dice per step:", " ".join(f"{score:.3f}" for score in scores))
    assert scores[-1] >= scores[0] - 0.01


def test_answering_what_is_asked_on_a_slice_leads_to_new_questions(client, ellipsoid):
    with client.open_volume(ellipsoid.voxels, ellipsoid.geometry, window=ellipsoid.window, model="scribble-2d") as session:
        asked, at = [], (80, 70, 12)
        for _ in range(8):
            truth = bool(ellipsoid.truth[at[2], at[1], at[0]])
            step = session.predict("object", prompts.point(at, positive=truth), ("k", 12))
            assert session.mask("object")[12, at[1], at[0]] == truth
            asked.append(at)
            at = step.next_voxel
            assert at is not None and at not in asked and at[2] == 12
