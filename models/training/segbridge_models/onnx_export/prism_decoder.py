"""Prompt encoder and mask decoder of PRISM as one ONNX graph: one step without refinement."""

from __future__ import annotations

from typing import List, Mapping, Tuple

import numpy as np
import onnx
from torch import Tensor

from ..prism.config import PrismConfig
from ..prism.prompt_encoder import BOX_HIGH, NOT_A_POINT
from .graph import GraphBuilder
from .prism_encoder import skip_width
from .prism_layers import conv_norm_act, doubling_deconv, half_conv, norm_act, norm_gelu
from .two_way_transformer import TwoWayTransformerGraph

_PROMPTS = "prompt_encoder"
_MASKS = "mask_decoder"


def build_decoder(config: PrismConfig, weights: Mapping[str, Tensor]) -> onnx.ModelProto:
    """``embedding``, ``skip_*``, ``point_coordinates`` (1, N, 3), ``point_labels`` (1, N),
    ``previous_logits`` (1, 1, G, G, G) and, where configured, ``prompt_maps`` (1, P, G, G, G) to
    ``candidates`` (1, K, G, G, G) and ``scores`` (1, K)."""
    graph = GraphBuilder("prism-decoder", weights)
    g, cube = config.tokens, (config.grid,) * 3
    embedding = graph.input("embedding", (1, config.width, g, g, g))
    skips = [
        graph.input(f"skip_{n}", (1, skip_width(config, n)) + (config.grid >> n,) * 3)
        for n in range(config.levels)
    ]
    points = graph.input("point_coordinates", (1, "points", 3))
    labels = graph.input("point_labels", (1, "points"))
    dense = [graph.input("previous_logits", (1, 1, *cube))]
    if config.dense_maps:
        dense.append(graph.input("prompt_maps", (1, config.dense_maps, *cube)))
    keys = graph.add(embedding, _dense(graph, config, dense))
    tokens, keys = _meet(graph, config, _sparse(graph, config, points, labels), keys)
    features = _upward(graph, config, keys, skips)
    candidates, scores = _heads(graph, config, tokens, features)
    graph.output("candidates", candidates, (1, config.candidates, *cube))
    graph.output("scores", scores, (1, config.candidates))
    return graph.build()


def _code(graph: GraphBuilder, places: str) -> str:
    """[sin a, cos a, sin a] with a = 2 pi (2p - 1) G, of p (1, N, 3) in [0, 1]."""
    sine, cosine = graph.fourier(places, f"{_PROMPTS}.pe_layer")
    return graph.concat([sine, cosine, sine], 2)


def _sparse(graph: GraphBuilder, config: PrismConfig, points: str, labels: str) -> str:
    shifted = graph.add(points, graph.constant(0.5))
    marks = graph.unsqueeze(labels, 2)
    real = graph.node("GreaterOrEqual", marks, graph.constant(0.0))
    code = _code(graph, graph.scale(shifted, 1.0 / config.grid))
    x = graph.mul(code, graph.node("Cast", real, to=onnx.TensorProto.FLOAT))
    for label in range(NOT_A_POINT, BOX_HIGH + 1):
        name = "not_a_point_embed" if label == NOT_A_POINT else f"point_embeddings.{label}"
        same = graph.node("Equal", marks, graph.constant(float(label)))
        same = graph.node("Cast", same, to=onnx.TensorProto.FLOAT)
        x = graph.add(x, graph.mul(same, graph.weight(f"{_PROMPTS}.{name}.weight")))
    return x


def _dense(graph: GraphBuilder, config: PrismConfig, inputs: List[str]) -> str:
    stride, prefix = config.dense_stride, f"{_PROMPTS}.mask_downscaling"
    x = inputs[0]
    if stride > 1:
        for axis in (2, 3, 4):
            x = graph.slice(x, axis, 0, config.grid, stride)
    if len(inputs) > 1:
        maps = inputs[1]
        if stride > 1:
            maps = graph.node("MaxPool", maps, kernel_shape=[stride] * 3, strides=[stride] * 3)
        x = graph.concat([x, maps], 1)
    x = norm_gelu(graph, graph.conv(x, f"{prefix}.0", stride=2), f"{prefix}.1")
    x = norm_gelu(graph, graph.conv(x, f"{prefix}.3", stride=2), f"{prefix}.4")
    return graph.conv(x, f"{prefix}.6")


def _meet(graph: GraphBuilder, config: PrismConfig, sparse: str, keys: str) -> Tuple[str, str]:
    """Tokens (1, 2 + K + N, C) and keys (1, C, g, g, g) after the two-way transformer."""
    g = config.tokens
    steps = (np.arange(g) + 0.5) / g
    i, j, k = np.meshgrid(steps, steps, steps, indexing="ij")
    # As published: cell (i, j, k) is coded as (j, i, k).
    places = _code(graph, graph.constant(np.stack([j, i, k], axis=-1).reshape(1, g**3, 3)))
    names = (f"{_PROMPTS}.iou_token.weight", f"{_PROMPTS}.mask_tokens.weight")
    tokens = [graph.unsqueeze(graph.weight(name), 0) for name in names]
    transformer = TwoWayTransformerGraph(
        graph, f"{_PROMPTS}.transformer", config.transformer_depth, config.transformer_heads
    )
    flat = graph.transpose(graph.reshape(keys, 1, config.width, g**3), 0, 2, 1)
    made, flat = transformer.add(graph.concat([*tokens, sparse], 1), flat, places)
    return made, graph.reshape(graph.transpose(flat, 0, 2, 1), 1, config.width, g, g, g)


def _upward(graph: GraphBuilder, config: PrismConfig, keys: str, skips: List[str]) -> str:
    x = keys
    for level in range(config.levels, 0, -1):
        prefix = f"{_MASKS}.decoder.upcat_{level}"
        up = doubling_deconv(graph, x, f"{prefix}.upsample.deconv", config.grid >> level)
        start = config.cnn_widths[level - 1]
        first = f"{prefix}.convs.conv_0"
        end = graph.shape_of(f"{first}.conv.weight")[1]
        half = half_conv(graph, up, f"{first}.conv", start, end, bias=False)
        x = norm_act(graph, graph.add(skips[level - 1], half), first)
        x = conv_norm_act(graph, x, f"{prefix}.convs.conv_1")
    return x


def _heads(graph: GraphBuilder, config: PrismConfig, tokens: str, features: str) -> Tuple[str, str]:
    filters = []
    for mask in range(1, config.candidates + 1):
        token = graph.slice(tokens, 1, 1 + mask, 2 + mask)
        filters.append(graph.perceptron(token, f"{_MASKS}.output_hypernetworks_mlps.{mask}"))
    flat = graph.reshape(features, 1, config.decoder_width, -1)
    product = graph.matmul(graph.concat(filters, 1), flat)
    candidates = graph.reshape(product, 1, config.candidates, *(config.grid,) * 3)
    quality = graph.perceptron(graph.slice(tokens, 1, 0, 1), f"{_MASKS}.iou_prediction_head")
    scores = graph.slice(graph.node("Sigmoid", quality), 2, 1, config.candidates + 1)
    return candidates, graph.reshape(scores, 1, config.candidates)
