"""The stand-ins have no member that the real classes lack, and behave as the real ones were seen to."""
from __future__ import annotations

import inspect
import threading

import numpy as np
import pytest
import qt
import silent_errors
import slicer
import slicer_facts
import vtk
from loop_stage import events_of
from SegBridgeScene.labelmaps import voxels_of
from slicer.mrml.registry import node_classes

CLASSES = sorted({name: value for name, value in [*vars(slicer).items(), *node_classes().items()]
                  if isinstance(value, type) and slicer_facts.has_class(name)}.items())


@pytest.mark.parametrize("name, cls", CLASSES)
def test_a_stand_in_has_only_members_of_the_real_class(name, cls):
    own = {member for base in cls.__mro__ if not base.__module__.startswith("vtkmodules") and base is not object
           for member in vars(base) if not member.startswith("_")}
    strange = own - slicer_facts.members(name) - {"FIELDS", "GetClassName", "IsA", "SafeDownCast", "GetName"}
    assert not strange, f"the real {name} has no {sorted(strange)}"


@pytest.mark.parametrize("name, cls", CLASSES)
def test_a_stand_in_has_the_base_and_the_constants_of_the_real_class(name, cls):
    for constant, value in slicer_facts.own_constants(name).items():
        assert getattr(cls, constant) == value
    mine = [base.__name__ for base in cls.__mro__ if slicer_facts.has_class(base.__name__)]
    real = [ancestor for ancestor in slicer_facts.lineage(name) if slicer_facts.has_class(ancestor)]
    assert [ancestor for ancestor in real if ancestor in mine] == mine


@pytest.mark.parametrize("name, cls", CLASSES)
def test_a_stand_in_takes_no_number_of_arguments_that_the_real_class_refuses(name, cls):
    for method, function in inspect.getmembers(cls, callable):
        counts = slicer_facts.argument_counts(name, method)
        if counts is None or method.startswith("_") or not inspect.isroutine(function) or not hasattr(function, "__code__"):
            continue
        if function.__code__.co_flags & inspect.CO_VARARGS:
            continue
        is_static = isinstance(inspect.getattr_static(cls, method), staticmethod)
        most = function.__code__.co_argcount - (0 if is_static else 1)
        least = most - len(function.__defaults__ or ())
        taken = set(range(least, most + 1))
        assert taken <= counts, f"{name}.{method}() takes {sorted(counts)} arguments, the stand-in {sorted(taken)}"


def test_most_classes_are_checked():
    assert len(CLASSES) > 50


def test_what_a_class_lacks_raises_and_names_it(scene):
    node = scene.AddNewNodeByClass("vtkMRMLMarkupsFiducialNode")
    with pytest.raises(AttributeError, match="vtkMRMLMarkupsFiducialNode.*AddPoint"):
        node.AddPoint((1, 2, 3))


# Events


def heard(node, *names):
    found = []
    for name in names:
        node.AddObserver(getattr(node, name, name), lambda caller, event, name=name: found.append(name))
    return found


POINTS = ("PointAddedEvent", "PointModifiedEvent", "PointPositionDefinedEvent", "PointPositionUndefinedEvent", "PointRemovedEvent",
          "PointAboutToBeRemovedEvent")


def test_markups_send_their_events_in_the_measured_order(scene):
    node = scene.AddNewNodeByClass("vtkMRMLMarkupsFiducialNode")
    events = heard(node, *POINTS, "ModifiedEvent")
    node.AddControlPoint([1, 2, 3])
    assert events == ["PointAddedEvent", "PointModifiedEvent", "PointPositionDefinedEvent"]
    events.clear()
    node.SetNthControlPointPosition(0, 4, 5, 6)
    assert events == ["PointModifiedEvent"]
    events.clear()
    node.RemoveNthControlPoint(0)
    assert events == ["PointAboutToBeRemovedEvent", "PointPositionUndefinedEvent", "PointRemovedEvent"]
    node.AddControlPoint([1, 2, 3])
    node.AddControlPoint([1, 2, 4])
    events.clear()
    node.RemoveAllControlPoints()
    assert events == ["PointRemovedEvent", "PointPositionUndefinedEvent"]


