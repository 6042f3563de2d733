"""Draws training examples: a normalised patch, its object, and how the patch was fitted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, List, Sequence, Tuple

import numpy as np
import torch
from torch import Tensor

from . import augmentation, fields, lesions, phantoms
from .cases import VolumeCase
from .normalise import CT_CLIP, normalise
from .patch import FittedSpacing, PatchFrame, extent_mm, sample
from .views import frame_around, view


@dataclass(frozen=True)
class VolumeSamplerSettings:
    """Shares of real objects, lesions in real volumes, and phantoms (the rest).

    ``weights``: how often each data set is drawn; others are not used, unless it is empty.
    """

    real: float = 0.5
    implant: float = 0.2
    spacing: FittedSpacing = FittedSpacing()
    weights: Dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class VolumeExample:
    """``image`` (G, G, G) normalised; ``truth`` (G, G, G) bool, never empty."""

    image: Tensor
    truth: Tensor
    origin: str


class VolumeSampler:
    """Examples from real cases, lesions grown in them, and phantoms."""

    def __init__(self, cases: Sequence[VolumeCase], settings: VolumeSamplerSettings) -> None:
        if not cases:
            raise ValueError("at least one real case is needed")
        self.settings = settings
        self._sets: Dict[str, List[VolumeCase]] = {}
        for case in cases:
            self._sets.setdefault(case.dataset, []).append(case)
        weights = [settings.weights.get(n, 0.0) if settings.weights else 1.0 for n in self._sets]
        if not sum(weights) > 0:
            raise ValueError(f"no weight above 0 for any of {sorted(self._sets)}")
        self._shares = np.array(weights) / sum(weights)

    def draw(self, grid: int, boxed: bool, rng: np.random.Generator) -> VolumeExample:
        """An example of a (G, G, G) patch, fitted to the object if it is ``boxed``."""
        share = rng.random()
        if share < self.settings.real:
            return self._real(grid, boxed, rng)
        if share < self.settings.real + self.settings.implant:
            return self._implanted(grid, boxed, rng)
        return self._phantom(grid, boxed, rng)

    def _case(self, rng: np.random.Generator) -> VolumeCase:
        names = list(self._sets)
        chosen = self._sets[names[int(rng.choice(len(names), p=self._shares))]]
        return chosen[int(rng.integers(len(chosen)))]

    def _real(self, grid: int, boxed: bool, rng: np.random.Generator) -> VolumeExample:
        case = self._case(rng)
        values = case.targets[int(rng.integers(len(case.targets)))]
        object_mask = np.isin(case.label, values)
        rule = self.settings.spacing if boxed else None
        frame = frame_around(case, object_mask, grid, rule, rng)
        image, truth = view(case, object_mask, frame, rng)
        if int(truth.sum()) < lesions.MINIMUM_VOXELS:
            frame = frame_around(case, object_mask, grid, self.settings.spacing, rng)
            image, truth = view(case, object_mask, frame, rng)
        return VolumeExample(_scanned(image, case.hounsfield, rng), truth, case.dataset)

    def _implanted(self, grid: int, boxed: bool, rng: np.random.Generator) -> VolumeExample:
        case = self._case(rng)
        voxels = np.argwhere(case.image > case.image.mean())
        centre = voxels[rng.integers(len(voxels))] * np.array(case.spacing)
        largest = max(n * s for n, s in zip(case.image.shape, case.spacing))
        step = largest / grid * float(np.exp(rng.uniform(np.log(0.35), np.log(1.0))))
        turn = fields.random_rotation(rng, 0.5)
        axes = turn @ np.diag(step * np.where(rng.random(3) < 0.5, -1, 1))
        frame = PatchFrame(centre, axes, grid)
        image = sample(case.image, case.spacing, frame, np.nan) * case.scale + case.offset
        if case.hounsfield:
            allowed = (image > -130.0) & (image < 220.0)
        else:
            allowed = image > image.nanmean() * 0.3
        return self._grow(image, allowed, case.hounsfield, boxed, rng, "lesion in " + case.dataset)

    def _phantom(self, grid: int, boxed: bool, rng: np.random.Generator) -> VolumeExample:
        phantom = phantoms.draw_phantom(grid, rng)
        if rng.random() < 0.3:
            counts = torch.bincount(phantom.parts.flatten())
            counts[:2] = 0
            usable = torch.nonzero((counts > 60) & (counts < grid**3 // 3)).flatten()
            if len(usable):
                part = int(usable[int(rng.integers(len(usable)))])
                truth = lesions.largest_component(phantom.parts == part)
                if int(truth.sum()) >= lesions.MINIMUM_VOXELS:
                    image = _scanned(phantom.image, phantom.hounsfield, rng)
                    return VolumeExample(image, truth, "phantom part")
        soft = (phantom.tissue != phantoms.AIR) & (phantom.tissue != phantoms.BONE)
        if rng.random() < 0.5:
            soft &= phantom.tissue != phantoms.FAT
        return self._grow(
            phantom.image, soft, phantom.hounsfield, boxed, rng, "lesion in phantom"
        )

    def _grow(
        self,
        image: Tensor,
        allowed: Tensor,
        hounsfield: bool,
        boxed: bool,
        rng: np.random.Generator,
        origin: str,
    ) -> VolumeExample:
        grid = image.shape[0]
        share = rng.uniform(0.55, 0.85) if boxed else np.exp(rng.uniform(np.log(0.2), np.log(1.1)))
        # Without a box the middle of the patch, where the click is, lies anywhere in the object.
        spread = 0.06 if boxed else min(0.25 * float(share), 0.25)
        centre = grid * (0.5 + rng.uniform(-spread, spread, size=3))
        distance = self._shape(grid, centre, grid * float(share), rng)
        beyond = image.isnan()
        if rng.random() < 0.25:
            allowed = ~beyond
        truth = lesions.confine(distance, allowed, centre) & ~beyond
        if int(truth.sum()) < lesions.MINIMUM_VOXELS:
            return self._phantom(grid, boxed, rng)
        look = lesions.draw_look(rng)
        image = torch.where(beyond, image[~beyond].min(), image)
        if rng.random() < 0.5:
            grown = lesions.implant(image, truth, look, rng)
        else:
            # Scanner blur over the seam as well.
            grown = fields.blur(lesions.implant(image, truth, look, rng), 0.5)
        grown[beyond] = torch.nan
        return VolumeExample(_scanned(grown, hounsfield, rng), truth, origin)

    def _shape(
        self, grid: int, centre: np.ndarray, extent: float, rng: np.random.Generator
    ) -> Tensor:
        """A made-up shape, or in two of five draws that of a real object, warped."""
        if rng.random() >= 0.4:
            return lesions.lesion_distance(grid, centre, extent, rng)
        case = self._case(rng)
        mask = np.isin(case.label, case.targets[-1]).astype(np.uint8)
        middle, size = extent_mm(mask.astype(bool), case.spacing)
        step = float(size.max()) / extent
        axes = fields.random_rotation(rng) @ np.diag(step * np.exp(rng.uniform(-0.2, 0.2, size=3)))
        shift = axes @ (np.full(3, (grid - 1) / 2.0) - centre)
        inside = sample(mask, case.spacing, PatchFrame(middle + shift, axes, grid), 0.0)
        rough = fields.smooth(grid, max(extent / rng.uniform(3, 8), 2.0), rng)[0]
        soft = fields.blur(inside, max(extent / 24.0, 0.5))
        return 1.5 - soft + rng.uniform(0.0, 0.15) * rough


def _scanned(image: Tensor, hounsfield: bool, rng: np.random.Generator) -> Tensor:
    """Normalised after random intensities; NaN, beyond the volume, stays what it is in use."""
    beyond = image.isnan()
    if bool(beyond.all()):
        return normalise(image, hounsfield)
    lowest = CT_CLIP[0] if hounsfield else float(image[~beyond].min())
    changed = augmentation.scanner(torch.nan_to_num(image, nan=lowest), hounsfield, rng)
    changed[beyond] = torch.nan
    return normalise(changed, hounsfield)
