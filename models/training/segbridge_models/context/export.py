"""Makes the context bundle from a training checkpoint.

``python -m segbridge_models.context.export --run FOLDER --data FOLDER --scribble-bundle FOLDER
--bundle FOLDER [--report FILE]`` writes the averaged weights as halves, the prompts-only network
of the scribble bundle as the part for images without context, the manifest, and the card; with
``--report``, the JSON of ``evaluate``, the card holds its tables.
"""

from __future__ import annotations

import argparse
import datetime
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Dict, List, Mapping, Sequence

import onnx

from .. import checkpoint, onnx_graph
from ..bundle import SCHEMA, Provenance, TrainingSet, part_path, sha256, write_manifest
from ..data.open_datasets import read_index
from ..export_onnx import _commit
from ..multiverseg import CrossNetwork, CrossNetworkConfig
from ..onnx_export import multiverseg
from ..onnx_export.weights import half
from .card import write_card

UNET = "unet"
UNET_FILE = "scribbleprompt-unet.onnx"


def manifest(
    folder: Path, version: str, provenance: Provenance, report: Mapping[str, Any]
) -> Dict[str, Any]:
    """The manifest of the context bundle, with the hashes of the parts in ``folder``."""
    files = {multiverseg.PART: multiverseg.file_name(), UNET: UNET_FILE}
    return {
        "schema": SCHEMA,
        "id": "context-2d",
        "version": version,
        "family": "multiverseg",
        "title": "MultiverSeg, reduced width",
        "description": "Interactive 2D segmentation that learns from the images already finished: "
        "with up to some tens of them as context it proposes the next mask before any prompt.",
        "dimension": 2,
        "licence": "Apache-2.0",
        "provenance": asdict(provenance),
        "prompts": ["point", "box", "scribble", "lasso", "mask"],
        "candidates": 1,
        "context": True,
        "input": {"size": [128, 128], "spacing": "fit", "channels": 5},
        "normalisation": {
            "method": "minmax",
            "clip": "window-or-percentiles",
            "percentiles": [0.5, 99.5],
        },
        "parts": [
            {
                "name": name,
                "file": file,
                "sha256": sha256(folder / file),
                "bytes": (folder / file).stat().st_size,
            }
            for name, file in files.items()
        ],
        "metrics": metrics(report),
    }


def metrics(report: Mapping[str, Any]) -> List[Dict[str, Any]]:
    """Dice of the context alone, from the sixth image of a series on, for every data set of the
    validation splits: step 0 of a protocol named for it."""
    found = []
    for entry in list(report.get("groups", {}).get("validation", {}).values())[:1]:
        rows = [("all", entry["summary"]["from the 6th image"])]
        rows += [(row["dataset"], row) for row in entry["summary"]["byDataset"]]
        found += [
            {
                "dataset": name,
                "protocol": "context-alone",
                "step": 0,
                "dice": row["firstDice"],
                "n": row["images"],
                "ci95": row["firstDiceCi95"],
            }
            for name, row in rows
            if row is not None
        ]
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Command line entry."""
    parser = argparse.ArgumentParser(prog="segbridge_models.context.export", description=__doc__)
    parser.add_argument("--run", type=Path, required=True, help="folder of the training run")
    parser.add_argument("--data", type=Path, required=True, help="folder it was trained on")
    parser.add_argument("--scribble-bundle", type=Path, required=True)
    parser.add_argument("--bundle", type=Path, required=True, help="bundle folder to write")
    parser.add_argument("--version", default="1.0.0")
    parser.add_argument("--commit", default=None, help="commit of the training code")
    parser.add_argument("--report", type=Path, default=None, help="JSON report of evaluate")
    arguments = parser.parse_args(argv)

    state = checkpoint.load(arguments.run / "checkpoint.pt")
    model = CrossNetwork(CrossNetworkConfig(**state["settings"]["network"]))
    model.load_state_dict(state["average"])
    folder: Path = arguments.bundle
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(half(multiverseg.build_part(model)), str(folder / multiverseg.file_name()))
    unet = onnx_graph.load_network(part_path(arguments.scribble_bundle, UNET))
    onnx.save(onnx_graph.build(unet, True), str(folder / UNET_FILE))
    provenance = Provenance(
        trainedOn=[
            TrainingSet(d.name, d.licence, d.source) for d in read_index(arguments.data, "train")
        ],
        commit=arguments.commit or _commit(),
        date=datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        trainingMinutes=round(state["seconds"] / 60, 1),
        steps=state["step"],
    )
    report = json.loads(arguments.report.read_text()) if arguments.report else {}
    made = manifest(folder, arguments.version, provenance, report)
    write_manifest(folder, made)
    write_card(folder, made, state["settings"], state["examples"], report)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