def test_grouped_events_come_once_and_without_call_data(scene):
    node = scene.AddNewNodeByClass("vtkMRMLMarkupsFiducialNode")
    events, given = heard(node, "ModifiedEvent", *POINTS), []

    @vtk.calldata_type(vtk.VTK_INT)
    def added(caller, event, index=None):
        given.append(index)

    node.AddObserver(node.PointAddedEvent, added)
    node.AddControlPoint([0, 0, 0])
    assert given == [0]
    events.clear()
    with slicer.util.NodeModify(node):
        node.AddControlPoint([1, 0, 0])
        node.AddControlPoint([2, 0, 0])
        assert events == []
    assert events == ["PointAddedEvent", "PointModifiedEvent", "PointPositionDefinedEvent"] and given == [0, None]


def test_an_exception_in_an_observer_is_swallowed_but_not_forgotten(scene):
    node = scene.AddNewNodeByClass("vtkMRMLTextNode")

    def fails(caller, event):
        raise KeyError("lost")

    node.AddObserver("ModifiedEvent", fails)
    with silent_errors.expected(KeyError):
        node.Modified()


def test_nodes_and_widgets_belong_to_the_main_thread(scene):
    button, node, refused = qt.QPushButton("go"), scene.AddNewNodeByClass("vtkMRMLTextNode"), []

    def work():
        for use in (lambda: node.GetName(), lambda: button.text):
            try:
                use()
            except RuntimeError as error:
                refused.append(str(error))

    with silent_errors.expected(RuntimeError):
        thread = threading.Thread(target=work, name="worker")
        thread.start()
        thread.join()
    assert len(refused) == 2 and "vtkMRMLTextNode" in refused[0] and "worker" in refused[1]


def test_closing_the_scene_keeps_singletons_without_their_attributes(scene):
    from slicer.ScriptedLoadableModule import ScriptedLoadableModuleLogic

    class ToolLogic(ScriptedLoadableModuleLogic):
        pass

    node = ToolLogic().getParameterNode()
    node.SetParameter("kept", "yes")
    other = scene.AddNewNodeByClass("vtkMRMLTextNode")
    events = heard(scene, "StartCloseEvent", "EndCloseEvent", "NodeRemovedEvent")
    scene.Clear(0)
    assert events[0] == "StartCloseEvent" and events[-1] == "EndCloseEvent"
    assert other.GetScene() is None and scene.GetNodeByID(node.GetID()) is node and node.GetAttribute("ModuleName") is None
    assert ToolLogic().getParameterNode() is node and node.GetAttribute("ModuleName") == "Tool"


def test_a_removed_node_is_no_longer_referred_to(scene):
    one, two = (scene.AddNewNodeByClass("vtkMRMLTextNode") for _ in range(2))
    one.SetNodeReferenceID("role", two.GetID())
    events = heard(one, "ReferenceRemovedEvent")
    scene.RemoveNode(two)
    assert one.GetNodeReference("role") is None and events


# Volumes, transforms, segments


@pytest.fixture
def volume(scene):
    turned = np.array([[0.8, 0, -0.6, 10], [0, 1, 0, -20], [0.6, 0, 0.8, 30], [0, 0, 0, 1]]) @ np.diag([1, 2, 3, 1])
    return slicer.util.addVolumeFromArray(np.zeros((6, 8, 10), np.int16), turned, "CT")


@pytest.fixture
def segmentation(volume):
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Seg")
    node.CreateDefaultDisplayNodes()
    node.SetReferenceImageGeometryParameterFromVolumeNode(volume)
    return node


def mask(*corner_and_size):
    (i, j, k), (di, dj, dk) = corner_and_size
    array = np.zeros((6, 8, 10), np.uint8)
    array[k:k + dk, j:j + dj, i:i + di] = 1
    return array


def test_arrays_are_in_the_order_k_j_i_and_geometry_is_in_the_node(volume):
    array = slicer.util.arrayFromVolume(volume)
    array[5, 7, 9] = 77
    assert volume.GetImageData().GetScalarComponentAsDouble(9, 7, 5, 0) == 77
    assert volume.GetImageData().GetSpacing() == (1, 1, 1) and np.allclose(volume.GetSpacing(), (1, 2, 3))


@pytest.mark.parametrize("kind, error", [(np.int64, RuntimeError), (bool, TypeError), (np.float16, TypeError)])
def test_arrays_of_some_kinds_cannot_become_volumes(volume, kind, error):
    with pytest.raises(error):
        slicer.util.updateVolumeFromArray(volume, np.zeros((2, 2, 2), kind))


