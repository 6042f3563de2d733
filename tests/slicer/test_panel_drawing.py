"""Drawing on slice views: what a press, a drag and a release become, and what stays Slicer's."""
from __future__ import annotations

from typing import Any, Iterator, List, Tuple

import numpy as np
import pytest
import slicer
from loop_stage import linear, rotation, volume_node
from panel_stage import Stage, states
from PyQt5.QtCore import Qt
from PyQt5.QtGui import QCursor
from SegBridgeScene.prompt_marks import Mark, PromptMarks
from SegBridgeScene.segments import new_segmentation

PATH = [(120, 90), (140, 110), (180, 130), (200, 100)]


@pytest.fixture
def stage(scene: Any) -> Iterator[Stage]:
    stage = Stage()
    stage.logic.show(**states()["candidates"])
    stage.window.setFocus()
    slicer.app.processEvents()
    yield stage
    stage.close()


class Mouse:
    """Events on one slice view, in pixels from its lower left corner; notes what Slicer's own interaction still gets."""

    def __init__(self, name: str = "Red") -> None:
        self.widget = slicer.app.layoutManager().sliceWidget(name)
        self.node = self.widget.sliceLogic().GetSliceNode()
        self.interactor = self.widget.sliceView().interactor()
        self.passed: List[str] = []
        for event in ("LeftButtonPressEvent", "MouseMoveEvent", "LeftButtonReleaseEvent", "RightButtonPressEvent",
                      "MiddleButtonPressEvent", "MouseWheelForwardEvent", "LeftButtonDoubleClickEvent"):
            self.interactor.AddObserver(event, lambda caller, name: self.passed.append(name), 0.0)

    def event(self, name: str, at: Tuple[int, int], shift: int = 0, control: int = 0) -> None:
        self.interactor.SetEventInformation(*at, control, shift)
        self.interactor.InvokeEvent(name)
        slicer.app.processEvents()

    def drag(self, path: Any, first: str = "LeftButtonPressEvent") -> None:
        self.event(first, path[0])
        for at in path[1:]:
            self.event("MouseMoveEvent", at)
        self.event("LeftButtonReleaseEvent", path[-1])

    def click(self, at: Tuple[int, int]) -> None:
        self.event("MouseMoveEvent", at)
        self.drag([at])

    def ras(self, *path: Any) -> np.ndarray:
        return np.array([self.node.GetXYToRAS().MultiplyPoint((*at, 0, 1))[:3] for at in path])

    def overlays(self) -> int:
        return self.widget.sliceView().renderWindow().GetRenderers().GetItemAsObject(0).GetActors2D().GetNumberOfItems()


def test_a_scribble_is_the_path_of_the_mouse_in_world_coordinates(stage: Stage) -> None:
    mouse = Mouse("Green")
    stage.ui.brushSlider.setValue(6)
    stage.key(Qt.Key_S)
    mouse.drag(PATH)
    name, points, radius, positive, node = stage.logic.calls[-1]
    assert (name, radius, positive) == ("addScribble", 3.0, True) and node is mouse.node
    assert np.allclose(points, mouse.ras(*PATH))
    assert np.ptp(np.array(points)[:, 1]) < 1e-9, "a coronal slice has one A"


def test_scribbles_on_an_oblique_zoomed_view_lie_on_its_slice(stage: Stage) -> None:
    mouse = Mouse("Yellow")
    mouse.node.SetSliceToRASByNTP(0, 0.6, 0.8, 1, 0, 0, 12, -7, 40, 0)
    mouse.node.SetFieldOfView(120, 90, 1)
    stage.key(Qt.Key_S)
    mouse.drag(PATH)
    points = np.array(stage.logic.calls[-1][1])
    to_ras = slicer.util.arrayFromVTKMatrix(mouse.node.GetSliceToRAS())
    assert np.allclose((points - to_ras[:3, 3]) @ to_ras[:3, 2], 0, atol=1e-9)
    assert np.linalg.norm(points[1] - points[0]) == pytest.approx(np.hypot(20, 20) * 120 / 400)


