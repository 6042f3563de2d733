"""The module panel, when there is a main window."""
import numpy as np
import slicer
from SegBridgeLoop.state import ServerPhase

from .reader import deepest_voxel, dice
from .waiting import waitUntil


class PanelTests:
    def test_the_panel_connects_and_shows_the_step(self):
        self.needMainWindow()
        slicer.util.selectModule("SegBridge")
        widget = slicer.modules.SegBridgeWidget
        self.assertIsNotNone(widget.panel, "the panel could not be set up")
        self.assertIs(widget.logic, self.logic)
        case = self.open(dimension=2)
        waitUntil(lambda: self.logic.server.phase is ServerPhase.READY, "the server")
        ui = widget.panel.ui
        # The panel shows news a moment later.
        waitUntil(lambda: ui.modelCombo.count > 0, "the models in the panel")
        k = case.bestSlice
        self.logic.addPoint(case.worldOnSlice(deepest_voxel(case.truth[k]), k))
        self.wait()
        waitUntil(lambda: "ml" in ui.resultLabel.text and ui.undoButton.enabled, "the step in the panel")
        ui.undoButton.click()
        self.wait()
        self.assertFalse(self.mask(case).any())

    def test_a_stroke_in_a_slice_view_is_a_prompt(self):
        case, sliceWidget, tools = self.takeTool("scribble", dimension=2)
        x, y = self.viewPosition(sliceWidget, case, deepest_voxel(case.truth[case.bestSlice]))
        slicer.util.clickAndDrag(sliceWidget, start=(x - 4, y), end=(x + 4, y))
        self.wait()
        self.assertTrue(self.mask(case)[case.bestSlice].any())
        self.assertEqual(tools.active, "scribble")
        slicer.util.selectModule("Data")
        self.assertEqual(tools.active, "")

    def test_clicks_in_a_slice_view_are_prompts_one_after_the_other(self):
        case, sliceWidget, tools = self.takeTool("point", dimension=2)
        x, y = self.viewPosition(sliceWidget, case, deepest_voxel(case.truth[case.bestSlice]))
        for number in (1, 2):
            slicer.util.clickAndDrag(sliceWidget, start=(x, y), end=(x, y))
            waitUntil(lambda: len(self.logic.history) >= number, "the step of the click")
            self.wait()
            self.assertEqual([entry.text for entry in self.logic.history], ["point +"] * number)
            self.assertEqual(tools.active, "point")
            x += 3
        self.assertTrue(self.mask(case)[case.bestSlice].any())
        slicer.util.selectModule("Data")

    def test_a_box_in_space_is_placed_with_two_clicks(self):
        case, sliceWidget, tools = self.takeTool("roi", dimension=3)
        rows, columns = np.nonzero(case.truth[case.bestSlice])
        for corner in ((columns.min() - 2, rows.min() - 2), (columns.max() + 2, rows.max() + 2)):
            at = self.viewPosition(sliceWidget, case, corner)
            slicer.util.clickAndDrag(sliceWidget, start=at, end=at)
            slicer.app.processEvents()
        useBoxButton = slicer.modules.SegBridgeWidget.panel.ui.useBoxButton
        waitUntil(lambda: useBoxButton.enabled, "the box to stand")
        useBoxButton.click()
        self.wait()
        self.assertGreater(dice(self.mask(case), case.truth), 0.3)
        slicer.util.selectModule("Data")

    # ---- what tests with views share -----------------------------------------------------------------------

    def takeTool(self, name, dimension):
        """Returns the phantom, the view that shows it, and the panel's tools, of which one is taken."""
        self.needMainWindow()
        slicer.util.selectModule("SegBridge")
        case = self.open(dimension=dimension)
        sliceWidget = self.showSlice(case)
        tools = slicer.modules.SegBridgeWidget.panel.tools
        tools.choose(name)
        self.assertEqual(tools.active, name)
        return case, sliceWidget, tools

    def needMainWindow(self):
        if slicer.util.mainWindow() is None:
            self.skipTest("there is no main window")

    def showSlice(self, case):
        """Puts the slice with most of the tumour into the red view. Returns the view's widget."""
        slicer.util.setSliceViewerLayers(background=case.volumeNode, fit=True, rotateToVolumePlane=True)
        sliceWidget = slicer.app.layoutManager().sliceWidget("Red")
        r, a, s = case.worldOnSlice(deepest_voxel(case.truth[case.bestSlice]), case.bestSlice)
        sliceWidget.sliceLogic().GetSliceNode().JumpSliceByCentering(r, a, s)
        slicer.app.processEvents()
        return sliceWidget

    def viewPosition(self, sliceWidget, case, ij):
        """Pixels from the lower left of the view where a pixel (i, j) of the best slice is seen."""
        toRas = slicer.util.arrayFromVTKMatrix(sliceWidget.sliceLogic().GetSliceNode().GetXYToRAS())
        ras = case.worldOnSlice(ij, case.bestSlice)
        x, y = (np.linalg.inv(toRas) @ np.append(ras, 1.0))[:2]
        return int(round(x)), int(round(y))
