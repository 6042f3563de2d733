"""Makes the pictures of the tutorial and the README: the real panel and loop on the stand-ins of the tests, a real server,
and the made phantom. No patient, no Slicer needed.

    python3 tools/tutorial_pictures.py    # needs PyQt5, VTK and an X display (or xvfb-run), and a built server

The slice beside the panel is drawn here, from the volume, the segment and the prompts, as Slicer's red view shows them.
"""
from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any, List, Optional

import numpy as np

EXTENSION = Path(__file__).resolve().parents[1]
ROOT = EXTENSION.parent
for _folder in (ROOT / "tests" / "e2e", ROOT / "tests" / "slicer" / "stand_ins", EXTENSION / "SegmentEditorSegBridge",
                EXTENSION / "SegBridge"):
    sys.path.insert(0, str(_folder))

import slicer  # noqa: E402
from end_to_end import ServerProcess  # noqa: E402
from PyQt5.QtCore import QPointF, QRect, Qt  # noqa: E402
from PyQt5.QtGui import QColor, QImage, QPainter, QPen, QPolygonF  # noqa: E402
from PyQt5.QtWidgets import QApplication  # noqa: E402
from SegBridgeLoop.shared import releaseLogic, sharedLogic  # noqa: E402
from SegBridgeLoop.state import ServerPhase, WorkPhase  # noqa: E402
from SegBridgePanel.panel import SegBridgePanel  # noqa: E402
from SegBridgeSamples.phantom import WINDOW, make_phantom  # noqa: E402
from SegBridgeSamples.sample_data import loadPhantom  # noqa: E402
from SegBridgeSelfTest.reader import deepest_voxel, stroke_through, worst_slices  # noqa: E402
from SegBridgeSelfTest.waiting import waitUntil  # noqa: E402
from slicer.application import loading  # noqa: E402

PANEL_WIDTH, VIEW = 350, 720
GREEN, RED, MASK = QColor(51, 217, 115), QColor(255, 90, 72), QColor(128, 174, 255)
BRUSH_MM = 1.5


class View:
    """Draws slices of the phantom with the mask over them."""

    def __init__(self) -> None:
        self.phantom = make_phantom(oblique=False)
        self.truth = self.phantom.tumour
        self.k = 20
        # Around the liver: columns, rows.
        self.part = (14, 20, 72, 72)

    def draw(self, mask: Optional[np.ndarray], k: int, size: int, prompts: List[Any] = ()) -> QImage:
        """``prompts``: (points (n, 2) of (i, j), positive, whether it is a box) each."""
        left, top, columns, rows = self.part
        scale = size / columns
        picture = QImage(size, size, QImage.Format_RGB32)
        low, high = WINDOW
        grey = np.ascontiguousarray(
            ((self.phantom.voxels[k].astype(float) - low) / (high - low) * 255).clip(0, 255).astype(np.uint8))
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.Antialiasing)
        image = QImage(grey.data, grey.shape[1], grey.shape[0], grey.shape[1], QImage.Format_Grayscale8)
        painter.drawImage(QRect(0, 0, size, size), image.copy(left, top, columns, rows).scaled(
            size, size, Qt.IgnoreAspectRatio, Qt.SmoothTransformation))
        if mask is not None and mask[k].any():
            self._drawMask(painter, mask[k], scale)
        for points, positive, is_box in prompts:
            colour = GREEN if positive else RED
            path = QPolygonF([QPointF((i - left + 0.5) * scale, (j - top + 0.5) * scale) for i, j in points])
            if is_box:
                painter.setPen(QPen(colour, 2))
                painter.drawPolygon(path)
            elif len(points) > 1:
                painter.setPen(QPen(colour, 2 * BRUSH_MM / 1.1 * scale, Qt.SolidLine, Qt.RoundCap, Qt.RoundJoin))
                painter.setOpacity(0.75)
                painter.drawPolyline(path)
                painter.setOpacity(1)
            else:
                painter.setPen(QPen(Qt.white, 2))
                painter.setBrush(colour)
                painter.drawEllipse(path[0], 7, 7)
                painter.setBrush(Qt.NoBrush)
        painter.end()
        return picture

    def _drawMask(self, painter: QPainter, mask: np.ndarray, scale: float) -> None:
        left, top, columns, rows = self.part
        cover = np.zeros((rows, columns, 4), dtype=np.uint8)
        cover[mask[top:top + rows, left:left + columns]] = (MASK.blue(), MASK.green(), MASK.red(), 80)
        image = QImage(cover.data, columns, rows, 4 * columns, QImage.Format_ARGB32)
        painter.drawImage(QRect(0, 0, round(columns * scale), round(rows * scale)), image)
        inside = np.pad(mask, 1)
        painter.setPen(QPen(MASK, 2))
        for j, i in np.argwhere(mask):
            x0, x1, y0, y1 = (i - left) * scale, (i - left + 1) * scale, (j - top) * scale, (j - top + 1) * scale
            for outside, line in (((j, i + 1), (x0, y0, x1, y0)), ((j + 2, i + 1), (x0, y1, x1, y1)),
                                  ((j + 1, i), (x0, y0, x0, y1)), ((j + 1, i + 2), (x1, y0, x1, y1))):
                if not inside[outside]:
                    painter.drawLine(QPointF(*line[:2]), QPointF(*line[2:]))


