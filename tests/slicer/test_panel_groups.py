"""The panel over a staged logic: what every state looks like in words, and what a click calls."""
from __future__ import annotations

from typing import Any, Iterator

import numpy as np
import panel_stage
import pytest
import qt
import slicer
from panel_stage import HISTORY, READY, STEP, TASKS, Stage, candidates, states
from PyQt5.QtCore import Qt
from PyQt5.QtTest import QTest
from SegBridgeLoop.state import HistoryEntry, ServerPhase, ServerState, What, WorkPhase, WorkState

WORKING = states()["candidates"]


@pytest.fixture
def stage(scene: Any) -> Iterator[Stage]:
    stage = Stage()
    yield stage
    stage.close()


def plain(label: Any) -> str:
    return label.text.partition("</span>")[2].strip() or label.text


@pytest.mark.parametrize("name", list(states()))
def test_every_state_says_in_one_line_what_to_do(stage: Stage, name: str) -> None:
    state = states()[name]
    stage.logic.show(**state)
    line = plain(stage.ui.statusLabel)
    assert line and "\n" not in line
    message = state.get("message")
    if message is not None:
        assert line.startswith(message.text.split("'")[0])


@pytest.mark.parametrize("name", list(states()))
def test_no_state_makes_the_panel_wider_than_a_module_panel_is(stage: Stage, name: str) -> None:
    stage.logic.show(**states()[name])
    slicer.app.processEvents()
    letter = stage.widget.fontMetrics().averageCharWidth()
    assert stage.widget.minimumSizeHint.width() <= 56 * letter, f"{stage.widget.minimumSizeHint.width() / letter} letters"


@pytest.mark.parametrize("name", ["consent-remote", "tasks", "out-of-memory"])
def test_nothing_is_drawn_over_anything_else_in_the_least_height(stage: Stage, name: str) -> None:
    stage.logic.show(**states()[name])
    for group in (stage.ui.propagationGroup, stage.ui.tasksGroup, stage.ui.serverGroup):
        group.setCollapsed(False)
    stage.window.resize(300, 100)
    slicer.app.processEvents()
    stage.logic.show()
    QTest.qWait(50)
    stage.panel.tools.choose("roi")  # shows a row without any news from the logic
    slicer.app.processEvents()
    assert not stage.widget.layout().hasHeightForWidth()
    for group in (stage.ui.serverGroup, stage.ui.workGroup, stage.ui.promptsGroup, stage.ui.resultGroup, stage.ui.tasksGroup):
        parts = [child for child in group.children() if child.isWidgetType() and child.visible]
        for one in parts:
            assert one.height >= one.minimumSizeHint.height() and one.height >= one.minimumHeight, one.objectName
            for other in parts:
                assert one is other or not one.geometry.intersects(other.geometry), (one.objectName, other.objectName)


def test_connect_takes_the_address_that_is_typed(stage: Stage) -> None:
    QTest.keyClicks(stage.ui.addressEdit, "box.hospital.org:8443")
    stage.click(stage.ui.connectButton)
    assert stage.logic.calls[-1] == ("connectServer", "box.hospital.org:8443", "", "")


def test_return_in_the_address_connects_to_the_suggested_server(stage: Stage) -> None:
    stage.ui.addressEdit.setFocus()
    QTest.keyClick(stage.ui.addressEdit, Qt.Key_Return)
    assert stage.logic.calls == [("connectServer", "http://127.0.0.1:8711", "", "")]


def test_connect_becomes_disconnect(stage: Stage) -> None:
    stage.logic.show(server=READY)
    assert stage.ui.connectButton.text == "Disconnect" and stage.ui.addressEdit.readOnly
    stage.click(stage.ui.connectButton)
    assert stage.logic.calls == [("disconnectServer",)]


