"""Makes the context bundle from a training checkpoint.

``python -m segbridge_models.context.export --run FOLDER --data FOLDER --scribble-bundle FOLDER
--bundle FOLDER [--report FILE]`` writes the averaged weights as halves, the prompts-only network
of the scribble bundle as the part for images without context, the manifest, and the card; with
``--report``, the JSON of ``evaluate``, the card holds its tables.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Mapping, Sequence

import onnx

from .. import checkpoint, onnx_graph
from ..bundle import Provenance, part_entry, part_path, slice_manifest, write_manifest
from ..bundle_export import export_options, provenance, read_report
from ..multiverseg import CrossNetwork, CrossNetworkConfig
from ..onnx_export import multiverseg
from ..onnx_export.weights import half
from .card import write_card

UNET = "unet"
UNET_FILE = "scribbleprompt-unet.onnx"
# Chosen on the validation tasks: proposals that are less sure are left empty, and the UNet's share
# in the logits of a step with prompts.
CHOICES = {"leastConfidence": 0.2, "unetShare": 0.25}


def manifest(
    folder: Path, version: str, origin: Provenance, found: Mapping[str, Any]
) -> Dict[str, Any]:
    """The manifest of the context bundle, with the hashes of the parts in ``folder``."""
    files = {multiverseg.PART: multiverseg.file_name(), UNET: UNET_FILE}
    facts = {
        "id": "context-2d",
        "version": version,
        "family": "multiverseg",
        "title": "MultiverSeg, reduced width",
        "description": "Interactive 2D segmentation that learns from the images already finished: "
        "with up to some tens of them as context it proposes the next mask before any prompt.",
    }
    parts = [part_entry(name, folder / file) for name, file in files.items()]
    made = slice_manifest(facts, origin, True, parts, metrics(found))
    return made | CHOICES


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
    parser = export_options("segbridge_models.context.export", __doc__)
    parser.add_argument("--scribble-bundle", type=Path, required=True)
    arguments = parser.parse_args(argv)

    state = checkpoint.load(arguments.run / "checkpoint.pt")
    model = CrossNetwork(CrossNetworkConfig(**state["settings"]["network"]))
    model.load_state_dict(state["average"])
    folder: Path = arguments.bundle
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(half(multiverseg.build_part(model)), str(folder / multiverseg.file_name()))
    unet = onnx_graph.load_network(part_path(arguments.scribble_bundle, UNET))
    onnx.save(onnx_graph.build(unet, True), str(folder / UNET_FILE))
    found = read_report(arguments)
    made = manifest(folder, arguments.version, provenance(arguments, state), found)
    write_manifest(folder, made)
    write_card(folder, made, state["settings"], state["examples"], found)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
