"""Writes MultiverSeg graphs, inputs and expected outputs for checking another runtime.

``python -m segbridge_models.parity_vectors_multiverseg OUT_DIR [--published] [--bundle FOLDER]``
writes the ONNX files and one folder per case (see ``parity_case``):

- ``multiverseg-1``, ``multiverseg-5``: the published design at small width, one and five entries;
- ``universeg-3``: UniverSeg's design at small width;
- ``sp-uvs-proposal``, ``sp-uvs``: the logits that it proposes from five entries, and what a small
  ScribblePrompt-UNet makes of them as those of the step before, with two clicks and a box;
- ``multiverseg-deep-16``: the design of the shipped network at small width, sixteen entries;
- with ``--published``: ``golden-3`` and ``golden-0``, the golden numbers of the published size;
- with ``--bundle``: ``bundle-6``, the part of that bundle on a made-up task.

All but the last have the deterministic fill.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Dict, Sequence, Tuple

import numpy as np
import onnx
import torch
from torch import Tensor

from . import golden, onnx_graph
from .bundle import part_path
from .context.synthetic import label_set_task
from .multiverseg import MULTIVERSEG, CrossNetwork, CrossNetworkConfig, no_context
from .onnx_export import multiverseg as export
from .parity_case import write_case
from .parity_vectors import random_input
from .prompts.boxes import Box
from .prompts.encode import Prompts, embed
from .prompts.protocol import CentreClickUser, ScribbleUser
from .scribbleprompt_unet import ScribblePromptUNet

SMALL = {
    "multiverseg": (CrossNetworkConfig(5, (8, 8, 12, 16), True, True), (1, 5)),
    "universeg": (CrossNetworkConfig(1, (8, 8, 12, 16), False, False), (3,)),
    "multiverseg-deep": (
        CrossNetworkConfig(5, (4, 6, 8, 12, 16), True, False, context_widths=(3, 4, 4, 6, 8)),
        (16,),
    ),
}
SMALL_SHAPE = (48, 64)
Inputs = Tuple[Tensor, Tensor, Tensor]


def golden_context(entries: int, height: int, width: int) -> Tuple[Tensor, Tensor]:
    """The golden context (1, S, 1, H, W): noise images, labels of 0 and 1."""
    shape = (1, entries, 1, height, width)
    images = golden.uniform("in:ctx_img", shape).astype(np.float32)
    labels = (golden.uniform("in:ctx_lab", shape) > 0.5).astype(np.float32)
    return torch.from_numpy(images), torch.from_numpy(labels)


def prompted_task(size: int = 128, entries: int = 6, seed: int = 11) -> Inputs:
    """A made-up task: target with a scribble and a click, and its context."""
    rng = np.random.default_rng(seed)
    (image, target), *others = label_set_task(size, entries + 1, rng)
    prompts = Prompts(image.shape)
    for user in (ScribbleUser("centerline"), CentreClickUser()):
        user.start(target > 0.5, prompts, rng)
    images, labels = (np.stack([pair[i] for pair in others])[None, :, None] for i in (0, 1))
    x = torch.from_numpy(embed(image, prompts))[None]
    return x, torch.from_numpy(images), torch.from_numpy((labels > 0.5).astype(np.float32))


def _write(out: Path, name: str, file: Path, model: CrossNetwork, inputs: Inputs) -> None:
    names = (export.TARGET, export.CONTEXT_IMAGES, export.CONTEXT_LABELS)
    with torch.no_grad():
        logits = model(*inputs)
    write_case(out / name, file, dict(zip(names, inputs)), {export.OUTPUT: logits})


def _write_universeg_and_unet(out: Path, universeg: CrossNetwork) -> None:
    image = random_input(64)[:1, :1, : SMALL_SHAPE[0]].clone()
    image[0, 0, 0, :2] = torch.tensor([0.0, 1.0])  # so that normalisation changes nothing
    inputs = (image, *golden_context(5, *SMALL_SHAPE))
    _write(out, "sp-uvs-proposal", out / "universeg.onnx", universeg, inputs)
    prompts = Prompts(SMALL_SHAPE)
    prompts.clicks += [(20, 30, True), (3, 4, False)]
    prompts.boxes.append(Box(top=10, bottom=30, left=20, right=40))
    proposal = universeg(*inputs)[0, 0]
    x = torch.from_numpy(embed(image[0, 0].numpy(), prompts, proposal.numpy()))[None]
    unet = ScribblePromptUNet((6, 8, 8, 12, 16)).requires_grad_(False)
    golden.fill(unet)
    file = out / "sp-uvs-unet.onnx"
    onnx.save(onnx_graph.build(unet), str(file))
    write_case(out / "sp-uvs", file, {"input": x}, {"logits": unet(x)})


def _filled(config: CrossNetworkConfig, file: Path) -> CrossNetwork:
    model = CrossNetwork(config).requires_grad_(False)
    golden.fill(model)
    onnx.save(export.build_part(model), str(file))
    return model


def main(argv: Sequence[str] | None = None) -> int:
    """Command line entry."""
    parser = argparse.ArgumentParser(prog="segbridge_models.parity_vectors_multiverseg")
    parser.add_argument("out", type=Path)
    parser.add_argument("--published", action="store_true", help="also the golden size")
    parser.add_argument("--bundle", type=Path, help="also the network of this bundle")
    arguments = parser.parse_args(argv)
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)

    for name, (config, sizes) in SMALL.items():
        model = _filled(config, out / f"{name}.onnx")
        x = random_input(64)[:1, : config.target_channels, : SMALL_SHAPE[0]]
        for entries in sizes:
            inputs = (x, *golden_context(entries, *SMALL_SHAPE))
            _write(out, f"{name}-{entries}", out / f"{name}.onnx", model, inputs)
        if name == "universeg":
            _write_universeg_and_unet(out, model)
    if arguments.published:
        file = out / "golden.onnx"
        model, x = _filled(MULTIVERSEG, file), golden.scribble_input()
        contexts: Dict[str, Tuple[Tensor, Tensor]] = {
            "golden-3": golden_context(3, 128, 128),
            "golden-0": no_context(128, 128),
        }
        for name, context in contexts.items():
            _write(out, name, file, model, (x, *context))
    if arguments.bundle is not None:
        file = part_path(arguments.bundle, export.PART)
        _write(out, "bundle-6", file, export.load_network(file), prompted_task())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