def test_sending_is_asked_for_with_the_name_of_the_server_and_can_be_withdrawn(stage: Stage) -> None:
    stage.logic.show(**states()["consent-remote"])
    assert "segment.hospital.org" in stage.ui.consentLabel.text and "segment.hospital" in stage.ui.allowButton.text
    assert not stage.ui.pointButton.enabled
    stage.click(stage.ui.allowButton)
    assert stage.logic.calls == [("giveConsent",)]
    stage.logic.show(**WORKING)
    assert stage.ui.serverGroup.collapsed
    stage.ui.serverGroup.setCollapsed(False)
    slicer.app.processEvents()
    assert not stage.ui.consentFrame.visible and "3.2 MB" in stage.ui.sendingLabel.text and "157 MB" in stage.ui.sendingLabel.text
    stage.click(stage.ui.withdrawButton)
    assert stage.logic.calls[-1] == ("withdrawConsent",)


def test_the_server_group_opens_by_itself_when_the_key_is_refused(stage: Stage) -> None:
    stage.logic.show(**WORKING)
    assert stage.ui.serverGroup.collapsed
    stage.logic.show(server=ServerState(ServerPhase.REFUSED, READY.address))
    assert not stage.ui.serverGroup.collapsed and "key" in plain(stage.ui.serverStateLabel)


def test_key_and_certificate_stay_hidden_after_folding_while_connected(stage: Stage) -> None:
    stage.logic.show(server=READY)
    stage.ui.serverGroup.setCollapsed(True)
    stage.ui.serverGroup.setCollapsed(False)
    assert not stage.ui.accessGroup.visible


def test_the_server_on_this_computer_is_connected_to_when_it_is_ready(stage: Stage, pump: Any) -> None:
    stage.ui.localServerGroup.setCollapsed(False)
    slicer.app.processEvents()
    stage.click(stage.ui.startServerButton)
    pump(lambda: stage.logic.calls)
    assert stage.logic.calls == [("connectServer", "http://127.0.0.1:41234", "", "")]
    assert "ready" in stage.ui.serverLogView.plainText and stage.ui.startServerButton.text == "Stop the server"
    stage.click(stage.ui.startServerButton)
    assert not stage.logic.localServer.running


def test_tools_follow_what_the_model_takes(stage: Stage) -> None:
    def enabled() -> str:
        ui = stage.ui
        return " ".join(button.text for button in (ui.pointButton, ui.scribbleButton, ui.boxButton, ui.roiButton, ui.lassoButton)
                        if button.enabled)

    stage.logic.show(**WORKING)
    assert enabled() == "Point Scribble Box Lasso"
    stage.logic.show(modelId="prism-3d")
    assert enabled() == "Point Scribble 3D box"
    assert "Not with this model" in stage.ui.lassoButton.toolTip and "Not with" not in stage.ui.pointButton.toolTip
    assert "whole\u00a0volume" in stage.ui.modelLabel.text
    stage.logic.show(work=WorkState(WorkPhase.CONSENT_NEEDED))
    assert enabled() == ""


def test_choosing_a_model_tells_the_logic(stage: Stage) -> None:
    stage.logic.show(**WORKING)
    assert "not available" in stage.ui.modelCombo.itemText(3)
    stage.ui.modelCombo.setFocus()
    QTest.keyClick(stage.ui.modelCombo, Qt.Key_Down)
    assert stage.logic.calls == [("setModel", "context-2d")]


def test_volumes_and_segments_of_the_scene_are_chosen_in_the_panel(stage: Stage) -> None:
    volume = slicer.util.addVolumeFromArray(np.zeros((2, 3, 4), np.int16), None, "CT")
    stage.ui.volumeSelector.setCurrentNode(volume)
    assert stage.logic.calls == [("setVolume", volume)]
    segmentation = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Seg")
    segmentation.CreateDefaultDisplayNodes()
    first, second = (segmentation.GetSegmentation().AddEmptySegment("", name, (1, 0, 0)) for name in ("One", "Two"))
    stage.logic.calls.clear()
    stage.logic.show(volumeNode=volume, segmentationNode=segmentation, segmentId=first)
    assert stage.logic.calls == [], "showing what the logic says is no choice of the user"
    assert stage.ui.segmentationSelector.currentNode() is segmentation
    assert list(stage.ui.segmentsTable.selectedSegmentIDs()) == [first]
    stage.ui.segmentsTable.setSelectedSegmentIDs([second])
    assert stage.logic.calls == [("setSegment", second)]
    stage.click(stage.ui.addSegmentButton)
    assert stage.logic.calls[-1] == ("addSegment",)