def test_two_overlapping_segments_come_back_and_take_two_layers(segmentation, volume):
    one, two = (segmentation.GetSegmentation().AddEmptySegment("", name) for name in ("one", "two"))
    first, second = mask((1, 1, 1), (5, 5, 3)), mask((3, 3, 2), (5, 4, 3))
    slicer.util.updateSegmentBinaryLabelmapFromArray(first, segmentation, one, volume)
    slicer.util.updateSegmentBinaryLabelmapFromArray(second, segmentation, two, volume)
    assert np.array_equal(slicer.util.arrayFromSegmentBinaryLabelmap(segmentation, one, volume), first)
    assert np.array_equal(slicer.util.arrayFromSegmentBinaryLabelmap(segmentation, two, volume), second)
    assert segmentation.GetSegmentation().GetNumberOfLayers() == 2


def test_writing_a_segment_has_the_traps_of_the_real_function(segmentation, volume):
    one = segmentation.GetSegmentation().AddEmptySegment()
    with pytest.raises(TypeError):
        slicer.util.updateSegmentBinaryLabelmapFromArray(mask((1, 1, 1), (2, 2, 2)).astype(bool), segmentation, one, volume)
    slicer.util.updateSegmentBinaryLabelmapFromArray(np.ones((2, 2, 2), np.uint8), segmentation, one, volume)
    assert slicer.util.arrayFromSegmentBinaryLabelmap(segmentation, one, volume).sum() == 8
    slicer.util.updateSegmentBinaryLabelmapFromArray(mask((0, 0, 0), (1, 1, 1)), segmentation, "typo", volume)
    assert segmentation.GetSegmentation().GetSegment("typo").GetName() == "typo"


def oriented(array, like, first=(0, 0, 0)):
    from slicer.segmentation.oriented_image import oriented_image

    return oriented_image(array, like._ijkToRas, first)


def test_merging_a_part_changes_that_part_of_that_segment_only(segmentation, volume):
    logic = slicer.vtkSlicerSegmentationsModuleLogic
    one, two = (segmentation.GetSegmentation().AddEmptySegment() for _ in range(2))
    logic.SetBinaryLabelmapToSegment(oriented(mask((0, 0, 0), (4, 4, 4)), volume), segmentation, one)
    logic.SetBinaryLabelmapToSegment(oriented(mask((6, 0, 0), (3, 4, 4)), volume), segmentation, two)
    assert segmentation.GetSegmentation().GetNumberOfLayers() == 1
    extent = (2, 7, 0, 3, 0, 3)
    part = oriented(np.zeros((4, 4, 6), np.uint8), volume, (2, 0, 0))
    logic.SetBinaryLabelmapToSegment(part, segmentation, one, logic.MODE_MERGE_MIN, extent)
    assert np.array_equal(slicer.util.arrayFromSegmentBinaryLabelmap(segmentation, one, volume), mask((0, 0, 0), (2, 4, 4)))
    assert np.array_equal(slicer.util.arrayFromSegmentBinaryLabelmap(segmentation, two, volume), mask((6, 0, 0), (3, 4, 4)))
    part = oriented(np.ones((4, 4, 6), np.uint8), volume, (2, 0, 0))
    logic.SetBinaryLabelmapToSegment(part, segmentation, one, logic.MODE_MERGE_MASK, extent)
    assert np.array_equal(slicer.util.arrayFromSegmentBinaryLabelmap(segmentation, one, volume), mask((0, 0, 0), (8, 4, 4)))
    assert np.array_equal(slicer.util.arrayFromSegmentBinaryLabelmap(segmentation, two, volume), mask((6, 0, 0), (3, 4, 4)))
    assert segmentation.GetSegmentation().GetNumberOfLayers() == 2


