"""Real labelled volumes in one small file: ``python -m segbridge_models.volumes.pack``.

Volumes are turned to canonical axes (R, A, S increasing) on their native grid and stored as bytes:
CT clipped to -200..820 HU in steps of 4 HU (far below the noise), others scaled linearly between 0 and their 99.95
percentile.  Every intensity that training looks at survives, in a fraction of the size.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Collection, Dict, List, Optional, Sequence, Tuple

import numpy as np

from ..data.open_datasets import DatasetError, DatasetInfo, read_index

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
    """(bytes, scale, offset) of real values."""
    if hounsfield:
        scale, offset = CT_STEP, CT_LOW
    else:
        top = float(np.percentile(image, _TOP_PERCENTILE))
        scale, offset = max(top, 1e-6) / 255.0, 0.0
    return np.clip(np.rint((image - offset) / scale), 0, 255).astype(np.uint8), scale, offset


def read_case(info: DatasetInfo, entry: Dict[str, Any]) -> VolumeCase:
    """Read one NIfTI image with its label into canonical axes."""
    import nibabel

    image = nibabel.as_closest_canonical(nibabel.load(info.folder / entry["image"]))
    label = nibabel.as_closest_canonical(nibabel.load(info.folder / entry["label"]))
    values = np.asarray(image.dataobj, dtype=np.float32)
    marks = np.rint(np.asarray(label.dataobj)).astype(np.uint8)
    if values.ndim != 3 or values.shape != marks.shape:
        raise DatasetError(
            f"{info.name}/{entry['id']}: image {values.shape} and label {marks.shape} must have "
            "the same shape of three axes"
        )
    hounsfield = "HU" in info.meta["modality"]
    quantised, scale, offset = quantise(values, hounsfield)
    return VolumeCase(
        dataset=info.name,
        identifier=entry["id"],
        subject=str(entry["subject"]),
        split=entry["split"],
        hounsfield=hounsfield,
        spacing=tuple(float(z) for z in image.header.get_zooms()[:3]),
        scale=scale,
        offset=offset,
        image=quantised,
        label=marks,
    )


def read_volumes(
    root: Path, split: str, datasets: Collection[str] = ()
) -> List[VolumeCase]:
    """Every labelled volume of a split in the named datasets below ``root``, of all without names."""
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


def save(path: Path, cases: Sequence[VolumeCase]) -> None:
    """Write cases into one compressed file."""
    table, arrays = [], {}
    for n, case in enumerate(cases):
        meta = {k: v for k, v in vars(case).items() if k not in ("image", "label")}
        table.append(meta)
        arrays[f"image{n}"], arrays[f"label{n}"] = case.image, case.label
    path.parent.mkdir(parents=True, exist_ok=True)
    text = np.frombuffer(json.dumps(table).encode(), dtype=np.uint8)
    np.savez_compressed(path, cases=text, **arrays)


def load(path: Path, split: Optional[str] = None) -> List[VolumeCase]:
    """Read what ``save`` wrote, one split of it or all."""
    try:
        with np.load(path, allow_pickle=False) as file:
            table = json.loads(bytes(file["cases"]).decode())
            return [
                VolumeCase(
                    **{**meta, "spacing": tuple(meta["spacing"])},
                    image=file[f"image{n}"],
                    label=file[f"label{n}"],
                )
                for n, meta in enumerate(table)
                if split in (None, meta["split"])
            ]
    except (OSError, KeyError, ValueError) as error:
        raise DatasetError(f"{path} is not a file of packed volumes: {error}") from error


def load_or_read(data: Path, split: str, datasets: Collection[str] = ()) -> List[VolumeCase]:
    """Cases of a split from a packed file, or straight from a folder of datasets."""
    if not data.is_file():
        return read_volumes(data, split, datasets)
    cases = [c for c in load(data, split) if not datasets or c.dataset in datasets]
    if not cases:
        raise DatasetError(f"{data} holds no volumes of the {split} split of {sorted(datasets)}")
    return cases


def manifest(cases: Sequence[VolumeCase]) -> List[Dict[str, str]]:
    """Dataset, case and SHA-256 of image and label bytes, for the training record."""
    return [
        {
            "dataset": case.dataset,
            "case": case.identifier,
            "sha256": hashlib.sha256(case.image.tobytes() + case.label.tobytes()).hexdigest(),
        }
        for case in cases
    ]


def main(argv: Sequence[str] | None = None) -> int:
    """Command line entry."""
    parser = argparse.ArgumentParser(prog="segbridge_models.volumes.pack", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of dataset folders")
    parser.add_argument("--out", type=Path, required=True, help="packed volumes (.npz)")
    arguments = parser.parse_args(argv)
    cases = [c for split in ("train", "validation") for c in read_volumes(arguments.data, split)]
    save(arguments.out, cases)
    print(f"{len(cases)} volumes, {arguments.out.stat().st_size / 1e6:.1f} MB in {arguments.out}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
