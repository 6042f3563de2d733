"""The module panel, when there is a main window."""
import numpy as np
import slicer
from SegBridgeLoop.state import ServerPhase

from .reader import deepest_voxel
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
        self.assertGreater(ui.modelCombo.count, 0)
        k = case.bestSlice
        self.logic.addPoint(case.worldOnSlice(deepest_voxel(case.truth[k]), k))
        self.logic.wait()
        slicer.app.processEvents()
        self.assertIn("ml", ui.resultLabel.text)
        self.assertTrue(ui.undoButton.enabled)
        ui.undoButton.click()
        self.logic.wait()
        self.assertFalse(self.mask(case).any())

    def test_a_click_in_a_slice_view_is_a_prompt(self):
        self.needMainWindow()
        slicer.util.selectModule("SegBridge")
        case = self.open(dimension=2)
        sliceWidget = self.showSlice(case)
        panel = slicer.modules.SegBridgeWidget.panel
        panel.tools.choose("scribble")
        x, y = self.viewPosition(sliceWidget, case, deepest_voxel(case.truth[case.bestSlice]))
        slicer.util.clickAndDrag(sliceWidget, start=(x - 4, y), end=(x + 4, y))
        self.logic.wait()
        self.assertTrue(self.mask(case)[case.bestSlice].any())
        panel.tools.choose("")
        slicer.util.selectModule("Data")

    # ---- what tests with views share -----------------------------------------------------------------------

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
