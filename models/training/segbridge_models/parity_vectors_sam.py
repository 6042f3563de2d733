"""Writes ScribblePrompt-SAM parts, inputs and expected outputs for checking another runtime.

``python -m segbridge_models.parity_vectors_sam OUT_DIR [--published]`` writes the two ONNX files
and one folder per case (see ``parity_case``): ``sam-encoder``, and ``sam-decoder-…`` for points
alone, points with a box, and a mask prompt with many points.  The network is a tiny one, or with
``--published`` the published one (374 MB), each with its deterministic fill; the published cases
are those of the golden numbers.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

import onnx
import torch
from torch import Tensor

from . import golden
from .onnx_export import sam
from .parity_case import write_case
from .scribbleprompt_sam import PUBLISHED, ScribblePromptSam
from .scribbleprompt_sam.config import TINY
from .scribbleprompt_sam.predict import best_mask, prompt_tokens

Prompts = Tuple[Tensor, Tensor]
GOLDEN_SHAPE = (128, 128)


def golden_image(height: int, width: int) -> Tensor:
    """The golden image (1, 1, height, width)."""
    return torch.from_numpy(golden.uniform("in:img", (1, 1, height, width))).float()


def golden_prompts(side: int) -> List[Prompts]:
    """The prompts of both golden calls, in an encoder frame of ``side`` pixels."""
    points = [(30, 40, True), (100, 90, False)]
    scribbles = torch.zeros(2, *GOLDEN_SHAPE)
    scribbles[0, 50, 60:70] = 1.0
    scribbles[1, 5:9, 7] = 1.0
    first = prompt_tokens(side, GOLDEN_SHAPE, points, scribbles, (20, 25, 80, 95))
    return [first, prompt_tokens(side, GOLDEN_SHAPE, points)]


def _stretched(image: Tensor) -> Tensor:
    """From 0 to 1 exactly, as hosts normalise."""
    return (image - image.min()) / (image.max() - image.min())


def _decoder_inputs(embedding: Tensor, prompts: Prompts, mask: Tensor | None, size: int) -> Dict:
    return {
        "embedding": embedding,
        "point_coordinates": prompts[0],
        "point_labels": prompts[1],
        "mask_input": torch.zeros(1, 1, size, size) if mask is None else mask,
        "has_mask_input": torch.tensor([0.0 if mask is None else 1.0]),
    }


def _random_prompts(count: int, side: int) -> Prompts:
    places = torch.from_numpy(golden.uniform("in:points", (1, count, 2))).float() * side
    labels = torch.from_numpy(golden.uniform("in:labels", (1, count))).round().float()
    labels[0, -1] = -1.0
    return places, labels


def main(argv: Sequence[str] | None = None) -> int:
    """Command line entry."""
    name = "segbridge_models.parity_vectors_sam"
    parser = argparse.ArgumentParser(prog=name, description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--published", action="store_true", help="at published size")
    arguments = parser.parse_args(argv)
    arguments.out.mkdir(parents=True, exist_ok=True)

    config = PUBLISHED if arguments.published else TINY
    model = ScribblePromptSam(config).requires_grad_(False)
    golden.fill(model)
    files = {name: arguments.out / sam.file_name(name) for name in (sam.ENCODER, sam.DECODER)}
    for name, proto in sam.parts(model).items():
        onnx.save(proto, str(files[name]))

    image = golden_image(*GOLDEN_SHAPE) if arguments.published else _stretched(golden_image(60, 50))
    embedding = model.encode(image)
    encoded = {"embedding": embedding}
    write_case(arguments.out / "sam-encoder", files[sam.ENCODER], {"image": image}, encoded)

    boxed, pointed = golden_prompts(config.image_size)
    masks, scores = model.decode(embedding, *boxed)
    _, low = best_mask(model, masks, scores, GOLDEN_SHAPE)
    many = _random_prompts(500, config.image_size)
    for name, prompts, mask in (
        ("points-and-box", boxed, None),
        ("points-and-mask", pointed, low),
        ("points", pointed, None),
        ("many-points-and-mask", many, low),
    ):
        masks, scores = model.decode(embedding, *prompts, mask)
        write_case(
            arguments.out / f"sam-decoder-{name}",
            files[sam.DECODER],
            _decoder_inputs(embedding, prompts, mask, config.mask_size),
            {"masks": masks, "scores": scores},
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
