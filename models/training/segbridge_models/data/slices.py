"""Slices of cases and the targets on them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Dict, Iterator, List, Tuple

import numpy as np

from .open_datasets import Case

# A target must cover this share of its slice: ten pixels of a 128 x 128 grid.
MINIMUM_SHARE = 10.0 / (128 * 128)
UNION_SHARE = 0.15


@dataclass(frozen=True)
class SliceTarget:
    """A slice (H, W) of a case with one binary target (H, W) bool on it."""

    case: Case
    axis: int
    index: int
    values: Tuple[int, ...]

    @property
    def image(self) -> np.ndarray:
        if not self.case.volumetric:
            return self.case.image
        return np.take(self.case.image, self.index, axis=self.axis)

    @property
    def target(self) -> np.ndarray:
        label = self.case.label
        if self.case.volumetric:
            label = np.take(label, self.index, axis=self.axis)
        if len(self.values) == 1:
            return label == self.values[0]
        return np.isin(label, self.values)


def slice_shares(case: Case, value: int, axis: int) -> np.ndarray:
    """Share of each slice along ``axis`` of a volume that the label value covers."""
    other = tuple(a for a in range(3) if a != axis)
    return (case.label == value).mean(axis=other)


class SliceIndex:
    """Draws slices of one case that show a target large enough."""

    def __init__(self, case: Case) -> None:
        self.case = case

    @cached_property
    def _candidates(self) -> Dict[int, List[Tuple[int, np.ndarray, int]]]:
        """Label value -> (axis, usable slice indices, index of the largest area)."""
        found: Dict[int, List[Tuple[int, np.ndarray, int]]] = {}
        for value in self.case.values:
            if not self.case.volumetric:
                if (self.case.label == value).mean() >= MINIMUM_SHARE:
                    found[value] = [(0, np.zeros(1, dtype=np.int64), 0)]
                continue
            options = []
            for axis in range(3):
                shares = slice_shares(self.case, value, axis)
                usable = np.flatnonzero(shares >= MINIMUM_SHARE)
                if len(usable):
                    options.append((axis, usable, int(shares.argmax())))
            if options:
                found[value] = options
        return found

    @property
    def usable(self) -> bool:
        return bool(self._candidates)

    def draw(self, rng: np.random.Generator) -> SliceTarget:
        """A random value, axis and slice; now and then a union of several values."""
        values = list(self._candidates)
        value = values[int(rng.integers(len(values)))]
        options = self._candidates[value]
        axis, usable, largest = options[int(rng.integers(len(options)))]
        index = largest if rng.random() < 0.25 else int(usable[rng.integers(len(usable))])
        chosen = {value}
        if len(self.case.values) > 1 and rng.random() < UNION_SHARE:
            chosen |= {v for v in self.case.values if rng.random() < 0.5}
        return SliceTarget(self.case, axis, index, tuple(sorted(chosen)))


def evaluation_targets(case: Case) -> Iterator[SliceTarget]:
    """Every label of a 2D case; of a 3D case the middle and the largest slice on each axis."""
    for value in case.values:
        if not case.volumetric:
            yield SliceTarget(case, 0, 0, (value,))
            continue
        for axis in range(3):
            largest = int(slice_shares(case, value, axis).argmax())
            for index in sorted({case.label.shape[axis] // 2, largest}):
                target = SliceTarget(case, axis, index, (value,))
                if target.target.any():
                    yield target
