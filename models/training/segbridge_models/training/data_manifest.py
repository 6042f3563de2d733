"""Exactly which files a training has seen, with their hashes."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Collection, Dict, List, Mapping, Tuple

from ..data.open_datasets import DatasetInfo, read_index


@dataclass(frozen=True)
class DataFile:
    """One case: file names relative to the data folder, SHA-256 in lower-case hexadecimal."""

    dataset: str
    case: str
    subject: str
    split: str
    image: str
    image_sha256: str
    label: str
    label_sha256: str


@dataclass(frozen=True)
class DataManifest:
    """The cases of a training, in order of split, dataset and case."""

    files: Tuple[DataFile, ...]

    def as_list(self) -> List[Dict[str, Any]]:
        """Plain values, as checkpoints hold them."""
        return [asdict(f) for f in self.files]

    @staticmethod
    def from_list(entries: List[Dict[str, Any]]) -> "DataManifest":
        """The inverse of ``as_list``."""
        return DataManifest(tuple(DataFile(**e) for e in entries))

    def counts(self) -> Dict[str, int]:
        """Number of cases of each split."""
        splits = [f.split for f in self.files]
        return {name: splits.count(name) for name in sorted(set(splits))}


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def case_hashes(info: DatasetInfo, entry: Mapping[str, Any]) -> Tuple[str, str]:
    """SHA-256 of a case's image and label files; packed data carries those of its originals."""
    if "sha256" in entry:
        return entry["sha256"]["image"], entry["sha256"]["label"]
    return _sha256(info.folder / entry["image"]), _sha256(info.folder / entry["label"])


def collect(root: Path, used: Mapping[str, Mapping[str, Collection[str]]]) -> DataManifest:
    """The manifest of the cases in ``used``: split -> dataset name -> case identifiers.

    Raises ValueError when the data folder has no such case.
    """
    files: List[DataFile] = []
    for split in sorted(used):
        infos = {info.name: info for info in read_index(root, split)}
        for name in sorted(n for n, cases in used[split].items() if cases):
            entries = {str(e["id"]): e for e in infos[name].entries(split)} if name in infos else {}
            for case in sorted(used[split][name]):
                if case not in entries:
                    raise ValueError(f"{root} has no case {case!r} in the {split} split of {name}")
                files.append(_file(infos[name], split, entries[case]))
    return DataManifest(tuple(files))


def _file(info: DatasetInfo, split: str, entry: Mapping[str, Any]) -> DataFile:
    image, label = case_hashes(info, entry)
    folder = info.folder.name
    return DataFile(
        info.name,
        str(entry["id"]),
        str(entry["subject"]),
        split,
        f"{folder}/{entry['image']}",
        image,
        f"{folder}/{entry['label']}",
        label,
    )


def difference(old: DataManifest, new: DataManifest) -> Dict[str, int]:
    """How many cases were added, removed and changed (other bytes or another split)."""
    before = {(f.dataset, f.case): f for f in old.files}
    after = {(f.dataset, f.case): f for f in new.files}
    shared = before.keys() & after.keys()
    return {
        "added": len(after.keys() - before.keys()),
        "removed": len(before.keys() - after.keys()),
        "changed": sum(before[k] != after[k] for k in shared),
    }