def test_a_dab_is_a_scribble_of_one_point(stage: Stage) -> None:
    mouse = Mouse()
    stage.key(Qt.Key_S)
    mouse.drag(PATH[:1])
    assert np.allclose(stage.logic.calls[-1][1], mouse.ras(PATH[0]))


def test_a_box_has_the_corners_of_the_drag_whichever_way_it_went(stage: Stage) -> None:
    mouse = Mouse()
    stage.key(Qt.Key_B)
    mouse.drag([(200, 60), (150, 100), (120, 140)])
    name, corners, node = stage.logic.calls[-1]
    assert name == "addBox" and node is mouse.node
    assert np.allclose(corners, mouse.ras((120, 60), (200, 60), (200, 140), (120, 140)))


def test_a_slip_of_the_hand_is_no_box_and_no_lasso(stage: Stage) -> None:
    mouse = Mouse()
    for key in (Qt.Key_B, Qt.Key_L):
        stage.key(key)
        mouse.drag([(100, 100), (101, 101)])
    assert stage.logic.calls == []


def test_a_lasso_takes_away_when_excluding(stage: Stage) -> None:
    mouse = Mouse()
    stage.key(Qt.Key_L)
    stage.key(Qt.Key_X)
    mouse.drag(PATH)
    name, points, positive, node = stage.logic.calls[-1]
    assert (name, positive) == ("addLasso", False) and np.allclose(points, mouse.ras(*PATH))


def test_slicer_does_not_see_the_strokes_but_sees_everything_else(stage: Stage) -> None:
    mouse = Mouse()
    stage.key(Qt.Key_S)
    mouse.drag(PATH)
    assert mouse.passed == []
    mouse.event("MouseMoveEvent", (10, 10))
    mouse.event("RightButtonPressEvent", (10, 10))
    mouse.event("MiddleButtonPressEvent", (10, 10))
    mouse.event("MouseWheelForwardEvent", (10, 10))
    mouse.event("LeftButtonPressEvent", (10, 10), shift=1)
    mouse.event("LeftButtonPressEvent", (10, 10), control=1)
    mouse.event("LeftButtonReleaseEvent", (10, 10))
    assert mouse.passed == ["MouseMoveEvent", "RightButtonPressEvent", "MiddleButtonPressEvent", "MouseWheelForwardEvent",
                            "LeftButtonPressEvent", "LeftButtonPressEvent", "LeftButtonReleaseEvent"]
    assert len(stage.logic.calls) == 1


def test_two_quick_strokes_are_two_strokes_and_no_double_click(stage: Stage) -> None:
    mouse = Mouse()
    stage.key(Qt.Key_S)
    mouse.drag(PATH)
    mouse.drag(PATH, first="LeftButtonDoubleClickEvent")
    assert [call[0] for call in stage.logic.calls] == ["addScribble"] * 2 and mouse.passed == []


def test_escape_gives_the_stroke_up_and_keeps_the_tool(stage: Stage) -> None:
    mouse = Mouse()
    stage.key(Qt.Key_S)
    mouse.event("LeftButtonPressEvent", PATH[0])
    mouse.event("MouseMoveEvent", PATH[1])
    stage.key(Qt.Key_Escape)
    mouse.event("LeftButtonReleaseEvent", PATH[1])
    assert stage.logic.calls == [] and stage.panel.tools.active == "scribble"


def test_a_slice_that_moves_under_the_pen_is_not_drawn_on(stage: Stage) -> None:
    mouse = Mouse()
    stage.key(Qt.Key_S)
    mouse.event("LeftButtonPressEvent", PATH[0])
    mouse.node.SetSliceOffset(mouse.node.GetSliceOffset() + 5)
    mouse.event("LeftButtonReleaseEvent", PATH[1])
    assert stage.logic.calls == []


def test_another_mouse_mode_puts_the_tool_away_and_has_the_left_button(stage: Stage) -> None:
    interaction = slicer.app.applicationLogic().GetInteractionNode()
    mouse = Mouse()
    for mode in (interaction.AdjustWindowLevel, interaction.Place):
        stage.key(Qt.Key_S)
        assert interaction.GetCurrentInteractionMode() == interaction.ViewTransform
        interaction.SetCurrentInteractionMode(mode)
        slicer.app.processEvents()
        assert stage.panel.tools.active == "" and not stage.ui.scribbleButton.checked
        mouse.drag(PATH)
        assert interaction.GetCurrentInteractionMode() == mode and stage.logic.calls == []
        assert "LeftButtonPressEvent" in mouse.passed


