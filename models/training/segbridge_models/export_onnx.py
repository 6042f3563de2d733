"""Makes the 2D bundle from a training checkpoint.

``python -m segbridge_models.export_onnx --run FOLDER --data FOLDER --bundle FOLDER``
exports the averaged weights.  With ``--report FILE`` (the JSON of ``evaluate``) the bundle's
metrics and its card are filled in.
"""

from __future__ import annotations

from typing import Any, List, Mapping, Sequence

import onnx

from . import checkpoint, onnx_graph
from .bundle import SCRIBBLE_PART, Metric, scribble_manifest, write_manifest
from .bundle_export import export_options, provenance, read_report
from .model_card import SHOWN_STEPS, write_card
from .scribbleprompt_unet import ScribblePromptUNet


def _metrics(report: Mapping[str, Any]) -> List[Metric]:
    return [Metric(**row) for row in report.get("rows", []) if row["step"] in SHOWN_STEPS]


def main(argv: Sequence[str] | None = None) -> int:
    """Command line entry."""
    parser = export_options("segbridge_models.export_onnx", __doc__)
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
    found, origin = read_report(arguments), provenance(arguments, state)
    manifest = scribble_manifest(arguments.bundle, arguments.version, origin, _metrics(found))
    write_manifest(arguments.bundle, manifest)
    write_card(arguments.bundle, manifest, state["settings"], state["examples"], halves, found)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
