"""Makes the ``tumour-3d`` bundle from a training run.

``python -m segbridge_models.prism_training.bundle --run FOLDER --data DATA --bundle FOLDER``
exports the averaged weights as ONNX parts with float16 kernels.  With ``--report FILE`` (the JSON
of ``evaluate``) the bundle's metrics and its card are filled in.
"""

from __future__ import annotations

import argparse
import datetime
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Dict, List, Mapping, Sequence

from .. import checkpoint
from ..bundle import SCHEMA, Metric, Provenance, TrainingSet, sha256, write_manifest
from ..data.open_datasets import read_index
from ..export_onnx import _commit
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
    provenance: Provenance,
    metrics: Sequence[Metric],
) -> Dict[str, Any]:
    """The manifest of a bundle of the exported ``files`` by part."""
    network = options.network
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
        "provenance": asdict(provenance),
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
        "parts": [
            {"name": part, "file": path.name, "sha256": sha256(path), "bytes": path.stat().st_size}
            for part, path in files.items()
        ],
        "metrics": [asdict(m) for m in metrics],
    }


def _metrics(rows: Sequence[Dict[str, Any]]) -> List[Metric]:
    return [Metric(**row) for row in rows if row["step"] in SHOWN_STEPS]


def main(argv: Sequence[str] | None = None) -> int:
    """Command line entry."""
    parser = argparse.ArgumentParser(
        prog="segbridge_models.prism_training.bundle", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--run", type=Path, required=True, help="folder of the training run")
    parser.add_argument("--config", type=Path, default=_CONFIG, help="settings (TOML)")
    parser.add_argument("--data", type=Path, required=True, help="folder of datasets trained on")
    parser.add_argument("--bundle", type=Path, required=True, help="bundle folder to write")
    parser.add_argument("--version", default="1.0.0")
    parser.add_argument("--commit", default=None, help="commit of the training code")
    parser.add_argument("--report", type=Path, default=None, help="JSON report of evaluate")
    arguments = parser.parse_args(argv)

    options = settings.read(arguments.config)
    state = checkpoint.load(arguments.run / "checkpoint.pt")
    model = Prism(options.network)
    model.load_state_dict(state["average"])
    files = export(model, arguments.bundle, halves=True)
    seen = [f for part in state["run"]["data"] for f in part["files"]]
    used = {f["dataset"] for f in seen if f["split"] == "train"}
    provenance = Provenance(
        trainedOn=[
            TrainingSet(d.name, d.licence, d.source)
            for d in read_index(arguments.data, "train")
            if d.name in used
        ],
        commit=arguments.commit or _commit(),
        date=datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        trainingMinutes=round(state["seconds"] / 60, 1),
        steps=state["step"],
    )
    report = json.loads(arguments.report.read_text()) if arguments.report else None
    metrics = _metrics(report["rows"]) if report else []
    content = manifest(options, files, arguments.version, provenance, metrics)
    write_manifest(arguments.bundle, content)
    write_card(arguments.bundle, content, options, state["examples"], report)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
