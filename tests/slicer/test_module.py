"""SegBridge.py: what Slicer finds in it, what it shows when something goes wrong, and loading it again."""
from __future__ import annotations

import importlib
import sys
from typing import Any, Iterator

import numpy as np
import pytest
import qt
import silent_errors
import slicer
from conftest import EXTENSION
from slicer.application import loading


@pytest.fixture
def module(scene: Any) -> Iterator[Any]:
    yield loading.load_scripted_module(str(EXTENSION / "SegBridge" / "SegBridge.py"))
    loading.unload("SegBridge")
    slicer.modules.__dict__.pop("sampleDataSources", None)


def test_the_module_describes_itself(module):
    assert module.title == "SegBridge"
    assert module.categories == ["Segmentation"]
    assert module.contributors and module.helpText and module.acknowledgementText
    assert not module.icon.isNull()


def test_loading_shows_no_widget_and_touches_no_scene(module):
    assert not hasattr(slicer.modules, "SegBridgeWidget")
    assert slicer.util.getNodesByClass("vtkMRMLScriptedModuleNode") == []


def test_the_phantom_is_registered_once_and_needs_no_network(module):
    loading.start_up()
    slicer.modules.SegBridgeInstance.registerSampleData()
    [source] = slicer.modules.sampleDataSources["SegBridge"]
    assert source.sampleName == "SegBridgePhantom"
    assert open(source.thumbnailFileName, "rb").read(4) == b"\x89PNG"
    node = source.customDownloader(source)
    assert node.GetName() == "SegBridgePhantom"
    assert slicer.util.arrayFromVolume(node).shape == (40, 128, 128)
    assert node.GetScalarVolumeDisplayNode().GetWindow() == 260


def test_a_module_that_is_loaded_while_slicer_runs_brings_sample_and_effect_at_once(scene, pump, monkeypatch):
    from slicer.editor import effect_host

    names = ("SegBridge", "SegmentEditorSegBridge")
    for name in names:
        loading.load_scripted_module(str(EXTENSION / name / f"{name}.py"))
    try:
        pump(lambda: effect_host.registered and "sampleDataSources" in vars(slicer.modules))
        loading.start_up()
        assert len(effect_host.registered) == len(slicer.modules.sampleDataSources["SegBridge"]) == 1
        slicer.modules.__dict__.pop("sampleDataSources")
        monkeypatch.delitem(vars(slicer.modules), "sampledata")
        slicer.modules.SegBridgeInstance.registerSampleData()
        assert "sampleDataSources" not in vars(slicer.modules), "Slicer was forestalled in loading Sample Data"
    finally:
        for name in names:
            loading.unload(name)
        effect_host.registered.clear()


def test_the_panel_has_the_logic_that_effect_and_scripts_share(module):
    widget = slicer.util.getModuleWidget("SegBridge")
    from SegBridgeLoop.shared import sharedLogic

    assert widget.logic is sharedLogic()
    assert slicer.util.getModuleLogic("SegBridge") is widget.logic
    assert type(widget.logic) is sys.modules["SegBridge"].SegBridgeLogic


def test_the_application_may_quit_before_the_panel_is_let_go(module):
    widget = slicer.util.getModuleWidget("SegBridge")
    widget.enter()
    logic = widget.logic
    slicer.app._application.aboutToQuit.emit()
    slicer.app.processEvents()
    from SegBridgeLoop import shared

    assert shared._logic is None and logic.volumeNode is None
    widget.exit()
    widget.cleanup()
    assert shared._logic is None, "a logic was made that nobody ends"


def test_what_fails_in_setup_is_seen_and_raised(module, monkeypatch):
    def broken(*arguments: Any) -> None:
        raise ValueError("no such button")

    monkeypatch.setattr(sys.modules["SegBridge"], "SegBridgePanel", broken)
    with pytest.raises(ValueError, match="no such button"):
        slicer.util.getModuleWidget("SegBridge")
    widget = slicer.modules.SegBridgeWidget
    shown = [label.text for label in slicer.util.findChildren(widget.parent, className="QLabel")]
    assert any("no such button" in text for text in shown)
    widget.enter()
    widget.exit()


def test_leaving_and_ending_the_module_lets_go_of_everything(module):
    slicer.util.selectModule("SegBridge")
    logic = slicer.modules.SegBridgeWidget.logic
    slicer.util.selectModule("Data")
    loading.unload("SegBridge")
    from SegBridgeLoop.shared import sharedLogic

    assert sharedLogic() is not logic
    volume = slicer.util.addVolumeFromArray(np.zeros((4, 5, 6), np.int16))
    slicer.mrmlScene.RemoveNode(volume)
    assert silent_errors.take() == []


def test_loading_again_takes_the_packages_anew(module, monkeypatch):
    widget = slicer.util.getModuleWidget("SegBridge")
    before = sys.modules["SegBridgeLoop.logic"]
    kept = {name: held for name, held in sys.modules.items() if name.partition(".")[0].startswith("SegBridge")}
    reloaded = []
    monkeypatch.setattr(slicer.util, "reloadScriptedModule", reloaded.append)
    try:
        widget.onReload()
        assert reloaded == ["SegBridge"]
        assert widget.panel is None and widget.logic is None
        assert "SegBridgeLoop.logic" not in sys.modules
        import SegBridgeLoop.logic

        assert SegBridgeLoop.logic is not before
    finally:
        # Later tests go on with the classes that they have imported.
        sys.modules.update(kept)


def test_a_panel_that_is_shown_while_it_is_loaded_again_goes_on_as_entered(module):
    def keys() -> int:
        slicer.app.processEvents()
        return len(slicer.util.mainWindow().findChildren(qt.QShortcut))

    slicer.util.selectModule("SegBridge")
    widget, entered = slicer.modules.SegBridgeWidget, keys()
    kept = {name: held for name, held in sys.modules.items() if name.partition(".")[0].startswith("SegBridge")}
    try:
        widget.onReload()
        assert slicer.modules.SegBridgeWidget is not widget and slicer.modules.SegBridgeWidget.panel is not None
        assert keys() == entered > 0
        slicer.util.selectModule("Data")
        assert keys() == 0
        slicer.modules.SegBridgeWidget.cleanup()
    finally:
        sys.modules.update(kept)
        importlib.reload(sys.modules["SegBridge"])


def test_the_script_of_the_readme_runs(module, server, capsys):
    from SegBridgeSamples.sample_data import loadPhantom

    loadPhantom()
    script = (EXTENSION / "README.md").read_text().partition("```python\n")[2].partition("```")[0]
    assert script.count("\n") <= 12 and '"127.0.0.1"' in script
    namespace = {"slicer": slicer}
    exec(script.replace("127.0.0.1", server.ready["http"]), namespace)
    confidence, volume_ml = map(float, capsys.readouterr().out.split()[-2:])
    assert 0 < confidence <= 1 and volume_ml > 0.5
    logic = namespace["logic"]
    assert slicer.util.arrayFromSegmentBinaryLabelmap(logic.segmentationNode, logic.segmentId, logic.volumeNode).any()
    logic.cleanup()
