"""SegBridge in 3D Slicer: click or scribble on a structure, a server answers with its mask, the next prompt corrects it.

This file is what Slicer looks for; the work is done by the packages beside it:

- SegBridgeLib: client of the server, without Slicer;
- SegBridgeScene: volumes, slices, segments and prompts as MRML nodes;
- SegBridgeLoop: SegBridgeLogic, the interactive loop without widgets;
- SegBridgePanel: the module panel;
- SegBridgeSamples: a made CT to try it on;
- SegBridgeSelfTest: the test that runs inside Slicer.
"""
import logging
import sys
import traceback

import qt
import slicer
from slicer.i18n import tr as _
from slicer.i18n import translate

# One by one: with a star import the test loader would find, and run, the base class of tests as well.
from slicer.ScriptedLoadableModule import ScriptedLoadableModule, ScriptedLoadableModuleWidget

from SegBridgeLoop.logic import SegBridgeLogic  # noqa: F401 - Slicer and scripts look for it here.
from SegBridgeLoop.shared import releaseLogic, sharedLogic
from SegBridgePanel.panel import SegBridgePanel
from SegBridgeSamples.sample_data import registerSampleData
from SegBridgeSelfTest.self_test import SegBridgeTest  # noqa: F401

# The last one is of the Segment Editor effect, which uses the others.
_PACKAGES = (
    "SegBridgeLib", "SegBridgeScene", "SegBridgeLoop", "SegBridgePanel", "SegBridgeSamples", "SegBridgeSelfTest", "SegBridgeEffect")


class SegBridge(ScriptedLoadableModule):
    """What Slicer shows of the module before it is opened."""

    def __init__(self, parent):
        ScriptedLoadableModule.__init__(self, parent)
        parent.title = "SegBridge"
        parent.categories = [translate("qSlicerAbstractCoreModule", "Segmentation")]
        parent.dependencies = ["Markups", "Segmentations"]
        parent.contributors = ["SegBridge contributors"]
        parent.helpText = _(
            "Segment a structure by clicks, scribbles, boxes and lassos: a SegBridge server, on this computer or in your "
            "network, answers with the mask. No image data is sent anywhere before you allow it. Research software, not a "
            "medical device.") + '<p><a href="{url}">{text}</a></p>'.format(
                url="https://github.com/segbridge/SlicerSegBridge", text=_("Documentation and tutorial"))
        parent.acknowledgementText = _(
            "Developed by the SegBridge contributors, under the Apache License 2.0. The interaction follows ideas of "
            "ScribblePrompt, MultiverSeg and PRISM; the model cards on the server name data and papers.")
        slicer.app.connect("startupCompleted()", self.registerSampleData)
        # A module that is loaded while Slicer runs is told of no startup.
        qt.QTimer.singleShot(0, self.registerSampleData)

    def registerSampleData(self):
        registerSampleData(self.resourcePath("Icons"))


class SegBridgeWidget(ScriptedLoadableModuleWidget):
    """The module panel."""

    def __init__(self, parent=None):
        self.logic = None
        self.panel = None
        ScriptedLoadableModuleWidget.__init__(self, parent)

    def setup(self):
        ScriptedLoadableModuleWidget.setup(self)
        try:
            self.logic = sharedLogic()
            ui = slicer.util.loadUI(self.resourcePath("UI/SegBridge.ui"))
            self.layout.addWidget(ui)
            ui.setMRMLScene(slicer.mrmlScene)
            self.panel = SegBridgePanel(self.logic, ui, self.parent)
        except Exception:
            # Slicer prints what goes wrong here and shows a half-built panel: say it where it is seen.
            label = qt.QLabel(_("SegBridge could not be set up. Please report this:") + "\n\n" + traceback.format_exc())
            label.setWordWrap(True)
            self.layout.addWidget(label)
            raise
        if getattr(self.parent, "isEntered", False):
            # The module was loaded again while it is shown: Slicer does not enter it anew.
            self.enter()

    def enter(self):
        if self.panel is not None:
            self.panel.enter()

    def exit(self):
        if self.panel is not None:
            self.panel.exit()

    def cleanup(self):
        """Before the application ends, or the module is loaded again."""
        if self.panel is not None:
            self.panel.cleanup()
            self.panel = None
        self.logic = None
        releaseLogic()

    def onReload(self):
        """Loads the packages again, too: Slicer itself loads this file only."""
        self.cleanup()
        for name in [name for name in sys.modules if name.partition(".")[0] in _PACKAGES]:
            del sys.modules[name]
        logging.info("SegBridge: packages are loaded again")
        ScriptedLoadableModuleWidget.onReload(self)
