"""Small pictures of candidates: a slice of the image as the user sees it, with the candidate's outline."""
from __future__ import annotations

from typing import Optional, Sequence, Tuple

import numpy as np
from SegBridgeLib import Candidate, VoxelBox

_PIXELS = 96
_OUTLINE = (255, 214, 10)


class Picture:
    """Draws candidates of one volume."""

    def __init__(self, voxels: np.ndarray, ijk_to_ras: np.ndarray, window: Optional[Tuple[float, float]]) -> None:
        self._voxels, self._ijk_to_ras, self._window = voxels, ijk_to_ras, window

    def of(self, candidate: Candidate, around: VoxelBox, axis: str) -> np.ndarray:
        """uint8 (rows, columns, 3): the slice across ``axis`` with most of the candidate, near the box ``around``."""
        across = "kji".index(axis)
        index = self._index(candidate, around, across)
        rows, columns = (kji for kji in range(3) if kji != across)
        sides = [self._side(around, kji) for kji in (rows, columns)]
        at = [slice(None)] * 3
        at[across], at[rows], at[columns] = index, slice(*sides[0]), slice(*sides[1])  # type: ignore[call-overload]
        image, mask = self._voxels[tuple(at)], self._mask(candidate, at, across)
        spacing = [float(np.linalg.norm(self._ijk_to_ras[:3, 2 - kji])) for kji in (rows, columns)]
        chosen = [_sampled(length, mm, max(n * s for n, s in zip(image.shape, spacing))) for length, mm in zip(image.shape, spacing)]
        image, mask = image[np.ix_(*chosen)], mask[np.ix_(*chosen)]
        if self._flips(rows):
            image, mask = image[::-1], mask[::-1]
        if self._flips(columns):
            image, mask = image[:, ::-1], mask[:, ::-1]
        picture = np.repeat(self._grey(image)[..., np.newaxis], 3, axis=2)
        picture[_outline(mask)] = _OUTLINE
        return picture

    def _index(self, candidate: Candidate, around: VoxelBox, across: int) -> int:
        if candidate.mask is None or not candidate.mask.any():
            return (around.lower[2 - across] + around.upper[2 - across]) // 2
        area = candidate.mask.sum(axis=tuple(other for other in range(3) if other != across))
        return candidate.box.lower[2 - across] + int(area.argmax())

    def _side(self, around: VoxelBox, kji: int) -> Tuple[int, int]:
        lower, upper = around.lower[2 - kji], around.upper[2 - kji]
        margin = max(8, (upper - lower) // 3)
        return max(0, lower - margin), min(self._voxels.shape[kji], upper + margin)

    def _mask(self, candidate: Candidate, at: Sequence, across: int) -> np.ndarray:
        whole = np.zeros([at[kji].stop - at[kji].start for kji in range(3) if kji != across], dtype=bool)
        if candidate.mask is None or not candidate.mask.any():
            return whole
        inside = candidate.mask.take(at[across] - candidate.box.lower[2 - across], axis=across)
        corner = [candidate.box.lower[2 - kji] - at[kji].start for kji in range(3) if kji != across]
        whole[tuple(slice(first, first + length) for first, length in zip(corner, inside.shape))] = inside
        return whole

    def _flips(self, kji: int) -> bool:
        """Rows go towards posterior or inferior, columns towards the patient's left or posterior."""
        direction = self._ijk_to_ras[:3, 2 - kji]
        return bool(direction[np.abs(direction).argmax()] > 0)

    def _grey(self, image: np.ndarray) -> np.ndarray:
        values = image.astype(np.float32)
        lower, upper = self._window or (float(values.min()), float(values.max()))
        return (np.clip((values - lower) / max(upper - lower, 1e-6), 0, 1) * 255).astype(np.uint8)


def _sampled(length: int, spacing: float, longest_mm: float) -> np.ndarray:
    """Which rows or columns to show, so that the longer side has the picture's pixels and nothing is stretched."""
    count = max(8, int(round(_PIXELS * length * spacing / longest_mm)))
    return np.minimum((np.arange(count) + 0.5) * length / count, length - 1).astype(int)


def _outline(mask: np.ndarray) -> np.ndarray:
    inner = mask.copy()
    for axis in (0, 1):
        inner &= np.roll(mask, 1, axis) & np.roll(mask, -1, axis)
    return mask & ~inner


def disagreement(candidates: Sequence[Candidate]) -> Tuple[VoxelBox, np.ndarray]:
    """The voxels that some candidates hold and others do not, bool (k, j, i) in their box."""
    known = [candidate for candidate in candidates if candidate.mask is not None]
    box = VoxelBox.around([candidate.box for candidate in known])
    count = np.zeros(box.shape, dtype=np.uint8)
    for candidate in known:
        if not candidate.box.is_empty:
            part = tuple(
                slice(low - first, high - first)
                for low, high, first in zip(candidate.box.lower[::-1], candidate.box.upper[::-1], box.lower[::-1]))
            count[part] += candidate.mask
    return box, (count > 0) & (count < len(known))
