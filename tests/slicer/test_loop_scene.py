"""What the user does to the scene while the loop is at work, and what the scene holds that cannot be worked on."""
import numpy as np
import pytest
import slicer
from loop_stage import Case, linear, pumped, rotation, settled, working
from SegBridgeLoop.logic import SegBridgeLogic
from SegBridgeLoop.settings import Settings
from SegBridgeLoop.state import WorkPhase

LABELMAP = slicer.vtkSegmentationConverter.GetSegmentationBinaryLabelmapRepresentationName()
PLACE = slicer.vtkSegmentationConverter.GetReferenceImageGeometryParameterName()
SURFACE = slicer.vtkSegmentationConverter.GetSegmentationClosedSurfaceRepresentationName()


@pytest.fixture
def logic():
    made = SegBridgeLogic()
    yield made
    made.cleanup()


@pytest.fixture
def case(scene):
    return Case((64, 64, 24))


@pytest.fixture
def loop(logic, case, server):
    return working(logic, server.ready["http"], case.volume, model="scribble-2d")


def points():
    """World positions of all marks, rounded."""
    nodes = slicer.util.getNodesByClass("vtkMRMLMarkupsFiducialNode")
    return sorted(tuple(row.round(3)) for node in nodes for row in slicer.util.arrayFromMarkupsControlPoints(node, world=True))


def test_a_segmentation_kept_as_surfaces_is_left_alone_until_it_is_converted(loop, case):
    loop.addPoint(case.ras(case.middle))
    loop.wait()
    mask, node = case.mask(loop), loop.segmentationNode
    node.CreateClosedSurfaceRepresentation()
    node.GetSegmentation().SetSourceRepresentationName(SURFACE)
    assert loop.work.phase is WorkPhase.BLOCKED and SURFACE in loop.work.message and node.GetName() in loop.work.message
    assert loop.addPoint(case.ras(case.middle)) == 0 and loop.message.key == "blocked"
    loop.undo()
    settled(loop)
    assert node.GetSegmentation().ContainsRepresentation(SURFACE), "the surface is all that the user has"
    loop.redo()
    settled(loop)
    node.SetSourceRepresentationToBinaryLabelmap()
    assert loop.work.phase is WorkPhase.READY and np.array_equal(case.mask(loop), mask)
    i, j, k = case.middle
    assert loop.addPoint(case.ras((i, j, k + 2))) > 0
    loop.wait()
    assert np.array_equal(case.mask(loop)[k], mask[k]) and case.mask(loop)[k + 2].any()


def test_a_segmentation_that_gets_other_content_is_taken_as_it_is_seen_then(loop, case):
    i, j, k = case.middle
    loop.addPoint(case.ras(case.middle))
    loop.wait()
    node, other = loop.segmentationNode, slicer.vtkSegmentation()
    other.AddEmptySegment(loop.segmentId, "Tumour")
    other.SetConversionParameter(PLACE, node.GetSegmentation().GetConversionParameter(PLACE))
    node.SetAndObserveSegmentation(other)
    assert not case.mask(loop).any()
    drawn = np.zeros(case.truth.shape, np.uint8)
    drawn[2, 2:5, 2:5] = 1
    slicer.util.updateSegmentBinaryLabelmapFromArray(drawn, node, loop.segmentId, case.volume)
    loop.addPoint(case.ras((i, j, k + 2)))
    loop.wait()
    assert loop.history[-1].text == "edit, point +"
    assert case.mask(loop)[2, 2:5, 2:5].all() and case.mask(loop)[k + 2].any() and not case.mask(loop)[k].any()
    slicer.util.updateSegmentBinaryLabelmapFromArray(drawn, node, loop.segmentId, case.volume)
    loop.addPoint(case.ras((i, j, k + 3)))
    loop.wait()
    assert loop.history[-1].text == "edit, point +" and not case.mask(loop)[k + 2].any()


def test_a_segmentation_that_is_filled_with_a_copy_keeps_its_segment_chosen(loop, case):
    """Segment after segment comes back; the real vtkSegmentation tells that they are added, not that they were removed."""
    i, j, k = case.middle
    loop.addSegment("Second")
    loop.addPoint(case.ras(case.middle))
    loop.wait()
    chosen, node, mask = loop.segmentId, loop.segmentationNode, case.mask(loop)
    copy = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode")
    copy.CopyContent(node)
    loop.addPoint(case.ras((i, j, k + 2)))
    loop.wait()
    node.CopyContent(copy)
    slicer.app.processEvents()
    assert loop.segmentId == chosen and loop.message is None
    np.testing.assert_array_equal(case.mask(loop), mask)
    loop.addPoint(case.ras((i, j, k + 3)))
    loop.wait()
    assert loop.history[-1].text == "edit, point +" and not case.mask(loop)[k + 2].any()


@pytest.mark.parametrize("leave", [lambda loop: loop.setVolume(None), lambda loop: loop.setSegmentation(None)])
def test_the_surface_that_a_step_took_away_comes_back_when_something_else_is_chosen(loop, case, leave):
    i, j, k = case.middle
    loop.addPoint(case.ras((i, j, k)))
    loop.wait()
    node = loop.segmentationNode
    node.CreateClosedSurfaceRepresentation()
    loop.addPoint(case.ras((i, j, k + 2)))
    loop.wait()
    assert not node.GetSegmentation().ContainsRepresentation(SURFACE)
    leave(loop)
    assert node.GetSegmentation().ContainsRepresentation(SURFACE)