def test_a_maximum_in_a_shared_layer_goes_to_the_segment_with_label_1(segmentation, volume):
    """As in the real one, which is why MASK is the mode to add with."""
    logic = slicer.vtkSlicerSegmentationsModuleLogic
    one, two = (segmentation.GetSegmentation().AddEmptySegment() for _ in range(2))
    logic.SetBinaryLabelmapToSegment(oriented(mask((0, 0, 0), (2, 2, 2)), volume), segmentation, one)
    logic.SetBinaryLabelmapToSegment(oriented(mask((5, 0, 0), (2, 2, 2)), volume), segmentation, two)
    logic.SetBinaryLabelmapToSegment(oriented(mask((5, 5, 0), (2, 2, 2)), volume), segmentation, two, logic.MODE_MERGE_MAX)
    assert slicer.util.arrayFromSegmentBinaryLabelmap(segmentation, two, volume).sum() == 8
    assert slicer.util.arrayFromSegmentBinaryLabelmap(segmentation, one, volume).sum() == 16


def test_a_layer_is_cut_to_what_it_holds_and_follows_the_lattice_of_the_last_write(segmentation, volume):
    logic = slicer.vtkSlicerSegmentationsModuleLogic
    one = segmentation.GetSegmentation().AddEmptySegment()
    logic.SetBinaryLabelmapToSegment(oriented(mask((2, 3, 1), (4, 2, 3)), volume), segmentation, one)
    layer = segmentation.GetBinaryLabelmapInternalRepresentation(one)
    assert layer.GetExtent() == (2, 5, 3, 4, 1, 3)
    shifted = oriented(mask((2, 3, 1), (4, 2, 3)), volume)
    matrix = vtk.vtkMatrix4x4()
    shifted.GetImageToWorldMatrix(matrix)
    moved = slicer.util.arrayFromVTKMatrix(matrix) @ np.array([[1, 0, 0, 1], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    shifted.SetImageToWorldMatrix(slicer.util.vtkMatrixFromArray(moved))
    logic.SetBinaryLabelmapToSegment(shifted, segmentation, one, logic.MODE_MERGE_MASK)
    layer.GetImageToWorldMatrix(matrix)
    assert np.allclose(slicer.util.arrayFromVTKMatrix(matrix), moved)
    assert np.array_equal(slicer.util.arrayFromSegmentBinaryLabelmap(segmentation, one, volume), mask((2, 3, 1), (5, 2, 3)))


def test_overwriting_takes_voxels_from_segments_of_the_same_layer_only(segmentation, volume):
    logic = slicer.vtkSlicerSegmentationsModuleLogic
    one, two, three = (segmentation.GetSegmentation().AddEmptySegment() for _ in range(3))
    for other in (two, three):
        logic.SetBinaryLabelmapToSegment(oriented(mask((2, 2, 2), (4, 4, 2)), volume), segmentation, other)
    logic.SetBinaryLabelmapToSegment(
        oriented(mask((0, 0, 0), (4, 8, 6)), volume), segmentation, one, logic.MODE_MERGE_MASK, (0, 9, 0, 7, 0, 5), False, [two, three])
    assert np.array_equal(slicer.util.arrayFromSegmentBinaryLabelmap(segmentation, one, volume), mask((0, 0, 0), (4, 8, 6)))
    assert np.array_equal(slicer.util.arrayFromSegmentBinaryLabelmap(segmentation, two, volume), mask((4, 2, 2), (2, 4, 2)))
    assert np.array_equal(slicer.util.arrayFromSegmentBinaryLabelmap(segmentation, three, volume), mask((2, 2, 2), (4, 4, 2)))


def test_a_present_closed_surface_is_made_anew_with_every_write(segmentation, volume):
    one = segmentation.GetSegmentation().AddEmptySegment()
    slicer.util.updateSegmentBinaryLabelmapFromArray(mask((1, 1, 1), (4, 4, 3)), segmentation, one, volume)
    assert segmentation.GetSegmentation()._surfaceConversions == 0
    segmentation.CreateClosedSurfaceRepresentation()
    surface = vtk.vtkPolyData()
    assert segmentation.GetClosedSurfaceRepresentation(one, surface) and surface.GetNumberOfPoints() > 20
    logic, part = slicer.vtkSlicerSegmentationsModuleLogic, slicer.vtkOrientedImageData()
    part.DeepCopy(segmentation.GetBinaryLabelmapInternalRepresentation(one))
    voxels_of(part)[...] = mask((1, 1, 1), (2, 4, 3))
    assert logic.SetBinaryLabelmapToSegment(part, segmentation, one, logic.MODE_REPLACE)
    assert segmentation.GetSegmentation()._surfaceConversions == 2
    # Whole segments that are put in its place are without one.
    slicer.util.updateSegmentBinaryLabelmapFromArray(mask((1, 1, 1), (3, 4, 3)), segmentation, one, volume)
    assert segmentation.GetSegmentation()._surfaceConversions == 2 and not segmentation.GetSegmentation().ContainsRepresentation("Closed surface")


def test_a_layer_counts_as_shared_where_it_is_not_as_in_the_real_one(segmentation):
    inner = segmentation.GetSegmentation()
    one = inner.AddEmptySegment()
    assert inner.IsSharedBinaryLabelmap(one)
    two = inner.AddEmptySegment()
    assert not inner.IsSharedBinaryLabelmap(one) and not inner.IsSharedBinaryLabelmap(two)


def test_a_label_map_that_says_that_it_changed_tells_of_representations_whether_there_were_some_or_not(segmentation):
    inner = segmentation.GetSegmentation()
    layer = segmentation.GetBinaryLabelmapInternalRepresentation(inner.AddEmptySegment())
    assert events_of(inner, inner.ContainedRepresentationNamesModified, layer.Modified) == 1
    assert events_of(inner, inner.SourceRepresentationModified, layer.Modified) == 1


def test_the_editors_undo_tells_of_segments_that_are_empty_for_a_moment_and_of_no_voxels(scene, segmentation):
    """As vtkSegmentationHistory does it."""
    editor, inner = slicer.qMRMLSegmentEditorWidget(), segmentation.GetSegmentation()
    editor.setMaximumNumberOfUndoStates(1)
    editor.setMRMLScene(scene)
    editor.setMRMLSegmentEditorNode(scene.AddNewNodeByClass("vtkMRMLSegmentEditorNode"))
    editor.setSegmentationNode(segmentation)
    first, second = inner.AddEmptySegment(), inner.AddEmptySegment()
    layer, there = segmentation.GetBinaryLabelmapInternalRepresentation(first), []
    editor.saveStateForUndo()
    inner.AddObserver(
        inner.SegmentModified, lambda *_: there.append(segmentation.GetBinaryLabelmapInternalRepresentation(first) is not None))
    assert events_of(inner, inner.SourceRepresentationModified, editor.undo) == 0 and there[0] is False and there[-1] is True
    restored = segmentation.GetBinaryLabelmapInternalRepresentation(second)
    assert restored is segmentation.GetBinaryLabelmapInternalRepresentation(first) is not layer
    editor.setMRMLScene(None)
    editor.deleteLater()


def test_tags_are_read_through_a_reference(segmentation):
    segment = segmentation.GetSegmentation().GetSegment(segmentation.GetSegmentation().AddEmptySegment())
    segment.SetTag("key", "value")
    found = vtk.reference("")
    assert segment.GetTag("key", found) and str(found) == "value" and not segment.GetTag("other", found)


def test_the_world_is_reached_through_the_whole_chain_of_transforms(scene, volume):
    outer, inner = (scene.AddNewNodeByClass("vtkMRMLLinearTransformNode") for _ in range(2))
    inner.SetMatrixTransformToParent(slicer.util.vtkMatrixFromArray(np.array([[0, -1, 0, 5], [1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])))
    outer.SetMatrixTransformToParent(slicer.util.vtkMatrixFromArray(np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 7], [0, 0, 0, 1]])))
    inner.SetAndObserveTransformNodeID(outer.GetID())
    events = heard(volume, "TransformModifiedEvent")
    volume.SetAndObserveTransformNodeID(inner.GetID())
    world = [0.0] * 3
    volume.TransformPointToWorld([1, 2, 3], world)
    assert np.allclose(world, (3, 1, 10)) and events
    events.clear()
    outer.SetMatrixTransformToParent(vtk.vtkMatrix4x4())
    assert events
    warped = scene.AddNewNodeByClass("vtkMRMLBSplineTransformNode")
    warped.SetAndObserveTransformToParent(vtk.vtkThinPlateSplineTransform())
    outer.SetAndObserveTransformNodeID(warped.GetID())
    matrix = vtk.vtkMatrix4x4()
    assert not inner.IsTransformToWorldLinear() and not inner.GetMatrixTransformToWorld(matrix)


