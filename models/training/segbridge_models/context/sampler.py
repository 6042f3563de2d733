"""Draws training examples: a target and its context, from real and made-up tasks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, List, Sequence, Tuple

import numpy as np
from scipy import ndimage

from ..data.augmentation import random_intensity
from ..data.open_datasets import Dataset
from ..data.sampler import MINIMUM_PIXELS
from ..data.slices import SliceTarget
from ..data.window import apply_window, random_window
from ..multiverseg import NO_CONTEXT
from .synthetic import Pair, label_set_task, superpixel_task
from .tasks import TaskIndex
from .views import WITHIN, Frame, rough_mask, sample


@dataclass(frozen=True)
class ContextSettings:
    """Shares of the kinds of task, changes of whole tasks, and how large the context is.

    ``sizes`` holds the weights of contexts of 0, 1, 2, … entries; ``rough`` is the share of
    context masks with an outline as users leave it, ``rough_size`` how far it moves.
    """

    superpixel: float = 0.12
    label_set: float = 0.13
    rotate: float = 0.2
    outline: float = 0.03
    invert: float = 0.1
    rough: float = 0.35
    rough_size: Tuple[float, float] = (0.005, 0.02)
    sizes: Tuple[float, ...] = (1.0, 2.0, 2.0, 2.0, 2.0, 2.0)
    weights: Dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class ContextExample:
    """Image and soft target (size, size), and context (S, 2, size, size): image and mask of every
    entry; one entry of 0.5 everywhere where ``in_context`` is false.  All float32 in [0, 1]."""

    image: np.ndarray
    target: np.ndarray
    context: np.ndarray
    in_context: bool

    @property
    def truth(self) -> np.ndarray:
        return self.target > 0.5


def empty_context(size: int) -> np.ndarray:
    """The context (1, 2, size, size) that stands for none."""
    return np.full((1, 2, size, size), NO_CONTEXT, dtype=np.float32)


def _outline(target: np.ndarray) -> np.ndarray:
    edges = np.hypot(ndimage.sobel(target, axis=0), ndimage.sobel(target, axis=1))
    return edges / max(float(edges.max()), 1e-6)


class ContextSampler:
    """Draws the kind of task, its images, their views, and the context's masks."""

    def __init__(self, datasets: Sequence[Dataset], settings: ContextSettings) -> None:
        self.settings = settings
        self._index = TaskIndex(datasets, settings.weights)
        self._sizes = np.array(settings.sizes) / np.sum(settings.sizes)

    def draw(
        self, size: int, zoom: Tuple[float, float], rng: np.random.Generator
    ) -> ContextExample:
        """One example whose target has at least ten pixels."""
        entries = int(rng.choice(len(self._sizes), p=self._sizes))
        while True:
            pairs = self._task(size, zoom, entries + 1, rng)
            image, target = pairs[0]
            if np.count_nonzero(target > 0.5) >= MINIMUM_PIXELS:
                context = self._context(pairs[1:], size, rng)
                return ContextExample(image, target, context, in_context=len(pairs) > 1)

    def _context(self, pairs: List[Pair], size: int, rng: np.random.Generator) -> np.ndarray:
        kept = []
        for image, target in pairs:
            mask = target > 0.5
            if mask.any() and rng.random() < self.settings.rough:
                strength = float(rng.uniform(*self.settings.rough_size))
                mask = rough_mask(mask.astype(np.float32), strength, rng)
            kept.append(np.stack([image, mask.astype(np.float32)]))
        return np.stack(kept) if kept else empty_context(size)

    def _task(
        self, size: int, zoom: Tuple[float, float], count: int, rng: np.random.Generator
    ) -> List[Pair]:
        kind = rng.random()
        if kind < self.settings.label_set:
            return label_set_task(size, count, rng)
        pairs = self._real(size, zoom, count, rng)
        if kind < self.settings.label_set + self.settings.superpixel:
            return superpixel_task(pairs[0][0], count, rng) or pairs
        return pairs

    def _real(
        self, size: int, zoom: Tuple[float, float], count: int, rng: np.random.Generator
    ) -> List[Pair]:
        members = self._index.draw(rng).draw(max(count, 2), rng)[:count]
        frame = Frame.draw(zoom, self.settings.rotate, rng)
        alike, seed = rng.random() < 0.7, int(rng.integers(2**31))
        pairs = []
        for member in members:
            window_rng = np.random.default_rng(seed) if alike else rng
            pairs.append(self._view(member, frame, size, window_rng, rng))
        return self._change_task(pairs, rng)

    @staticmethod
    def _view(
        member: SliceTarget,
        frame: Frame,
        size: int,
        window_rng: np.random.Generator,
        rng: np.random.Generator,
    ) -> Pair:
        native, target = member.image, member.target
        image = apply_window(native, random_window(native, member.case.hounsfield, window_rng))
        grid = frame.grid(target, size, WITHIN, rng)
        return sample(image, grid, frame.beyond), sample(target, grid, "zeros")

    def _change_task(self, pairs: List[Pair], rng: np.random.Generator) -> List[Pair]:
        """Intensities of the whole task alike, then of single images; now and then the outline."""
        together, seed = rng.random() < 0.5, int(rng.integers(2**31))
        invert = rng.random() < self.settings.invert
        outline = rng.random() < self.settings.outline
        changed = []
        for image, target in pairs:
            if together:
                image = random_intensity(image, np.random.default_rng(seed))
            if invert:
                image = 1.0 - image
            if rng.random() < 0.3:
                image = random_intensity(image, rng)
            changed.append((image, _outline(target) if outline else target))
        return changed
