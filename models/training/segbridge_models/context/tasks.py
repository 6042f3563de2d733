"""Real tasks: one label of one data set, along one axis of its volumes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Sequence, Tuple

import numpy as np

from ..data.open_datasets import Case, Dataset
from ..data.slices import MINIMUM_SHARE, SliceTarget, slice_shares

NEIGHBOURS = 0.3  # share of tasks on volumes whose images are slices of one volume
NEAR = 0.25  # how far apart those slices lie, as a share of the object's extent
ALIKE = 0.5  # share of the others that look at about the same level of every volume


@dataclass(frozen=True)
class Holder:
    """A case that shows the object, and on which slices (one of index 0 where it is flat)."""

    case: Case
    slices: np.ndarray


@dataclass(frozen=True)
class RealTask:
    """The cases of a data set that show one label, cut along one axis."""

    dataset: str
    value: int
    axis: int
    holders: Tuple[Holder, ...]

    @property
    def name(self) -> str:
        axis = f"/{'kji'[self.axis]}" if self.holders[0].case.volumetric else ""
        return f"{self.dataset}/label{self.value}{axis}"

    @property
    def volumetric(self) -> bool:
        return self.holders[0].case.volumetric

    def draw(self, count: int, rng: np.random.Generator) -> List[SliceTarget]:
        """Up to ``count`` different images, at least two, in random order."""
        if self.volumetric and rng.random() < NEIGHBOURS:
            found = self._neighbours(count, rng)
            if len(found) > 1:
                return found
        order = rng.permutation(len(self.holders))
        level = rng.random() if rng.random() < ALIKE else None
        found: List[SliceTarget] = []
        for position in range(min(count, len(order)) if not self.volumetric else count):
            holder = self.holders[order[position % len(order)]]
            found.append(self._target(holder, self._pick(holder, level, rng)))
        return found

    @staticmethod
    def _pick(holder: Holder, level: float | None, rng: np.random.Generator) -> int:
        if level is None:
            return int(holder.slices[rng.integers(len(holder.slices))])
        place = np.clip(level + rng.normal(0.0, 0.07), 0.0, 1.0) * (len(holder.slices) - 1)
        return int(holder.slices[int(round(place))])

    def _neighbours(self, count: int, rng: np.random.Generator) -> List[SliceTarget]:
        holder = self.holders[int(rng.integers(len(self.holders)))]
        reach = max(int(round(NEAR * len(holder.slices))), count)
        first = int(rng.integers(max(len(holder.slices) - reach, 0) + 1))
        near = rng.permutation(holder.slices[first : first + reach])[:count]
        return [self._target(holder, int(index)) for index in near]

    def _target(self, holder: Holder, index: int) -> SliceTarget:
        return SliceTarget(holder.case, self.axis, index, (self.value,))


def _holders(case: Case) -> Dict[Tuple[int, int], Holder]:
    """(label value, axis) -> where the case shows it, large enough."""
    found: Dict[Tuple[int, int], Holder] = {}
    for value in case.values:
        if not case.volumetric:
            if (case.label == value).mean() >= MINIMUM_SHARE:
                found[value, 0] = Holder(case, np.zeros(1, dtype=np.int64))
            continue
        for axis in range(3):
            usable = np.flatnonzero(slice_shares(case, value, axis) >= MINIMUM_SHARE)
            if len(usable):
                found[value, axis] = Holder(case, usable)
    return found


def real_tasks(dataset: Dataset) -> List[RealTask]:
    """Every task of a data set with at least two images, by label value and axis."""
    gathered: Dict[Tuple[int, int], List[Holder]] = {}
    for case in dataset.cases:
        for key, holder in _holders(case).items():
            gathered.setdefault(key, []).append(holder)
    tasks = [RealTask(dataset.name, v, a, tuple(h)) for (v, a), h in sorted(gathered.items())]
    return [t for t in tasks if sum(len(h.slices) for h in t.holders) > 1]


class TaskIndex:
    """Draws a data set by weight, then one of its tasks uniformly."""

    def __init__(self, datasets: Sequence[Dataset], weights: Dict[str, float]) -> None:
        self.tasks = [tasks for tasks in map(real_tasks, datasets) if tasks]
        if not self.tasks:
            raise ValueError("no data set has two images of the same object, large enough")
        shares = np.array([weights.get(tasks[0].dataset, 1.0) for tasks in self.tasks])
        self._probabilities = shares / shares.sum()

    def draw(self, rng: np.random.Generator) -> RealTask:
        tasks = self.tasks[int(rng.choice(len(self.tasks), p=self._probabilities))]
        return tasks[int(rng.integers(len(tasks)))]