def test_a_volume_that_is_chosen_is_shown_in_the_views(stage: Stage) -> None:
    one, two = (slicer.util.addVolumeFromArray(np.zeros((2, 3, 4), np.int16), None, name) for name in ("One", "Two"))
    layers = [slicer.app.layoutManager().sliceWidget(name).sliceLogic().GetSliceCompositeNode()
              for name in slicer.app.layoutManager().sliceViewNames()]
    slicer.util.setSliceViewerLayers(background=one, foreground=None)
    stage.ui.volumeSelector.setCurrentNode(two)
    assert {layer.GetBackgroundVolumeID() for layer in layers} == {two.GetID()}
    # One that is seen already, as a fusion of two, stays as the user arranged it.
    slicer.util.setSliceViewerLayers(background=two, foreground=one, foregroundOpacity=0.5)
    stage.ui.volumeSelector.setCurrentNode(one)
    assert {layer.GetBackgroundVolumeID() for layer in layers} == {two.GetID()}
    slicer.util.setSliceViewerLayers(foreground=None)
    stage.ui.volumeSelector.setCurrentNode(None)


def test_without_a_volume_the_one_that_is_shown_is_taken_on_entering(stage: Stage) -> None:
    shown = slicer.util.addVolumeFromArray(np.zeros((4, 5, 6), np.int16))
    stage.panel.exit()
    stage.panel.enter()
    assert not stage.logic.calls, "it is in the scene, but not shown"
    slicer.util.setSliceViewerLayers(background=shown)
    stage.panel.exit()
    stage.panel.enter()
    assert stage.logic.calls == [("setVolume", shown)]
    stage.logic.calls.clear()
    stage.logic.volumeNode = slicer.util.addVolumeFromArray(np.zeros((4, 5, 6), np.int16))
    stage.panel.exit()
    stage.panel.enter()
    labels = slicer.util.addVolumeFromArray(np.zeros((4, 5, 6), np.int16), nodeClassName="vtkMRMLLabelMapVolumeNode")
    slicer.util.setSliceViewerLayers(background=labels)
    stage.logic.volumeNode = None
    stage.panel.exit()
    stage.panel.enter()
    assert not stage.logic.calls


def test_predict_is_offered_when_prompts_are_collected(stage: Stage) -> None:
    stage.logic.show(**WORKING)
    assert not stage.ui.predictButton.enabled
    stage.click(stage.ui.autoPredictCheckBox)
    assert stage.logic.autoPredict is False and stage.ui.predictButton.enabled
    stage.click(stage.ui.predictButton)
    assert stage.logic.calls[-1][0] == "predict"


def test_candidates_are_pictures_that_can_be_chosen(stage: Stage) -> None:
    stage.logic.show(**WORKING)
    slicer.app.processEvents()
    buttons = [stage.widget.findChild(qt.QToolButton, f"candidateButton{n}") for n in (1, 2, 3)]
    assert [button.checked for button in buttons] == [True, False, False]
    assert "87 %" in buttons[1].text and "21.1 ml" in buttons[1].text
    stage.click(buttons[1])
    assert stage.logic.calls == [("chooseCandidate", 1)]
    assert [button.checked for button in buttons] == [True, False, False], "only the logic says which one is chosen"
    stage.logic.show(step=panel_stage.replace(STEP, candidates=candidates(1)))
    assert [button.checked for button in buttons] == [False, True, False]
    stage.logic.show(step=panel_stage.replace(STEP, candidates=()))
    assert not stage.ui.candidateStrip.visible and not stage.ui.disagreementCheckBox.enabled


