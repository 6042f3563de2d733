"""A Segment Editor at work, for the tests of the effect."""
from __future__ import annotations

from typing import Any, List, Tuple

import numpy as np
import slicer
from conftest import EXTENSION
from slicer.application import loading

NAMES = ("SegBridge", "SegmentEditorSegBridge")


class Bench:
    """A Segment Editor with the effect in use, on the phantom, which the red view shows slice by slice."""

    def __init__(self, server: Any, moved: bool = False) -> None:
        for name in NAMES:
            loading.load_scripted_module(str(EXTENSION / name / f"{name}.py"))
        loading.start_up()
        from SegBridgeLoop.shared import sharedLogic
        from SegBridgeLoop.state import ServerPhase, WorkPhase
        from SegBridgeSelfTest.case import PhantomInScene
        from SegBridgeSelfTest.reader import deepest_voxel
        from SegBridgeSelfTest.waiting import waitUntil

        self.logic = sharedLogic()
        self.logic.connectServer(server.ready["http"])
        waitUntil(lambda: self.logic.server.phase is ServerPhase.READY, "the server")
        self.logic.giveConsent()
        self.case = PhantomInScene()
        self.k = self.case.bestSlice
        self.middle = deepest_voxel(self.case.truth[self.k])
        self.node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Tumour")
        self.node.CreateDefaultDisplayNodes()
        if moved:
            # Under another transform than the volume: turned by 6 degrees and shifted against it.
            transform = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "Elsewhere")
            turned = np.eye(4)
            turned[1:3, 1:3] = ((np.cos(0.1), -np.sin(0.1)), (np.sin(0.1), np.cos(0.1)))
            turned[:3, 3] = (5, -7, 3)
            of_volume = slicer.util.arrayFromTransformMatrix(self.case.volumeNode.GetParentTransformNode(), True)
            transform.SetMatrixTransformToParent(slicer.util.vtkMatrixFromArray(of_volume @ turned))
            self.node.SetAndObserveTransformNodeID(transform.GetID())
        else:
            self.node.SetAndObserveTransformNodeID(self.case.volumeNode.GetTransformNodeID())
        self.node.SetReferenceImageGeometryParameterFromVolumeNode(self.case.volumeNode)
        self.segment = self.node.GetSegmentation().AddEmptySegment("", "Tumour")
        self.editor = slicer.qMRMLSegmentEditorWidget()
        self.editor.setMaximumNumberOfUndoStates(10)
        self.editor.setMRMLScene(slicer.mrmlScene)
        self.editor.installKeyboardShortcuts()
        self.parameters = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentEditorNode")
        self.editor.setMRMLSegmentEditorNode(self.parameters)
        self.editor.setSegmentationNode(self.node)
        self.editor.setSourceVolumeNode(self.case.volumeNode)
        self.editor.setCurrentSegmentID(self.segment)
        self.parameters.SetOverwriteMode(self.parameters.OverwriteNone)
        self.editor.setActiveEffectByName("SegBridge")
        self.effect = self.editor.activeEffect().self()
        self.tools = self.effect.loop.tools
        self.logic.setModel("scribble-2d")
        waitUntil(lambda: self.logic.work.phase is WorkPhase.READY, "the session")
        self.view = slicer.app.layoutManager().sliceWidget("Red")
        slicer.util.setSliceViewerLayers(background=self.case.volumeNode, fit=True, rotateToVolumePlane=True)
        r, a, s = self.case.worldOnSlice(self.middle, self.k)
        self.view.sliceLogic().GetSliceNode().JumpSliceByCentering(r, a, s)
        slicer.app.processEvents()

    def close(self) -> None:
        self.editor.setActiveEffect(None)
        self.editor.setMRMLScene(None)
        self.editor.deleteLater()
        for name in NAMES:
            loading.unload(name)
        from SegBridgeLoop.shared import releaseLogic

        releaseLogic()
        slicer.editor.effect_host.registered.clear()
        slicer.modules.__dict__.pop("sampleDataSources", None)

    def at(self, i: float, j: float) -> Tuple[int, int]:
        """Pixels of the red view where a pixel of the slice is seen."""
        to_ras = slicer.util.arrayFromVTKMatrix(self.view.sliceLogic().GetSliceNode().GetXYToRAS())
        x, y = (np.linalg.inv(to_ras) @ np.append(self.case.worldOnSlice((i, j), self.k), 1.0))[:2]
        return int(round(x)), int(round(y))

    def event(self, name: str, at: Tuple[int, int] = (0, 0), key: str = "", shift: int = 0) -> None:
        interactor = self.view.sliceView().interactor()
        interactor.SetEventInformation(*at, 0, shift, "\0", 0, key or None)
        interactor.InvokeEvent(name)

    def drag(self, path: List[Tuple[float, float]]) -> None:
        points = [self.at(i, j) for i, j in path]
        self.event("LeftButtonPressEvent", points[0])
        for point in points[1:]:
            self.event("MouseMoveEvent", point)
        self.event("LeftButtonReleaseEvent", points[-1])

    def mask(self) -> np.ndarray:
        return self.case.maskOf(self.node, self.segment)

    def around(self, margin: int = 1) -> List[Tuple[float, float]]:
        rows, columns = np.nonzero(self.case.truth[self.k])
        left, right, top, bottom = columns.min() - margin, columns.max() + margin, rows.min() - margin, rows.max() + margin
        return [(left, top), (right, top), (right, bottom), (left, bottom)]
