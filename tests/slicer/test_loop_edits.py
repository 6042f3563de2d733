"""What the user draws with other tools: no step, undo or redo takes it away."""
import numpy as np
import pytest
import slicer
from loop_stage import Case, linear, matrix_of, rotation, working
from SegBridgeLib import VoxelBox
from SegBridgeLib.masks import bounding_box
from SegBridgeLoop.logic import SegBridgeLogic
from SegBridgeScene.labelmaps import labelmap_of, resampled


@pytest.fixture
def case(scene):
    return Case()


@pytest.fixture
def logic():
    made = SegBridgeLogic()
    yield made
    made.cleanup()


@pytest.fixture
def loop(logic, case, server):
    return working(logic, server.ready["http"], case.volume, model="scribble-2d")


def of_server(loop):
    session, server_id = loop._work.session, loop._work.segments.server_id(loop.segmentId)
    np.testing.assert_array_equal(session.mask(server_id), np.array(session.refresh(server_id)))
    return np.array(session.mask(server_id))


def done(loop, act, *arguments):
    act(*arguments)
    loop.wait()


def paint(loop, case, add=(), erase=()):
    """As another tool does: sets and clears voxels (k, j, i). Returns the segment after it."""
    mask = case.mask(loop)
    for where in add:
        mask[where] = True
    for where in erase:
        mask[where] = False
    slicer.util.updateSegmentBinaryLabelmapFromArray(mask.astype(np.uint8), loop.segmentationNode, loop.segmentId, case.volume)
    return mask


def corner_of(mask, k):
    """A voxel of a slice that is not set, inside the bounding box of those that are."""
    rows, columns = np.flatnonzero(mask[k].any(axis=1)), np.flatnonzero(mask[k].any(axis=0))
    box = mask[k, rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]
    j, i = np.argwhere(~box)[0]
    return k, rows[0] + j, columns[0] + i


def test_an_edit_that_a_step_carried_outlives_the_undo_of_every_step_before_it(loop, case):
    i, j, k = case.middle
    done(loop, loop.addPoint, case.ras(case.middle))
    first = case.mask(loop)
    added, erased = corner_of(first, k), (k, j, i)
    painted = paint(loop, case, [added], [erased])
    done(loop, loop.addPoint, case.ras((i, j, k + 2)))
    second = case.mask(loop)
    assert loop.history[-1].text == "edit, point +"
    only_added = np.zeros_like(first)
    only_added[added] = True
    for _time in range(2):
        for act, wanted in ((loop.undo, painted), (loop.undo, only_added), (loop.redo, painted), (loop.redo, second)):
            done(loop, act)
            np.testing.assert_array_equal(case.mask(loop), wanted)
    done(loop, loop.goToStep, 0)
    np.testing.assert_array_equal(case.mask(loop), only_added)
    done(loop, loop.goToStep, 2)
    np.testing.assert_array_equal(case.mask(loop), second)


def test_what_is_drawn_after_a_step_outlives_its_undo_and_the_next_step_starts_from_it(loop, case):
    i, j, k = case.middle
    done(loop, loop.addPoint, case.ras(case.middle))
    first = case.mask(loop)
    added = corner_of(first, k)
    painted = paint(loop, case, [added])
    done(loop, loop.undo)
    assert np.argwhere(case.mask(loop)).tolist() == [list(added)]
    done(loop, loop.redo)
    np.testing.assert_array_equal(case.mask(loop), painted)
    done(loop, loop.undo)
    done(loop, loop.addPoint, case.ras((i, j, k + 3)))
    assert case.mask(loop)[added] and loop.history[-1].text == "edit, point +"
    np.testing.assert_array_equal(case.mask(loop), of_server(loop))


