"""SegBridgeTest: the whole loop inside Slicer, against a real server, with the main window or without.

    Slicer --testing --no-splash --no-main-window --additional-module-paths SegBridge SegmentEditorSegBridge
        --python-code "import slicer.testing; slicer.testing.runUnitTest(['SegBridge'], 'SegBridge')"

The environment variable SEGBRIDGE_SERVER names a running server ("127.0.0.1", "http://127.0.0.1:8711",
"https://host:8710"; SEGBRIDGE_KEY and SEGBRIDGE_FINGERPRINT its key and certificate, when it has some). Without it, a
server is started on this computer, when the program segbridge is found: in the settings of the panel, in the folder
SEGBRIDGE_HOME, or on PATH. Without either, tests that need a server are skipped.
"""
import logging
import unittest

import slicer

# Not the class itself: the test loader would find, and run, the base class as well.
import slicer.ScriptedLoadableModule as scripted
from SegBridgeLoop.shared import releaseLogic, sharedLogic
from SegBridgeLoop.state import ServerPhase, WorkPhase

from .case import PhantomInScene
from .editor_tests import EditorTests
from .loop_tests import LoopTests
from .panel_tests import PanelTests
from .scene_tests import SceneTests
from .server import ServerForTest
from .swallowed_errors import SwallowedErrors
from .trouble_tests import TroubleTests
from .waiting import PATIENCE, waitUntil


class SegBridgeTest(LoopTests, SceneTests, TroubleTests, EditorTests, PanelTests, scripted.ScriptedLoadableModuleTest):
    """Every test starts with an empty scene and no connection."""

    @classmethod
    def setUpClass(cls):
        cls.addressBefore = sharedLogic().settings.address
        cls.server = ServerForTest(sharedLogic())

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        sharedLogic().settings.address = cls.addressBefore
        if not hasattr(slicer.modules, "SegBridgeWidget"):
            releaseLogic()
        elif slicer.util.mainWindow() is not None:
            # The application may end with the test, and the window before the module.
            slicer.util.selectModule("Data")

    def setUp(self):
        slicer.mrmlScene.Clear(0)
        self.errors = SwallowedErrors()
        self.errors.start()
        self.logic = sharedLogic()
        self.logic.autoPredict = True

    def tearDown(self):
        self.logic.cancel()
        if self.logic.server.address:
            self.logic.withdrawConsent()
        self.logic.disconnectServer()
        slicer.mrmlScene.Clear(0)
        slicer.app.processEvents()
        self.errors.stop()
        self.assertEqual(self.errors.found, [], "exceptions were swallowed")

    def runTest(self):
        """All tests, one after the other: for the button Reload and Test."""
        self.setUpClass()
        try:
            for name in unittest.TestLoader().getTestCaseNames(type(self)):
                self.delayDisplay(name, 100)
                self.setUp()
                try:
                    getattr(self, name)()
                except unittest.SkipTest as reason:
                    logging.warning("%s was skipped: %s", name, reason)
                finally:
                    self.tearDown()
        finally:
            self.tearDownClass()
        self.delayDisplay("SegBridge: all tests passed")

    # ---- what the tests share ------------------------------------------------------------------------------

    def connect(self):
        """Connects and allows sending; skips the test without a server."""
        if not self.server.address:
            self.skipTest(self.server.reason)
        self.logic.connectServer(self.server.address, self.server.key, self.server.fingerprint)
        waitUntil(lambda: self.logic.server.phase is not ServerPhase.CONNECTING, "connecting")
        self.assertIs(self.logic.server.phase, ServerPhase.READY, self.logic.server.message)
        self.logic.giveConsent()

    def open(self, dimension, transformed=True):
        """The phantom in the scene, an empty segment, and a model of this dimension; ready for prompts."""
        self.connect()
        models = [model for model in self.logic.server.models
                  if model.ready and model.dimension == dimension and not model.uses_context]
        if not models:
            self.skipTest("the server has no model of dimension {0}".format(dimension))
        case = PhantomInScene(transformed)
        self.logic.setVolume(case.volumeNode)
        self.logic.addSegment("Tumour")
        self.logic.setModel(models[0].id)
        waitUntil(lambda: self.logic.work.phase is WorkPhase.READY, "opening the volume")
        return case

    def wait(self):
        """Until nothing is under way any more. Returns the current step."""
        return self.logic.wait(PATIENCE)

    def mask(self, case):
        """The chosen segment on the volume's grid: bool, (k, j, i)."""
        return case.maskOf(self.logic.segmentationNode, self.logic.segmentId)
