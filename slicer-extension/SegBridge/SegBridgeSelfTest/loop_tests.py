"""Prompts, candidates, history, propagation and tasks. The phantom is oblique and under a transform."""
import numpy as np
import slicer
import vtk
from SegBridgeLoop.state import WorkPhase
from vtk.util import numpy_support

from .reader import deepest_voxel, dice, stroke_through, worst_slices
from .waiting import waitUntil

GOOD = 0.85
_BRUSH_MM = 1.5


class LoopTests:
    def test_a_click_and_strokes_make_the_mask_of_a_slice(self):
        case = self.open(dimension=2)
        k = case.bestSlice
        self.logic.addPoint(case.worldOnSlice(deepest_voxel(case.truth[k]), k))
        step = self.wait()
        self.assertGreater(step.confidence, 0)
        self.correct(case, slices=[k])
        mask = self.mask(case)
        self.assertGreaterEqual(dice(mask[k], case.truth[k]), GOOD)
        self.assertEqual(int(mask.sum()), int(mask[k].sum()), "a 2D model touched other slices")
        self.assertLess(self.distanceToTruth(case, case.truth * (np.arange(len(case.truth)) == k)[:, None, None]), 3.0)

    def test_a_box_and_strokes_make_the_mask_of_a_volume(self):
        case = self.open(dimension=3)
        self.logic.addBox(case.worldBox())
        self.wait()
        self.correct(case)
        self.assertGreaterEqual(dice(self.mask(case), case.truth), GOOD)
        self.assertLess(self.distanceToTruth(case, case.truth), 3.0)

    def test_a_box_and_a_lasso_are_prompts_of_a_slice(self):
        case = self.open(dimension=2)
        k = case.bestSlice
        rows, columns = np.nonzero(case.truth[k])
        left, right, top, bottom = columns.min() - 1, columns.max() + 1, rows.min() - 1, rows.max() + 1
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        self.logic.addBox(case.worldOnSlice(corners, k))
        self.wait()
        self.assertGreater(dice(self.mask(case)[k], case.truth[k]), 0.6)
        self.logic.reset()
        self.wait()
        self.assertFalse(self.mask(case).any())
        self.logic.addLasso(case.worldOnSlice(corners, k))
        self.wait()
        self.assertGreater(dice(self.mask(case)[k], case.truth[k]), 0.5)

    def test_a_candidate_can_be_chosen_and_taken_back(self):
        case = self.open(dimension=3)
        self.logic.addBox(case.worldBox())
        step = self.wait()
        self.assertGreater(len(step.candidates), 1)
        best = self.mask(case)
        other = next(view for view in step.candidates if not view.chosen)
        self.logic.chooseCandidate(other.index)
        step = self.wait()
        self.assertTrue(next(view for view in step.candidates if view.index == other.index).chosen)
        chosen = self.mask(case)
        self.assertTrue((chosen != best).any())
        self.logic.undo()
        self.wait()
        np.testing.assert_array_equal(self.mask(case), best)
        self.logic.redo()
        self.wait()
        np.testing.assert_array_equal(self.mask(case), chosen)

    def test_undo_and_redo_go_through_the_history(self):
        case = self.open(dimension=2)
        k, masks = case.bestSlice, []
        stroke = case.worldOnSlice(stroke_through(case.truth[k]), k)
        for prompt in (lambda: self.logic.addPoint(stroke[len(stroke) // 2]), lambda: self.logic.addScribble(stroke, _BRUSH_MM)):
            prompt()
            self.wait()
            masks.append(self.mask(case))
        self.assertTrue((masks[0] != masks[1]).any())
        for act, wanted in ((self.logic.undo, masks[0]), (self.logic.undo, np.zeros_like(masks[0])), (self.logic.redo, masks[0]),
                            (self.logic.redo, masks[1])):
            act()
            self.wait()
            np.testing.assert_array_equal(self.mask(case), wanted)
        self.assertEqual([entry.step for entry in self.logic.history if entry.current], [2])

    def test_an_oblique_slice_is_predicted_as_it_is_seen(self):
        case = self.open(dimension=2)
        centre = case.world(np.argwhere(case.truth)[:, ::-1].mean(axis=0))
        sliceNode = self.obliqueSlice(centre)
        self.logic.addPoint(centre, True, sliceNode)
        self.wait()
        mask = self.mask(case)
        self.assertTrue(mask.any())
        inside = case.world(np.argwhere(mask)[:, ::-1]) - centre
        normal = np.array([sliceNode.GetSliceToRAS().GetElement(row, 2) for row in range(3)])
        self.assertLess(float(np.abs(inside @ normal).max()), 3.0, "voxels off the slice were changed")
        self.assertGreater(float((mask & case.truth).sum()) / float(mask.sum()), 0.5)

    def test_a_finished_slice_carries_to_its_neighbours_and_one_undo_takes_them_back(self):
        case = self.open(dimension=2)
        k = case.bestSlice
        self.logic.addPoint(case.worldOnSlice(deepest_voxel(case.truth[k]), k))
        self.wait()
        # Propagation goes on as long as the model is sure, and corrections make it sure.
        self.correct(case, slices=[k], atLeast=3)
        before = self.mask(case)
        self.logic.propagate("k", k - 3, k + 3)
        self.wait()
        mask = self.mask(case)
        self.assertGreater(int(mask.sum()), int(before.sum()))
        self.assertGreater(dice(mask[k - 1:k + 2], case.truth[k - 1:k + 2]), 0.7)
        self.assertFalse(mask[:k - 3].any() or mask[k + 4:].any())
        self.logic.undo()
        self.wait()
        np.testing.assert_array_equal(self.mask(case), before)

    def test_propagation_can_be_cancelled(self):
        case = self.open(dimension=2)
        k = case.bestSlice
        self.logic.addScribble(case.worldOnSlice(stroke_through(case.truth[k]), k), _BRUSH_MM)
        self.wait()
        self.logic.propagate("k", 0, len(case.truth) - 1)
        self.logic.cancelPropagation()
        waitUntil(lambda: self.logic.work.phase is WorkPhase.READY, "the end of the propagation")

    def test_a_finished_slice_becomes_an_example_of_a_task(self):
        case = self.open(dimension=2)
        if not self.logic.server.tasks_enabled:
            self.skipTest("the server keeps no tasks; start it with --task-folder")
        k = case.bestSlice
        centre = case.worldOnSlice(deepest_voxel(case.truth[k]), k)
        sliceNode = self.slice(case, k)
        self.logic.addPoint(centre, True, sliceNode)
        self.wait()
        name = "Self-test"
        self.logic.createTask(name)
        waitUntil(lambda: any(task.name == name for task in self.logic.tasks), "the new task")
        task = next(task for task in self.logic.tasks if task.name == name)
        try:
            self.logic.taskId = task.id
            self.logic.addCurrentToTask(sliceNode)
            waitUntil(lambda: len(self.logic.examples) == 1, "the new example")
        finally:
            self.logic.removeTask(task.id)
            waitUntil(lambda: all(other.id != task.id for other in self.logic.tasks), "the task to be removed")

    # ---- what these tests share ----------------------------------------------------------------------------

    def correct(self, case, slices=None, atLeast=0, atMost=10):
        """Strokes where the mask is most wrong, until it is good; on some slices, or on all."""
        chosen = range(len(case.truth)) if slices is None else slices
        truth = case.truth * np.isin(np.arange(len(case.truth)), list(chosen))[:, None, None]
        self.logic.autoPredict = False
        for turn in range(atMost):
            mask = self.mask(case)
            if turn >= atLeast and dice(mask, truth) >= GOOD + 0.01:
                break
            for k, positive, wrong in worst_slices(mask, truth):
                self.logic.addScribble(case.worldOnSlice(stroke_through(wrong), k), _BRUSH_MM, positive)
            self.logic.predict()
            self.wait()
        self.logic.autoPredict = True

    def distanceToTruth(self, case, truth):
        """Millimetres between the centres of the segment and of the truth in the world, by the segment's own geometry."""
        node = self.logic.segmentationNode
        labelmap = slicer.vtkOrientedImageData()
        node.GetBinaryLabelmapRepresentation(self.logic.segmentId, labelmap)
        extent = labelmap.GetExtent()
        voxels = numpy_support.vtk_to_numpy(labelmap.GetPointData().GetScalars()).reshape(
            [extent[2 * axis + 1] - extent[2 * axis] + 1 for axis in (2, 1, 0)])
        matrix = vtk.vtkMatrix4x4()
        labelmap.GetImageToWorldMatrix(matrix)
        place = slicer.util.arrayFromVTKMatrix(matrix)
        if node.GetParentTransformNode() is not None:
            place = slicer.util.arrayFromTransformMatrix(node.GetParentTransformNode(), True) @ place
        centre = np.argwhere(voxels > 0)[:, ::-1].mean(axis=0) + extent[0::2]
        return float(np.linalg.norm(
            place[:3, :3] @ centre + place[:3, 3] - case.world(np.argwhere(truth)[:, ::-1].mean(axis=0))))

    def slice(self, case, k):
        """A slice node that shows the slice k of the volume."""
        origin, right, down = case.world([(0, 0, k), (1, 0, k), (0, 1, k)])
        return self._sliceNode(case.world((case.truth.shape[2] / 2, case.truth.shape[1] / 2, k)), right - origin, origin - down)

    def obliqueSlice(self, centre):
        """A slice node through a world point, tilted against the volume's grid."""
        return self._sliceNode(centre, np.array((1.0, 0.2, 0.3)), np.array((-0.1, 0.9, 0.25)))

    @staticmethod
    def _sliceNode(centre, right, up):
        """Of no view, so that it can be made without a main window, too."""
        right = right / np.linalg.norm(right)
        up = up - (up @ right) * right
        up = up / np.linalg.norm(up)
        matrix = np.eye(4)
        matrix[:3, 0], matrix[:3, 1], matrix[:3, 2], matrix[:3, 3] = right, up, np.cross(right, up), centre
        sliceNode = slicer.vtkMRMLSliceNode()
        sliceNode.SetDimensions(256, 256, 1)
        sliceNode.SetFieldOfView(160.0, 160.0, 1.0)
        sliceNode.GetSliceToRAS().DeepCopy(slicer.util.vtkMatrixFromArray(matrix))
        sliceNode.UpdateMatrices()
        return sliceNode