def test_a_segmentation_of_fractions_is_left_alone(loop):
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Fractions")
    node.GetSegmentation().AddEmptySegment("", "One")
    node.GetSegmentation().SetSourceRepresentationName("Fractional labelmap")
    loop.setSegmentation(node)
    assert loop.work.phase is WorkPhase.BLOCKED and "Fractional labelmap" in loop.message.text
    loop.setSegmentation(None)
    assert loop.work.phase is WorkPhase.READY


def test_a_segmentation_without_segments_is_made_one_of_label_maps(loop):
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Empty")
    node.GetSegmentation().SetSourceRepresentationName(SURFACE)
    loop.setSegmentation(node)
    assert loop.addSegment("First") and loop.work.phase is WorkPhase.READY
    assert node.GetSegmentation().GetSourceRepresentationName() == LABELMAP


def test_a_segmentation_that_was_made_with_a_node_selector_is_shown_and_lies_where_the_volume_does(loop, case):
    # Slicer's selectors and scripts make the node alone.
    segmentation = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Made by the user")
    assert segmentation.GetDisplayNode() is None
    loop.setSegmentation(segmentation)
    assert loop.addSegment("Tumour") in segmentation.GetSegmentation().GetSegmentIDs()
    loop.addPoint(case.ras(case.middle))
    loop.wait()
    assert segmentation.GetDisplayNode() is not None and case.mask(loop).any()
    assert segmentation.GetTransformNodeID() == case.volume.GetTransformNodeID()


def test_marks_go_with_their_segment_and_their_segmentation(loop, case):
    loop.addPoint(case.ras(case.middle))
    loop.wait()
    first = loop.segmentId
    loop.addSegment("Second")
    loop.addPoint(case.ras(case.middle), positive=False)
    loop.wait()
    assert len(points()) == 2
    loop.segmentationNode.GetSegmentation().RemoveSegment(first)
    assert len(points()) == 1
    before = loop.segmentationNode
    loop.setSegmentation(None)
    slicer.mrmlScene.RemoveNode(before)
    assert points() == []
    settled(loop)


def test_marks_move_with_the_volume_and_stay_where_they_are_when_it_is_hardened(loop, case):
    loop.addPoint(case.ras(case.middle))
    loop.wait()
    placed = points()
    assert np.allclose(placed[0], case.ras(case.middle), atol=1e-3)
    moved = linear(rotation(15, 1, (5, 6, 7)) @ case.to_world)
    case.volume.SetAndObserveTransformNodeID(moved.GetID())
    case.to_world = rotation(15, 1, (5, 6, 7)) @ case.to_world
    assert np.allclose(points()[0], case.ras(case.middle), atol=1e-3)
    there = points()
    case.volume.HardenTransform()
    assert loop.message.key == "volume-changed" and np.allclose(points(), there, atol=1e-3)
    loop.wait()
    i, j, k = case.middle
    second = case.ras((i + 1, j, k))
    loop.addPoint(second)
    loop.wait()
    assert any(np.allclose(point, second, atol=1e-3) for point in points())
    assert case.mask(loop)[k, j, i]


def test_a_volume_that_keeps_changing_is_copied_when_it_rests(loop, case):
    """As the proxy of a sequence that plays."""
    taken = []
    for frame in range(5):
        slicer.util.arrayFromVolume(case.volume)[...] += 1
        slicer.util.arrayFromVolumeModified(case.volume)
        slicer.app.processEvents()
        loop._beat()
        taken.append(loop._work.volume.copied)
    assert loop.work.session_id == "" and set(taken) == {0.0}
    loop.wait()
    assert loop.work.phase is WorkPhase.READY
    assert np.array_equal(loop._work.volume.snapshot.voxels, slicer.util.arrayFromVolume(case.volume))


def test_a_segment_that_can_no_longer_be_read_ends_the_request_with_a_message(loop, case, monkeypatch):
    loop.addPoint(case.ras(case.middle))
    loop.wait()
    loop._work.segments.all_edited()
    bent = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTransformNode", "Bent")
    monkeypatch.setattr(type(bent), "IsTransformToWorldLinear", lambda self: self is not bent)
    loop.segmentationNode.SetAndObserveTransformNodeID(bent.GetID())
    loop.addPoint(case.ras(case.middle))
    settled(loop)
    assert loop.message.key == "transform-not-linear" and len(points()) == 1


def test_servers_started_from_here_are_allowed_once_whatever_their_port_is(logic, monkeypatch):
    address = "http://127.0.0.1:4711"
    monkeypatch.setattr(type(logic.localServer), "address", property(lambda self: address))
    consent = logic._work.consent
    assert not consent.given(address) and "stays" in consent.question(address)
    consent.set(address, True)
    address = "http://127.0.0.1:4712"
    assert consent.given(address)
    assert not consent.given("http://127.0.0.1:4711"), "the port may be another program's now"
    assert "127.0.0.1:4711" in consent.question("http://127.0.0.1:4711") and not Settings().consent(address)
    consent.set(address, False)
    address = "http://127.0.0.1:4713"
    assert not consent.given(address)


def test_the_end_of_the_application_ends_the_loop_without_the_panel(scene):
    from SegBridgeLoop import shared

    logic = shared.sharedLogic()
    ended = []
    logic.listen(ended.append)
    slicer.app._application.aboutToQuit.emit()
    pumped(lambda: logic._closing)
    assert shared.sharedLogic() is not logic
    shared.releaseLogic()
    shared.releaseLogic()
