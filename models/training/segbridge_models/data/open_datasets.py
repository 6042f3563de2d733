"""Reader of dataset folders: ``dataset.json`` beside ``images/`` and ``labels/``.

2D cases are grey PNG images with PNG integer labels, 3D cases NIfTI volumes with a label on the
same grid.  Packed datasets (``pack``) hold the same in one file and need neither Pillow nor
nibabel.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Mapping, Sequence, Tuple

import numpy as np

from . import packed


class DatasetError(Exception):
    """A dataset folder or one of its cases cannot be used; the message names it and why."""


@dataclass(frozen=True)
class Case:
    """One labelled image.

    ``image`` is (H, W) uint8 or (k, j, i) float32, ``label`` of the same shape, uint8.
    ``hounsfield`` tells that intensities are HU.
    """

    dataset: str
    identifier: str
    subject: str
    hounsfield: bool
    image: np.ndarray
    label: np.ndarray
    values: Tuple[int, ...]

    @property
    def volumetric(self) -> bool:
        return self.image.ndim == 3


@dataclass(frozen=True)
class Dataset:
    """A named set of cases of one split with its licence and origin."""

    name: str
    licence: str
    source: str
    cases: Tuple[Case, ...]


@dataclass(frozen=True)
class DatasetInfo:
    """What is known of a dataset without reading its images."""

    folder: Path
    name: str
    licence: str
    source: str
    meta: Dict[str, Any]

    def entries(self, split: str) -> List[Dict[str, Any]]:
        """The manifest's entries of the cases of a split."""
        return [e for e in self.meta["cases"] if e["split"] == split]


def read_array(info: DatasetInfo, entry: Dict[str, Any], part: str) -> np.ndarray:
    """``image`` or ``label`` of a case, (H, W) or (k, j, i), of the type it is stored in."""
    if packed.is_packed(info.meta):
        return packed.read_values(info.folder, entry, part)
    path = info.folder / entry[part]
    if path.name.endswith((".nii", ".nii.gz")):
        import nibabel

        return np.ascontiguousarray(np.asanyarray(nibabel.load(path).dataobj).T)
    from PIL import Image

    with Image.open(path) as image:
        return np.array(image)


def read_affine(info: DatasetInfo, entry: Dict[str, Any]) -> np.ndarray:
    """(4, 4): voxel indices (i, j, k) of a volume to RAS millimetres."""
    if packed.is_packed(info.meta):
        return np.array(entry["affine"])
    import nibabel

    return np.asarray(nibabel.load(info.folder / entry["image"]).affine)


def read_case(info: DatasetInfo, entry: Dict[str, Any]) -> Case:
    """Read one case of a dataset."""
    image = read_array(info, entry, "image")
    label = read_array(info, entry, "label")
    if image.shape != label.shape or image.ndim not in (2, 3):
        raise DatasetError(
            f"{info.folder.name}/{entry['id']}: image {image.shape} and label {label.shape} must "
            "have the same shape of two or three axes"
        )
    if image.ndim == 3:
        image = image.astype(np.float32)
    label = np.rint(label).astype(np.uint8)
    return Case(
        dataset=info.name,
        identifier=entry["id"],
        subject=str(entry["subject"]),
        hounsfield="HU" in info.meta["modality"],
        image=image,
        label=label,
        values=tuple(int(v) for v in np.unique(label) if v),
    )


def read_info(folder: Path) -> DatasetInfo:
    """Read ``dataset.json`` of one dataset folder."""
    try:
        meta = json.loads((folder / "dataset.json").read_text())
    except (OSError, ValueError) as error:
        raise DatasetError(f"{folder}: dataset.json cannot be read: {error}") from error
    source = meta["source"]
    original = source.get("original_dataset", meta["name"])
    origin = f"{original}, from {source['repo']} at {source['commit']}"
    return DatasetInfo(folder, meta["name"], meta["licence"], origin, meta)


def read_index(root: Path, split: str) -> List[DatasetInfo]:
    """Every dataset below ``root`` that has cases in the split, in name order."""
    folders = sorted(p.parent for p in root.glob("*/dataset.json"))
    if not folders:
        raise DatasetError(f"{root} holds no dataset folders (*/dataset.json)")
    return [info for info in map(read_info, folders) if info.entries(split)]


def read_dataset(info: DatasetInfo, split: str) -> Dataset:
    """Read the cases of one split (``train`` or ``validation``) that have any label."""
    cases = [read_case(info, e) for e in info.entries(split)]
    return Dataset(info.name, info.licence, info.source, tuple(c for c in cases if c.values))


def read_all(root: Path, split: str) -> List[Dataset]:
    """Read every dataset below ``root`` that has cases in the split, in name order."""
    datasets = [read_dataset(info, split) for info in read_index(root, split)]
    return [d for d in datasets if d.cases]


def case_ids(splits: Mapping[str, Sequence[Dataset]]) -> Dict[str, Dict[str, List[str]]]:
    """The identifiers of all cases by split and dataset name."""
    return {
        split: {d.name: [c.identifier for c in d.cases] for d in datasets}
        for split, datasets in splits.items()
    }
