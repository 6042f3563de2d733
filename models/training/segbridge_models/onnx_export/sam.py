"""ScribblePrompt-SAM as two ONNX graphs: ``encoder`` once per image, ``decoder`` per prompt.

``python -m segbridge_models.onnx_export.sam --template FOLDER`` writes both at published size
without weights.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Dict, Sequence

import onnx

from ..scribbleprompt_sam import PUBLISHED, ScribblePromptSam
from .sam_decoder import decoder
from .sam_encoder import encoder
from .weights import weightless

FAMILY = "scribbleprompt-sam"
ENCODER = "encoder"
DECODER = "decoder"


def file_name(part: str) -> str:
    """Name of a part's file in a bundle or template folder."""
    return f"{FAMILY}-{part}.onnx"


def parts(model: ScribblePromptSam) -> Dict[str, onnx.ModelProto]:
    """Both parts of the network by name; they share no weights and hold them all."""
    state = model.state_dict()
    return {ENCODER: encoder(model.config, state), DECODER: decoder(model.config, state)}


def templates() -> Dict[str, onnx.ModelProto]:
    """Both parts at published size, without weights."""
    made = parts(ScribblePromptSam(PUBLISHED).to("meta"))
    return {name: weightless(proto) for name, proto in made.items()}


def main(argv: Sequence[str] | None = None) -> int:
    """Command line entry."""
    parser = argparse.ArgumentParser(prog="segbridge_models.onnx_export.sam", description=__doc__)
    parser.add_argument("--template", type=Path, required=True, help="folder to write into")
    arguments = parser.parse_args(argv)
    arguments.template.mkdir(parents=True, exist_ok=True)
    for part, proto in templates().items():
        onnx.save(proto, str(arguments.template / file_name(part)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