def test_a_thumbnail_keeps_its_pixels(stage: Stage) -> None:
    from SegBridgePanel.thumbnails import pixmapOf, pngOf

    rgb = np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3) * 2
    image = pixmapOf(pngOf(rgb)).toImage()
    assert (image.width(), image.height()) == (7, 5)
    shown = [[qt.QColor(image.pixel(x, y)).getRgb()[:3] for x in range(7)] for y in range(5)]
    assert np.array_equal(np.array(shown), rgb)


def test_history_goes_to_any_step(stage: Stage) -> None:
    stage.logic.show(**WORKING)
    combo = stage.ui.historyCombo
    assert [combo.itemText(row) for row in range(combo.count)] == [
        "Before the first step", "1  point +", "2  scribble +", "3  scribble −", "4  candidate 2"]
    assert combo.currentIndex == 3
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key_Up)
    assert stage.logic.calls == [("goToStep", 2)]
    for button, call in ((stage.ui.undoButton, "undo"), (stage.ui.redoButton, "redo"), (stage.ui.resetButton, "reset")):
        stage.click(button)
        assert stage.logic.calls[-1] == (call,)
    stage.logic.show(history=HISTORY[:2])
    assert not stage.ui.redoButton.enabled


def test_the_next_click_moves_the_slices_there(stage: Stage) -> None:
    stage.logic.show(**WORKING)
    assert "34 %" in stage.ui.nextClickButton.text
    stage.click(stage.ui.nextClickButton)
    offsets = {name: slicer.app.layoutManager().sliceWidget(name).sliceLogic().GetSliceNode().GetSliceOffset()
               for name in ("Red", "Yellow", "Green")}
    assert offsets == pytest.approx({"Red": 30, "Yellow": 10, "Green": -4})


def test_propagation_goes_from_the_slice_that_is_shown(stage: Stage) -> None:
    volume = slicer.util.addVolumeFromArray(np.zeros((20, 8, 8), np.int16), slicer.util.vtkMatrixFromArray(np.diag([1, 1, 2.5, 1])), "CT")
    red = slicer.app.layoutManager().sliceWidget("Red").sliceLogic()
    red.GetSliceCompositeNode().SetBackgroundVolumeID(volume.GetID())
    red.SetSliceOffset(20)
    stage.logic.show(**WORKING)
    stage.ui.propagationGroup.setCollapsed(False)
    stage.ui.propagationViewCombo.setCurrentIndex(stage.ui.propagationViewCombo.findText("Red"))
    stage.ui.backwardSpinBox.setValue(2)
    stage.ui.forwardSpinBox.setValue(4)
    slicer.app.processEvents()
    stage.click(stage.ui.propagateButton)
    assert stage.logic.calls == [("propagate", red.GetSliceNode(), pytest.approx(15), pytest.approx(30), 0.8)]
    stage.logic.show(work=WorkState(WorkPhase.PROPAGATING, "s", "Slice 2 of 7", 2 / 7))
    assert stage.ui.progressBar.value == int(1000 * 2 / 7)
    stage.click(stage.ui.propagateButton)
    stage.click(stage.ui.cancelButton)
    assert stage.logic.calls[1:] == [("cancelPropagation",), ("cancel",)]


def test_a_slice_is_accepted_and_opened_again(stage: Stage) -> None:
    stage.logic.show(**WORKING)
    stage.ui.propagationGroup.setCollapsed(False)
    green = slicer.app.layoutManager().sliceWidget("Green").sliceLogic().GetSliceNode()
    stage.ui.propagationViewCombo.setCurrentIndex(stage.ui.propagationViewCombo.findText("Green"))
    slicer.app.processEvents()
    stage.click(stage.ui.acceptSliceButton)
    stage.click(stage.ui.reopenSliceButton)
    assert stage.logic.calls == [("acceptSlice", green), ("acceptSlice", green, False)]


