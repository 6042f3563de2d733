"""Nodes that the user did not ask for are in nobody's way."""
import pytest
import slicer
import vtk
from SegBridgeScene.private_nodes import add_markup, add_pen, add_unlisted

EXCLUDED = slicer.vtkMRMLSubjectHierarchyConstants.GetSubjectHierarchyExcludeFromTreeAttributeName()


@pytest.fixture
def came(scene):
    """Of each node, when it came: whether it was hidden, which keeps the subject hierarchy from knowing it, and excluded; and
    whether undo of the scene would take it away."""
    seen = {}

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def added(caller, event, node):
        seen[node.GetName()] = (bool(node.GetHideFromEditors()), node.GetAttribute(EXCLUDED), bool(node.GetUndoEnabled()))

    tag = scene.AddObserver(scene.NodeAddedEvent, added)
    yield seen
    scene.RemoveObserver(tag)


@pytest.mark.parametrize("add, kind", [
    (add_pen, "vtkMRMLMarkupsFiducialNode"), (add_pen, "vtkMRMLMarkupsROINode"), (add_unlisted, "vtkMRMLSegmentationNode")])
def test_a_node_that_is_neither_listed_nor_saved_has_an_item_in_the_subject_hierarchy(add, kind, came, scene, tmp_path):
    node = add(kind, "Ours")
    assert came["Ours"] == (False, "1", False) and node.GetHideFromEditors() and node.GetDisplayNode() is not None
    slicer.util.saveScene(str(tmp_path / "scene.mrb"))
    scene.Clear(0)
    before = scene.GetNumberOfNodes()
    slicer.util.loadScene(str(tmp_path / "scene.mrb"))
    assert scene.GetNumberOfNodes() == before, "a display node without its markup"


def test_a_markup_that_stays_is_hidden_when_it_comes(came):
    add_markup("vtkMRMLMarkupsCurveNode", "Ours")
    assert came["Ours"] == (True, None, False)


@pytest.mark.parametrize("add", [add_pen, add_markup])
def test_undo_of_the_scene_leaves_markups_of_ours_and_how_they_are_shown_alone(add):
    node = add("vtkMRMLMarkupsFiducialNode", "Ours")
    assert not node.GetUndoEnabled() and not node.GetDisplayNode().GetUndoEnabled()


@pytest.mark.parametrize("add", [add_markup, add_pen])
def test_markups_of_ours_do_not_become_the_one_that_clicks_go_to(add, scene):
    landmarks = scene.AddNewNodeByClass("vtkMRMLMarkupsLineNode", "Landmarks")
    add("vtkMRMLMarkupsFiducialNode", "Ours")
    selection = slicer.app.applicationLogic().GetSelectionNode()
    assert selection.GetActivePlaceNodeID() == landmarks.GetID()
    assert selection.GetActivePlaceNodeClassName() == "vtkMRMLMarkupsLineNode"
