"""Pictures of cases for the model card: three slices through the object, truth and prediction."""

from __future__ import annotations

from pathlib import Path
from typing import Sequence, Tuple

import numpy as np
from PIL import Image, ImageDraw

from ..volumes.normalise import CT_CLIP
from ..volumes.cases import VolumeCase
from ..volumes.patch import extent_mm

TRUTH, PREDICTED = (60, 220, 90), (255, 90, 60)
_SIDE = 260


def _grey(case: VolumeCase) -> np.ndarray:
    values = case.image.astype(np.float32) * case.scale + case.offset
    low, high = CT_CLIP if case.hounsfield else np.percentile(values, [0.5, 99.5])
    return (np.clip((values - low) / max(high - low, 1e-6), 0, 1) * 255).astype(np.uint8)


def _outline(mask: np.ndarray) -> np.ndarray:
    inner = mask.copy()
    inner[1:] &= mask[:-1]
    inner[:-1] &= mask[1:]
    inner[:, 1:] &= mask[:, :-1]
    inner[:, :-1] &= mask[:, 1:]
    return mask & ~inner


def _scaled(plane: np.ndarray, spacing: Tuple[float, float], mode: int) -> np.ndarray:
    """A plane (row, column) in isotropic pixels, its larger side ``_SIDE``."""
    size = np.array(plane.shape) * np.array(spacing)
    height, width = np.maximum(np.round(size / size.max() * _SIDE).astype(int), 1)
    image = Image.fromarray(plane).resize((int(width), int(height)), mode)
    return np.array(image)


def _panel(
    case: VolumeCase, grey: np.ndarray, marks: Sequence[np.ndarray], axis: int
) -> np.ndarray:
    truth = marks[0]
    others = tuple(a for a in range(3) if a != axis)
    at = int(np.argmax(truth.sum(axis=others)))

    def plane(volume: np.ndarray) -> np.ndarray:
        # Superior or anterior up, the patient's right on the left.
        return np.ascontiguousarray(np.take(volume, at, axis).T[::-1])

    spacing = (case.spacing[others[1]], case.spacing[others[0]])
    drawn = np.stack([_scaled(plane(grey), spacing, Image.BILINEAR)] * 3, axis=-1)
    for mark, colour in zip(marks, (TRUTH, PREDICTED)):
        large = _scaled(plane(mark).astype(np.uint8) * 255, spacing, Image.BILINEAR) > 127
        drawn[_outline(large)] = colour
    canvas = np.zeros((_SIDE, _SIDE, 3), dtype=np.uint8)
    canvas[: drawn.shape[0], : drawn.shape[1]] = drawn
    return canvas


def draw(case: VolumeCase, truth: np.ndarray, predicted: np.ndarray, title: str) -> Image.Image:
    """Axial, coronal and sagittal slice of the largest cut through the truth, side by side."""
    extent_mm(truth, case.spacing)  # an empty truth has no slice to show
    grey = _grey(case)
    panels = [_panel(case, grey, (truth, predicted), axis) for axis in (2, 1, 0)]
    row = Image.fromarray(np.concatenate(panels, axis=1))
    image = Image.new("RGB", (row.width, row.height + 18), (20, 20, 20))
    image.paste(row, (0, 18))
    text = ImageDraw.Draw(image)
    text.text((4, 3), title, fill=(235, 235, 235))
    for label, colour, left in (("truth", TRUTH, 120), ("predicted", PREDICTED, 75)):
        text.text((image.width - left, 3), label, fill=colour)
    return image


def save(path: Path, rows: Sequence[Image.Image]) -> None:
    """Rows under each other as one PNG."""
    image = Image.new("RGB", (max(r.width for r in rows), sum(r.height for r in rows)))
    top = 0
    for row in rows:
        image.paste(row, (0, top))
        top += row.height
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, optimize=True)
