"""Propagation from slice to slice with the models of this repository."""
import numpy as np
import pytest
from end_to_end import dice

from SegBridgeLib import InvalidRequest, WrongState, contract, prompts


def draw_truth(session, case, *slices):
    """The user's own mask on slices."""
    for k in slices:
        drawn = np.zeros_like(case.truth)
        drawn[k] = case.truth[k]
        session.predict("1", prompts.mask(drawn), ("k", k))


def done(events):
    return [event.result.slice.index for event in events if event.result is not None]


@pytest.mark.parametrize("model", ["context-2d", "scribble-2d"])
def test_a_finished_slice_carries_to_its_neighbours_on_a_real_ct(client, real_ct, model):
    k = real_ct.best_slice
    near = [k - 2, k - 1, k + 1, k + 2]
    with client.open_volume(real_ct.voxels, real_ct.geometry, window=real_ct.window, model=model) as session:
        draw_truth(session, real_ct, k)
        events = list(session.propagate(k - 2, k + 2, stop_below=0))
        mask = session.mask("1").copy()
        assert sorted(done(events)) == near and events[-1].progress.fraction == 1
        assert {event.result.step for event in events if event.result is not None} == {2}
        assert np.mean([dice(mask[n], real_ct.truth[n]) for n in near]) > 0.75
        assert np.array_equal(mask[k], real_ct.truth[k]) and not np.delete(mask, [k, *near], axis=0).any()
        assert np.array_equal(session.refresh("1"), mask)
        session.undo("1")
        assert session.segments()[0].step == 1 and np.array_equal(session.mask("1").any(axis=(1, 2)).nonzero()[0], [k])


def test_a_correction_makes_only_what_follows_from_it_again(client, ellipsoid):
    with client.open_volume(ellipsoid.voxels, ellipsoid.geometry, window=ellipsoid.window, model="context-2d") as session:
        draw_truth(session, ellipsoid, 9)
        assert sorted(done(session.propagate(7, 15, stop_below=0))) == [7, 8, 10, 11, 12, 13, 14, 15]
        assert session.accept([("k", 15), ("k", 10)]).accepted[0].index == 10
        before = session.mask("1").copy()
        draw_truth(session, ellipsoid, 13)
        again = done(session.propagate(7, 15, stop_below=0))
        assert again and set(again) <= {11, 12, 14}, "7 and 8 follow from 9 alone, which is as it was"
        assert np.array_equal(np.delete(session.mask("1"), [11, 12, 13, 14], axis=0), np.delete(before, [11, 12, 13, 14], axis=0))
        assert done(session.propagate(7, 15, stop_below=0)) == []


def test_the_end_of_the_object_stops_it(client, ellipsoid):
    with client.open_volume(ellipsoid.voxels, ellipsoid.geometry, window=ellipsoid.window, model="context-2d") as session:
        draw_truth(session, ellipsoid, 12)
        events = list(session.propagate(0, 23, stop_below=0.8))
        stops = [event.stopped for event in events if event.stopped is not None]
        assert stops and all(stop.confidence < 0.8 and stop.slice.index not in done(events) for stop in stops)
        filled = session.mask("1").any(axis=(1, 2)).nonzero()[0]
        assert 12 in filled and len(filled) < 24 and np.array_equal(filled, np.arange(filled[0], filled[-1] + 1))


def test_leaving_the_loop_keeps_what_is_done(client, ellipsoid):
    with client.open_volume(ellipsoid.voxels, ellipsoid.geometry, window=ellipsoid.window) as session:
        draw_truth(session, ellipsoid, 12)
        for event in session.propagate(5, 20, stop_below=0):
            if event.result is not None:
                break
        session.predict("2", prompts.point((80, 70, 12)), ("k", 12))  # Comes to its turn when the propagation has ended.
        mask = session.refresh("1").copy()
        assert mask[11].any() and not mask[5].any()
        session.undo("1")
        assert np.array_equal(session.mask("1").any(axis=(1, 2)).nonzero()[0], [12])


def test_the_same_call_again_goes_on_where_it_was_and_stays_one_step(client, ellipsoid):
    with client.open_volume(ellipsoid.voxels, ellipsoid.geometry, window=ellipsoid.window) as session:
        draw_truth(session, ellipsoid, 12)
        session.send_bricks()
        request = contract.PropagateRequest(session_id=session.id, segment_id="1", first=9, last=15, request_id="again")
        with session.calls.stream(contract.SessionsService.propagate, request) as stream:
            first = next(event.result for event in stream if event.result is not None)
        events = list(session.calls.stream(contract.SessionsService.propagate, request))
        slices = done(events)
        assert slices[0] == first.slice.index and sorted(slices) == [9, 10, 11, 13, 14, 15]
        mask = session.refresh("1").copy()
        once_more = list(session.calls.stream(contract.SessionsService.propagate, request))
        assert done(once_more) == slices and {event.result.step for event in once_more if event.result is not None} == {2}
        assert np.array_equal(session.refresh("1"), mask)
        session.undo("1")
        assert np.array_equal(session.refresh("1").any(axis=(1, 2)).nonzero()[0], [12])


def test_wrong_propagations_say_what_would_be_right(client, ellipsoid):
    with client.open_volume(ellipsoid.voxels, ellipsoid.geometry) as session:
        session.put_segment("1")
        with pytest.raises(WrongState, match="segment the object"):
            list(session.propagate(0, 3))
        draw_truth(session, ellipsoid, 12)
        with pytest.raises(InvalidRequest, match=r"0\.\.23"):
            list(session.propagate(0, 24))
        with pytest.raises(InvalidRequest, match="2D model"):
            list(session.propagate(0, 3, model="tumour-3d"))
        with pytest.raises(InvalidRequest, match="index|slice"):
            session.accept([("k", 24)])
