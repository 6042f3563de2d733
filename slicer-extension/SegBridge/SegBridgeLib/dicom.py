"""The DICOM images that a volume was made of, for exports that belong to them."""
from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterable, List, Optional, Sequence, Union

from . import contract

# Groups whose attributes an object takes over or refers to; all others stay here.
_GROUPS = frozenset((0x0008, 0x0010, 0x0012, 0x0018, 0x0020, 0x0028, 0x5200))


@dataclass(frozen=True)
class DicomImages:
    """Headers of the images of one series. They identify the patient: the server keeps them for one call and nowhere else."""

    # DICOM Part 10 without pixels, one per image; none for a session of Client.open_series, whose images the server knows.
    headers: Sequence[bytes] = field(default=(), repr=False)
    # Write without the patient's identity; identifiers become hashes with the key (16..64 bytes; empty: the server's own).
    deidentify: bool = False
    deidentify_key: bytes = field(default=b"", repr=False)
    # Of the new series; the server has its own for "" and 0.
    series_description: str = ""
    series_number: int = 0

    @classmethod
    def read(cls, source: Union[str, Path, Iterable[Union[str, Path]]], series: Optional[str] = None) -> "DicomImages":
        """Reads the headers of a folder or of files; of several series in them, series (a Series Instance UID) names one.

        Needs pydicom, which 3D Slicer has.
        """
        import pydicom

        paths = sorted(path for path in Path(source).rglob("*") if path.is_file()) if isinstance(source, (str, Path)) else [Path(path) for path in source]
        found: "dict[str, List[bytes]]" = {}
        for path in paths:
            try:
                dataset = pydicom.dcmread(str(path), stop_before_pixels=True)
            except pydicom.errors.InvalidDicomError:
                continue
            uid = str(dataset.get("SeriesInstanceUID", ""))
            if "Rows" not in dataset or dataset.get("Modality") == "SEG" or series not in (None, uid):
                continue
            for tag in [tag for tag in dataset.keys() if tag.group not in _GROUPS]:
                del dataset[tag]
            header = io.BytesIO()
            pydicom.dcmwrite(header, dataset)
            found.setdefault(uid, []).append(header.getvalue())
        if len(found) != 1:
            raise ValueError(f"the images must be of one series, got {len(found)}: {', '.join(sorted(found)) or 'no images'}")
        return cls(next(iter(found.values())))

    def to_message(self) -> contract.DicomSource:
        return contract.DicomSource(
            list(self.headers), self.deidentify, self.deidentify_key, self.series_description, self.series_number)
