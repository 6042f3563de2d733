"""Masks written slab by slab: what is there in the end, and what may happen between two slabs."""
import numpy as np
import pytest
import slicer
import vtk
from loop_stage import events_of, volume_node
from SegBridgeLib import VoxelBox
from SegBridgeScene import slab_writer
from SegBridgeScene.labelmaps import empty_labelmap, voxels_of
from SegBridgeScene.problems import SceneProblem
from SegBridgeScene.segments import SegmentWriter, new_segmentation

SHAPE = (12, 20, 18)
WHOLE = VoxelBox((0, 0, 0), SHAPE[::-1])


@pytest.fixture(autouse=True)
def one_plane_at_a_time(monkeypatch):
    monkeypatch.setattr(slab_writer, "_SLAB_VOXELS", 1)


@pytest.fixture
def volume(scene):
    return volume_node(np.zeros(SHAPE, np.int16), np.diag((0.7, 0.7, 2.0, 1.0)))


@pytest.fixture
def writer(volume):
    return SegmentWriter(new_segmentation(volume), volume)


@pytest.fixture
def add(writer):
    return lambda name="One": writer.node.GetSegmentation().AddEmptySegment("", name)


def block(*corners):
    mask = np.zeros(SHAPE, bool)
    mask[VoxelBox(*corners).slices] = True
    return mask


def steps(writer, segment_id, mask, box=WHOLE):
    return writer.write(segment_id, box, mask[box.slices], lambda: mask)


def until(writer, segment_id, slabs):
    """Goes on until part of the mask is there."""
    while not writer.read(segment_id).any():
        assert next(slabs, None) is not None, "the mask was whole at once"


def test_any_masks_in_any_boxes_end_as_they_should_and_leave_other_segments_alone(writer, add, volume):
    chance = np.random.default_rng(7)
    ids = [add(name) for name in ("One", "Two", "Three")]
    expected = {segment_id: np.zeros(SHAPE, bool) for segment_id in ids}
    for _turn in range(30):
        segment_id = ids[chance.integers(3)]
        corners = np.sort([chance.integers(0, n + 1, 2) for n in SHAPE[::-1]], axis=1)
        box = VoxelBox(*corners.T)
        mask = np.zeros(SHAPE, bool)
        mask[box.slices] = chance.random(box.shape) < chance.choice((0.0, 0.02, 0.6))
        assert all(list(steps(writer, segment_id, mask, box)))
        expected[segment_id][box.slices] = mask[box.slices]
        for each in ids:
            np.testing.assert_array_equal(writer.read(each), expected[each])
            seen = slicer.util.arrayFromSegmentBinaryLabelmap(writer.node, each, volume) > 0
            np.testing.assert_array_equal(seen, expected[each])


def test_the_labels_that_a_layer_says_it_has_are_those_that_were_written(writer, add):
    one, two = add("One"), add("Two")
    list(steps(writer, one, block((0, 0, 0), (18, 20, 6))))
    layer = writer.node.GetBinaryLabelmapInternalRepresentation(one)
    assert layer.GetScalarRange() == (1, 1)
    list(steps(writer, two, block((6, 6, 3), (18, 20, 12))))
    assert layer.GetScalarRange() == (1, 1), "its voxels are not taken"
    list(steps(writer, one, block((0, 0, 0), (4, 4, 4))))
    assert layer.GetScalarRange() == (0, 1)
    alone = writer.node.GetBinaryLabelmapInternalRepresentation(two)
    list(steps(writer, two, np.zeros(SHAPE, bool)))
    assert alone.GetScalarRange() == (0, 0)


def test_what_is_so_already_is_not_written_again(writer, add):
    one, mask = add(), block((2, 2, 2), (9, 9, 6))
    list(steps(writer, one, mask))
    segmentation, event = writer.node.GetSegmentation(), slicer.vtkSegmentation.SourceRepresentationModified
    assert events_of(segmentation, event, lambda: list(steps(writer, one, mask))) == 0
    mask[4, 5, 5] = False
    layer = writer.node.GetBinaryLabelmapInternalRepresentation(one)
    assert events_of(segmentation, event, lambda: list(steps(writer, one, mask))) == 1
    assert writer.node.GetBinaryLabelmapInternalRepresentation(one) is layer and not writer.read(one)[4, 5, 5]


