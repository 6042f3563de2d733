"""Makes the ``tumour-3d`` bundle from a training run.

``python -m segbridge_models.prism_training.bundle --run FOLDER --data DATA --bundle FOLDER``
exports the averaged weights as ONNX parts with float16 kernels.  With ``--report FILE`` (the JSON
of ``evaluate``) the bundle's metrics, its curves of confidence and its card are filled in.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any, Dict, List, Mapping, Sequence

from .. import checkpoint
from ..bundle import SCHEMA, Metric, Provenance, part_entry, write_manifest
from ..bundle_export import export_options, provenance, read_report
from ..onnx_export.prism import export
from ..prism import Prism
from ..volumes.normalise import CT_CLIP, CT_MEAN, CT_STD, PERCENTILES
from . import settings
from .model_card import write_card

_CONFIG = Path(__file__).parent.parent.parent / "configs" / "tumour-3d.toml"
SHOWN_STEPS = (1, 5, 11)


def manifest(
    options: settings.VolumeSettings,
    files: Mapping[str, Path],
    version: str,
    origin: Provenance,
    report: Mapping[str, Any],
) -> Dict[str, Any]:
    """The manifest of a bundle of the exported ``files`` by part, with what ``report`` found."""
    network = options.network
    curves = {"confidence": report["curves"]} if report.get("curves") else {}
    return {
        "schema": SCHEMA,
        "id": "tumour-3d",
        "version": version,
        "family": "prism",
        "title": "PRISM, reduced width, for tumours and organs",
        "description": "Interactive 3D segmentation of tumours and organs in CT and MR volumes by "
        "points, a box, scribbles, lassos and an initial mask, with three candidates and a "
        "predicted Dice for each.",
        "dimension": 3,
        "licence": "Apache-2.0",
        "provenance": asdict(origin),
        "prompts": ["point", "box", "scribble", "lasso", "mask"],
        "candidates": network.candidates,
        "context": False,
        "input": {
            "size": [network.grid] * 3,
            "spacing": asdict(options.sampler.spacing),
            "channels": 1,
        },
        "normalisation": {
            "method": "zscore",
            "modalities": {"CT": {"clip": list(CT_CLIP), "mean": CT_MEAN, "std": CT_STD}},
            "otherwise": {
                "clip": "window-or-percentiles",
                "percentiles": list(PERCENTILES),
                "mean": "patch",
                "std": "patch",
            },
        },
        "parts": [part_entry(part, path) for part, path in files.items()],
        **curves,
        "metrics": [asdict(m) for m in _metrics(report.get("rows", []))],
    }


def _metrics(rows: Sequence[Dict[str, Any]]) -> List[Metric]:
    return [Metric(**row) for row in rows if row["step"] in SHOWN_STEPS]


def main(argv: Sequence[str] | None = None) -> int:
    """Command line entry."""
    parser = export_options("segbridge_models.prism_training.bundle", __doc__)
    parser.add_argument("--config", type=Path, default=_CONFIG, help="settings (TOML)")
    arguments = parser.parse_args(argv)

    options = settings.read(arguments.config)
    state = checkpoint.load(arguments.run / "checkpoint.pt")
    model = Prism(options.network)
    model.load_state_dict(state["average"])
    files = export(model, arguments.bundle, halves=True)
    seen = [f for part in state["run"]["data"] for f in part["files"]]
    used = {f["dataset"] for f in seen if f["split"] == "train"}
    found = read_report(arguments)
    origin = provenance(arguments, state, used)
    content = manifest(options, files, arguments.version, origin, found)
    write_manifest(arguments.bundle, content)
    write_card(arguments.bundle, content, options, state["examples"], found)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
