"""The prompt encoder and mask decoder of ScribblePrompt-SAM as one ONNX graph."""

from __future__ import annotations

from typing import Mapping

import numpy as np
import onnx
from torch import Tensor

from ..scribbleprompt_sam import SamConfig
from .graph import GraphBuilder
from .two_way_transformer import TwoWayTransformerGraph


def _fourier(g: GraphBuilder, unit: str) -> str:
    """Positions (..., 2) in [0, 1] as [sin, cos] features."""
    return g.concat(g.fourier(unit, "prompt_encoder.pe_layer"), -1)


def _point_tokens(g: GraphBuilder, config: SamConfig) -> str:
    """(1, N, dim): position codes plus the embedding of each label; only the latter for -1."""
    coordinates = g.input("point_coordinates", [1, "points", 2])
    labels = g.unsqueeze(g.input("point_labels", [1, "points"]), 2)
    shifted = g.add(coordinates, g.constant(0.5))
    codes = _fourier(g, g.node("Div", shifted, g.constant(float(config.image_size))))
    kinds = g.node("Equal", labels, g.constant([[[-1.0, 0.0, 1.0, 2.0, 3.0]]]))
    names = ["not_a_point_embed"] + [f"point_embeddings.{i}" for i in range(4)]
    table = g.concat([g.weight(f"prompt_encoder.{name}.weight") for name in names], 0)
    own = g.matmul(g.node("Cast", kinds, to=onnx.TensorProto.FLOAT), table)
    padding = g.node("Equal", labels, g.constant(-1.0))
    return g.add(g.node("Where", padding, g.constant(0.0), codes), own)


def _dense(g: GraphBuilder, config: SamConfig) -> str:
    """The embedded mask prompt where ``has_mask_input`` is 1, else the learned absence of one."""
    mask = g.input("mask_input", [1, 1, config.mask_size, config.mask_size])
    given = g.node("Greater", g.input("has_mask_input", [1]), g.constant(0.5))
    prefix = "prompt_encoder.mask_downscaling"
    x = g.channel_layer_norm(g.conv(mask, f"{prefix}.0", stride=2), f"{prefix}.1", 4)
    x = g.conv(g.gelu(x), f"{prefix}.3", stride=2)
    x = g.conv(g.gelu(g.channel_layer_norm(x, f"{prefix}.4", 4)), f"{prefix}.6")
    none = g.reshape(g.weight("prompt_encoder.no_mask_embed.weight"), 1, -1, 1, 1)
    return g.node("Where", given, x, none)


def _masks(g: GraphBuilder, config: SamConfig, image: str, kernels: str) -> str:
    """(1, mask_tokens, mask_size, mask_size) from the image (1, grid^2, dim) and each kernel."""
    grid, dim, size = config.grid, config.prompt_dim, config.mask_size
    prefix = "mask_decoder.output_upscaling"
    x = g.reshape(g.transpose(image, 0, 2, 1), 1, dim, grid, grid)
    x = g.conv_transpose(x, f"{prefix}.0", stride=2)
    x = g.gelu(g.channel_layer_norm(x, f"{prefix}.1", 4))
    x = g.gelu(g.conv_transpose(x, f"{prefix}.3", stride=2))
    masks = g.matmul(kernels, g.reshape(x, 1, dim // 8, size * size))
    return g.reshape(masks, 1, config.mask_tokens, size, size)


def decoder(config: SamConfig, state: Mapping[str, Tensor]) -> onnx.ModelProto:
    """Embedding and prompts to ``masks`` (1, 3, mask_size, mask_size) and ``scores`` (1, 3)."""
    g = GraphBuilder("scribbleprompt-sam-decoder", state)
    grid, dim, count = config.grid, config.prompt_dim, config.mask_tokens
    embedding = g.input("embedding", [1, dim, grid, grid])
    own = [g.weight(f"mask_decoder.{name}.weight") for name in ("iou_token", "mask_tokens")]
    tokens = g.concat([g.unsqueeze(g.concat(own, 0), 0), _point_tokens(g, config)], 1)
    image = g.add(embedding, _dense(g, config))
    image = g.transpose(g.reshape(image, 1, dim, grid * grid), 0, 2, 1)
    centres = (np.arange(grid) + 0.5) / grid
    y, x = np.meshgrid(centres, centres, indexing="ij")
    positions = _fourier(g, g.constant(np.stack([x, y], axis=-1).reshape(1, -1, 2)))
    transformer = TwoWayTransformerGraph(
        g, "mask_decoder.transformer", config.decoder_depth, config.decoder_heads
    )
    tokens, image = transformer.add(tokens, image, positions)
    kernels = []
    for number in range(count):
        token = g.slice(tokens, 1, number + 1, number + 2)
        kernels.append(g.perceptron(token, f"mask_decoder.output_hypernetworks_mlps.{number}"))
    masks = _masks(g, config, image, g.concat(kernels, 1))
    quality = g.slice(tokens, 1, 0, 1)
    scores = g.perceptron(quality, "mask_decoder.iou_prediction_head")
    size = config.mask_size
    g.output("masks", g.slice(masks, 1, 1, count), [1, config.masks, size, size])
    scores = g.slice(g.reshape(scores, 1, count), 1, 1, count)
    g.output("scores", scores, [1, config.masks])
    return g.build()
