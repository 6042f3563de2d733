"""The panel over the real logic and a real server: from the address to a corrected mask, by clicks and keys alone."""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Iterator

import numpy as np
import pytest
import qt
import slicer
from end_to_end import COMMAND, run_segbridge
from loop_stage import Case, along, settled
from panel_stage import Stage
from PyQt5.QtCore import Qt
from PyQt5.QtTest import QTest
from relay import Relay
from SegBridgeLoop.logic import SegBridgeLogic
from SegBridgeLoop.state import ServerPhase, WorkPhase
from test_panel_drawing import Mouse
from test_panel_groups import plain


@pytest.fixture
def stage(scene: Any) -> Iterator[Stage]:
    logic = SegBridgeLogic()
    stage = Stage(logic)
    yield stage
    stage.close()
    logic.cleanup()


def connect(stage: Stage, address: str) -> None:
    stage.ui.addressEdit.setFocus()
    stage.ui.addressEdit.setText(address)
    QTest.keyClick(stage.ui.addressEdit, Qt.Key_Return)
    settled(stage.logic)
    stage.window.setFocus()


def pixel(mouse: Mouse, ras: np.ndarray) -> Any:
    """The pixel of a view nearest to a world point."""
    to_xy = np.linalg.inv(slicer.util.arrayFromVTKMatrix(mouse.node.GetXYToRAS()))
    x, y = (to_xy @ [*ras, 1])[:2]
    return int(round(x)), int(round(y))


def shown(case: Case) -> Mouse:
    """The red view, on the slice through the middle of the object."""
    red = Mouse("Red")
    red.widget.sliceLogic().GetSliceCompositeNode().SetBackgroundVolumeID(case.volume.GetID())
    red.node.GetSliceToRAS().DeepCopy(slicer.util.vtkMatrixFromArray(along(case.ijk_to_world, "ij", case.middle)))
    red.node.SetFieldOfView(120, 90, 1)
    red.node.UpdateMatrices()
    return red


def test_from_the_address_to_a_corrected_mask_by_clicks_and_keys(stage: Stage, server: Any, pump: Any, screenshot: Any) -> None:
    ui, logic = stage.ui, stage.logic
    case = Case()
    connect(stage, server.ready["http"])
    assert "Reachable" in plain(ui.serverStateLabel)
    ui.volumeSelector.setCurrentNode(case.volume)
    slicer.app.processEvents()
    assert plain(ui.statusLabel).startswith("Allow sending")
    assert logic.traffic.bytes_sent < 1000 and not ui.pointButton.enabled
    stage.click(ui.allowButton)
    stage.click(ui.addSegmentButton)
    settled(logic)
    assert ui.modelCombo.currentText == logic.server.models[0].title and logic.server.models[0].dimension == 2
    assert ui.serverGroup.collapsed and ui.pointButton.enabled

    red = shown(case)
    centre = pixel(red, case.ras(case.middle))
    stage.key(Qt.Key_P)
    red.click(centre)
    assert logic.work.phase is WorkPhase.PREDICTING
    settled(logic)
    assert "ml" in ui.resultLabel.text and ui.undoButton.enabled
    first = slicer.util.arrayFromSegmentBinaryLabelmap(logic.segmentationNode, logic.segmentId, case.volume).copy()
    assert first[case.middle[::-1]], "the mask is where the click was"

    stage.key(Qt.Key_S)
    red.drag([(centre[0] + step, centre[1]) for step in range(-6, 7, 3)])
    settled(logic)
    assert ui.historyCombo.currentIndex == 2
    screenshot(stage.widget, "panel-real-server")
    stage.click(ui.undoButton)
    settled(logic)
    assert ui.historyCombo.currentIndex == 1 and ui.redoButton.enabled
    now = slicer.util.arrayFromSegmentBinaryLabelmap(logic.segmentationNode, logic.segmentId, case.volume)
    assert np.array_equal(now, first)
    stage.key(Qt.Key_Y, Qt.ControlModifier)
    settled(logic)
    assert ui.historyCombo.currentIndex == 2
    assert "sent" in ui.footerLabel.text.lower() and "step" in ui.footerLabel.text


def test_choosing_another_candidate_changes_the_mask(stage: Stage, server: Any, screenshot: Any) -> None:
    ui, logic = stage.ui, stage.logic
    case = Case()
    connect(stage, server.ready["http"])
    logic.giveConsent()
    ui.volumeSelector.setCurrentNode(case.volume)
    stage.click(ui.addSegmentButton)
    settled(logic)
    row = next(n for n, model in enumerate(logic.server.models) if model.candidates > 1)
    ui.modelCombo.setFocus()
    for _ in range(row):
        QTest.keyClick(ui.modelCombo, Qt.Key_Down)
    stage.window.setFocus()
    red = shown(case)
    stage.key(Qt.Key_P)
    red.click(pixel(red, case.ras(case.middle)))
    settled(logic)
    assert ui.candidateStrip.visible and len(logic.step.candidates) >= 2
    screenshot(stage.widget, "panel-real-candidates")
    before = case.mask(logic)
    chosen = [candidate.chosen for candidate in logic.step.candidates].index(True)
    other = 1 if chosen == 0 else 0
    stage.key((Qt.Key_1, Qt.Key_2)[other])
    settled(logic)
    assert [candidate.chosen for candidate in logic.step.candidates].index(True) == other
    assert stage.widget.findChild(qt.QToolButton, f"candidateButton{other + 1}").text.startswith("✓")
    assert not np.array_equal(case.mask(logic), before)


