"""Photographs the panel in every state, at 100 % and 200 %, light and dark, on the stand-ins of the tests.

    python3 slicer-extension/tools/screenshots.py OUTPUT [STATE ...]

Needs PyQt5, VTK and an X display (or xvfb-run). Each look runs in a process of its own: Qt scales once, at the start.
"""
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS, MODULE = ROOT / "tests" / "slicer", ROOT / "slicer-extension" / "SegBridge"
LOOKS = [(theme, scale) for scale in ("1", "2") for theme in ("light", "dark")]
WIDTH = 340
OPEN_GROUPS = {"propagating": "propagationGroup", "tasks": "tasksGroup", "not-reachable": "localServerGroup"}


def photograph(output: Path, theme: str, scale: str, wanted: list) -> None:
    for folder in (TESTS / "stand_ins", TESTS, MODULE):
        sys.path.insert(0, str(folder))
    import panel_stage
    import qt
    import slicer
    from PyQt5.QtWidgets import QApplication

    application = QApplication.instance()
    application.setStyle("Fusion")
    font = application.font()
    font.setPointSizeF(9)
    application.setFont(font)
    if theme == "dark":
        application.setPalette(_darkPalette(qt))

    from SegBridgePanel.panel import SegBridgePanel

    volume, segmentation, segment = _scene(slicer)
    for name, state in panel_stage.states().items():
        if wanted and name not in wanted:
            continue
        logic = panel_stage.StagedLogic()
        widget = slicer.util.loadUI(str(MODULE / "Resources" / "UI" / "SegBridge.ui"))
        widget.setMRMLScene(slicer.mrmlScene)
        panel = SegBridgePanel(logic, widget)
        panel.enter()
        nodes = {} if name in ("empty", "connecting") else dict(
            volumeNode=volume, segmentationNode=segmentation, segmentId="" if name == "no-segment" else segment)
        logic.show(**{**nodes, **state})
        if name == "candidates":
            panel.tools.toggle("scribble")
        if name in OPEN_GROUPS:
            getattr(panel.ui, OPEN_GROUPS[name]).setCollapsed(False)
        widget.resize(WIDTH, 100)
        widget.show()
        for _ in range(3):
            application.processEvents()
        widget.resize(WIDTH, max(widget.minimumSizeHint.height(), widget.layout().heightForWidth(WIDTH)))
        for _ in range(3):
            application.processEvents()
        picture = widget.grab()
        picture.save(str(output / "panel-{0}-{1}-{2}00.png".format(name, theme, scale)))
        if widget.width > WIDTH:
            print("{0}: {1} wide".format(name, widget.width))
        panel.cleanup()
        widget.hide()


def _scene(slicer) -> tuple:
    import numpy as np

    volume = slicer.util.addVolumeFromArray(np.zeros((4, 8, 8), np.int16), None, "CT abdomen")
    segmentation = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Segmentation")
    segmentation.CreateDefaultDisplayNodes()
    segmentation.SetReferenceImageGeometryParameterFromVolumeNode(volume)
    segments = segmentation.GetSegmentation()
    first = segments.AddEmptySegment("", "Liver tumour", (0.86, 0.35, 0.2))
    segments.AddEmptySegment("", "Kidney left", (0.3, 0.6, 0.85))
    return volume, segmentation, first


def _darkPalette(qt):
    palette = qt.QPalette()
    window, text, base = qt.QColor(50, 50, 50), qt.QColor(225, 225, 225), qt.QColor(36, 36, 36)
    for role, colour in (("Window", window), ("WindowText", text), ("Base", base), ("AlternateBase", window),
                         ("Text", text), ("Button", qt.QColor(62, 62, 62)), ("ButtonText", text), ("ToolTipBase", window),
                         ("ToolTipText", text), ("Highlight", qt.QColor(45, 110, 185)), ("HighlightedText", text),
                         ("PlaceholderText", qt.QColor(130, 130, 130))):
        palette.setColor(getattr(qt.QPalette, role), colour)
    for role in ("WindowText", "Text", "ButtonText"):
        palette.setColor(qt.QPalette.Disabled, getattr(qt.QPalette, role), qt.QColor(125, 125, 125))
    return palette


def main() -> None:
    output = Path(sys.argv[1]).resolve()
    if os.environ.get("SEGBRIDGE_LOOK"):
        photograph(output, *os.environ["SEGBRIDGE_LOOK"].split(), wanted=sys.argv[2:])
        return
    output.mkdir(parents=True, exist_ok=True)
    for theme, scale in LOOKS:
        environment = dict(os.environ, SEGBRIDGE_LOOK=f"{theme} {scale}", QT_SCALE_FACTOR=scale)
        display = [] if os.environ.get("DISPLAY") else ["xvfb-run", "-a", "-s", "-screen 0 1600x2400x24"]
        subprocess.run([*display, sys.executable, __file__, str(output), *sys.argv[2:]], env=environment, check=True)


if __name__ == "__main__":
    main()
