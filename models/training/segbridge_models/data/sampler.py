"""Draws training examples: real slices with their labels, and synthetic variations."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np

from .augmentation import GeometrySettings, random_intensity, random_view
from .open_datasets import Dataset
from .slices import SliceIndex
from .superpixels import superpixel_target
from .synthetic import implant_lesion, synthetic_image
from .window import apply_window, random_window

MINIMUM_PIXELS = 10
_TRIES = 4


@dataclass(frozen=True)
class SamplerSettings:
    """Shares of the kinds of example, and how often a dataset comes relative to the others."""

    synthetic_image: float = 0.08
    superpixel: float = 0.12
    implant: float = 0.08
    weights: Dict[str, float] = field(default_factory=dict)
    geometry: GeometrySettings = GeometrySettings()


@dataclass(frozen=True)
class Example:
    """Image and soft target, both (size, size) float32 in [0, 1]."""

    image: np.ndarray
    target: np.ndarray

    @property
    def truth(self) -> np.ndarray:
        return self.target > 0.5


class ExampleSampler:
    """Draws a dataset by weight, then a case, label and slice of it uniformly."""

    def __init__(self, datasets: Sequence[Dataset], settings: SamplerSettings) -> None:
        self.settings = settings
        self._slices: List[List[SliceIndex]] = []
        weights = []
        for dataset in datasets:
            usable = [s for s in map(SliceIndex, dataset.cases) if s.usable]
            if usable:
                self._slices.append(usable)
                weights.append(settings.weights.get(dataset.name, 1.0))
        if not self._slices:
            raise ValueError("no dataset has a case with a target large enough to train on")
        self._probabilities = np.array(weights) / np.sum(weights)

    def draw(
        self,
        size: int,
        rng: np.random.Generator,
        zoom: Optional[Tuple[float, float]] = None,
    ) -> Example:
        """One augmented example whose target has at least ten pixels.

        ``zoom`` overrides the range of the settings: the share of the image side that is seen.
        """
        geometry = self.settings.geometry
        if zoom is not None:
            geometry = replace(geometry, zoom=tuple(zoom))
        while True:
            image, target = self._draw_once(size, geometry, rng)
            if np.count_nonzero(target > 0.5) >= MINIMUM_PIXELS:
                return Example(random_intensity(image, rng), target)

    def _draw_once(
        self, size: int, geometry: GeometrySettings, rng: np.random.Generator
    ) -> Tuple[np.ndarray, np.ndarray]:
        kind = rng.random()
        if kind < self.settings.synthetic_image:
            return synthetic_image(size, rng)
        image, target = self._draw_real(size, geometry, rng)
        kind -= self.settings.synthetic_image
        if kind < self.settings.superpixel:
            region = superpixel_target(image, rng)
            return image, target if region is None else region
        if kind < self.settings.superpixel + self.settings.implant:
            return implant_lesion(image, rng)
        return image, target

    def _draw_real(
        self, size: int, geometry: GeometrySettings, rng: np.random.Generator
    ) -> Tuple[np.ndarray, np.ndarray]:
        cases = self._slices[int(rng.choice(len(self._slices), p=self._probabilities))]
        drawn = cases[int(rng.integers(len(cases)))].draw(rng)
        native = drawn.image
        window = random_window(native, drawn.case.hounsfield, rng)
        image = apply_window(native, window)
        mask = drawn.target
        for _ in range(_TRIES):
            seen, kept = random_view(image, mask, size, geometry, rng)
            if np.count_nonzero(kept > 0.5) >= MINIMUM_PIXELS:
                break
        return seen, kept
