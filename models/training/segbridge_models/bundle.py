"""Model bundles: ``model.json`` beside the ONNX parts, as the server reads them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Mapping, Sequence

SCHEMA = 1
MANIFEST = "model.json"
SCRIBBLE_PART = "scribbleprompt-unet.onnx"


class BundleError(Exception):
    """A bundle folder is incomplete or does not match its manifest; the message says how."""


@dataclass(frozen=True)
class TrainingSet:
    """A data set that weights were trained on."""

    name: str
    licence: str
    source: str


@dataclass(frozen=True)
class Provenance:
    """Where weights come from: data, commit of the training code, date and effort."""

    trainedOn: Sequence[TrainingSet]  # noqa: N815 (the manifest's own spelling)
    commit: str
    date: str
    trainingMinutes: float  # noqa: N815
    steps: int


@dataclass(frozen=True)
class Metric:
    """Mean Dice after a step of a protocol, with its 95 % bootstrap interval."""

    dataset: str
    protocol: str
    step: int
    dice: float
    n: int
    ci95: Sequence[float] = field(default_factory=list)


def sha256(path: Path) -> str:
    """Lower-case hexadecimal SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def part_entry(name: str, path: Path) -> Dict[str, Any]:
    """A part as the manifest lists it, with its hash."""
    size = path.stat().st_size
    return {"name": name, "file": path.name, "sha256": sha256(path), "bytes": size}


def slice_manifest(
    facts: Mapping[str, str],
    provenance: Provenance,
    context: bool,
    parts: Sequence[Mapping[str, Any]],
    metrics: Sequence[Mapping[str, Any]],
) -> Dict[str, Any]:
    """The manifest of a 2D bundle; ``facts`` are id, version, family, title and description."""
    return {
        "schema": SCHEMA,
        **facts,
        "dimension": 2,
        "licence": "Apache-2.0",
        "provenance": asdict(provenance),
        "prompts": ["point", "box", "scribble", "lasso", "mask"],
        "candidates": 1,
        "context": context,
        "input": {"size": [128, 128], "spacing": "fit", "channels": 5},
        "normalisation": {
            "method": "minmax",
            "clip": "window-or-percentiles",
            "percentiles": [0.5, 99.5],
        },
        "parts": list(parts),
        "metrics": list(metrics),
    }


def scribble_manifest(
    folder: Path, version: str, provenance: Provenance, metrics: Sequence[Metric]
) -> Dict[str, Any]:
    """The manifest of the 2D scribble bundle, with the hash of the part in ``folder``."""
    facts = {
        "id": "scribble-2d",
        "version": version,
        "family": "scribbleprompt-unet",
        "title": "ScribblePrompt-UNet, reduced width",
        "description": "Interactive 2D segmentation of any structure on CT, MR, ultrasound and "
        "microscopy slices by points, boxes, scribbles, lassos and an initial mask.",
    }
    parts = [part_entry("unet", folder / SCRIBBLE_PART)]
    return slice_manifest(facts, provenance, False, parts, [asdict(m) for m in metrics])


def write_manifest(folder: Path, manifest: Dict[str, Any]) -> None:
    """Write ``model.json`` into the bundle folder."""
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")


def part_path(folder: Path, name: str) -> Path:
    """Path of a part after checking its hash against the manifest."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text())
    except (OSError, ValueError) as error:
        raise BundleError(f"{folder / MANIFEST} cannot be read: {error}") from error
    parts: List[Dict[str, Any]] = [p for p in manifest["parts"] if p["name"] == name]
    if not parts:
        raise BundleError(f"{folder}: the manifest names no part {name!r}")
    path = folder / parts[0]["file"]
    if not path.is_file():
        raise BundleError(f"{path} is missing")
    if sha256(path) != parts[0]["sha256"]:
        raise BundleError(f"{path} does not have the SHA-256 that the manifest gives")
    return path
