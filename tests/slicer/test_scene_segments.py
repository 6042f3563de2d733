"""Masks into segments and out of them: only the box, only the segment, on any grid and under any transform."""
import numpy as np
import pytest
import slicer
import vtk
from loop_stage import dice, events_of, linear, rotation, volume_node
from SegBridgeLib import VoxelBox
from SegBridgeScene.problems import SceneProblem
from SegBridgeScene.segment_reader import SegmentReader
from SegBridgeScene.segments import ALGORITHM_TAG, SegmentWriter, new_segmentation

SHAPE = (16, 40, 36)
GRID = rotation(24, 0, (3, 4, 5)) @ np.diag((-1.0, -1.5, 2.0, 1.0))


def ball(middle, radius, shape=SHAPE):
    k, j, i = np.indices(shape)
    return ((i - middle[0]) ** 2 + (j - middle[1]) ** 2 + ((k - middle[2]) * 2) ** 2) <= radius ** 2


@pytest.fixture
def volume(scene):
    return volume_node(np.zeros(SHAPE, np.int16), GRID, linear(rotation(50, 2, (9, 9, 9))))


@pytest.fixture
def segmentation(volume):
    return new_segmentation(volume)


@pytest.fixture
def writer(segmentation, volume):
    return SegmentWriter(segmentation, volume)


def array(segmentation, segment_id, volume):
    return slicer.util.arrayFromSegmentBinaryLabelmap(segmentation, segment_id, volume) > 0


WHOLE = VoxelBox((0, 0, 0), SHAPE[::-1])


def write(writer, segment_id, box, mask):
    return all(list(writer.write(segment_id, box, mask[box.slices], lambda: mask)))


def test_a_mask_comes_back_as_it_was_written(writer, segmentation, volume):
    one = segmentation.GetSegmentation().AddEmptySegment("", "One")
    mask = ball((12, 20, 8), 9)
    write(writer, one, WHOLE, mask)
    assert np.array_equal(array(segmentation, one, volume), mask) and np.array_equal(writer.read(one), mask)


def test_only_the_box_is_touched_in_both_directions(writer, segmentation, volume):
    one = segmentation.GetSegmentation().AddEmptySegment("", "One")
    first, second = ball((12, 20, 8), 9), ball((16, 20, 8), 7)
    write(writer, one, WHOLE, first)
    box = VoxelBox((10, 10, 5), (25, 30, 9))
    write(writer, one, box, second)
    expected = first.copy()
    expected[box.slices] = second[box.slices]
    assert np.array_equal(writer.read(one), expected) and np.array_equal(array(segmentation, one, volume), expected)
    assert (first & ~expected).any() and (expected & ~first).any()


def test_a_box_that_is_empty_of_the_mask_is_cleared(writer, segmentation):
    one = segmentation.GetSegmentation().AddEmptySegment("", "One")
    write(writer, one, WHOLE, ball((12, 20, 8), 9))
    write(writer, one, WHOLE, np.zeros(SHAPE, bool))
    assert not writer.read(one).any()


def test_segments_that_overlap_or_share_a_layer_are_left_alone(writer, segmentation, volume):
    ids = [segmentation.GetSegmentation().AddEmptySegment("", name) for name in ("One", "Two", "Three")]
    masks = [ball((10, 15, 8), 8), ball((26, 28, 8), 7), ball((14, 18, 8), 8)]
    for segment_id, mask in zip(ids, masks):
        write(writer, segment_id, WHOLE, mask)
    for segment_id, mask in zip(ids, masks):
        assert np.array_equal(writer.read(segment_id), mask)
    changed = ball((18, 20, 8), 10)
    write(writer, ids[1], WHOLE, changed)
    for segment_id, mask in zip(ids, (masks[0], changed, masks[2])):
        assert np.array_equal(array(segmentation, segment_id, volume), mask)


def test_a_new_segmentation_moves_with_its_volume_and_has_its_voxels(writer, segmentation, volume):
    one = segmentation.GetSegmentation().AddEmptySegment("", "One")
    assert volume.GetParentTransformNode() is not None and writer.grid.is_volumes(one)
    assert segmentation.GetTransformNodeID() == volume.GetTransformNodeID()


@pytest.mark.parametrize("moved", [None, rotation(15, 1, (2, -3, 1))])
def test_a_segmentation_with_a_grid_of_its_own_gets_the_mask_where_it_belongs(scene, volume, moved):
    finer = volume_node(np.zeros((40, 70, 60), np.int16), GRID @ np.diag((0.6, 0.6, 0.5, 1.0)), name="Finer")
    foreign = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Foreign")
    foreign.CreateDefaultDisplayNodes()
    foreign.SetReferenceImageGeometryParameterFromVolumeNode(finer)
    transform = volume.GetParentTransformNode()
    if moved is not None:
        transform = linear(moved @ slicer.util.arrayFromTransformMatrix(transform))
        volume.SetAndObserveTransformNodeID(transform.GetID())
    foreign.SetAndObserveTransformNodeID(transform.GetID())
    finer.SetAndObserveTransformNodeID(transform.GetID())
    one = foreign.GetSegmentation().AddEmptySegment("", "One")
    writer, mask = SegmentWriter(foreign, volume), ball((12, 20, 8), 9)
    write(writer, one, WHOLE, mask)
    assert array(foreign, one, finer).sum() > 4 * mask.sum(), "it is not on the finer grid"
    assert dice(array(foreign, one, volume), mask) > 0.97 and dice(writer.read(one), mask) > 0.97


