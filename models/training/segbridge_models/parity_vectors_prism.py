"""Writes PRISM parts, inputs and expected outputs for checking another runtime.

``python -m segbridge_models.parity_vectors_prism OUT_DIR [--published]`` writes the parts and one
folder per case (see ``parity_case``): ``prism-encoder``, then for the steps 0 and 1 of one
interaction ``prism-decoder-N`` and ``prism-refiner-N``.

Without ``--published`` there are two small networks, one as the published one is (padded windows,
two refiner maps) and one as ours is (global attention, box maps, dense prompt maps); their folders
begin with ``windowed-`` and ``mapped-``, and only step 0 has a box.  With it there is the published
network (473 MB), whose cases are those of the golden numbers.  All have their deterministic fill.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

import numpy as np
import torch
from torch import Tensor

from . import golden
from .onnx_export import prism as parts
from .parity_case import write_case
from .prism import PUBLISHED, Prism, PrismConfig
from .prism.model import select
from .prism.sparse_prompts import SparsePrompts

_SMALL = {
    "grid": 16,
    "cnn_widths": (4, 4, 6, 12),
    "vit_dim": 16,
    "vit_depth": 2,
    "vit_heads": 2,
    "vit_mlp": 24,
    "taps": (0, 1),
    "transformer_heads": 2,
    "transformer_mlp": 20,
    "score_hidden": 10,
    "decoder_width": 5,
    "refiner_width": 6,
}
WINDOWED = PrismConfig(**_SMALL, window=5, global_blocks=(1,))
MAPPED = PrismConfig(**_SMALL, window=0, global_blocks=(), refiner_maps=3, dense_maps=3)

GOLDEN_BOX = (20, 30, 40, 89, 99, 109)


def golden_volume(grid: int) -> Tensor:
    """The golden volume (1, 1, grid, grid, grid), spread to [-2, 2)."""
    values = golden.uniform("in:vol", (1, 1, grid, grid, grid))
    return torch.from_numpy((4.0 * values - 2.0).astype(np.float32))


def golden_steps() -> List[SparsePrompts]:
    """The prompts of the golden iterations 0 and 1."""
    points = np.array([[10, 20, 30], [64, 70, 90], [100, 5, 127]])
    first = SparsePrompts(points, np.array([1, 0, 1]), GOLDEN_BOX)
    return [first, SparsePrompts(np.array([[50, 60, 70]]), np.array([1]), GOLDEN_BOX)]


def _small_steps() -> List[SparsePrompts]:
    points = np.array([[1, 2, 3], [8, 9, 11], [12, 0, 15]])
    first = SparsePrompts(points, np.array([1, 0, 1]), (2, 3, 4, 11, 12, 13))
    return [first, SparsePrompts(np.array([[6, 7, 8]]), np.array([0]))]


def prompt_maps(steps: Sequence[SparsePrompts], grid: int, count: int) -> Tensor:
    """The maps (1, count, G, G, G), positive, negative and box, of all these steps."""
    maps = torch.zeros(1, 3, grid, grid, grid)
    for step in steps:
        for (i, j, k), label in zip(step.points, step.labels):
            maps[0, 0 if label else 1, i, j, k] = 1.0
        if step.box is not None:
            low, high = np.array(step.box[:3]), np.array(step.box[3:]) + 1
            maps[0, 2, low[0] : high[0], low[1] : high[1], low[2] : high[2]] = 1.0
    return maps[:, :count]


def _tokens(step: SparsePrompts) -> Tuple[Tensor, Tensor]:
    points, labels = step.tokens()
    return torch.from_numpy(points)[None], torch.from_numpy(labels)[None]


def write_network(
    out: Path, config: PrismConfig, steps: Sequence[SparsePrompts], prefix: str = ""
) -> None:
    """Write the parts of this size and all their cases."""
    model = Prism(config).requires_grad_(False)
    golden.fill(model)
    files = parts.export(model, out / f"{prefix}prism")
    image = golden_volume(config.grid)
    features = model.encode(image)
    encoded: Dict[str, Tensor] = {"embedding": features.embedding}
    encoded |= {f"skip_{level}": skip for level, skip in enumerate(features.skips)}
    write_case(out / f"{prefix}prism-encoder", files["encoder"], {"image": image}, encoded)
    previous = torch.zeros_like(image)
    for number, step in enumerate(steps):
        points, labels = _tokens(step)
        inputs = {"point_coordinates": points, "point_labels": labels}
        inputs["previous_logits"] = previous
        dense = None
        if config.dense_maps:
            dense = prompt_maps(steps[: number + 1], config.grid, config.dense_maps)
            inputs["prompt_maps"] = dense
        candidates, scores = model.decode(features, points, labels, previous, dense)
        outputs = {"candidates": candidates, "scores": scores}
        folder = out / f"{prefix}prism-decoder-{number}"
        write_case(folder, files["decoder"], encoded | inputs, outputs)
        chosen = select(candidates, scores)
        maps = prompt_maps(steps[: number + 1], config.grid, config.refiner_maps)
        previous, error = model.refine(image, chosen, maps)
        inputs = {"image": image, "logits": chosen, "prompt_maps": maps}
        outputs = {"refined": previous, "error_map": error}
        write_case(out / f"{prefix}prism-refiner-{number}", files["refiner"], inputs, outputs)


def main(argv: Sequence[str] | None = None) -> int:
    """Command line entry."""
    name = "segbridge_models.parity_vectors_prism"
    parser = argparse.ArgumentParser(prog=name, description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--published", action="store_true", help="at published size")
    arguments = parser.parse_args(argv)
    if arguments.published:
        write_network(arguments.out, PUBLISHED, golden_steps())
    else:
        write_network(arguments.out, WINDOWED, _small_steps(), "windowed-")
        write_network(arguments.out, MAPPED, _small_steps(), "mapped-")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
