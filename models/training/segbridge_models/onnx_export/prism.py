"""PRISM as three ONNX parts: encoder (once per patch), decoder and refiner (once per step).

``python -m segbridge_models.onnx_export.prism --template FOLDER`` writes the parts at published
size without weights, for an importer to fill from a checkpoint.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Dict, Mapping, Sequence, Set

import onnx
from torch import Tensor

from ..prism.config import PUBLISHED, PrismConfig
from ..prism.model import Prism
from .meta_device import OnMeta
from .prism_decoder import build_decoder
from .prism_encoder import build_encoder
from .prism_refiner import build_refiner
from .weights import half, is_weight, state_of

PARTS = {"encoder": build_encoder, "decoder": build_decoder, "refiner": build_refiner}


class PrismWeightsError(Exception):
    """ONNX parts do not hold the weights of this PRISM; the message says what is missing."""


def part_file(part: str) -> str:
    """File name of a part."""
    return f"prism-{part}.onnx"


def build_parts(config: PrismConfig, weights: Mapping[str, Tensor]) -> Dict[str, onnx.ModelProto]:
    """The models of all parts; weights on the meta device make templates."""
    return {part: build(config, weights) for part, build in PARTS.items()}


def export(model: Prism, folder: Path, halves: bool = False) -> Dict[str, Path]:
    """Write the parts of a network, with float16 weights if ``halves``; the files by part."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for part, proto in build_parts(model.config, model.state_dict()).items():
        files[part] = folder / part_file(part)
        onnx.save(half(proto) if halves else proto, str(files[part]))
    return files


def write_template(folder: Path, config: PrismConfig = PUBLISHED) -> None:
    """Write the parts of this size without weights."""
    folder.mkdir(parents=True, exist_ok=True)
    for part, proto in template(config).items():
        (folder / part_file(part)).write_bytes(proto.SerializeToString())


def template(config: PrismConfig) -> Dict[str, onnx.ModelProto]:
    """The parts of this size without weights."""
    with OnMeta():
        weights = Prism(config).state_dict()
    return build_parts(config, weights)


def load_network(folder: Path, config: PrismConfig) -> Prism:
    """The network with the weights of exported parts, float32 or float16.

    Weights that no part uses keep the values of a new network: they change nothing.
    """
    state: Dict[str, Tensor] = {}
    for part in PARTS:
        try:
            state |= state_of(onnx.load(str(folder / part_file(part))))
        except (OSError, ValueError) as error:
            raise PrismWeightsError(f"{folder / part_file(part)}: {error}") from error
    model = Prism(config).requires_grad_(False)
    try:
        result = model.load_state_dict(state, strict=False)
    except RuntimeError as error:
        raise PrismWeightsError(f"{folder}: {error}") from error
    lost = sorted(set(result.missing_keys) & used_names(config))
    if lost or result.unexpected_keys:
        raise PrismWeightsError(
            f"{folder}: {len(lost)} weights are missing {lost[:3]}, "
            f"{len(result.unexpected_keys)} are unknown {result.unexpected_keys[:3]}"
        )
    return model


def used_names(config: PrismConfig) -> Set[str]:
    """The state-dict names that the parts of this size use."""
    return {
        tensor.name
        for proto in template(config).values()
        for tensor in proto.graph.initializer
        if is_weight(tensor.name)
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Command line entry."""
    parser = argparse.ArgumentParser(prog="segbridge_models.onnx_export.prism", description=__doc__)
    parser.add_argument("--template", type=Path, required=True, help="folder to write")
    write_template(parser.parse_args(argv).template)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
