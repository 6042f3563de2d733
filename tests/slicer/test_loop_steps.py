"""The loop against a real server: prompts in world RAS, masks in the segmentation, history, candidates, propagation."""
import re
import textwrap
import time

import numpy as np
import pytest
import slicer
from loop_stage import Case, along, dice, pumped, rotation, settled, view, working
from SegBridgeLib import LimitExceeded
from SegBridgeLoop import logic as logic_module, step_loop
from SegBridgeLoop.logic import SegBridgeLogic
from SegBridgeLoop.state import ServerPhase, Severity, StepView, What, WorkPhase
from SegBridgeLoop.step_job import do_step
from SegBridgeScene.prompt_marks import Mark


@pytest.fixture
def logic():
    made = SegBridgeLogic()
    yield made
    made.cleanup()


@pytest.fixture
def case(scene):
    return Case()


@pytest.fixture
def loop(logic, case, server):
    return working(logic, server.ready["http"], case.volume, model="scribble-2d")


def test_a_2D_model_segments_the_slice_that_the_user_sees_on_an_oblique_volume_under_a_transform(loop, case):
    i, j, k = case.middle
    seen = view(along(case.ijk_to_world, "ij", case.middle))
    loop.addPoint(case.ras(case.middle), sliceNode=seen)
    loop.addScribble(case.row(k), 2.0, sliceNode=seen)
    step = loop.wait()
    mask = case.mask(loop)
    assert not np.delete(mask, k, axis=0).any(), "other slices were changed"
    assert dice(mask[k], case.truth[k]) >= 0.85
    assert step.volume_ml > 0 and 0 < step.confidence <= 1 and step.model_id == "scribble-2d"
    assert step.timing.total_ms > 0 and step.timing.wire_ms > 0 and step.timing.write_ms > 0 and step.bytes_sent > 0


def test_a_3D_model_segments_the_object_on_an_oblique_volume_under_a_transform(logic, case, server):
    loop = working(logic, server.ready["http"], case.volume, model="tumour-3d")
    loop.autoPredict = False
    loop.addBox(case.box())
    slices = np.flatnonzero(case.truth.any(axis=(1, 2)))
    for k in slices[1:-1:2]:
        loop.addScribble(case.row(int(k)), 1.0)
    loop.predict()
    step = loop.wait()
    assert len(step.candidates) == 3 and step.step == 1
    loop.autoPredict = True
    corrections = 0
    while dice(case.mask(loop), case.truth) < 0.85 and corrections < 6:
        # As a reader would: a stroke on the slice with most errors, through what is missing or too much there.
        wrong = case.mask(loop) != case.truth
        k = int(wrong.sum(axis=(1, 2)).argmax())
        missing, over = wrong[k] & case.truth[k], wrong[k] & ~case.truth[k]
        spot = missing if missing.sum() > over.sum() else over
        j = int(spot.sum(axis=1).argmax())
        loop.addScribble(case.ras(*[(i, j, k) for i in np.flatnonzero(spot[j])]).reshape(-1, 3), 0.5, positive=spot is missing)
        step = loop.wait()
        corrections += 1
    assert dice(case.mask(loop), case.truth) >= 0.85, f"after {corrections} corrections"
    assert step.next_ras is not None
    ijk = np.linalg.inv(case.ijk_to_world) @ [*step.next_ras, 1]
    assert np.all(ijk[:3] > -0.5) and np.all(ijk[:3] < np.array(case.truth.shape[::-1]) - 0.5)


@pytest.mark.parametrize("axes", ["ik", "jk"])
def test_views_along_the_other_axes_are_segmented_too(loop, case, axes):
    axis = next(index for index, name in enumerate("ijk") if name not in axes)
    seen = view(along(case.ijk_to_world, axes, case.middle))
    loop.addPoint(case.ras(case.middle), sliceNode=seen)
    loop.wait()
    changed = np.argwhere(case.mask(loop))[:, ::-1]
    assert len(changed) and set(changed[:, axis]) == {case.middle[axis]}


