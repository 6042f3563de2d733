"""Series of images of one task, in the order in which a user would segment them."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import List, Optional, Sequence

import numpy as np

from ..data.open_datasets import Dataset
from ..data.resize import to_grid
from ..data.slices import SliceTarget
from ..data.window import apply_window, percentile_window
from ..rollout import Pair
from .tasks import Holder, RealTask, real_tasks

MINIMUM_PIXELS = 10


@dataclass(frozen=True)
class Series:
    """Images of one task in a seeded random order."""

    task: str
    dataset: str
    pairs: List[Pair]


def _pair(task: RealTask, holder: Holder, index: int, size: int) -> Optional[Pair]:
    target = SliceTarget(holder.case, task.axis, index, (task.value,))
    truth = to_grid(target.target, size) >= 0.5
    if np.count_nonzero(truth) < MINIMUM_PIXELS:
        return None
    native = target.image
    image = to_grid(apply_window(native, percentile_window(native)), size)
    place = f"/{'kji'[task.axis]}{index}" if task.volumetric else ""
    return Pair(task.dataset, f"{holder.case.identifier}{place}/label{task.value}", image, truth)


def task_images(task: RealTask, size: int, images: int) -> List[Pair]:
    """The images of a task on the network's grid, windowed by percentiles.

    A flat case gives one.  Volumes give as many slices each as it takes to have ``images`` in
    all, evenly spread over the object's extent.
    """
    each = -(-images // len(task.holders)) if task.volumetric else 1
    found = []
    for holder in task.holders:
        shares = (np.arange(each) + 1.0) / (each + 1.0)
        places = np.unique(np.rint(shares * (len(holder.slices) - 1)).astype(int))
        found += [_pair(task, holder, int(holder.slices[p]), size) for p in places]
    return [p for p in found if p is not None]


def read_series(
    datasets: Sequence[Dataset], size: int, images: int, minimum: int, seed: int = 0
) -> List[Series]:
    """A series of up to ``images`` for every task that has ``minimum``; another seed gives other
    orders (and, of tasks with more images, others of them)."""
    found = []
    for dataset in datasets:
        for task in real_tasks(dataset):
            pairs = task_images(task, size, images)
            if len(pairs) < minimum:
                continue
            rng = np.random.default_rng([seed, zlib.crc32(task.name.encode())])
            order = rng.permutation(len(pairs))[:images]
            found.append(Series(task.name, dataset.name, [pairs[i] for i in order]))
    return found
