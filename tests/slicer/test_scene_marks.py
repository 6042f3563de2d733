"""What the user drew stays visible, follows its step, and survives the scene's file."""
import numpy as np
import pytest
import slicer
import vtk
from loop_stage import linear, rotation, volume_node
from SegBridgeScene.frames import apply, matrix_to_world
from SegBridgeScene.kept_shapes import restore_shapes
from SegBridgeScene.polylines import simplified
from SegBridgeScene.prompt_marks import Mark, PromptMarks
from SegBridgeScene.segments import new_segmentation

GRID = rotation(20, 0, (1, 2, 3)) @ np.diag((-1.0, 1.5, 2.0, 1.0))
KINDS = ("vtkMRMLMarkupsFiducialNode", "vtkMRMLMarkupsCurveNode", "vtkMRMLMarkupsClosedCurveNode", "vtkMRMLMarkupsROINode")


@pytest.fixture
def volume(scene):
    return volume_node(np.zeros((10, 20, 30), np.int16), GRID, linear(rotation(45, 2, (10, 0, 0))))


@pytest.fixture
def marks(volume):
    return PromptMarks(new_segmentation(volume), volume)


def nodes(kind):
    return [node for node in slicer.util.getNodesByClass(kind) if node.GetClassName() == kind]


def positions(node):
    return [node.GetNthControlPointPosition(n) for n in range(node.GetNumberOfControlPoints())]


def draw_everything(marks, segment="One"):
    circle = np.array([(10 + 5 * np.cos(a), 10 + 5 * np.sin(a), 4) for a in np.linspace(0, 6.2, 60)])
    corners = np.array([[(0, 4 + 2 * axis)[bit >> axis & 1] for axis in range(3)] for bit in range(8)]) @ GRID[:3, :3].T
    marks.add(segment, Mark("a", "point", True), np.array([[1.0, 2, 3]]))
    marks.add(segment, Mark("b", "point", False), np.array([[4.0, 5, 6]]))
    marks.add(segment, Mark("c", "scribble", True, radius_mm=2.0), np.array([(n, 3.0, 3.0) for n in range(40)]))
    marks.add(segment, Mark("d", "lasso", False), circle)
    marks.add(segment, Mark("e", "box", True), np.array([(0.0, 0, 1), (5, 6, 1), (5, 0, 1), (0, 6, 1)]))
    marks.add(segment, Mark("f", "box", True), corners)
    return corners


def test_marks_are_hidden_from_the_data_tree_when_they_come(marks, scene):
    listed = []

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def added(caller, event, node):
        if node.IsA("vtkMRMLMarkupsNode"):
            listed.append(bool(node.GetHideFromEditors()))

    tag = scene.AddObserver(scene.NodeAddedEvent, added)
    draw_everything(marks)
    scene.RemoveObserver(tag)
    assert len(listed) >= 6 and all(listed)


def test_each_kind_is_drawn_where_it_was_meant_hidden_from_editors_and_locked(marks, volume):
    corners = draw_everything(marks)
    assert [len(nodes(kind)) for kind in KINDS] == [2, 1, 2, 1]
    for kind in KINDS:
        for node in nodes(kind):
            assert node.GetHideFromEditors() and node.GetLocked() and node.GetTransformNodeID() == volume.GetTransformNodeID()
    green, red = nodes(KINDS[0])
    assert green.GetNthControlPointPosition(0) == (1, 2, 3) and red.GetDisplayNode().GetSelectedColor()[0] > 0.8
    stroke = slicer.util.arrayFromMarkupsControlPoints(nodes(KINDS[1])[0])
    assert len(stroke) == 2, "a straight stroke needs two points"
    world = slicer.util.arrayFromMarkupsControlPoints(nodes(KINDS[1])[0], world=True)
    assert np.allclose(world, (np.column_stack([stroke, np.ones(2)]) @ rotation(45, 2, (10, 0, 0)).T)[:, :3])
    lasso = min((slicer.util.arrayFromMarkupsControlPoints(node) for node in nodes(KINDS[2])), key=lambda points: -len(points))
    assert 6 < len(lasso) < 60 and np.abs(np.linalg.norm(lasso[:, :2] - 10, axis=1) - 5).max() < 1e-6
    rectangle = next(points for points in map(slicer.util.arrayFromMarkupsControlPoints, nodes(KINDS[2])) if len(points) == 4)
    sides = np.linalg.norm(rectangle - np.roll(rectangle, 1, axis=0), axis=1)
    assert sorted(sides.round(6)) == [5, 5, 6, 6], "the corners follow each other around the box"
    roi = nodes(KINDS[3])[0]
    half = np.array(roi.GetSize()) / 2
    matrix = slicer.util.arrayFromVTKMatrix(roi.GetObjectToNodeMatrix())
    own = np.array([[(-1, 1)[bit >> axis & 1] for axis in range(3)] for bit in range(8)]) * half
    drawn = (np.column_stack([own, np.ones(8)]) @ matrix.T)[:, :3]
    assert {tuple(point) for point in drawn.round(4)} == {tuple(point) for point in corners.round(4)}


