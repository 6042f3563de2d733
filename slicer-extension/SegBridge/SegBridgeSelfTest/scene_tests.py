"""Scenes are saved, closed and opened again; sample data."""
import os

import numpy as np
import slicer
from SegBridgeLoop.state import WorkPhase
from SegBridgeSamples.sample_data import loadPhantom

from .reader import deepest_voxel
from .waiting import waitUntil


class SceneTests:
    def test_the_phantom_is_sample_data(self):
        volumeNode = loadPhantom()
        self.assertEqual(slicer.util.arrayFromVolume(volumeNode).dtype, np.int16)
        self.assertTrue(volumeNode.IsA("vtkMRMLScalarVolumeNode"))
        if not hasattr(slicer.modules, "sampledata"):
            self.skipTest("the module SampleData is not loaded")
        # Tests may run before the application has told that it has started.
        slicer.modules.SegBridgeInstance.registerSampleData()
        self.assertEqual([source.sampleName for source in slicer.modules.sampleDataSources["SegBridge"]], ["SegBridgePhantom"])

    def test_work_goes_on_after_the_scene_was_saved_closed_and_opened(self):
        case = self.open(dimension=2)
        k = case.bestSlice
        place = case.worldOnSlice(deepest_voxel(case.truth[k]), k)
        self.logic.addPoint(place)
        self.wait()
        before = self.mask(case)
        path = os.path.join(slicer.app.temporaryPath, "SegBridgeSelfTest.mrb")
        self.assertTrue(slicer.util.saveScene(path))
        try:
            slicer.mrmlScene.Clear(0)
            self.assertIsNone(self.logic.volumeNode)
            self.assertIs(self.logic.work.phase, WorkPhase.EMPTY)
            slicer.util.loadScene(path)
        finally:
            os.remove(path)
        waitUntil(lambda: self.logic.work.phase is WorkPhase.READY, "the saved work to be taken up")
        case.volumeNode = self.logic.volumeNode
        np.testing.assert_array_equal(self.mask(case), before)
        self.logic.addPoint(case.worldOnSlice((2, 2), k), False)
        step = self.wait()
        self.assertEqual(step.step, 2)
        self.logic.undo()
        self.wait()
        np.testing.assert_array_equal(self.mask(case), before)

    def test_closing_the_scene_in_the_middle_of_a_step_leaves_nothing_behind(self):
        case = self.open(dimension=2)
        self.logic.addPoint(case.world(np.argwhere(case.truth)[0, ::-1]))
        slicer.mrmlScene.Clear(0)
        self.wait()
        self.assertIsNone(self.logic.volumeNode)
        self.assertEqual(slicer.util.getNodesByClass("vtkMRMLSegmentationNode"), [])

    def test_a_session_goes_on_from_what_another_tool_made_of_the_segment(self):
        case = self.open(dimension=2)
        k = case.bestSlice
        self.logic.addPoint(case.worldOnSlice(deepest_voxel(case.truth[k]), k))
        self.wait()
        drawn = np.zeros(case.truth.shape, dtype=np.uint8)
        drawn[k - 5, 40:50, 40:50] = 1
        slicer.util.updateSegmentBinaryLabelmapFromArray(
            drawn | self.mask(case), self.logic.segmentationNode, self.logic.segmentId, case.volumeNode)
        self.logic.addPoint(case.worldOnSlice((2, 2), k), False)
        self.wait()
        self.assertTrue(self.mask(case)[k - 5, 40:50, 40:50].all(), "the user's own drawing was lost")
