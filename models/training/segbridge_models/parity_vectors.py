"""Writes inputs and expected outputs for checking another runtime against PyTorch.

``python -m segbridge_models.parity_vectors OUT_DIR [--bundle FOLDER]`` writes one folder per case
(see ``parity_case``).  Agreement means a difference of at most 1e-4 times the larger of 1 and the
expected logit.

- ``golden``: the full-width network with its deterministic fill (``golden-unet.onnx``);
- ``bundle-random``: the shipped network on a batch of two noise images with sparse random prompts;
- ``bundle-prompted``: the shipped network on a synthetic image with prompts and previous logits.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Sequence

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from . import golden, onnx_graph
from .bundle import part_path
from .data.synthetic import synthetic_image
from .parity_case import write_case
from .prompts.encode import Prompts, embed
from .prompts.protocol import BoxUser, CentreClickUser, ScribbleUser
from .scribbleprompt_unet import ScribblePromptUNet

_BUNDLE = Path(__file__).parents[2] / "bundles" / "scribble-2d"


def prompted_input(model: nn.Module, size: int = 128, seed: int = 7) -> Tensor:
    """A second-step input (1, 5, size, size) with every kind of prompt and previous logits."""
    rng = np.random.default_rng(seed)
    image, target = synthetic_image(size, rng)
    truth = target > 0.5
    prompts = Prompts(image.shape)
    for user in (ScribbleUser("centerline"), CentreClickUser(), BoxUser()):
        user.start(truth, prompts, rng)
    first = torch.from_numpy(embed(image, prompts))[None]
    with torch.no_grad():
        logits = model(first)[0, 0].numpy()
    return torch.from_numpy(embed(image, prompts, logits))[None]


def random_input(size: int = 128, seed: int = 3) -> Tensor:
    """A batch (2, 5, size, size) of noise in the range of real inputs."""
    x = golden.uniform(f"in:random{seed}", (2, 5, size, size)).astype(np.float32)
    x[:, 1] = 0.0
    x[:, 1, size // 4 : size // 2, size // 3 : size // 2] = 1.0
    x[:, 2:4] = np.where(x[:, 2:4] > 0.99, x[:, 2:4], 0.0)
    x[:, 4] = 8.0 * x[:, 4] - 4.0
    return torch.from_numpy(x)


def _write(folder: Path, model: nn.Module, file: Path, x: Tensor) -> None:
    with torch.no_grad():
        y = model(x)
    write_case(folder, file, {"input": x}, {"logits": y})


def main(argv: Sequence[str] | None = None) -> int:
    """Command line entry."""
    parser = argparse.ArgumentParser(prog="segbridge_models.parity_vectors", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--bundle", type=Path, default=_BUNDLE)
    arguments = parser.parse_args(argv)
    arguments.out.mkdir(parents=True, exist_ok=True)

    full = ScribblePromptUNet().requires_grad_(False)
    golden.fill(full)
    file = arguments.out / "golden-unet.onnx"
    onnx.save(onnx_graph.build(full), str(file))
    _write(arguments.out / "golden", full, file, golden.scribble_input())

    shipped = part_path(arguments.bundle, "unet")
    model = onnx_graph.load_network(shipped)
    _write(arguments.out / "bundle-random", model, shipped, random_input())
    _write(arguments.out / "bundle-prompted", model, shipped, prompted_input(model))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
