"""Images and labels in one small file per dataset, readable with NumPy alone.

Integers are stored as differences along the last axis (modulo their range), which compress better,
in an ``.npz`` whose members are compressed with bzip2.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, Mapping

import numpy as np
from numpy.lib import format as npy

FILE = "arrays.npz"


@dataclass(frozen=True)
class Stored:
    """How values were made integers: ``value = offset + scale * number``, of type ``dtype``."""

    scale: float
    offset: float
    dtype: str

    def restore(self, numbers: np.ndarray) -> np.ndarray:
        """The values of stored numbers, rounded and kept in range where the type is an integer."""
        values = self.offset + self.scale * numbers.astype(np.float64)
        if np.issubdtype(np.dtype(self.dtype), np.integer):
            ends = np.iinfo(self.dtype)
            values = np.clip(np.rint(values), ends.min, ends.max)
        return values.astype(self.dtype)

    def numbers(self, values: np.ndarray) -> np.ndarray:
        """The nearest number of every value: uint8 where all fit, else uint16 (clipped)."""
        scaled = np.rint((values.astype(np.float64) - self.offset) / self.scale)
        scaled = np.clip(scaled, 0, 65535)
        return scaled.astype(np.uint8 if scaled.max(initial=0) < 256 else np.uint16)


def encode(numbers: np.ndarray) -> np.ndarray:
    """Bytes of differences along the last axis: (1, ...) for uint8, low and high for uint16."""
    if numbers.dtype not in (np.uint8, np.uint16):
        raise ValueError(f"uint8 or uint16 can be packed, got {numbers.dtype}")
    first = np.zeros(numbers.shape[:-1] + (1,), dtype=numbers.dtype)
    steps = np.diff(numbers, axis=-1, prepend=first)
    if steps.dtype == np.uint8:
        return steps[None]
    # Small steps of either sign become small numbers: then the high bytes are almost all zero.
    signs = (steps >> 15) * np.uint16(0xFFFF)
    folded = (steps << 1) ^ signs
    return np.stack([folded & 0xFF, folded >> 8]).astype(np.uint8)


def decode(planes: np.ndarray) -> np.ndarray:
    """The inverse of ``encode``."""
    if len(planes) == 1:
        return np.cumsum(planes[0], axis=-1, dtype=np.uint8)
    folded = planes[0].astype(np.uint16) | (planes[1].astype(np.uint16) << 8)
    signs = (folded & 1) * np.uint16(0xFFFF)
    return np.cumsum((folded >> 1) ^ signs, axis=-1, dtype=np.uint16)


def write(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write encoded arrays under their names."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        for name, numbers in arrays.items():
            # A fixed date makes the same data the same file.
            entry = zipfile.ZipInfo(name + ".npy", (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_BZIP2
            with archive.open(entry, "w") as stream:
                npy.write_array(stream, encode(numbers), allow_pickle=False)


@lru_cache(maxsize=4)
def _open(path: Path, changed: int) -> Any:
    return np.load(path, allow_pickle=False)


def read(path: Path, name: str) -> np.ndarray:
    """The numbers stored under a name.  Raises KeyError where there is none."""
    return decode(_open(path, path.stat().st_mtime_ns)[name])


def read_values(folder: Path, entry: Mapping[str, Any], part: str) -> np.ndarray:
    """``image`` or ``label`` of a manifest entry of a packed dataset folder."""
    numbers = read(folder / FILE, entry[part])
    return Stored(**entry["stored"]).restore(numbers) if part == "image" else numbers


def is_packed(meta: Dict[str, Any]) -> bool:
    """Whether the ``dataset.json`` is that of a packed dataset."""
    return bool(meta.get("packed", False))
