"""The panel's keys: what they do, when they are silent, and that they are gone when the module is left."""
from __future__ import annotations

from typing import Any, Iterator

import pytest
import qt
import slicer
from panel_stage import Stage, states
from PyQt5 import sip
from PyQt5.QtCore import Qt
from PyQt5.QtTest import QTest
from SegBridgePanel.shortcuts import KEYS

WORKING = states()["candidates"]


@pytest.fixture
def stage(scene: Any) -> Iterator[Stage]:
    stage = Stage()
    stage.logic.show(**WORKING)
    stage.window.setFocus()
    slicer.app.processEvents()
    yield stage
    stage.close()


@pytest.mark.parametrize("key, tool", [(Qt.Key_P, "point"), (Qt.Key_S, "scribble"), (Qt.Key_B, "box"), (Qt.Key_L, "lasso")])
def test_a_letter_takes_a_tool_and_puts_it_away(stage: Stage, key: Any, tool: str) -> None:
    stage.key(key)
    assert stage.panel.tools.active == tool
    stage.key(key)
    assert stage.panel.tools.active == ""


def test_the_box_key_takes_the_box_that_the_model_takes(stage: Stage) -> None:
    stage.logic.show(modelId="prism-3d")
    stage.key(Qt.Key_B)
    assert stage.panel.tools.active == "roi"


def test_a_tool_that_another_model_does_not_take_is_put_away(stage: Stage) -> None:
    stage.key(Qt.Key_L)
    stage.logic.show(modelId="prism-3d")
    assert stage.panel.tools.active == ""


@pytest.mark.parametrize("key, modifiers, call", [
    (Qt.Key_Z, Qt.ControlModifier, ("undo",)), (Qt.Key_Y, Qt.ControlModifier, ("redo",)),
    (Qt.Key_2, Qt.NoModifier, ("chooseCandidate", 1)), (Qt.Key_3, Qt.NoModifier, ("chooseCandidate", 2)),
    (Qt.Key_D, Qt.NoModifier, ("showDisagreement", True))])
def test_a_key_calls_the_logic(stage: Stage, key: Any, modifiers: Any, call: Any) -> None:
    stage.key(key, modifiers)
    assert stage.logic.calls == [call]


def test_x_turns_include_into_exclude(stage: Stage) -> None:
    stage.key(Qt.Key_X)
    assert not stage.panel.tools.positive and stage.ui.excludeButton.checked and not stage.ui.includeButton.checked


def test_return_predicts_only_what_was_collected(stage: Stage) -> None:
    stage.key(Qt.Key_Return)
    assert stage.logic.calls == []
    stage.logic.show(autoPredict=False)
    stage.key(Qt.Key_Return)
    assert stage.logic.calls[0][0] == "predict"


def test_escape_cancels_what_is_under_way_and_then_puts_the_tool_away(stage: Stage) -> None:
    stage.key(Qt.Key_S)
    stage.logic.show(work=states()["predicting"]["work"])
    stage.key(Qt.Key_Escape)
    assert stage.logic.calls == [("cancel",)] and stage.panel.tools.active == "scribble"
    stage.logic.show(work=WORKING["work"])
    stage.key(Qt.Key_Escape)
    assert stage.panel.tools.active == ""


def test_a_accepts_the_slice_under_the_mouse(stage: Stage) -> None:
    green = slicer.app.layoutManager().sliceWidget("Green").sliceLogic().GetSliceNode()
    slicer.util.getNode("Crosshair").SetCursorPositionXYZ([100, 100, 0], green)
    stage.key(Qt.Key_A)
    assert stage.logic.calls == [("acceptSlice", green)]


def test_keys_are_letters_while_text_is_typed(stage: Stage) -> None:
    stage.ui.serverGroup.setCollapsed(False)
    stage.logic.show(**states()["empty"], consent=False, server=states()["not-reachable"]["server"])
    stage.ui.addressEdit.setFocus()
    stage.ui.addressEdit.setText("")
    slicer.app.processEvents()
    QTest.keyClicks(stage.ui.addressEdit, "spx1")
    assert stage.ui.addressEdit.text == "spx1" and stage.panel.tools.active == "" and stage.panel.tools.positive


def test_leaving_the_module_takes_keys_tools_and_modes_away(stage: Stage) -> None:
    interaction = slicer.app.applicationLogic().GetInteractionNode()
    nodes = slicer.mrmlScene.GetNumberOfNodes()
    stage.key(Qt.Key_P)
    assert interaction.GetCurrentInteractionMode() == interaction.Place
    stage.panel.exit()
    slicer.app.processEvents()
    assert interaction.GetCurrentInteractionMode() == interaction.ViewTransform
    assert slicer.mrmlScene.GetNumberOfNodes() == nodes
    assert not stage.window.findChildren(qt.QShortcut)
    stage.key(Qt.Key_S)
    assert stage.panel.tools.active == ""


def test_the_panel_borrows_the_keys_of_menu_entries(stage: Stage) -> None:
    triggered = []
    menu = slicer.util.mainWindow().menuBar().addMenu("Edit")
    menu.setObjectName("EditMenu")
    undo, copy = menu.addAction("Undo"), menu.addAction("Copy")
    stage.panel.exit()
    for entry, key in ((undo, "Ctrl+Z"), (copy, "Ctrl+C")):
        entry.setShortcut(qt.QKeySequence(key))
        entry.connect("triggered()", lambda key=key: triggered.append(key))
    stage.panel.enter()
    for _press in range(3):
        stage.key(Qt.Key_Z, Qt.ControlModifier)
    assert stage.logic.calls == [("undo",)] * 3 and not triggered
    stage.key(Qt.Key_C, Qt.ControlModifier)
    stage.panel.exit()
    stage.key(Qt.Key_Z, Qt.ControlModifier)
    assert triggered == ["Ctrl+C", "Ctrl+Z"] and len(stage.logic.calls) == 3
    menu.deleteLater()


def test_keys_that_went_with_the_window_are_let_go(stage: Stage) -> None:
    for shortcut in stage.window.findChildren(qt.QShortcut):
        sip.delete(shortcut)
    stage.panel.exit()
    assert not stage.panel._shortcuts._shortcuts


def test_every_key_is_in_a_tool_tip(stage: Stage) -> None:
    tips = " ".join(child.property("toolTip") for child in stage.widget.findChildren(qt.QWidget))
    silent = [key for key, _action, _elsewhere in KEYS if f"[{key}]" not in tips]
    assert silent == ["Enter"], "the other Return"