def test_marks_follow_undo_redo_and_are_forgotten_with_their_steps(marks):
    draw_everything(marks)
    for step, request in enumerate("abc", 1):
        marks.assign("One", [request], step)
    assert [(mark.step, mark.text) for mark in marks.of("One") if mark.step] == [(1, "point +"), (2, "point -"), (3, "scribble +")]
    marks.show_until("One", 1)
    green, red = nodes(KINDS[0])
    assert green.GetNthControlPointVisibility(0) and not red.GetNthControlPointVisibility(0)
    assert not nodes(KINDS[1])[0].GetDisplayNode().GetVisibility()
    marks.show_until("One", 3)
    assert red.GetNthControlPointVisibility(0) and nodes(KINDS[1])[0].GetDisplayNode().GetVisibility()
    marks.show_until("One", 1)
    marks.assign("One", ["d"], 2)
    marks.forget("One", 2, ["d"])
    assert [mark.request_id for mark in marks.of("One") if mark.step] == ["a", "d"] and not nodes(KINDS[1])
    marks.remove("One", ["f"])
    assert not nodes(KINDS[3])
    marks.clear("One")
    assert not any(nodes(kind) for kind in KINDS)


def test_a_point_costs_the_same_however_many_there_are(marks, monkeypatch):
    kept = []
    keep = slicer.vtkMRMLMarkupsFiducialNode.SetAttribute
    monkeypatch.setattr(
        slicer.vtkMRMLMarkupsFiducialNode, "SetAttribute", lambda node, name, value: (kept.append(value), keep(node, name, value)))
    costs = []
    for n in range(1, 41):
        del kept[:]
        marks.add("One", Mark(f"request {n}", "point", True), np.array([[n, 2.0, 3.0]]))
        marks.assign("One", [f"request {n}"], n)
        costs.append(sum(len(value) for value in kept if value))
    assert costs[-1] < costs[1] + 20, "points are kept that have not changed"
    del kept[:]
    marks.show_until("One", 38)
    assert len(kept) == 2


def test_segments_and_segmentations_have_their_own_marks(marks, volume):
    other = PromptMarks(new_segmentation(volume), volume)
    marks.add("One", Mark("a", "point", True), np.array([[1.0, 2, 3]]))
    marks.add("Two", Mark("b", "point", True), np.array([[1.0, 2, 3]]))
    other.add("One", Mark("c", "point", True), np.array([[1.0, 2, 3]]))
    marks.clear("One")
    assert [mark.request_id for mark in marks.of("Two")] == ["b"] and [mark.request_id for mark in other.of("One")] == ["c"]


def test_marks_leave_place_mode_to_the_user_and_leave_no_nodes_behind(marks):
    landmarks = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLMarkupsLineNode", "Landmarks")
    selection = slicer.app.applicationLogic().GetSelectionNode()
    assert selection.GetActivePlaceNodeID() == landmarks.GetID(), "Slicer takes every new markup for the one to place"
    before = slicer.mrmlScene.GetNumberOfNodes()
    draw_everything(marks)
    assert selection.GetActivePlaceNodeID() == landmarks.GetID()
    assert selection.GetActivePlaceNodeClassName() == "vtkMRMLMarkupsLineNode"
    marks.clear("One")
    assert slicer.mrmlScene.GetNumberOfNodes() == before


@pytest.mark.parametrize("kind", ["mrb", "mrml"])
def test_marks_survive_the_scene_file(kind, marks, volume, tmp_path):
    marks.add("One", Mark("undone", "point", True), np.array([[9.0, 9, 9]]))
    marks.remove("One", ["undone"])
    corners = draw_everything(marks)
    for step, request in enumerate("abcdef", 1):
        marks.assign("One", [request], step)
    marks.show_until("One", 1)
    drawn = {node.GetName(): positions(node) for kind in KINDS for node in nodes(kind)}
    path = str(tmp_path / f"scene.{kind}")
    slicer.util.saveScene(path)
    slicer.mrmlScene.Clear(0)
    slicer.util.loadScene(path)
    restore_shapes()
    segmentation = slicer.util.getNodesByClass("vtkMRMLSegmentationNode")[0]
    volume = slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")[0]
    again = PromptMarks(segmentation, volume)
    assert [mark.text for mark in again.of("One")] == ["point +", "point -", "scribble +", "lasso -", "box", "box"]
    assert not nodes(KINDS[3])[0].GetDisplayNode().GetVisibility()
    assert [node.GetNthControlPointVisibility(0) for node in nodes(KINDS[0])] == [True, False]
    found = {node.GetName(): positions(node) for kind in KINDS for node in nodes(kind)}
    assert found.keys() == drawn.keys() and all(np.allclose(found[name], drawn[name]) for name in drawn)
    bounds = [0.0] * 6
    nodes(KINDS[3])[0].GetRASBounds(bounds)
    world = apply(matrix_to_world(volume), corners)
    assert np.allclose(bounds, np.stack([world.min(axis=0), world.max(axis=0)], axis=1).ravel())
    assert not any(node.GetStorageNode() for kind in KINDS for node in nodes(kind)), "the next .mrml would name files of theirs"


def test_a_simplified_stroke_stays_within_the_tolerance():
    chance = np.random.default_rng(3)
    stroke = np.cumsum(chance.normal(0, 0.4, (500, 3)), axis=0)
    few = simplified(stroke, 0.5)
    assert 2 < len(few) < 250 and np.array_equal(few[[0, -1]], stroke[[0, -1]])
    starts, sides = few[:-1], np.diff(few, axis=0)
    away = stroke[:, np.newaxis] - starts
    along = np.clip((away * sides).sum(axis=2) / (sides ** 2).sum(axis=1), 0, 1)
    distances = np.linalg.norm(away - along[..., np.newaxis] * sides, axis=2).min(axis=1)
    assert distances.max() < 0.5 + 1e-9
    assert len(simplified(stroke[:2], 9)) == 2 and len(simplified(np.zeros((5, 3)), 0.1)) == 2
