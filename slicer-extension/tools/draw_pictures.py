"""Draws the PNG files of the extension: its icon from the module's SVG, and the thumbnail of the phantom.

    python3 tools/draw_pictures.py    # needs PyQt5 with QtSvg, and numpy
"""
from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from PyQt5.QtCore import QByteArray, QRectF, Qt  # noqa: E402
from PyQt5.QtGui import QColor, QGuiApplication, QImage, QPainter  # noqa: E402
from PyQt5.QtSvg import QSvgRenderer  # noqa: E402

EXTENSION = Path(__file__).resolve().parents[1]
MODULE = EXTENSION / "SegBridge"
sys.path.insert(0, str(MODULE))
from SegBridgeSamples.phantom import WINDOW, make_phantom  # noqa: E402


def draw_icon(source: Path, target: Path, pixels: int) -> None:
    image = QImage(pixels, pixels, QImage.Format_ARGB32)
    image.fill(Qt.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(source.read_bytes())).render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    image.save(str(target))


def draw_phantom(target: Path, pixels: int) -> None:
    """The slice with most of the tumour, with its outline."""
    phantom = make_phantom(oblique=False)
    k = int(phantom.tumour.sum(axis=(1, 2)).argmax())
    low, high = WINDOW
    grey = ((phantom.voxels[k].astype(float) - low) / (high - low) * 255).clip(0, 255).astype(np.uint8)
    rows, columns = grey.shape
    rgb = np.ascontiguousarray(np.repeat(grey[:, :, None], 3, axis=2))
    inside = np.pad(phantom.tumour[k], 1)
    core = inside[1:-1, :-2] & inside[1:-1, 2:] & inside[:-2, 1:-1] & inside[2:, 1:-1]
    rgb[phantom.tumour[k] & ~core] = (255, 210, 60)
    image = QImage(rgb.data, columns, rows, 3 * columns, QImage.Format_RGB888)
    canvas = QImage(pixels * 3 // 2, pixels, QImage.Format_RGB32)
    canvas.fill(QColor(0, 0, 0))
    painter = QPainter(canvas)
    scaled = image.scaled(canvas.size(), Qt.KeepAspectRatio, Qt.SmoothTransformation)
    painter.drawImage((canvas.width() - scaled.width()) // 2, 0, scaled)
    painter.end()
    canvas.save(str(target))


def main() -> None:
    application = QGuiApplication(sys.argv[:1])
    icon = MODULE / "Resources" / "Icons" / "SegBridge.svg"
    draw_icon(icon, EXTENSION / "SegBridge.png", 128)
    draw_icon(icon, EXTENSION / "SegmentEditorSegBridge" / "Resources" / "Icons" / "SegmentEditorSegBridge.png", 64)
    draw_phantom(MODULE / "Resources" / "Icons" / "SegBridgePhantom.png", 128)
    application.quit()


if __name__ == "__main__":
    main()