def test_a_scene_comes_back_from_its_file(scene, segmentation, volume, tmp_path):
    one = segmentation.GetSegmentation().AddEmptySegment("", "tumour")
    segmentation.GetSegmentation().GetSegment(one).SetTag("key", "value")
    slicer.util.updateSegmentBinaryLabelmapFromArray(mask((1, 1, 1), (5, 5, 3)), segmentation, one, volume)
    curve = scene.AddNewNodeByClass("vtkMRMLMarkupsCurveNode", "stroke")
    curve.SetCurveTypeToLinear()
    slicer.util.updateMarkupsControlPointsFromArray(curve, np.array([[0.0, 0, 0], [3, 4, 0]]))
    curve.SetAttribute("role", "scribble")
    path = str(tmp_path / "scene.mrb")
    slicer.util.saveScene(path)
    scene.Clear(0)
    slicer.util.loadScene(path)
    volume, segmentation, curve = (slicer.util.getNode(name) for name in ("CT", "Seg", "stroke"))
    assert segmentation.GetNodeReference(segmentation.GetReferenceImageGeometryReferenceRole()) is volume
    assert np.array_equal(slicer.util.arrayFromSegmentBinaryLabelmap(segmentation, one), mask((1, 1, 1), (5, 5, 3)))
    assert segmentation.GetSegmentation().GetSegment(one).HasTag("key")
    assert curve.GetCurveLengthWorld() == 5 and curve.GetAttribute("role") == "scribble"


