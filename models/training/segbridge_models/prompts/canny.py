"""Edges of a mask as the published contour scribbles take them."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

LOW, HIGH = 0.1, 0.2
WEAK_EDGE = 0.5
_BLUR_RADIUS, _BLUR_SIGMA = 2, 1.0
_TIE = 1e-5
# (row, column) of the neighbour in each of eight directions, 45 degrees apart from "right" on.
_NEIGHBOURS = ((0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1))


def _shifted(values: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """values[r + rows, c + columns], zeros beyond the image."""
    padded = np.pad(values, 1)
    height, width = values.shape
    return padded[1 + rows : 1 + rows + height, 1 + columns : 1 + columns + width]


def canny(mask: np.ndarray) -> np.ndarray:
    """float32 (H, W): 1 on strong edges, 0.5 on weak ones, without joining them by hysteresis.

    A 5 x 5 Gaussian of sigma 1, unnormalised Sobel gradients, suppression of what is not a maximum
    across the edge, thresholds 0.1 and 0.2 of the magnitude.  Straight edges have two equal maxima,
    between which rounding decides in the published code; here it is the inner one.
    """
    smooth = ndimage.gaussian_filter(
        mask.astype(np.float32), _BLUR_SIGMA, mode="mirror", truncate=_BLUR_RADIUS / _BLUR_SIGMA
    )
    down = ndimage.sobel(smooth, axis=0, mode="nearest")
    right = ndimage.sobel(smooth, axis=1, mode="nearest")
    magnitude = np.sqrt(right**2 + down**2 + 1e-6)
    direction = np.rint(np.arctan2(down, right) / (np.pi / 4)).astype(np.int64) % 8
    above = np.stack([magnitude - _shifted(magnitude, r, c) for r, c in _NEIGHBOURS])
    ahead = np.take_along_axis(above, direction[None], axis=0)[0]
    behind = np.take_along_axis(above, (direction[None] + 4) % 8, axis=0)[0]
    peak = np.where((ahead > _TIE) & (behind > -_TIE), magnitude, 0.0)
    edges = WEAK_EDGE * (peak > LOW) + (1.0 - WEAK_EDGE) * (peak > HIGH)
    return edges.astype(np.float32)
