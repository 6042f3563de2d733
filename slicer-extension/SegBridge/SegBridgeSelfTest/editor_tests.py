"""The Segment Editor effect: its rules hold, its undo works, the segment keeps its terminology."""
import numpy as np
import slicer
import vtk

from .case import PhantomInScene
from .reader import deepest_voxel
from .waiting import waitUntil

_TERMINOLOGY = "Segmentation category and type - 3D Slicer General Anatomy list~SCT^49755003^Morphologically Altered Structure" \
    "~SCT^4147007^Mass~^^~Anatomic codes - DICOM master list~^^~^^"


class EditorTests:
    def test_the_effect_writes_undoably_and_keeps_the_terminology(self):
        with self.editor() as editor:
            case = self.prepare(editor)
            segment = self.logic.segmentationNode.GetSegmentation().GetSegment(self.logic.segmentId)
            segment.SetTerminology(_TERMINOLOGY)
            k = case.bestSlice
            self.logic.addPoint(case.worldOnSlice(deepest_voxel(case.truth[k]), k))
            self.wait()
            self.assertTrue(self.mask(case)[k].any())
            found = vtk.reference("")
            segment.GetTag(slicer.vtkSegment.GetTerminologyEntryTagName(), found)
            self.assertEqual(str(found), _TERMINOLOGY)
            editor.widget.undo()
            self.assertFalse(self.mask(case).any())

    def test_the_effect_leaves_other_segments_when_nothing_may_be_overwritten(self):
        with self.editor() as editor:
            case = self.prepare(editor)
            neighbour = self.addNeighbour(case)
            before = case.maskOf(self.logic.segmentationNode, neighbour)
            editor.node.SetOverwriteMode(slicer.vtkMRMLSegmentEditorNode.OverwriteNone)
            self.promptOnBestSlice(case)
            np.testing.assert_array_equal(case.maskOf(self.logic.segmentationNode, neighbour), before)
            self.assertTrue((self.mask(case) & before).any(), "the test says nothing: the segments do not overlap")

    def test_the_effect_writes_inside_the_editable_area_only(self):
        with self.editor() as editor:
            case = self.prepare(editor)
            neighbour = self.addNeighbour(case)
            area = case.maskOf(self.logic.segmentationNode, neighbour)
            node = editor.node
            node.SetOverwriteMode(slicer.vtkMRMLSegmentEditorNode.OverwriteNone)
            node.SetMaskMode(slicer.vtkMRMLSegmentationNode.EditAllowedInsideSingleSegment)
            node.SetMaskSegmentID(neighbour)
            self.promptOnBestSlice(case)
            mask = self.mask(case)
            self.assertTrue(mask.any())
            self.assertFalse((mask & ~area).any(), "voxels outside of the editable area were written")

    def test_a_stroke_in_a_slice_view_is_a_prompt_of_the_effect(self):
        self.needMainWindow()
        with self.editor() as editor:
            case = self.prepare(editor)
            editor.widget.setupViewObservations()
            sliceWidget = self.showSlice(case)
            editor.widget.activeEffect().self().loop.tools.choose("scribble")
            x, y = self.viewPosition(sliceWidget, case, deepest_voxel(case.truth[case.bestSlice]))
            slicer.util.clickAndDrag(sliceWidget, start=(x - 4, y), end=(x + 4, y))
            self.wait()
            mask = self.mask(case)
            self.assertTrue(mask[case.bestSlice].any())
            self.assertGreater(float((mask & case.truth).sum()) / float(mask.sum()), 0.5)

    # ---- what these tests share ----------------------------------------------------------------------------

    def editor(self):
        return _Editor(self)

    def prepare(self, editor):
        """The phantom, a segment in the editor, and the effect in use."""
        self.connect()
        models = [model for model in self.logic.server.models if model.ready and model.dimension == 2]
        case = PhantomInScene()
        segmentationNode = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Tumour")
        segmentationNode.CreateDefaultDisplayNodes()
        segmentationNode.SetAndObserveTransformNodeID(case.volumeNode.GetTransformNodeID())
        segmentationNode.SetReferenceImageGeometryParameterFromVolumeNode(case.volumeNode)
        segmentId = segmentationNode.GetSegmentation().AddEmptySegment("", "Tumour")
        editor.widget.setSegmentationNode(segmentationNode)
        editor.widget.setSourceVolumeNode(case.volumeNode)
        editor.widget.setCurrentSegmentID(segmentId)
        editor.widget.setActiveEffectByName("SegBridge")
        self.assertIsNotNone(editor.widget.activeEffect(), "the effect is not there")
        self.logic.setModel(models[0].id)
        waitUntil(lambda: self.logic.work.phase.value == "ready", "opening the volume")
        self.assertIs(self.logic.segmentationNode, segmentationNode)
        self.assertEqual(self.logic.segmentId, segmentId)
        return case

    def addNeighbour(self, case):
        """A segment that covers the left half of the tumour and more. Returns its id."""
        node = self.logic.segmentationNode
        neighbour = node.GetSegmentation().AddEmptySegment("", "Neighbour")
        voxels = np.zeros(case.truth.shape, dtype=np.uint8)
        voxels[:, :, :deepest_voxel(case.truth[case.bestSlice])[0] + 1] = 1
        slicer.util.updateSegmentBinaryLabelmapFromArray(voxels, node, neighbour, case.volumeNode)
        return neighbour

    def promptOnBestSlice(self, case):
        k = case.bestSlice
        self.logic.addPoint(case.worldOnSlice(deepest_voxel(case.truth[k]), k))
        self.wait()


class _Editor:
    """A Segment Editor of its own; let go of in the right order, since one that is left over crashes at exit."""

    def __init__(self, test):
        if not hasattr(slicer.modules, "segmenteditorsegbridge"):
            test.skipTest("the module SegmentEditorSegBridge is not loaded")
        # Tests may run before the application has told that it has started.
        slicer.modules.SegmentEditorSegBridgeInstance.registerEffect()

    def __enter__(self):
        self.widget = slicer.qMRMLSegmentEditorWidget()
        self.widget.setMaximumNumberOfUndoStates(10)
        self.widget.setMRMLScene(slicer.mrmlScene)
        self.node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentEditorNode")
        self.widget.setMRMLSegmentEditorNode(self.node)
        return self

    def __exit__(self, *_failure):
        self.widget.setActiveEffect(None)
        self.widget.setMRMLScene(None)
        self.widget.deleteLater()
        self.widget = None
        slicer.app.processEvents()
