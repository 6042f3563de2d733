"""Real labelled volumes in canonical axes, their intensities kept as bytes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Collection, Dict, List, Tuple

import numpy as np

from ..data.open_datasets import DatasetError, DatasetInfo, read_affine, read_array, read_index

CT_LOW, CT_STEP = -200.0, 4.0
_TOP_PERCENTILE = 99.95


@dataclass(frozen=True)
class VolumeCase:
    """One labelled volume.

    ``image`` (R, A, S) uint8 with value ``offset + scale * byte``; ``label`` of the same shape;
    ``spacing`` in mm along the same axes; ``hounsfield`` tells that values are HU.
    """

    dataset: str
    identifier: str
    subject: str
    split: str
    hounsfield: bool
    spacing: Tuple[float, float, float]
    scale: float
    offset: float
    image: np.ndarray
    label: np.ndarray

    @property
    def targets(self) -> Tuple[Tuple[int, ...], ...]:
        """Sets of label values that form one object: each value, and all together."""
        values = tuple(int(v) for v in np.unique(self.label) if v)
        alone = tuple((v,) for v in values)
        return alone + (values,) if len(values) > 1 else alone


def quantise(image: np.ndarray, hounsfield: bool) -> Tuple[np.ndarray, float, float]:
    """(bytes, scale, offset): CT in steps of 4 HU from -200, far below its noise; others in 255
    steps from 0 to the 99.95 percentile."""
    if hounsfield:
        scale, offset = CT_STEP, CT_LOW
    else:
        top = float(np.percentile(image, _TOP_PERCENTILE))
        scale, offset = max(top, 1e-6) / 255.0, 0.0
    return np.clip(np.rint((image - offset) / scale), 0, 255).astype(np.uint8), scale, offset


def canonical(array: np.ndarray, affine: np.ndarray) -> np.ndarray:
    """An array (i, j, k) with its axes turned and flipped to increase to R, A and S.

    Every axis goes to the patient axis that it is nearest to; ``affine`` (4, 4) is RAS in mm.
    """
    directions = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    order = [-1, -1, -1]
    free = np.abs(directions)
    for _ in range(3):
        row, column = np.unravel_index(int(free.argmax()), free.shape)
        order[row] = int(column)
        free[row, :] = free[:, column] = -1.0
    turned = np.transpose(array, order)
    flips = [slice(None, None, -1 if directions[row, order[row]] < 0 else 1) for row in range(3)]
    return np.ascontiguousarray(turned[tuple(flips)])


def canonical_spacing(affine: np.ndarray) -> Tuple[float, float, float]:
    """Spacing in mm along the axes of ``canonical``."""
    lengths = np.linalg.norm(affine[:3, :3], axis=0)
    # The same order, found on an array whose every axis has another length.
    shape = canonical(np.zeros((1, 2, 3), dtype=bool), affine).shape
    return tuple(float(lengths[n - 1]) for n in shape)


def read_case(info: DatasetInfo, entry: Dict[str, Any]) -> VolumeCase:
    """Read one case into canonical axes."""
    image, label = read_array(info, entry, "image"), read_array(info, entry, "label")
    if image.ndim != 3 or image.shape != label.shape:
        raise DatasetError(
            f"{info.name}/{entry['id']}: image {image.shape} and label {label.shape} must have "
            "the same shape of three axes"
        )
    affine = read_affine(info, entry)
    hounsfield = "HU" in info.meta["modality"]
    quantised, scale, offset = quantise(image.astype(np.float32), hounsfield)
    return VolumeCase(
        dataset=info.name,
        identifier=str(entry["id"]),
        subject=str(entry["subject"]),
        split=entry["split"],
        hounsfield=hounsfield,
        spacing=canonical_spacing(affine),
        scale=scale,
        offset=offset,
        image=canonical(quantised.T, affine),
        label=canonical(np.rint(label).astype(np.uint8).T, affine),
    )


def read_volumes(root: Path, split: str, datasets: Collection[str] = ()) -> List[VolumeCase]:
    """Every labelled volume of a split below ``root``, only of the named datasets if any are."""
    cases = [
        read_case(info, entry)
        for info in read_index(root, split)
        if not datasets or info.name in datasets
        for entry in info.entries(split)
        if entry["image"].endswith((".nii", ".nii.gz"))
    ]
    cases = [case for case in cases if case.label.any()]
    if not cases:
        raise DatasetError(f"{root} holds no labelled volumes of the {split} split")
    return cases
