"""Makes the 2D bundle from a training checkpoint.

``python -m segbridge_models.export_onnx --run FOLDER --data FOLDER --bundle FOLDER``
exports the averaged weights.  With ``--report FILE`` (the JSON of ``evaluate``) the bundle's
metrics and its card are filled in.
"""

from __future__ import annotations

import argparse
import datetime
import json
import subprocess
from pathlib import Path
from typing import Any, List, Mapping, Sequence

import onnx

from . import checkpoint, onnx_graph
from .bundle import (
    SCRIBBLE_PART,
    Metric,
    Provenance,
    TrainingSet,
    scribble_manifest,
    write_manifest,
)
from .data.open_datasets import read_index
from .model_card import SHOWN_STEPS, write_card
from .scribbleprompt_unet import ScribblePromptUNet


def _commit() -> str:
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def _metrics(report: Mapping[str, Any]) -> List[Metric]:
    return [Metric(**row) for row in report.get("rows", []) if row["step"] in SHOWN_STEPS]


def main(argv: Sequence[str] | None = None) -> int:
    """Command line entry."""
    parser = argparse.ArgumentParser(prog="segbridge_models.export_onnx", description=__doc__)
    parser.add_argument("--run", type=Path, required=True, help="folder of the training run")
    parser.add_argument("--data", type=Path, required=True, help="folder it was trained on")
    parser.add_argument("--bundle", type=Path, required=True, help="bundle folder to write")
    parser.add_argument("--version", default="1.0.0")
    parser.add_argument("--commit", default=None, help="commit of the training code")
    parser.add_argument("--report", type=Path, default=None, help="JSON report of evaluate")
    parser.add_argument(
        "--full-precision", action="store_true", help="store float32 kernels instead of float16"
    )
    arguments = parser.parse_args(argv)

    state = checkpoint.load(arguments.run / "checkpoint.pt")
    model = ScribblePromptUNet(state["settings"]["widths"])
    model.load_state_dict(state["average"])
    arguments.bundle.mkdir(parents=True, exist_ok=True)
    halves = not arguments.full_precision
    part = onnx_graph.build(model, halves)
    onnx.save(part, str(arguments.bundle / SCRIBBLE_PART))
    provenance = Provenance(
        trainedOn=[
            TrainingSet(d.name, d.licence, d.source)
            for d in read_index(arguments.data, "train")
        ],
        commit=arguments.commit or _commit(),
        date=datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        trainingMinutes=round(state["seconds"] / 60, 1),
        steps=state["step"],
    )
    report = json.loads(arguments.report.read_text()) if arguments.report else {}
    manifest = scribble_manifest(
        arguments.bundle, arguments.version, provenance, _metrics(report)
    )
    write_manifest(arguments.bundle, manifest)
    write_card(arguments.bundle, manifest, state["settings"], state["examples"], halves, report)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
