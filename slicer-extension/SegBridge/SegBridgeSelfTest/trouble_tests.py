"""What goes wrong is said in one message, and the loop goes on."""
import numpy as np
import slicer
from SegBridgeLoop.state import ServerPhase, Severity, WorkPhase

from .case import PhantomInScene
from .reader import deepest_voxel
from .waiting import waitUntil


class TroubleTests:
    def test_a_server_that_is_away_is_said(self):
        self.logic.connectServer("http://127.0.0.1:9")
        waitUntil(lambda: self.logic.server.phase is ServerPhase.FAILED, "the connection to fail")
        self.assertMessage("server-away")

    def test_an_address_that_is_none_is_said(self):
        self.logic.connectServer("host:1:2/path")
        waitUntil(lambda: self.logic.server.phase is ServerPhase.FAILED, "the address to be refused")
        self.assertMessage("address")

    def test_nothing_is_sent_before_the_user_agrees(self):
        self.connect()
        self.logic.withdrawConsent()
        case = PhantomInScene()
        self.logic.setVolume(case.volumeNode)
        self.logic.addSegment("Tumour")
        waitUntil(lambda: self.logic.work.phase is WorkPhase.CONSENT_NEEDED, "the question for consent")
        sent = self.logic.traffic.bytes_sent
        self.assertEqual(self.logic.addPoint(case.world((60, 60, 20))), 0)
        self.assertMessage("no-consent")
        slicer.app.processEvents()
        self.assertLess(self.logic.traffic.bytes_sent - sent, 200)
        self.assertFalse(self.mask(case).any())

    def test_a_prompt_without_a_segment_is_said(self):
        case = self.open(dimension=2)
        segmentation = self.logic.segmentationNode.GetSegmentation()
        segmentation.RemoveSegment(self.logic.segmentId)
        slicer.app.processEvents()
        self.assertEqual(self.logic.addPoint(case.world((60, 60, 20))), 0)
        self.assertMessage("no-segment")

    def test_a_label_map_is_no_volume_to_work_on(self):
        self.connect()
        node = slicer.util.addVolumeFromArray(np.zeros((4, 5, 6), np.uint8), None, "Labels", "vtkMRMLLabelMapVolumeNode")
        self.logic.setVolume(node)
        self.assertIs(self.logic.work.phase, WorkPhase.BLOCKED)
        self.assertMessage("volume-is-labelmap")

    def test_a_cancelled_step_leaves_the_mask_as_it_was(self):
        case = self.open(dimension=3)
        self.logic.addBox(case.worldBox())
        self.logic.cancel()
        waitUntil(lambda: self.logic.work.phase is WorkPhase.READY, "the end of the step")
        self.assertFalse(self.mask(case).any())
        self.logic.addBox(case.worldBox())
        self.wait()
        self.assertTrue(self.mask(case).any())

    def test_a_newer_prompt_on_the_slice_takes_the_older_one_over(self):
        case = self.open(dimension=2)
        k = case.bestSlice
        i, j = deepest_voxel(case.truth[k])
        self.logic.addPoint(case.worldOnSlice((i, j), k))
        self.logic.addPoint(case.worldOnSlice((i - 3, j), k))
        self.wait()
        self.assertTrue(self.mask(case)[k, j, i])
        self.assertTrue(self.mask(case)[k, j, i - 3])

    def test_a_volume_that_is_removed_while_a_step_runs_is_let_go_of(self):
        case = self.open(dimension=2)
        self.logic.addPoint(case.world(np.argwhere(case.truth)[0, ::-1]))
        slicer.mrmlScene.RemoveNode(case.volumeNode)
        slicer.app.processEvents()
        self.assertIsNone(self.logic.volumeNode)

    def assertMessage(self, key):
        message = self.logic.message
        self.assertIsNotNone(message, "nothing was said")
        self.assertEqual(message.key, key, message.text)
        self.assertIsNot(message.severity, Severity.INFO)
        self.assertNotIn("\n", message.text)
