"""Pictures for buttons and lists, from arrays or PNG files in memory."""
import base64
import struct
import zlib
from typing import Any

import numpy as np
import qt


def pngOf(rgb: np.ndarray) -> bytes:
    """PNG file of an uint8 array (rows, columns, 3)."""
    rows, columns, channels = rgb.shape
    if rgb.dtype != np.uint8 or channels != 3:
        raise ValueError("a thumbnail must be uint8 (rows, columns, 3), got {0} {1}".format(rgb.dtype, rgb.shape))
    lines = np.zeros((rows, 1 + 3 * columns), np.uint8)  # a leading 0 on every line: no PNG filter
    lines[:, 1:] = rgb.reshape(rows, 3 * columns)
    header = struct.pack(">IIBBBBB", columns, rows, 8, 2, 0, 0, 0)
    body = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(lines.tobytes(), 1)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def pixmapOf(png: bytes) -> Any:
    """A qt.QPixmap; a null one when the bytes are no picture."""
    # Through base64: not every PythonQt takes bytes with zeros in them as a QByteArray.
    pixmap = qt.QPixmap()
    pixmap.loadFromData(qt.QByteArray.fromBase64(qt.QByteArray(base64.b64encode(png))))
    return pixmap


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