def test_what_is_drawn_between_undo_and_redo_is_kept_with_what_the_step_brings_back(loop, case):
    i, j, k = case.middle
    done(loop, loop.addPoint, case.ras(case.middle))
    first = case.mask(loop)
    paint(loop, case, [corner_of(first, k)])
    done(loop, loop.addPoint, case.ras((i, j, k + 2)))
    second = case.mask(loop)
    done(loop, loop.undo)
    more, less = (k + 2, j, i + 1), (k, j, i)
    paint(loop, case, [more], [less])
    done(loop, loop.redo)
    second[more], second[less] = True, False
    np.testing.assert_array_equal(case.mask(loop), second)


def test_two_undos_at_once_are_two_undos_one_after_the_other(loop, case):
    i, j, k = case.middle
    added = []
    for n in range(2):
        added.append((k + 5 + n, 3, 3))
        paint(loop, case, [added[-1]])
        done(loop, loop.addPoint, case.ras((i, j, k + n)))
    loop.undo()
    loop.undo()
    loop.wait()
    assert [entry.undone for entry in loop.history] == [True, True]
    assert np.argwhere(case.mask(loop)).tolist() == [list(voxel) for voxel in added]
    loop.redo()
    loop.redo()
    loop.wait()
    np.testing.assert_array_equal(case.mask(loop), of_server(loop))


def test_what_a_step_takes_from_the_users_own_drawing_is_gone_on_the_screen_too(loop, case):
    i, j, k = case.middle
    blob = np.s_[k + 4, j - 3:j + 4, i - 3:i + 4]
    paint(loop, case, [blob])
    loop.autoPredict = False
    for di in (-3, 0, 3):
        loop.addPoint(case.ras((i + di, j, k + 4)), False)
    loop.addScribble(case.ras(*[(i + di, j, k + 4) for di in range(-4, 5)]), 6.0, False)
    done(loop, loop.predict)
    assert not of_server(loop).any(), "the test says nothing: the model has not taken it away"
    np.testing.assert_array_equal(case.mask(loop), of_server(loop))
    done(loop, loop.undo)
    assert case.mask(loop)[blob].all()


