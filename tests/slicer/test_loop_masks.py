"""Large masks in the loop: written beat by beat, whole in the end, whatever happens meanwhile."""
import numpy as np
import pytest
import slicer
from loop_stage import Case, pumped, settled, working
from SegBridgeLib import VoxelBox
from SegBridgeLoop import mask_queue
from SegBridgeLoop.logic import SegBridgeLogic
from SegBridgeLoop.mask_part import MaskPart
from SegBridgeLoop.mask_queue import MaskQueue
from SegBridgeScene import slab_writer
from SegBridgeScene.labelmaps import copy_label
from SegBridgeScene.segments import new_segmentation


@pytest.fixture(autouse=True)
def one_plane_in_each_beat(monkeypatch):
    monkeypatch.setattr(slab_writer, "_SLAB_VOXELS", 1)
    monkeypatch.setattr(mask_queue, "_BEAT_S", 0.0)


@pytest.fixture
def case(scene):
    return Case()


@pytest.fixture
def loop(case, server):
    logic = SegBridgeLogic()
    yield working(logic, server.ready["http"], case.volume, model="scribble-2d")
    logic.cleanup()


def arrives(loop, mask):
    """A mask from the server, up to where part of it is written."""
    loop._steps.write(loop._work.session, loop.segmentId, MaskPart(VoxelBox((0, 0, 0), mask.shape[::-1]), mask))
    queue, before = loop._work.segments.masks, loop._work.segments.writer.read(loop.segmentId)
    while (loop._work.segments.writer.read(loop.segmentId) == before).all():
        assert queue.pending, "nothing was written"
        queue.write_some()
    assert queue.pending, "the mask was whole at once"


def of_server(loop):
    return loop._work.session.mask(loop._work.segments.server_id(loop.segmentId))


def test_wait_returns_when_the_mask_of_a_step_is_whole(loop, case):
    loop.setModel("tumour-3d")
    loop.addBox(case.box())
    pumped(lambda: loop.step is not None, beat=loop._beat)
    assert loop._work.segments.masks.pending and loop.step.timing.write_ms == 0
    assert (case.mask(loop) != of_server(loop)).any()
    step = loop.wait()
    assert step.timing.write_ms > 0 and of_server(loop).any()
    np.testing.assert_array_equal(case.mask(loop), of_server(loop))


def test_undo_and_a_new_prompt_meanwhile_end_with_what_the_server_has(loop, case):
    loop.setModel("tumour-3d")
    loop.addBox(case.box())
    pumped(lambda: loop._work.segments.masks.pending, beat=loop._beat)
    loop.addPoint(case.ras(case.middle))
    loop.wait()
    assert loop.step.step == 2
    np.testing.assert_array_equal(case.mask(loop), of_server(loop))
    loop.undo()
    pumped(lambda: loop._work.segments.masks.pending, beat=loop._beat)
    loop.undo()
    loop.wait()
    assert not of_server(loop).any() and not case.mask(loop).any()


def test_a_newer_mask_counts_where_it_overlaps_an_older_one(loop, case):
    older, newer = case.truth, np.roll(case.truth, 3, axis=1)
    arrives(loop, older)
    loop._steps.write(loop._work.session, loop.segmentId, MaskPart(VoxelBox((0, 0, 0), newer.shape[::-1]), newer))
    loop.wait()
    np.testing.assert_array_equal(case.mask(loop), newer)


def test_escape_and_another_segment_or_segmentation_or_no_volume_leave_no_half_mask(loop, case):
    arrives(loop, case.truth)
    loop.cancel()
    loop.wait()
    np.testing.assert_array_equal(case.mask(loop), case.truth)
    first, node = loop.segmentId, loop.segmentationNode
    arrives(loop, np.roll(case.truth, 2, axis=1))
    second = loop.addSegment("Second")
    loop.wait()
    writer = loop._work.segments.writer
    np.testing.assert_array_equal(writer.read(first), np.roll(case.truth, 2, axis=1))
    arrives(loop, case.truth)
    loop.setSegmentation(new_segmentation(case.volume))
    np.testing.assert_array_equal(writer.read(second), case.truth)
    loop.setSegmentation(node)
    arrives(loop, case.truth)
    slicer.mrmlScene.RemoveNode(case.volume)
    assert loop.message.key == "volume-removed"
    # Without the volume there is no grid to read it in but its own.
    found = np.zeros(case.truth.shape, bool)
    copy_label(node.GetBinaryLabelmapInternalRepresentation(first), node.GetSegmentation().GetSegment(first).GetLabelValue(), found, 0, len(found))
    np.testing.assert_array_equal(found, case.truth)


def test_a_segment_that_is_removed_or_put_back_meanwhile_ends_its_mask_only(loop, case):
    arrives(loop, case.truth)
    loop.segmentationNode.RemoveSegment(loop.segmentId)
    settled(loop)
    assert loop.message.key == "segment-removed" and not loop._work.segments.masks.pending
    other = loop.addSegment("Other")
    arrives(loop, case.truth)
    loop.wait()
    saved = slicer.vtkOrientedImageData()
    saved.DeepCopy(loop.segmentationNode.GetBinaryLabelmapInternalRepresentation(other))
    arrives(loop, np.roll(case.truth, 2, axis=1))
    loop.segmentationNode.GetSegmentation().GetSegment(other).AddRepresentation(
        slicer.vtkSegmentationConverter.GetSegmentationBinaryLabelmapRepresentationName(), saved)
    settled(loop)
    assert loop.message.key == "segment-replaced" and other in loop._work.segments.edited
    np.testing.assert_array_equal(case.mask(loop), case.truth)


def test_nothing_is_written_into_what_the_scene_lets_go(loop, case):
    arrives(loop, case.truth)
    slicer.mrmlScene.RemoveNode(loop.segmentationNode)
    assert not loop._work.segments.masks.pending and loop.message.key == "segmentation-removed"
    loop.addSegment("Again")
    arrives(loop, case.truth)
    slicer.mrmlScene.Clear(0)
    assert not loop._work.segments.masks.pending and loop.message.key == "scene-closed"
    loop.wait()


def test_what_other_tools_edit_meanwhile_is_what_the_next_step_starts_from(loop, case):
    loop.addPoint(case.ras(case.middle))
    loop.wait()
    segment_id, mask = loop.segmentId, case.truth.copy()
    assert segment_id not in loop._work.segments.edited
    arrives(loop, mask)
    layer = loop.segmentationNode.GetBinaryLabelmapInternalRepresentation(segment_id)
    slicer.util.arrayFromSegmentInternalBinaryLabelmap(loop.segmentationNode, segment_id)[0, 0, 0] = 1
    layer.Modified()
    loop.addPoint(case.ras(case.middle))
    assert loop.history[-1].step == 1, "a half-written segment was sent"
    loop.wait()
    assert loop.history[-1].text.startswith("edit")
    np.testing.assert_array_equal(case.mask(loop), of_server(loop))


def test_a_mask_that_cannot_be_written_does_not_hold_up_the_next_one(caplog):
    queue, ended = MaskQueue(), []

    def broken():
        yield True
        raise IndexError("no such voxel")

    queue.put(broken(), lambda milliseconds, exact, problem: ended.append(problem))
    queue.put(iter((True, False, True)), lambda milliseconds, exact, problem: ended.append(exact))
    queue.finish()
    assert isinstance(ended[0], IndexError) and ended[1] is False and not queue.pending
    assert "a mask could not be written" in caplog.text