def test_a_finished_slice_goes_into_a_task_and_on_through_its_neighbours(
    stage: Stage, task_server: Any, screenshot: Any, pump: Any
) -> None:
    ui, logic = stage.ui, stage.logic
    case = Case()
    connect(stage, task_server.ready["http"])
    logic.giveConsent()
    ui.volumeSelector.setCurrentNode(case.volume)
    stage.click(ui.addSegmentButton)
    settled(logic)
    red = shown(case)
    stage.key(Qt.Key_P)
    red.click(pixel(red, case.ras(case.middle)))
    settled(logic)

    ui.tasksGroup.setCollapsed(False)
    slicer.app.processEvents()
    stage.click(ui.newTaskButton)
    QTest.keyClicks(ui.taskNameEdit, "Tumours")
    QTest.keyClick(ui.taskNameEdit, Qt.Key_Return)
    pump(lambda: ui.taskCombo.currentText == "Tumours (0)")
    settled(logic)
    stage.click(ui.addExampleButton)
    pump(lambda: ui.examplesList.count == 1)
    settled(logic)
    assert ui.taskCombo.currentText == "Tumours (1)"

    ui.propagationGroup.setCollapsed(False)
    ui.backwardSpinBox.setValue(1)
    ui.forwardSpinBox.setValue(2)
    ui.stopBelowSpinBox.setValue(30)
    slicer.app.processEvents()
    stage.window.setFocus()
    stage.click(ui.acceptSliceButton)
    settled(logic)
    stage.click(ui.propagateButton)
    assert logic.work.phase is WorkPhase.PROPAGATING and ui.propagateButton.text == "Stop"
    settled(logic)
    screenshot(stage.widget, "panel-real-tasks")
    k = case.middle[2]
    filled = np.flatnonzero(case.mask(logic).any(axis=(1, 2)))
    assert k in filled and len(filled) > 1 and set(filled) <= {k - 1, k, k + 1, k + 2}
    logic.removeTask(logic.taskId)
    settled(logic)


def test_the_work_goes_on_when_the_server_comes_back(stage: Stage, start_server: Any, pump: Any, screenshot: Any) -> None:
    ui, logic = stage.ui, stage.logic
    case = Case()
    server = start_server()
    relay = Relay(server.ready["http"])
    connect(stage, relay.address)
    logic.giveConsent()
    ui.volumeSelector.setCurrentNode(case.volume)
    stage.click(ui.addSegmentButton)
    settled(logic)
    red = shown(case)
    stage.key(Qt.Key_P)
    server.kill()
    relay.target = None
    relay.cut()
    red.click(pixel(red, case.ras(case.middle)))
    pump(lambda: logic.server.phase is ServerPhase.LOST)
    assert "trying again" in plain(ui.statusLabel) and "lost" in ui.serverGroup.text and ui.pointButton.enabled
    screenshot(stage.widget, "panel-real-lost")
    relay.target = start_server().ready["http"]
    settled(logic)
    relay.close()
    assert logic.server.phase is ServerPhase.READY and case.mask(logic).any(), "the click was not lost"


def test_a_refused_key_is_asked_for_where_it_is_entered(stage: Stage, start_server: Any, tmp_path: Path) -> None:
    made = run_segbridge("keys", "add", "--file", str(tmp_path / "keys.txt"), "--name", "anna", "--json")
    server = start_server("--key-file", str(tmp_path / "keys.txt"))
    connect(stage, server.ready["http"])
    assert stage.logic.server.phase is ServerPhase.REFUSED
    assert not stage.ui.serverGroup.collapsed and "key" in plain(stage.ui.statusLabel)
    assert stage.ui.keyEdit.visible
    stage.ui.keyEdit.setFocus()
    QTest.keyClicks(stage.ui.keyEdit, json.loads(made.stdout)["key"])
    QTest.keyClick(stage.ui.keyEdit, Qt.Key_Return)
    settled(stage.logic)
    assert stage.logic.server.phase is ServerPhase.READY


def test_a_server_on_this_computer_is_started_connected_and_stopped(stage: Stage, pump: Any) -> None:
    ui = stage.ui
    ui.localServerGroup.setCollapsed(False)
    slicer.app.processEvents()
    stage.click(ui.startServerButton)
    pump(lambda: stage.logic.localServer.lines or stage.logic.localServer.running)
    assert stage.logic.localServer.running or "No segbridge program was found" in ui.serverLogView.plainText
    if not stage.logic.localServer.running:
        ui.programPathEdit.setCurrentPath(COMMAND[-1])
        stage.click(ui.startServerButton)
    pump(lambda: stage.logic.server.phase is ServerPhase.READY, 60)
    assert "127.0.0.1" in ui.addressEdit.text and "ready at" in ui.serverLogView.plainText
    assert "do not leave it" in ui.consentLabel.text and ui.consentFrame.visible
    assert stage.logic.settings.address == "", "a port that is gone next time is not worth remembering"
    stage.click(ui.startServerButton)
    pump(lambda: ui.startServerButton.text == "Start a server on this computer")
    assert not stage.logic.localServer.running


def test_no_server_there_is_said_at_once(stage: Stage) -> None:
    connect(stage, "http://127.0.0.1:9")
    assert stage.logic.server.phase is ServerPhase.FAILED
    assert "reached" in plain(stage.ui.serverStateLabel) and stage.ui.connectButton.text == "Connect"