class Guide:
    """Goes through the tutorial as a reader does, and photographs every step."""

    def __init__(self, server: ServerProcess, pictures: Path) -> None:
        self.server, self.pictures = server, pictures
        self.view = View()
        self.logic = sharedLogic()
        self.widget = slicer.util.loadUI(str(EXTENSION / "SegBridge" / "Resources" / "UI" / "SegBridge.ui"))
        self.widget.setMRMLScene(slicer.mrmlScene)
        self.panel = SegBridgePanel(self.logic, self.widget)
        self.panel.enter()
        self.prompts: List[Any] = []

    def run(self) -> None:
        logic, view, k = self.logic, self.view, self.view.k
        self.photograph("open-module")
        logic.connectServer(self.server.ready["http"])
        waitUntil(lambda: logic.server.phase is ServerPhase.READY, "the server")
        self.photograph("connect")
        logic.giveConsent()
        self.panel.ui.serverGroup.setCollapsed(False)
        self.photograph("allow")
        self.panel.ui.serverGroup.setCollapsed(True)
        self.panel.exit()
        loadPhantom()
        self.panel.enter()
        waitUntil(lambda: logic.work.phase is not WorkPhase.OPENING, "the volume")
        self.photograph("load", k)
        logic.addSegment("Tumour")
        logic.setModel("scribble-2d")
        self.photograph("segment", k)
        self.panel.tools.choose("point")
        i, j = deepest_voxel(view.truth[k])
        point = (i, j + 8)  # Not quite the middle, as hands click.
        logic.addPoint(self.world([point], k)[0])
        logic.wait()
        self.prompts = [([point], True, False)]
        self.photograph("click", k)
        self.panel.tools.choose("scribble")
        for _turn in range(2):
            found = worst_slices(self.mask()[k:k + 1], view.truth[k:k + 1])
            _k, positive, wrong = max(found, key=lambda one: one[2].sum())
            stroke = stroke_through(wrong)
            logic.addScribble(self.world(stroke, k), BRUSH_MM, positive)
            logic.wait()
            self.prompts.append((stroke, positive, False))
        self.panel.tools.setPositive(positive)
        self.photograph("correct", k)
        self.photograph("overview", k, EXTENSION / "Screenshots")
        self.panel.tools.choose("")
        logic.propagate("k", k - 6, k + 6)
        logic.wait()
        self.panel.ui.propagationGroup.setCollapsed(False)
        self.photograph("propagate", [k - 4, k - 2, k + 2, k + 4])
        self.panel.ui.propagationGroup.setCollapsed(True)
        self.volumeModel()
        self.photograph("check", [k - 6, k - 3, k, k + 4])
        self.panel.cleanup()
        self.effect()
        releaseLogic()

    def effect(self) -> None:
        """The options of the Segment Editor effect, with the slice beside them."""
        for name in ("SegBridge", "SegmentEditorSegBridge"):
            loading.load_scripted_module(str(EXTENSION / name / (name + ".py")))
        loading.start_up()
        editor = slicer.qMRMLSegmentEditorWidget()
        editor.setMRMLScene(slicer.mrmlScene)
        editor.setMRMLSegmentEditorNode(slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentEditorNode"))
        editor.setSegmentationNode(self.logic.segmentationNode)
        editor.setSourceVolumeNode(self.logic.volumeNode)
        editor.setCurrentSegmentID(self.logic.segmentId)
        editor.setActiveEffectByName("SegBridge")
        effect = editor.activeEffect().self()
        effect.loop.tools.choose("scribble")
        self.widget = effect.options
        self.photograph("effect", self.view.k, EXTENSION / "Screenshots")
        editor.setActiveEffect(None)
        editor.setMRMLScene(None)

    def volumeModel(self) -> None:
        logic, view = self.logic, self.view
        model = next(model for model in logic.server.models if model.dimension == 3)
        logic.addSegment("Tumour in 3D")
        logic.setModel(model.id)
        where = np.argwhere(view.truth)[:, ::-1]
        lower, upper = where.min(axis=0) - 1.5, where.max(axis=0) + 1.5
        corners = np.array([[(lower, upper)[bit >> axis & 1][axis] for axis in range(3)] for bit in range(8)])
        logic.addBox(corners @ view.phantom.ijk_to_ras[:3, :3].T + view.phantom.ijk_to_ras[:3, 3])
        logic.wait()
        left, top, right, bottom = lower[0], lower[1], upper[0], upper[1]
        self.prompts = [([(left, top), (right, top), (right, bottom), (left, bottom)], True, True)]
        self.photograph("candidates", view.k)
        self.prompts = []
        logic.autoPredict = False
        for _turn in range(5):
            for k, positive, wrong in worst_slices(self.mask(), view.truth):
                logic.addScribble(self.world(stroke_through(wrong), k), BRUSH_MM, positive)
            logic.predict()
            logic.wait()
        logic.autoPredict = True
        self.panel.render()

    def world(self, ij: Any, k: int) -> np.ndarray:
        pixels = np.asarray(ij, dtype=float)
        return np.array([self.view.phantom.ras((i, j, k)) for i, j in pixels])

    def mask(self) -> np.ndarray:
        return slicer.util.arrayFromSegmentBinaryLabelmap(
            self.logic.segmentationNode, self.logic.segmentId, self.logic.volumeNode) > 0

    def photograph(self, name: str, slices: Any = None, folder: Optional[Path] = None) -> None:
        """The panel, and beside it one slice with the prompts or four without."""
        widget = self.widget
        widget.resize(PANEL_WIDTH, 100)
        widget.show()
        for _turn in range(3):
            slicer.app.processEvents()
        widget.resize(PANEL_WIDTH, max(widget.minimumSizeHint.height(), widget.layout().heightForWidth(PANEL_WIDTH)))
        for _turn in range(3):
            slicer.app.processEvents()
        temporary = str(Path(tempfile.gettempdir()) / "segbridge-panel.png")
        widget.grab().save(temporary)
        panel = QImage(temporary)
        os.remove(temporary)
        mask = self.mask() if self.logic.segmentId else None
        right = None
        if isinstance(slices, list):
            right = QImage(VIEW, VIEW, QImage.Format_RGB32)
            painter = QPainter(right)
            for number, k in enumerate(slices):
                painter.drawImage((number % 2) * VIEW // 2, (number // 2) * VIEW // 2, self.view.draw(mask, k, VIEW // 2))
            painter.end()
        elif slices is not None:
            right = self.view.draw(mask, slices, VIEW, self.prompts)
        width = panel.width() + (VIEW if right is not None else 0)
        whole = QImage(width, max(panel.height(), VIEW if right is not None else 0), QImage.Format_RGB32)
        whole.fill(QColor(32, 34, 40))
        painter = QPainter(whole)
        painter.drawImage(0, 0, panel)
        if right is not None:
            painter.drawImage(panel.width(), 0, right)
        painter.end()
        target = folder or self.pictures
        target.mkdir(parents=True, exist_ok=True)
        whole.save(str(target / (name + ".png")))


def main() -> None:
    QApplication.setStyle("Fusion")
    with tempfile.TemporaryDirectory() as folder:
        server = ServerProcess(
            Path(folder) / "server.log", "--journal-folder", folder + "/journal", "--task-folder", folder + "/tasks",
            "--models", str(ROOT / "models" / "bundles"))
        try:
            Guide(server, EXTENSION / "Docs" / "pictures").run()
        finally:
            server.stop()


if __name__ == "__main__":
    main()