def test_an_oblique_view_is_segmented_where_it_cuts_the_object_and_corrected_there(loop, case):
    seen = view(along(case.ijk_to_world, "ij", case.middle) @ rotation(30, 0))
    loop.addPoint(case.ras(case.middle), sliceNode=seen)
    loop.wait()
    right = np.array([seen.GetSliceToRAS().GetElement(row, 0) for row in range(3)])
    line = case.ras(case.middle) + np.outer(np.linspace(-7, 7, 20), right)
    loop.addScribble(line, 2.0, sliceNode=seen)
    assert loop.wait().step == 2
    mask = case.mask(loop)
    assert len(set(np.argwhere(mask)[:, 0])) > 3, "an oblique slice passes through more than one slice of the grid"
    assert dice(mask, mask & case.truth) > 0.8


def test_every_prompt_kind_reaches_the_server(loop, case):
    k = case.middle[2]
    seen = view(along(case.ijk_to_world, "ij", case.middle))
    rows, columns = np.nonzero(case.truth[k])
    low, high = (columns.min(), rows.min()), (columns.max(), rows.max())
    loop.addBox(case.ras((*low, k), (high[0], low[1], k), (*high, k), (low[0], high[1], k)), sliceNode=seen)
    loop.wait()
    assert dice(case.mask(loop)[k], case.truth[k]) > 0.7
    angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    loop.addLasso(case.ras(*[(case.middle[0] + 4 * np.cos(a), case.middle[1] + 4 * np.sin(a), k) for a in angles]), sliceNode=seen)
    loop.wait()
    outside = (int(columns.max()) + 9, case.middle[1], k)
    loop.addPoint(case.ras(outside), positive=False, sliceNode=seen)
    loop.wait()
    assert [entry.text for entry in loop.history] == ["box", "lasso +", "point -"]
    assert not case.mask(loop)[outside[::-1]] and case.mask(loop)[case.middle[::-1]]


def test_nothing_is_sent_on_demand_until_predict(loop, case):
    loop.autoPredict = False
    before = loop.traffic.bytes_sent
    loop.addPoint(case.ras(case.middle))
    loop.addScribble(case.row(case.middle[2]), 2.0)
    for _ in range(20):
        slicer.app.processEvents()
    assert loop.step is None and loop.traffic.bytes_sent - before < 200
    number = loop.predict()
    step = loop.wait()
    assert step.request in (number, number - 1) and step.step == 1, "prompts of one slice are one step"
    assert loop.history[0].text == "point +, scribble +"


def test_a_newer_prompt_supersedes_and_both_count(loop, case):
    i, j, k = case.middle
    numbers = [loop.addPoint(case.ras((i + n, j, k))) for n in range(-2, 3)]
    step = loop.wait()
    assert step.request == numbers[-1]
    assert "point +" in loop.history[-1].text and sum(entry.text.count("point +") for entry in loop.history) == 5
    assert loop.message is None or loop.message.key != "wrong-state"
    mask = case.mask(loop)
    assert all(mask[k, j, i + n] for n in range(-2, 3))


def test_prompts_reach_the_server_in_their_order_however_busy_this_computer_is(loop, case, monkeypatch):
    do_step, delays = step_loop.do_step, iter((0.15, 0.1, 0.05))

    def after_a_while(*arguments):
        time.sleep(next(delays))
        return do_step(*arguments)

    monkeypatch.setattr(step_loop, "do_step", after_a_while)
    i, j, k = case.middle
    numbers = [loop.addPoint(case.ras((i + n, j, k))) for n in range(3)]
    assert loop.wait().request == numbers[-1]
    assert sum(entry.text.count("point +") for entry in loop.history) == 3


