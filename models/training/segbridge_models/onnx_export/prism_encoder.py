"""The image encoder of PRISM as an ONNX graph, with the decoder's skip halves."""

from __future__ import annotations

from typing import List, Mapping, Tuple

import onnx
from torch import Tensor

from ..prism.config import PrismConfig
from ..prism.vision_transformer import NORM_EPSILON
from .graph import GraphBuilder
from .prism_layers import doubling_deconv, half_conv, norm_gelu, two_conv
from .relative_attention import RelativeAttentionGraph

_PREFIX = "image_encoder"


def skip_width(config: PrismConfig, level: int) -> int:
    """Width of ``skip_<level>``: the outputs of the first convolution of ``upcat_<level + 1>``."""
    return config.decoder_width if level == 0 else config.cnn_widths[level]


def build_encoder(config: PrismConfig, weights: Mapping[str, Tensor]) -> onnx.ModelProto:
    """``image`` (1, 1, G, G, G) to ``embedding`` (1, C, g, g, g) and ``skip_0`` .. ``skip_{D-1}``."""
    graph = GraphBuilder("prism-encoder", weights)
    side = config.grid
    image = graph.input("image", (1, 1, side, side, side))
    maps = _pyramid(graph, config, image)
    last, tapped = _transform(graph, config, image)
    embedding = graph.add(maps.pop(), _neck(graph, last))
    g = config.tokens
    graph.output("embedding", embedding, (1, config.width, g, g, g))
    for level in range(config.levels):
        if level > 0:
            prefix = f"{_PREFIX}.neck_list.{level - 1}.up"
            up = _up(graph, tapped[level - 1], prefix, config.levels - level, g)
            maps[level] = graph.add(maps[level], up)
        conv = f"mask_decoder.decoder.upcat_{level + 1}.convs.conv_0.conv"
        skip = half_conv(graph, maps[level], conv, 0, config.cnn_widths[level], bias=True)
        shape = (1, skip_width(config, level)) + (side >> level,) * 3
        graph.output(f"skip_{level}", skip, shape)
    return graph.build()


def _pyramid(graph: GraphBuilder, config: PrismConfig, image: str) -> List[str]:
    maps = [two_conv(graph, image, f"{_PREFIX}.cnn_encoder.conv_0")]
    for level in range(1, config.levels + 1):
        pooled = graph.node("MaxPool", maps[-1], kernel_shape=[2, 2, 2], strides=[2, 2, 2])
        maps.append(two_conv(graph, pooled, f"{_PREFIX}.cnn_encoder.down_{level}.convs"))
    return maps


def _transform(graph: GraphBuilder, config: PrismConfig, image: str) -> Tuple[str, List[str]]:
    """The last token grid and those of the taps, each (1, dim, g, g, g)."""
    g, dim = config.tokens, config.vit_dim
    attention = RelativeAttentionGraph(graph, g, dim, config.vit_heads)
    x = graph.conv(image, f"{_PREFIX}.patch_embed.proj", stride=config.patch)
    x = graph.transpose(graph.reshape(x, 1, dim, g**3), 0, 2, 1)
    x = graph.add(x, graph.reshape(graph.weight(f"{_PREFIX}.pos_embed"), 1, g**3, dim))
    after = []
    for number in range(config.vit_depth):
        block = f"{_PREFIX}.blocks.{number}"
        normed = graph.layer_norm(x, f"{block}.norm1", NORM_EPSILON)
        x = graph.add(x, attention.add(normed, f"{block}.attn", config.window_of(number)))
        normed = graph.layer_norm(x, f"{block}.norm2", NORM_EPSILON)
        hidden = graph.gelu(graph.linear(normed, f"{block}.mlp.lin1"))
        x = graph.add(x, graph.linear(hidden, f"{block}.mlp.lin2"))
        after.append(x)
    grids = [
        graph.reshape(graph.transpose(tokens, 0, 2, 1), 1, dim, g, g, g)
        for tokens in [x, *(after[tap] for tap in config.taps)]
    ]
    return grids[0], grids[1:]


def _neck(graph: GraphBuilder, x: str) -> str:
    prefix = f"{_PREFIX}.neck"
    x = norm_gelu(graph, graph.conv(x, f"{prefix}.0"), f"{prefix}.1")
    return norm_gelu(graph, graph.conv(x, f"{prefix}.3", padding=1), f"{prefix}.4")


def _up(graph: GraphBuilder, x: str, prefix: str, count: int, tokens: int) -> str:
    for number in range(count):
        layer = f"{prefix}.{number}.single_up"
        x = norm_gelu(graph, graph.conv(x, f"{layer}.0", padding=1), f"{layer}.1")
        x = doubling_deconv(graph, x, f"{layer}.3", tokens << number)
        x = norm_gelu(graph, x, f"{layer}.4")
    return x
