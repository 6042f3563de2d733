"""MultiverSeg or UniverSeg as one ONNX graph with a context of any size.

``python -m segbridge_models.onnx_export.multiverseg --template FOLDER`` writes both at published
size without weights.

The target's half of each cross convolution is computed once and added to every entry's half.  The
context refinement of the last block changes nothing and is left out.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Mapping, Sequence, Tuple

import onnx
from torch import Tensor

from ..multiverseg import (
    CONTEXT_CHANNELS,
    MULTIVERSEG,
    SLOPE,
    UNIVERSEG,
    CrossNetwork,
    CrossNetworkConfig,
    config_of,
)
from .graph import GraphBuilder
from .weights import state_of, weightless

FAMILY = "multiverseg"
PART = "multiverseg"
UNIVERSEG_PART = "universeg"
PUBLISHED = {PART: MULTIVERSEG, UNIVERSEG_PART: UNIVERSEG}
TARGET = "target"
CONTEXT_IMAGES = "context_images"
CONTEXT_LABELS = "context_labels"
OUTPUT = "logits"
_NORM_EPSILON = 1e-5


class MultiverSegFileError(Exception):
    """An ONNX file does not hold a MultiverSeg network; the message says what is wrong."""


def file_name(part: str = PART) -> str:
    """Name of a part's file in a bundle or template folder."""
    return f"{part}.onnx"


def _convolution(g: GraphBuilder, x: str, weight: str, *bias: str) -> str:
    return g.node("Conv", x, weight, *bias, kernel_shape=[3, 3], pads=[1, 1, 1, 1])


def _mean(g: GraphBuilder, x: str) -> str:
    """Mean over channels and places (N, 1, 1, 1), by channels first: a single float32 sum over
    millions of values, as runtimes' InstanceNormalization forms it, is wrong in the third digit."""
    of_channels = g.node("ReduceMean", x, axes=[2, 3], keepdims=1)
    return g.node("ReduceMean", of_channels, axes=[1], keepdims=1)


def _group_norm(g: GraphBuilder, x: str, prefix: str) -> str:
    """GroupNorm of one group: normalised over channels and places, scaled by channel."""
    centred = g.sub(x, _mean(g, x))
    variance = _mean(g, g.mul(centred, centred))
    deviation = g.node("Sqrt", g.add(variance, g.constant(_NORM_EPSILON)))
    gain = g.node("Div", g.unsqueeze(g.weight(f"{prefix}.weight"), 1, 2), deviation)
    return g.add(g.mul(centred, gain), g.unsqueeze(g.weight(f"{prefix}.bias"), 1, 2))


class _Writer:
    def __init__(self, g: GraphBuilder, config: CrossNetworkConfig) -> None:
        self._g = g
        self._config = config

    def _refine(self, x: str, prefix: str) -> str:
        y = self._g.leaky_relu(self._g.conv(x, f"{prefix}.conv", padding=1), SLOPE)
        return _group_norm(self._g, y, f"{prefix}.norml") if self._config.norm else y

    def block(
        self, prefix: str, target: str, context: str, channels: Tuple[int, int], last: bool = False
    ) -> Tuple[str, str]:
        """One CrossBlock; ``channels`` of target and entry."""
        g = self._g
        weight = g.weight(f"{prefix}.cross.cross_conv.weight")
        bias = g.weight(f"{prefix}.cross.cross_conv.bias")
        of_target = g.slice(weight, 1, 0, channels[0])
        of_entry = g.slice(weight, 1, channels[0], sum(channels))
        once = _convolution(g, target, of_target, bias)
        z = g.add(_convolution(g, context, of_entry), once)
        if self._config.cross_activation:
            z = g.leaky_relu(z, SLOPE)
        mean = g.node("ReduceMean", z, axes=[0], keepdims=1)
        refined = self._refine(mean, f"{prefix}.target.vmapped")
        return refined, "" if last else self._refine(z, f"{prefix}.support.vmapped")

    def pool(self, x: str) -> str:
        return self._g.node("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])

    def up(self, x: str, skip: str) -> str:
        g = self._g
        scales = g.constant([1.0, 1.0, 2.0, 2.0])
        align = "align_corners"
        up = g.node("Resize", x, "", scales, mode="linear", coordinate_transformation_mode=align)
        return g.concat([up, skip], 1)


def build(config: CrossNetworkConfig, weights: Mapping[str, Tensor]) -> onnx.ModelProto:
    """The graph of a network of these sizes."""
    g = GraphBuilder(FAMILY, weights)
    writer = _Writer(g, config)
    target = g.input(TARGET, [1, config.target_channels, "height", "width"])
    shape = [1, "entries", 1, "height", "width"]
    pairs = g.concat([g.input(CONTEXT_IMAGES, shape), g.input(CONTEXT_LABELS, shape)], 2)
    context = g.node("Squeeze", pairs, g.integers(0))
    w, e = config.widths, config.entry_widths
    sizes = [(config.target_channels, CONTEXT_CHANNELS), *zip(w, e)]
    skips = []
    for level in range(config.levels):
        target, context = writer.block(f"enc_blocks.{level}", target, context, sizes[level])
        if level < config.levels - 1:
            skips.append((target, context))
            target, context = writer.pool(target), writer.pool(context)
    for number, level in enumerate(reversed(range(config.levels - 1))):
        skip, context_skip = skips.pop()
        joined = writer.up(target, skip), writer.up(context, context_skip)
        channels = (w[level + 1] + w[level], e[level + 1] + e[level])
        target, context = writer.block(f"dec_blocks.{number}", *joined, channels, last=level == 0)
    logits = g.conv(target, "out_conv.conv")
    g.output(OUTPUT, logits, [1, 1, "height", "width"])
    return g.build()


def build_part(model: CrossNetwork) -> onnx.ModelProto:
    """The graph of a network with its weights."""
    return build(model.config, model.state_dict())


def load_network(path: Path) -> CrossNetwork:
    """The network with the weights of an exported file, read-only."""
    try:
        state = state_of(onnx.load(str(path)))
        last = f"dec_blocks.{sum('cross_conv.bias' in k for k in state) // 2 - 1}"
        like = f"{last}.target.vmapped"
        # The dead branch is not in the file: any values will do, of the right shape at least.
        dead = {k.replace(".target.", ".support."): v for k, v in state.items() if like in k}
        model = CrossNetwork(config_of({**dead, **state}))
        own = model.state_dict()
        dead = {k: own[k] for k in dead}
        model.load_state_dict({**dead, **state})
    except (OSError, KeyError, ValueError, RuntimeError) as error:
        raise MultiverSegFileError(f"{path}: {error}") from error
    return model.requires_grad_(False)


def template(config: CrossNetworkConfig) -> onnx.ModelProto:
    """The graph of a network of these sizes, without weights."""
    return weightless(build_part(CrossNetwork(config).to("meta")))


def main(argv: Sequence[str] | None = None) -> int:
    """Command line entry."""
    parser = argparse.ArgumentParser(prog="segbridge_models.onnx_export.multiverseg")
    parser.add_argument("--template", type=Path, required=True, help="folder to write into")
    arguments = parser.parse_args(argv)
    arguments.template.mkdir(parents=True, exist_ok=True)
    for part, config in PUBLISHED.items():
        onnx.save(template(config), str(arguments.template / file_name(part)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