def test_undo_redo_and_going_to_a_step_show_in_the_segment_and_in_the_marks(loop, case):
    i, j, k = case.middle
    masks = [np.zeros_like(case.truth)]
    for n in range(3):
        loop.addPoint(case.ras((i + 3 * n - 3, j + n, k + n)))
        loop.wait()
        masks.append(case.mask(loop))
    loop.undo()
    loop.wait()
    assert np.array_equal(case.mask(loop), masks[2])
    assert [(entry.step, entry.current, entry.undone) for entry in loop.history] == [(1, False, False), (2, True, False), (3, False, True)]
    points = next(node for node in slicer.util.getNodesByClass("vtkMRMLMarkupsFiducialNode"))
    assert [points.GetNthControlPointVisibility(n) for n in range(3)] == [True, True, False]
    assert loop.step.step == 2
    loop.redo()
    loop.wait()
    assert np.array_equal(case.mask(loop), masks[3]) and points.GetNthControlPointVisibility(2)
    loop.goToStep(0)
    loop.wait()
    assert not case.mask(loop).any() and loop.step is None
    loop.goToStep(1)
    loop.wait()
    assert np.array_equal(case.mask(loop), masks[1])
    loop.addPoint(case.ras((i, j, k)), positive=True)
    loop.wait()
    assert len(loop.history) == 2 and points.GetNumberOfControlPoints() == 2, "steps that were undone are forgotten"
    loop.reset()
    loop.wait()
    assert not case.mask(loop).any() and loop.history == () and not slicer.util.getNodesByClass("vtkMRMLMarkupsFiducialNode")


def test_candidates_can_be_chosen_looked_at_and_undone(logic, case, server):
    loop = working(logic, server.ready["http"], case.volume, model="tumour-3d")
    loop.addBox(case.box())
    first = loop.wait()
    own = case.mask(loop)
    assert [candidate.chosen for candidate in first.candidates].count(True) == 1
    for candidate in first.candidates:
        picture = candidate.thumbnail
        assert picture.dtype == np.uint8 and picture.ndim == 3 and picture.shape[2] == 3 and 8 <= min(picture.shape[:2]) <= max(picture.shape[:2]) <= 96
        assert (picture == (255, 214, 10)).all(axis=2).any(), "the outline is missing"
    other = next(candidate.index for candidate in first.candidates if not candidate.chosen)
    loop.chooseCandidate(other)
    step = loop.wait()
    assert step.step == 2 and [candidate.index for candidate in step.candidates if candidate.chosen] == [other]
    assert loop.history[-1].text == f"candidate {other + 1}"
    assert not np.array_equal(case.mask(loop), own)
    where, box = loop.disagreement()
    assert where.shape == box.shape and where.any()
    loop.showDisagreement(True)
    overlay = slicer.util.getNode("SegBridge disagreement")
    assert overlay.GetSegmentation().GetNumberOfSegments() == 1 and overlay.GetHideFromEditors()
    loop.undo()
    loop.wait()
    assert np.array_equal(case.mask(loop), own) and loop.step.step == 1
    loop.showDisagreement(False)
    assert not [node for node in slicer.util.getNodesByClass("vtkMRMLSegmentationNode") if node.GetName() == "SegBridge disagreement"]


def test_propagation_fills_slices_tells_progress_and_is_one_undo(loop, case):
    i, j, k = case.middle
    seen = view(along(case.ijk_to_world, "ij", case.middle))
    loop.addPoint(case.ras(case.middle), sliceNode=seen)
    loop.addScribble(case.row(k), 2.0, sliceNode=seen)
    loop.wait()
    one = case.mask(loop)
    told = []
    loop.listen(lambda what: told.append(loop.work.progress) if what is What.PROPAGATION else None)
    step = float((case.ijk_to_world[:3, 2]) @ np.array([seen.GetSliceToRAS().GetElement(row, 2) for row in range(3)]))
    offset = seen.GetSliceOffset()
    loop.propagate(seen, offset - 4 * step, offset + 4 * step, stopBelow=1.0)
    loop.wait()
    assert loop.message.key == "propagation-stopped" and str(k + 1) in loop.message.text
    assert loop.message.severity is Severity.WARNING, "it must not fade"
    assert np.array_equal(case.mask(loop), one)
    loop.propagate(seen, offset - 4 * step, offset + 4 * step, stopBelow=0.4)
    assert loop.work.phase is WorkPhase.PROPAGATING
    loop.wait()
    mask = case.mask(loop)
    filled = np.flatnonzero(mask.any(axis=(1, 2)))
    assert filled.min() < k < filled.max() and filled.min() >= k - 4 and filled.max() <= k + 4
    assert np.array_equal(mask[k], one[k]) and loop.history[-1].text == "propagation"
    assert loop.message.key == "propagated" and len(told) >= len(filled)
    loop.undo()
    loop.wait()
    assert np.array_equal(case.mask(loop), one)