def test_the_preview_is_there_while_a_tool_is_in_hand_and_gone_after(stage: Stage) -> None:
    mouse = Mouse()
    before = mouse.overlays()
    stage.key(Qt.Key_S)
    assert mouse.overlays() == before + 2
    stage.key(Qt.Key_S)
    assert mouse.overlays() == before
    mouse.drag(PATH)
    assert len(mouse.passed) == 5, "no observer is left"


def test_the_cursor_is_a_cross_wherever_a_tool_in_hand_is_moved(stage: Stage) -> None:
    mouse = Mouse()
    cursor = lambda: mouse.widget.sliceView()._cursor.shape()  # noqa: E731
    stage.key(Qt.Key_S)
    assert cursor() == Qt.CrossCursor
    mouse.drag(PATH)
    mouse.event("MouseMoveEvent", (150, 120))
    assert cursor() == Qt.CrossCursor
    stage.key(Qt.Key_S)
    mouse.event("MouseMoveEvent", (160, 120))
    assert cursor() == Qt.ArrowCursor
    stage.key(Qt.Key_S)
    slicer.app.applicationLogic().GetInteractionNode().SwitchToSinglePlaceMode()
    # As Slicer's tool bar does in other modes than view transform.
    mouse.widget.sliceView().setDefaultViewCursor(QCursor(Qt.PointingHandCursor))
    slicer.app.processEvents()
    mouse.event("MouseMoveEvent", (150, 120))
    assert stage.panel.tools.active == "" and cursor() == Qt.PointingHandCursor


def test_points_come_from_place_mode_with_the_slice_that_was_clicked(stage: Stage) -> None:
    stage.key(Qt.Key_P)
    for name in ("Red", "Yellow", "Green"):
        mouse = Mouse(name)
        mouse.click((150, 120))
        call = stage.logic.calls[-1]
        assert call[0] == "addPoint" and call[2] is True and call[3] is mouse.node
        assert np.allclose(call[1], mouse.ras((150, 120))[0])
    assert len(stage.logic.calls) == 3 and stage.panel.tools.active == "point"


def test_a_point_where_slices_cross_belongs_to_the_view_under_the_mouse(stage: Stage) -> None:
    yellow = Mouse("Yellow")
    red = Mouse("Red")
    stage.key(Qt.Key_P)
    crossing = (200, 150)  # the middle of every view: all three slices go through it
    assert np.allclose(red.ras(crossing), yellow.ras(crossing))
    for mouse in (yellow, red):
        mouse.click(crossing)
        assert stage.logic.calls[-1][3] is mouse.node


def test_the_pen_stays_while_marks_of_its_points_are_made(stage: Stage) -> None:
    stage.key(Qt.Key_P)
    mouse = Mouse()
    volume = volume_node(np.zeros((10, 20, 30), np.int16), np.eye(4))
    marks = PromptMarks(new_segmentation(volume), volume)
    for number, at in enumerate([(150, 120), (160, 130)]):
        mouse.click(at)
        marks.add("One", Mark(str(number), "point", number == 0), np.array([stage.logic.calls[-1][1]]))
        slicer.app.processEvents()
    assert len(stage.logic.calls) == 2 and stage.panel.tools.active == "point"
    assert len(marks.of("One")) == 2


def test_the_pen_leaves_no_points_and_is_never_saved(stage: Stage) -> None:
    stage.key(Qt.Key_P)
    pens = slicer.util.getNodesByClass("vtkMRMLMarkupsFiducialNode")
    assert len(pens) == 1 and not pens[0].GetSaveWithScene() and pens[0].GetHideFromEditors()
    Mouse().click((150, 120))
    assert pens[0].GetNumberOfDefinedControlPoints() == 0
    stage.key(Qt.Key_P)
    assert slicer.util.getNodesByClass("vtkMRMLMarkupsFiducialNode") == []