def test_a_segmentation_under_another_transform_gets_the_mask_where_the_image_is(scene, volume):
    still = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Still")
    still.CreateDefaultDisplayNodes()
    corner = np.array((-20.0, -70.0, -30.0))
    big = volume_node(np.zeros((90, 90, 90), np.int16), np.array([[1, 0, 0, -20], [0, 1, 0, -70], [0, 0, 1, -30], [0, 0, 0, 1.0]]), name="Big")
    still.SetReferenceImageGeometryParameterFromVolumeNode(big)
    writer, mask = SegmentWriter(still, volume), ball((12, 20, 8), 9)
    one = still.GetSegmentation().AddEmptySegment("", "One")
    write(writer, one, WHOLE, mask)
    # Its middle, in the world, is where the mask's middle is.
    on_big = np.argwhere(array(still, one, big)).mean(axis=0)[::-1] + corner
    to_world = rotation(50, 2, (9, 9, 9)) @ GRID
    middle = (to_world @ [*np.argwhere(mask).mean(axis=0)[::-1], 1])[:3]
    assert np.linalg.norm(on_big - middle) < 0.5
    assert dice(writer.read(one), mask) > 0.9
    write(writer, one, WHOLE, np.zeros(SHAPE, bool))
    assert not writer.read(one).any()


def test_wrong_masks_and_unknown_segments_are_refused(writer, segmentation):
    one = segmentation.GetSegmentation().AddEmptySegment("", "One")
    with pytest.raises(ValueError, match="must be bool and of the shape"):
        writer.write(one, WHOLE, np.zeros((3, 3, 3), bool), lambda: None)
    with pytest.raises(ValueError, match="must be bool"):
        write(writer, one, WHOLE, np.zeros(SHAPE, np.uint8))
    with pytest.raises(SceneProblem) as problem:
        write(writer, "missing", WHOLE, np.zeros(SHAPE, bool))
    assert problem.value.key == "segment-removed"
    assert segmentation.GetSegmentation().GetNumberOfSegments() == 1


def test_the_closed_surface_is_made_again_only_when_idle(writer, segmentation):
    one = segmentation.GetSegmentation().AddEmptySegment("", "One")
    write(writer, one, WHOLE, ball((12, 20, 8), 9))
    segmentation.CreateClosedSurfaceRepresentation()
    name = slicer.vtkSegmentationConverter.GetSegmentationClosedSurfaceRepresentationName()
    write(writer, one, WHOLE, ball((14, 20, 8), 9))
    assert not segmentation.GetSegmentation().ContainsRepresentation(name)
    writer.restore_surface()
    assert segmentation.GetSegmentation().ContainsRepresentation(name)
    assert events_of(segmentation.GetSegmentation(), slicer.vtkSegmentation.RepresentationModified, writer.restore_surface) == 0


def test_what_made_the_segment_is_noted_and_its_terminology_kept(writer, segmentation):
    one = segmentation.GetSegmentation().AddEmptySegment("", "One")
    segment = segmentation.GetSegmentation().GetSegment(one)
    segment.SetTerminology("SCT~neoplasm")
    write(writer, one, WHOLE, ball((12, 20, 8), 9))
    writer.set_algorithm(one, "scribble-2d 1.1.0")
    text = vtk.reference("")
    assert segment.GetTag(ALGORITHM_TAG, text) and text.get() == "scribble-2d 1.1.0"
    assert segment.GetTerminology() == "SCT~neoplasm"
    assert events_of(segment, vtk.vtkCommand.ModifiedEvent, lambda: writer.set_algorithm(one, "scribble-2d 1.1.0")) == 0


def test_a_sink_gets_the_label_map_in_the_writers_place(writer, segmentation):
    one = segmentation.GetSegmentation().AddEmptySegment("", "One")
    got = []
    writer.sink = lambda node, segment_id, labelmap, begins: not got.append((node, segment_id, labelmap.GetExtent()))
    write(writer, one, VoxelBox((1, 2, 3), (10, 11, 12)), ball((12, 20, 8), 9))
    assert got == [(segmentation, one, (1, 9, 2, 10, 3, 11))] and not writer.read(one).any()


def test_a_large_segment_is_read_in_small_parts(scene):
    shape = (60, 512, 512)
    node = volume_node(np.zeros(shape, np.int16), np.eye(4))
    segmentation = new_segmentation(node)
    writer, one = SegmentWriter(segmentation, node), segmentation.GetSegmentation().AddEmptySegment("", "One")
    mask = np.zeros(shape, bool)
    mask[2, 3, 4] = mask[33, 100:200, 300] = mask[59, 511, 511] = True
    write(writer, one, VoxelBox((0, 0, 0), shape[::-1]), mask)
    reader, parts = SegmentReader(writer.grid, one), 0
    while not reader.done:
        reader.read_some()
        parts += 1
    assert parts == 2 and np.array_equal(reader.mask, mask)