def test_a_propagation_can_be_cancelled_and_slices_accepted(loop, case):
    seen = view(along(case.ijk_to_world, "ij", case.middle))
    loop.addPoint(case.ras(case.middle), sliceNode=seen)
    loop.wait()
    loop.acceptSlice(seen)
    loop.wait()
    assert loop.message.key == "slice-accepted"
    loop.propagate("k", 0, 31)
    loop.cancelPropagation()
    loop.wait()
    assert loop.message.key == "propagation-cancelled" and loop.work.phase is WorkPhase.READY


def test_escape_withdraws_the_prompt_and_its_mark(loop, case):
    loop.addPoint(case.ras(case.middle))
    loop.cancel()
    loop.wait()
    if not loop.history:  # It was not quicker than its cancelling.
        assert not case.mask(loop).any() and not slicer.util.getNodesByClass("vtkMRMLMarkupsFiducialNode")
    i, j, k = case.middle
    loop.addPoint(case.ras((i, j, k + 3)))
    loop.wait()
    assert case.mask(loop)[k + 3, j, i]


def test_what_other_tools_changed_counts_in_the_next_step(loop, case):
    i, j, k = case.middle
    loop.addPoint(case.ras(case.middle))
    loop.wait()
    painted = case.mask(loop)
    painted[k + 5, j - 3:j + 4, i - 3:i + 4] = True
    painted[k, :j - 2] = False
    slicer.util.updateSegmentBinaryLabelmapFromArray(painted.astype(np.uint8), loop.segmentationNode, loop.segmentId, case.volume)
    loop.addPoint(case.ras((i, j, k + 2)))
    loop.wait()
    mask = case.mask(loop)
    assert np.array_equal(mask[k + 5], painted[k + 5]) and np.array_equal(mask[k], painted[k])
    assert mask[k + 2, j, i] and loop.history[-1].text == "edit, point +"
    loop.undo()
    loop.wait()
    loop.redo()
    loop.wait()
    assert np.array_equal(case.mask(loop), mask)


def test_a_step_that_arrives_after_a_later_one_takes_nothing_from_it(loop, case):
    marks, segment = loop._work.segments.marks, loop.segmentId
    for request in ("first", "second"):
        marks.add(segment, Mark(request, "point", True), np.array([[1.0, 2.0, 3.0]]))
    for step, request in ((2, "second"), (1, "first")):
        loop._steps._advance(StepView(step, segment_id=segment), f"point of the {request}", [request])
    assert [(mark.request_id, mark.step) for mark in marks.of(segment)] == [("first", 1), ("second", 2)]
    assert [(entry.text, entry.current) for entry in loop.history] == [("point of the first", False), ("point of the second", True)]


def test_prompts_that_a_busy_server_has_not_taken_go_with_the_next_one_or_by_themselves(loop, case, monkeypatch):
    i, j, k = case.middle
    refused = [LimitExceeded("the rate limit of 20 calls a second")] * 2

    def busy(*arguments):
        if refused:
            raise refused.pop()
        return do_step(*arguments)

    monkeypatch.setattr("SegBridgeLoop.step_loop.do_step", busy)
    loop.addPoint(case.ras((i, j, k)))
    settled(loop)
    assert loop.message.key == "server-busy" and loop.promptsKept and not loop.history
    loop.addScribble(case.row(k), 2.0)
    settled(loop)
    assert loop.promptsKept
    loop.predict()
    loop.wait()
    assert [entry.text for entry in loop.history] == ["point +, scribble +"] and not loop.promptsKept
    refused.append(LimitExceeded("the rate limit of 20 calls a second"))
    loop.addPoint(case.ras((i, j, k + 1)))
    settled(loop)
    loop.addPoint(case.ras((i + 1, j, k + 1)))
    loop.wait()
    assert [entry.text for entry in loop.history] == ["point +, scribble +", "point +, point +"] and not loop.promptsKept