# Views


def test_a_click_in_place_mode_defines_a_point_where_the_view_shows_it(scene):
    widget = slicer.app.layoutManager().sliceWidget("Yellow")
    node = widget.sliceLogic().GetSliceNode()
    node.SetSliceToRASByNTP(1, 2, 3, 3, 0, -1, 10, 20, 30, 0)
    markups = scene.AddNewNodeByClass("vtkMRMLMarkupsFiducialNode")
    slicer.modules.markups.logic().SetActiveList(markups)
    slicer.modules.markups.logic().StartPlaceMode(False)
    events = heard(markups, *POINTS)
    slicer.util.clickAndDrag(widget, start=(120, 40), end=(120, 40), steps=1)
    expected = node.GetXYToRAS().MultiplyPoint((120, 40, 0, 1))[:3]
    assert np.allclose(markups.GetNthControlPointPositionWorld(0), expected)
    assert events[0] == "PointAddedEvent" and events[-1] == "PointPositionDefinedEvent"
    interaction = slicer.app.applicationLogic().GetInteractionNode()
    assert interaction.GetCurrentInteractionMode() == interaction.ViewTransform


def test_a_tool_of_higher_priority_can_keep_a_click_from_place_mode(scene):
    widget = slicer.app.layoutManager().sliceWidget("Red")
    markups = scene.AddNewNodeByClass("vtkMRMLMarkupsFiducialNode")
    slicer.modules.markups.logic().SetActiveList(markups)
    slicer.modules.markups.logic().StartPlaceMode(True)
    interactor = widget.sliceView().interactor()
    tags = {}

    def keep(caller, event):
        interactor.GetCommand(tags[event]).SetAbortFlag(1)

    for event in ("MouseMoveEvent", "LeftButtonPressEvent", "LeftButtonReleaseEvent"):
        tags[event] = interactor.AddObserver(event, keep, 10.0)
    slicer.util.clickAndDrag(widget, start=(10, 10), end=(30, 30))
    for tag in tags.values():
        interactor.RemoveObserver(tag)
    assert markups.GetNumberOfControlPoints() == 0


def test_slices_are_turned_to_the_volume_and_fitted(volume):
    slicer.util.setSliceViewerLayers(background=volume, fit=True, rotateToVolumePlane=True)
    node = slicer.app.layoutManager().sliceWidget("Red").sliceLogic().GetSliceNode()
    turned = slicer.util.arrayFromVTKMatrix(node.GetSliceToRAS())[:3, :3]
    assert np.allclose(np.abs(turned.T @ volume._directions()).max(axis=0), 1) and node.GetOrientation() == "Reformat"
    bounds = [0.0] * 6
    volume.GetRASBounds(bounds)
    middle = np.array(bounds).reshape(3, 2).mean(axis=1)
    x, y, _ = node.GetDimensions()
    assert np.allclose(node.GetXYToRAS().MultiplyPoint((x / 2, y / 2, 0, 1))[:3], middle)