def test_leaving_place_mode_puts_the_point_tool_away(stage: Stage) -> None:
    stage.key(Qt.Key_P)
    slicer.app.applicationLogic().GetInteractionNode().SwitchToViewTransformMode()
    slicer.app.processEvents()
    assert stage.panel.tools.active == "" and not stage.ui.pointButton.checked


def test_placing_another_markup_puts_the_point_tool_away_and_goes_on(stage: Stage) -> None:
    stage.key(Qt.Key_P)
    other = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLMarkupsFiducialNode", "Landmarks")
    selection = slicer.app.applicationLogic().GetSelectionNode()
    selection.SetActivePlaceNodeID(other.GetID())
    slicer.app.processEvents()
    interaction = slicer.app.applicationLogic().GetInteractionNode()
    assert stage.panel.tools.active == "" and interaction.GetCurrentInteractionMode() == interaction.Place
    Mouse().click((150, 120))
    assert other.GetNumberOfDefinedControlPoints() == 1 and stage.logic.calls == []


def test_a_box_in_space_is_adjusted_before_it_is_sent(stage: Stage) -> None:
    stage.logic.show(modelId="prism-3d")
    stage.key(Qt.Key_B)
    assert stage.ui.roiFrame.visible and not stage.ui.useBoxButton.enabled
    mouse = Mouse("Red")
    mouse.click((120, 80))
    mouse.click((180, 140))
    assert stage.ui.useBoxButton.enabled and stage.logic.calls == []
    roi = slicer.util.getNodesByClass("vtkMRMLMarkupsROINode")[0]
    assert min(roi.GetSize()) > 0
    roi.SetSize(60, 40, 20)
    stage.click(stage.ui.useBoxButton)
    name, corners = stage.logic.calls[-1]
    assert name == "addBox" and np.shape(corners) == (8, 3)
    assert sorted(np.ptp(np.array(corners), axis=0)) == pytest.approx([20, 40, 60])
    assert np.mean(corners, axis=0)[:2] == pytest.approx(mouse.ras((150, 110))[0][:2])
    assert slicer.util.getNodesByClass("vtkMRMLMarkupsROINode") == [] and stage.panel.tools.active == ""


def test_a_box_in_space_follows_the_axes_of_an_oblique_volume(stage: Stage) -> None:
    grid = rotation(20, 0, (5, -8, 3)) @ rotation(15, 2) @ np.diag((-1.0, -1.5, 2.0, 1.0))
    volume = volume_node(np.zeros((30, 60, 60), np.int16), grid, linear(rotation(30, 1)))
    stage.logic.show(modelId="prism-3d", volumeNode=volume)
    mouse = Mouse("Red")
    stage.key(Qt.Key_B)
    mouse.click((120, 80))
    mouse.click((180, 150))
    stage.click(stage.ui.useBoxButton)
    toIjk = np.linalg.inv(rotation(30, 1) @ grid)
    ijk = np.array(stage.logic.calls[-1][1]) @ toIjk[:3, :3].T + toIjk[:3, 3]
    assert all(len(np.unique(np.round(ijk[:, axis], 3))) == 2 for axis in range(3)), "the corners are no box of voxels"
    for clicked in mouse.ras((120, 80), (180, 150)):
        inside = toIjk[:3, :3] @ clicked + toIjk[:3, 3]
        assert (inside >= ijk.min(axis=0) - 1e-3).all() and (inside <= ijk.max(axis=0) + 1e-3).all()
    sides = np.sort(np.ptp(ijk, axis=0) * (1.0, 1.5, 2.0))
    assert sides[0] > 0.5 * sides[1], "it is as deep as it is wide"


def test_closing_the_scene_puts_every_tool_away(stage: Stage) -> None:
    stage.key(Qt.Key_P)
    slicer.mrmlScene.Clear(0)
    slicer.app.processEvents()
    assert stage.panel.tools.active == ""
    stage.key(Qt.Key_P)
    Mouse().click((150, 120))
    assert [call[0] for call in stage.logic.calls] == ["addPoint"]