def test_undo_takes_the_step_back_and_leaves_what_other_tools_changed_before_it(loop, case):
    i, j, k = case.middle
    loop.addPoint(case.ras(case.middle))
    loop.wait()
    painted = case.mask(loop)
    painted[k + 4, j - 3:j + 3, i - 3:i + 3] = True
    painted[k, j, i] = False
    slicer.util.updateSegmentBinaryLabelmapFromArray(painted.astype(np.uint8), loop.segmentationNode, loop.segmentId, case.volume)
    loop.addPoint(case.ras((i, j, k + 2)))
    loop.wait()
    after = case.mask(loop)
    for _time in range(2):
        loop.undo()
        loop.wait()
        np.testing.assert_array_equal(case.mask(loop), painted)
        loop.redo()
        loop.wait()
        np.testing.assert_array_equal(case.mask(loop), after)
    loop.undo()
    loop.wait()
    loop.addPoint(case.ras((i, j, k + 2)), False)
    loop.wait()
    assert loop.history[-1].text == "edit, point -" and case.mask(loop)[k + 4, j, i]


def test_a_segment_that_has_a_mask_already_is_where_the_work_starts(logic, case, server):
    loop = working(logic, server.ready["http"], case.volume, model="scribble-2d")
    i, j, k = case.middle
    start = np.zeros_like(case.truth)
    start[k + 4, 20:30, 20:30] = True
    slicer.util.updateSegmentBinaryLabelmapFromArray(start.astype(np.uint8), loop.segmentationNode, loop.segmentId, case.volume)
    loop.addPoint(case.ras(case.middle))
    loop.wait()
    mask = case.mask(loop)
    assert np.array_equal(mask[k + 4], start[k + 4]) and mask[k, j, i]


def test_segments_do_not_disturb_each_other(loop, case):
    i, j, k = case.middle
    first = loop.segmentId
    loop.addPoint(case.ras(case.middle))
    loop.wait()
    mask = case.mask(loop)
    loop.addSegment("Other")
    loop.addPoint(case.ras((i + 1, j, k)))
    assert loop.wait().step == 1 and case.mask(loop)[k].any()
    assert np.array_equal(slicer.util.arrayFromSegmentBinaryLabelmap(loop.segmentationNode, first, case.volume) > 0, mask)
    loop.setSegment(first)
    assert len(loop.history) == 1 and loop.step.segment_id == first


def test_listeners_hear_of_everything_and_only_on_the_main_thread(logic, case, server):
    import threading

    heard = []
    logic.listen(lambda what: heard.append((what, threading.current_thread() is threading.main_thread())))
    working(logic, server.ready["http"], case.volume)
    logic.addPoint(case.ras(case.middle))
    logic.wait()
    assert {What.SERVER, What.WORK, What.STEP, What.HISTORY, What.SEGMENTS, What.TRAFFIC, What.MESSAGE} <= {what for what, _ in heard}
    assert all(main for _, main in heard)
    assert logic.server.phase is ServerPhase.READY and logic.traffic.volume_bytes == case.phantom.voxels.nbytes
    assert 0 < logic.traffic.bytes_sent < logic.traffic.volume_bytes


def test_the_qt_timer_alone_brings_the_mask(loop, case):
    loop.addPoint(case.ras(case.middle))
    # On a busy computer the mask is written in several beats.
    pumped(lambda: loop.step is not None and case.mask(loop).any())
    pumped(lambda: loop.work.phase is WorkPhase.READY)


def test_the_ten_line_script_of_the_documentation_runs(case, server, capsys):
    script = textwrap.dedent(re.search(r"millimetres:\n\n(.*)", logic_module.__doc__, re.DOTALL).group(1))
    assert len(script.strip().splitlines()) <= 10
    names = {"SegBridgeLogic": SegBridgeLogic, "slicer": slicer, "volumeNode": case.volume, "inside": case.ras(case.middle)}
    exec(script.replace("http://127.0.0.1:8711", server.ready["http"]), names)
    assert names["mask"].any() and names["mask"].shape == case.truth.shape
    assert float(capsys.readouterr().out.split()[1]) > 0
    names["logic"].cleanup()


def test_a_script_gets_what_went_wrong_as_an_exception(loop, case):
    loop.addPoint(case.ras((500, 0, 0)))
    with pytest.raises(RuntimeError, match="outside of the volume"):
        loop.wait()
    settled(loop)