def test_edits_of_others_while_the_layer_is_made_larger_are_kept(writer, add):
    one, two = add("One"), add("Two")
    list(steps(writer, one, block((0, 0, 0), (4, 4, 4))))
    assert writer.node.GetSegmentation().GetLayerIndex(one) == writer.node.GetSegmentation().GetLayerIndex(two)
    slabs = steps(writer, two, block((6, 6, 3), (18, 20, 12)))
    for _slab in range(5):
        next(slabs)
    assert not writer.read(two).any(), "this is not while the layer is made larger"
    list(steps(writer, one, block((0, 0, 0), (4, 4, 2))))
    list(slabs)
    np.testing.assert_array_equal(writer.read(one), block((0, 0, 0), (4, 4, 2)))
    np.testing.assert_array_equal(writer.read(two), block((6, 6, 3), (18, 20, 12)))


def test_a_layer_that_another_tool_cuts_between_two_slabs_is_made_large_enough_again(writer, add):
    one, mask = add(), block((2, 2, 2), (9, 9, 10))
    slabs = steps(writer, one, mask)
    until(writer, one, slabs)
    logic, nothing = slicer.vtkSlicerSegmentationsModuleLogic, slicer.vtkOrientedImageData()
    nothing.DeepCopy(writer.node.GetBinaryLabelmapInternalRepresentation(one))
    voxels_of(nothing)[...] = 0
    voxels_of(nothing)[0, 0, 0] = 1
    assert logic.SetBinaryLabelmapToSegment(nothing, writer.node, one, logic.MODE_MERGE_MIN)
    assert voxels_of(writer.node.GetBinaryLabelmapInternalRepresentation(one)).size == 1
    list(slabs)
    found = writer.read(one)
    np.testing.assert_array_equal(found[4:], mask[4:])
    assert found.sum() < mask.sum(), "what the tool has erased is back"


def test_a_label_that_the_layer_cannot_hold_gets_a_layer_that_can(writer, add):
    one, two = add("One"), add("Two")
    list(steps(writer, one, block((0, 0, 0), (9, 9, 9))))
    writer.node.GetSegmentation().GetSegment(two).SetLabelValue(300)
    list(steps(writer, two, block((3, 10, 3), (6, 12, 6))))
    np.testing.assert_array_equal(writer.read(one), block((0, 0, 0), (9, 9, 9)))
    np.testing.assert_array_equal(writer.read(two), block((3, 10, 3), (6, 12, 6)))


def test_a_label_that_a_layer_of_signed_numbers_holds_leaves_it_as_it_is(writer, add, volume):
    one, two = add("One"), add("Two")
    segmentation, name = writer.node.GetSegmentation(), slicer.vtkSegmentationConverter.GetSegmentationBinaryLabelmapRepresentationName()
    layer = empty_labelmap(WHOLE, writer.grid.ijk_to_ras)
    layer.AllocateScalars(vtk.VTK_SHORT, 1)
    voxels_of(layer)[...] = block((0, 0, 0), (9, 9, 9))
    for segment_id, label in ((one, 1), (two, 300)):
        segmentation.GetSegment(segment_id).AddRepresentation(name, layer)
        segmentation.GetSegment(segment_id).SetLabelValue(label)
    list(steps(writer, two, block((3, 10, 3), (6, 12, 6))))
    assert writer.node.GetBinaryLabelmapInternalRepresentation(two) is layer
    np.testing.assert_array_equal(writer.read(two), block((3, 10, 3), (6, 12, 6)))


def test_a_layer_that_is_emptied_while_a_segment_leaves_it_stops_nothing(writer, add):
    one, two = add("One"), add("Two")
    list(steps(writer, one, block((0, 0, 0), (9, 9, 6))))
    list(steps(writer, two, block((12, 0, 0), (15, 9, 6))))
    slabs = steps(writer, two, block((5, 5, 2), (15, 15, 9)))
    for _slab in range(3):
        next(slabs)
    segmentation = writer.node.GetSegmentation()
    segmentation.RemoveSegment(one)
    segmentation.ClearSegment(two)
    list(slabs)
    np.testing.assert_array_equal(writer.read(two), block((5, 5, 2), (15, 15, 9)))