def test_a_task_is_named_without_a_dialog(stage: Stage) -> None:
    stage.logic.show(**states()["tasks"])
    stage.ui.tasksGroup.setCollapsed(False)
    slicer.app.processEvents()
    assert stage.logic.calls == [("refreshTasks",)] and not stage.ui.taskNameRow.visible
    stage.click(stage.ui.renameTaskButton)
    assert stage.ui.taskNameRow.visible and stage.ui.taskNameEdit.text == TASKS[0].name
    QTest.keyClicks(stage.ui.taskNameEdit, "Spleen")
    QTest.keyClick(stage.ui.taskNameEdit, Qt.Key_Return)
    assert stage.logic.calls[-1] == ("renameTask", "t1", "Spleen") and not stage.ui.taskNameRow.visible
    stage.click(stage.ui.newTaskButton)
    QTest.keyClicks(stage.ui.taskNameEdit, "Pancreas")
    stage.click(stage.ui.taskNameButton)
    assert stage.logic.calls[-1] == ("createTask", "Pancreas")


def test_examples_are_added_and_removed(stage: Stage) -> None:
    stage.logic.show(**states()["tasks"])
    stage.ui.tasksGroup.setCollapsed(False)
    slicer.app.processEvents()
    assert stage.ui.examplesList.count == 4 and not stage.ui.removeExampleButton.enabled
    stage.ui.examplesList.setCurrentRow(2)
    stage.click(stage.ui.removeExampleButton)
    assert stage.logic.calls[-1] == ("removeExample", "e2")
    stage.click(stage.ui.addExampleButton)
    assert stage.logic.calls[-1][0] == "addCurrentToTask" and stage.logic.calls[-1][1] is not None
    stage.logic.show(taskId="t2")
    assert not stage.ui.addExampleButton.enabled and "someone else" in stage.ui.tasksLabel.text


def test_good_news_gives_way_to_what_is_next_but_an_error_stays(stage: Stage, pump: Any) -> None:
    from SegBridgeLoop.state import Message, Severity

    stage.panel._status._timer.setInterval(50)
    stage.logic.show(**{**WORKING, "message": Message(Severity.INFO, "7 slices filled.", "propagated")})
    assert plain(stage.ui.statusLabel) == "7 slices filled."
    pump(lambda: plain(stage.ui.statusLabel) == "Choose the volume to segment.")
    stage.logic.show(message=Message(Severity.ERROR, "The server is busy.", "server-busy"))
    QTest.qWait(120)
    assert plain(stage.ui.statusLabel) == "The server is busy."


def test_predict_can_be_pressed_when_the_message_says_so(stage: Stage) -> None:
    stage.logic.show(**states()["server-busy"])
    assert "press Predict" in plain(stage.ui.statusLabel)
    stage.click(stage.ui.predictButton)
    assert [call[0] for call in stage.logic.calls] == ["predict"]


def test_what_a_step_brings_is_shown_once(stage: Stage, monkeypatch: Any) -> None:
    shown = []
    for group in stage.panel._groups:
        render = group.render
        monkeypatch.setattr(group, "render", lambda name=type(group).__name__, render=render: (shown.append(name), render()))
    for what in (What.STEP, What.HISTORY, What.SEGMENTS, What.TRAFFIC, What.WORK):
        stage.panel._newsOf(what)
    assert shown == []
    slicer.app.processEvents()
    assert sorted(shown) == sorted(set(shown)) and {"HistoryGroup", "CandidateStrip", "StatusLine"} < set(shown)


def test_steps_are_shown_as_they_come_go_and_come_back(stage: Stage) -> None:
    combo = stage.ui.historyCombo

    def rows() -> Any:
        return [(combo.itemText(row), combo.itemData(row, qt.Qt.ForegroundRole) is not None) for row in range(1, combo.count)]

    for current, undone, texts in ((1, 0, ["point +"]), (3, 0, ["point +", "scribble +", "box"]), (1, 2, ["point +", "scribble +", "box"]),
                                   (2, 0, ["point +", "lasso -"]), (0, 2, ["point +", "lasso -"]), (0, 0, [])):
        stage.logic.show(history=tuple(
            HistoryEntry(step, text, step == current, step > current) for step, text in enumerate(texts, 1)))
        assert rows() == [(f"{step}  {text.replace('-', '−')}", step > current) for step, text in enumerate(texts, 1)]
        assert combo.currentIndex == current