def test_another_candidate_leaves_what_was_drawn_after_the_step(logic, case, server):
    loop = working(logic, server.ready["http"], case.volume, model="tumour-3d")
    done(loop, loop.addBox, case.box())
    disagreement, box = loop.disagreement()
    # Among those that another candidate changes, and of none.
    inside = np.argwhere(~(disagreement | case.mask(loop)[box.slices]))
    added = tuple(int(n) for n in inside[len(inside) // 2] + box.lower[::-1])
    paint(loop, case, [added])
    for candidate in loop.step.candidates[:0:-1]:
        done(loop, loop.chooseCandidate, candidate.index)
        assert case.mask(loop)[added]
    server_mask = of_server(loop)
    server_mask[added] = True
    np.testing.assert_array_equal(case.mask(loop), server_mask)


def test_reset_empties_the_segment_whatever_drew_in_it(loop, case):
    done(loop, loop.addPoint, case.ras(case.middle))
    paint(loop, case, [(0, 0, 0)])
    done(loop, loop.reset)
    assert not case.mask(loop).any() and not of_server(loop).any()


def test_propagation_and_its_undo_leave_what_was_drawn_by_hand(loop, case):
    i, j, k = case.middle
    done(loop, loop.addScribble, case.row(k), 2.0)
    first = case.mask(loop)
    added = (k + 1, j, 1)
    erased = (k + 1, j, i)
    with_paint = paint(loop, case, [added, (k + 1, j, i + 1)], [])
    done(loop, loop.propagate, "k", k - 1, k + 1, 0.0)
    assert loop.history[-1].text == "propagation" and case.mask(loop)[added] and case.mask(loop)[erased]
    assert case.mask(loop).sum() > with_paint.sum()
    done(loop, loop.undo)
    np.testing.assert_array_equal(case.mask(loop), with_paint)
    assert (with_paint & ~first).sum() == 2
    done(loop, loop.addPoint, case.ras((i, j, k)))
    assert loop.history[-1].text == "edit, point +" and case.mask(loop)[added]


def test_what_is_drawn_while_a_step_is_done_stays_and_goes_along_with_the_next_prompt(loop, case):
    i, j, k = case.middle
    done(loop, loop.addPoint, case.ras(case.middle))
    first = case.mask(loop)
    done(loop, loop.addScribble, case.row(k)[::3], 1.5)
    second = case.mask(loop)
    box = bounding_box(first != second)
    done(loop, loop.undo)
    within = np.zeros_like(first)
    within[box.slices] = True
    added, erased = (tuple(np.argwhere(within & where)[0]) for where in (~first & ~second, first & second))
    loop.addScribble(case.row(k)[::3], 1.5)
    paint(loop, case, [added], [erased])
    loop.wait()
    second[added], second[erased] = True, False
    np.testing.assert_array_equal(case.mask(loop), second)
    done(loop, loop.addPoint, case.ras((i, j, k + 3)))
    assert loop.history[-1].text == "edit, point +"
    assert case.mask(loop)[added] and not case.mask(loop)[erased]


def test_what_was_drawn_stays_where_a_step_says_the_same(loop, case):
    """A voxel that the user sets while it is not, and a step that was undone sets too, is the user's all the same."""
    i, j, k = case.middle
    done(loop, loop.addPoint, case.ras(case.middle))
    first = case.mask(loop)
    done(loop, loop.undo)
    paint(loop, case, [(k, j, i)])
    done(loop, loop.redo)
    np.testing.assert_array_equal(case.mask(loop), first)
    done(loop, loop.undo)
    assert np.argwhere(case.mask(loop)).tolist() == [[k, j, i]]
    done(loop, loop.addPoint, case.ras((i, j, k + 2)))
    done(loop, loop.undo)
    assert np.argwhere(case.mask(loop)).tolist() == [[k, j, i]]


def test_undo_on_a_grid_that_is_turned_against_the_volume_leaves_what_was_drawn_and_nothing_else(loop, case):
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Turned")
    node.SetAndObserveTransformNodeID(linear(case.to_world @ rotation(6, 0, (3, -2, 1))).GetID())
    # Slicer notes the volume's grid as seen from the segmentation; turned, it is another one.
    node.SetReferenceImageGeometryParameterFromVolumeNode(case.volume)
    name, image = slicer.vtkSegmentationConverter.GetReferenceImageGeometryParameterName(), slicer.vtkOrientedImageData()
    converter, segmentation = slicer.vtkSegmentationConverter, node.GetSegmentation()
    converter.DeserializeImageGeometry(segmentation.GetConversionParameter(name), image, False)
    image.SetImageToWorldMatrix(slicer.util.vtkMatrixFromArray(rotation(9, 2, (0.4, 0.5, 0.6)) @ rotation(17, 0) @ matrix_of(image)))
    segmentation.SetConversionParameter(name, converter.SerializeImageGeometry(image))
    loop.setSegmentation(node)
    loop.addSegment("Tumour")
    i, j, k = case.middle
    for n in range(3):
        done(loop, loop.addScribble, case.row(k + n), 4.0)
    read = loop._work.segments.writer.read
    assert (read(loop.segmentId) & ~of_server(loop)).any(), "the test says nothing: the grids are the same"
    loop._work.segments.all_edited()
    done(loop, loop.goToStep, 0)
    assert not read(loop.segmentId).any()
    done(loop, loop.goToStep, 3)
    grid, logic = loop._work.segments.writer.grid, slicer.vtkSlicerSegmentationsModuleLogic
    block = labelmap_of(np.ones((5, 6, 6), bool), VoxelBox((60, 44, k - 2), (66, 50, k + 3)), grid.volume_to_segmentation)
    logic.SetBinaryLabelmapToSegment(resampled(block, grid.of(loop.segmentId)), node, loop.segmentId, logic.MODE_MERGE_MAX)
    done(loop, loop.goToStep, 0)
    left = read(loop.segmentId)
    assert left[k - 3:k + 4, 43:51, 59:67].sum() == left.sum() and left[k - 1:k + 2, 45:49, 61:65].all()