def test_a_segment_that_would_take_voxels_of_another_gets_a_layer_of_its_own_bit_by_bit(writer, add, monkeypatch):
    one, two = add("One"), add("Two")
    list(steps(writer, one, block((0, 0, 0), (9, 9, 6))))
    list(steps(writer, two, block((12, 0, 0), (15, 9, 6))))
    segmentation = writer.node.GetSegmentation()
    shared = writer.node.GetBinaryLabelmapInternalRepresentation(one)
    assert shared is writer.node.GetBinaryLabelmapInternalRepresentation(two)
    monkeypatch.setattr(type(segmentation), "SeparateSegmentLabelmap", lambda *_: pytest.fail("all at once"))
    slabs = steps(writer, two, block((5, 5, 2), (15, 15, 9)))
    for _slab in range(3):
        next(slabs)
    list(steps(writer, one, block((0, 0, 0), (9, 9, 5))))
    assert len(list(slabs)) > 8
    assert writer.node.GetBinaryLabelmapInternalRepresentation(two) is not shared
    np.testing.assert_array_equal(writer.read(one), block((0, 0, 0), (9, 9, 5)))
    np.testing.assert_array_equal(writer.read(two), block((5, 5, 2), (15, 15, 9)))
    # A label that is left behind would belong to the next segment.
    assert set(np.unique(voxels_of(shared))) == {0, segmentation.GetSegment(one).GetLabelValue()}
    assert not writer.read(add("Three")).any()


def test_segments_without_any_label_map_do_not_come_to_share_one(writer, add):
    one, two = add("One"), add("Two")
    name = slicer.vtkSegmentationConverter.GetSegmentationBinaryLabelmapRepresentationName()
    for segment in map(writer.node.GetSegmentation().GetSegment, (one, two)):
        segment.RemoveRepresentation(name)
        segment.SetLabelValue(1)
    list(steps(writer, one, block((2, 2, 2), (9, 9, 6))))
    np.testing.assert_array_equal(writer.read(one), block((2, 2, 2), (9, 9, 6)))
    assert not writer.read(two).any()


def test_voxels_of_no_segment_in_a_layer_are_written_over(writer, add):
    one = add()
    list(steps(writer, one, block((0, 0, 0), (9, 9, 9))))
    voxels_of(writer.node.GetBinaryLabelmapInternalRepresentation(one))[3:6, 2:4, 2:4] = 7
    list(steps(writer, one, block((1, 1, 1), (9, 9, 9))))
    np.testing.assert_array_equal(writer.read(one), block((1, 1, 1), (9, 9, 9)))


def test_a_segment_that_is_put_back_or_removed_between_two_slabs_stays_so(writer, add):
    one, two, name = add("One"), add("Two"), slicer.vtkSegmentationConverter.GetSegmentationBinaryLabelmapRepresentationName()
    before = block((1, 1, 1), (4, 4, 4))
    list(steps(writer, one, before))
    saved = slicer.vtkOrientedImageData()
    saved.DeepCopy(writer.node.GetBinaryLabelmapInternalRepresentation(one))
    slabs = steps(writer, one, block((2, 2, 2), (12, 12, 9)))
    next(slabs)
    writer.node.GetSegmentation().GetSegment(one).AddRepresentation(name, saved)
    with pytest.raises(SceneProblem) as problem:
        list(slabs)
    assert problem.value.key == "segment-replaced"
    np.testing.assert_array_equal(writer.read(one), before)
    slabs = steps(writer, two, block((6, 6, 3), (18, 20, 12)))
    next(slabs)
    writer.node.GetSegmentation().RemoveSegment(two)
    with pytest.raises(SceneProblem) as problem:
        list(slabs)
    assert problem.value.key == "segment-removed"
    np.testing.assert_array_equal(writer.read(one), before)


def test_a_sink_gets_the_slabs_and_is_told_which_one_begins_the_mask(writer, add):
    one, got = add(), []
    writer.sink = lambda node, segment_id, labelmap, begins: not got.append((labelmap.GetExtent()[4:], begins))
    assert list(steps(writer, one, block((2, 2, 2), (9, 9, 6)), VoxelBox((1, 1, 3), (9, 9, 6)))) == [True] * 3
    assert got == [((3, 3), True), ((4, 4), False), ((5, 5), False)]
