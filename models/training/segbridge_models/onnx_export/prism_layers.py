"""Convolution blocks that the parts of PRISM share, as ONNX nodes."""

from __future__ import annotations

from ..prism.convolutions import SLOPE
from .graph import GraphBuilder

# (B, channel, i, j, k)
RANK = 5


def norm_act(graph: GraphBuilder, x: str, prefix: str) -> str:
    """InstanceNorm and LeakyReLU of the block ``prefix``."""
    return graph.leaky_relu(graph.instance_norm(x, f"{prefix}.adn.N", RANK), SLOPE)


def conv_norm_act(graph: GraphBuilder, x: str, prefix: str) -> str:
    """3x3x3 convolution, InstanceNorm, LeakyReLU."""
    return norm_act(graph, graph.conv(x, f"{prefix}.conv", padding=1), prefix)


def two_conv(graph: GraphBuilder, x: str, prefix: str) -> str:
    """Two ``conv_norm_act``."""
    return conv_norm_act(graph, conv_norm_act(graph, x, f"{prefix}.conv_0"), f"{prefix}.conv_1")


def channel_norm(graph: GraphBuilder, x: str, prefix: str) -> str:
    """LayerNorm over the channels at each place."""
    return graph.channel_layer_norm(x, prefix, RANK)


def norm_gelu(graph: GraphBuilder, x: str, prefix: str) -> str:
    """``channel_norm`` and GELU."""
    return graph.gelu(channel_norm(graph, x, prefix))


def doubling_deconv(graph: GraphBuilder, x: str, prefix: str, side: int) -> str:
    """Transposed 2x2x2 convolution with stride 2 of a cube of ``side`` voxels, with its bias.

    As no outputs overlap it is a 1x1x1 convolution to 8 times the channels whose results are
    interleaved: runtimes multiply matrices far faster than they scatter in three dimensions.
    """
    weight = graph.weight(f"{prefix}.weight")
    inputs, outputs = graph.shape_of(f"{prefix}.weight")[:2]
    kernel = graph.reshape(graph.transpose(weight, 1, 2, 3, 4, 0), 8 * outputs, inputs, 1, 1, 1)
    bias = graph.reshape(graph.weight(f"{prefix}.bias"), outputs, 1)
    bias = graph.reshape(graph.node("Expand", bias, graph.integers(outputs, 8)), 8 * outputs)
    y = graph.node("Conv", x, kernel, bias, kernel_shape=[1, 1, 1])
    y = graph.reshape(y, outputs, 2, 2, 2, side, side, side)
    y = graph.transpose(y, 0, 4, 1, 5, 2, 6, 3)
    return graph.reshape(y, 1, outputs, 2 * side, 2 * side, 2 * side)


def half_conv(
    graph: GraphBuilder, x: str, prefix: str, start: int, end: int, bias: bool
) -> str:
    """3x3x3 convolution with the inputs start..end of the weight ``prefix``."""
    inputs = [x, graph.slice(graph.weight(f"{prefix}.weight"), 1, start, end)]
    if bias:
        inputs.append(graph.weight(f"{prefix}.bias"))
    return graph.node("Conv", *inputs, kernel_shape=[3, 3, 3], pads=[1] * 6)
