"""The corrective refinement network of PRISM as an ONNX graph."""

from __future__ import annotations

from typing import Mapping

import numpy as np
import onnx
from torch import Tensor

from ..prism.config import PrismConfig
from .graph import GraphBuilder
from .prism_layers import two_conv

_PREFIX = "mask_decoder.refine"


def build_refiner(config: PrismConfig, weights: Mapping[str, Tensor]) -> onnx.ModelProto:
    """``image``, ``logits`` (1, 1, G, G, G) of the selected candidate and the cumulative
    ``prompt_maps`` (1, P, G, G, G) to ``refined`` and ``error_map``, each (1, 1, G, G, G)."""
    graph = GraphBuilder("prism-refiner", weights)
    cube = (config.grid,) * 3
    image = graph.input("image", (1, 1, *cube))
    logits = graph.input("logits", (1, 1, *cube))
    maps = graph.input("prompt_maps", (1, config.refiner_maps, *cube))
    inside = graph.node("Greater", logits, graph.constant(0.0))
    inside = graph.node("Cast", inside, to=onnx.TensorProto.FLOAT)
    h = _halved(graph, graph.concat([image, inside, maps], 1))
    h = graph.conv(h, f"{_PREFIX}.first_conv")
    for conv in ("conv1", "conv2"):
        h = graph.add(h, two_conv(graph, h, f"{_PREFIX}.{conv}"))
    error = graph.conv(h, f"{_PREFIX}.conv_error_map")
    change = graph.mul(error, graph.conv(h, f"{_PREFIX}.conv_correction"))
    refined = graph.add(change, _halved(graph, logits))
    graph.output("refined", _doubled(graph, refined), (1, 1, *cube))
    graph.output("error_map", _doubled(graph, error), (1, 1, *cube))
    return graph.build()


def _halved(graph: GraphBuilder, x: str) -> str:
    return graph.node("AveragePool", x, kernel_shape=[2, 2, 2], strides=[2, 2, 2])


def _doubled(graph: GraphBuilder, x: str) -> str:
    scales = graph.constant([1, 1, 2, 2, 2], np.float32)
    return graph.node(
        "Resize", x, "", scales, mode="linear", coordinate_transformation_mode="half_pixel"
    )
