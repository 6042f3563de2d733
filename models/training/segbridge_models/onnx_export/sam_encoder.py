"""The image encoder of ScribblePrompt-SAM as an ONNX graph.

Global attention runs over groups of query rows, so that its logits never take more than
``LOGITS_LIMIT`` numbers at a time.
"""

from __future__ import annotations

from typing import Dict, Mapping

import numpy as np
import onnx
from torch import Tensor

from ..scribbleprompt_sam import SamConfig
from ..scribbleprompt_sam.image_encoder import NORM_EPSILON, relative_index
from ..scribbleprompt_sam.model import PIXEL_MEAN, PIXEL_STD
from .graph import GraphBuilder

LOGITS_LIMIT = 2**25
_PREFIX = "image_encoder"


def group_rows(side: int, heads: int) -> int:
    """How many query rows of a side x side grid attend at a time: a divisor of ``side``."""
    fitting = max(1, LOGITS_LIMIT // (heads * side**3))
    return max(rows for rows in range(1, side + 1) if side % rows == 0 and rows <= fitting)


class _Transformer:
    """Adds the blocks of one network to a graph."""

    def __init__(self, g: GraphBuilder, config: SamConfig) -> None:
        self._g = g
        self._config = config
        self._indices: Dict[int, str] = {}

    def _relative_logits(self, q: str, table: str, side: int) -> str:
        """(windows * heads, a, b, c) queries to (windows * heads, a, b, k): q . R[a - k]."""
        g = self._g
        if side not in self._indices:
            self._indices[side] = g.constant(relative_index(side).numpy(), np.int64)
        rows = g.node("Gather", g.weight(table), self._indices[side], axis=0)
        return g.matmul(q, g.transpose(rows, 0, 2, 1))

    def _attention(self, x: str, prefix: str, side: int, step: int) -> str:
        """Attention over (windows, side * side, dim), ``step`` query rows at a time."""
        g, dim, heads = self._g, self._config.dim, self._config.heads
        channels, tokens = dim // heads, side * side
        qkv = g.reshape(g.linear(x, f"{prefix}.qkv"), -1, tokens, 3, heads, channels)
        qkv = g.transpose(qkv, 2, 0, 3, 1, 4)
        q, k, v = (
            g.reshape(part, -1, tokens, channels) for part in g.nodes("Split", 3, qkv, axis=0)
        )
        grid = g.reshape(q, -1, side, side, channels)
        rows = self._relative_logits(grid, f"{prefix}.rel_pos_h", side)
        turned = g.transpose(grid, 0, 2, 1, 3)
        columns = self._relative_logits(turned, f"{prefix}.rel_pos_w", side)
        columns = g.transpose(columns, 0, 2, 1, 3)
        grid = g.scale(grid, channels**-0.5)
        keys = g.transpose(k, 0, 2, 1)
        groups = []
        for first in range(0, side, step):
            queries, down, across = (
                g.reshape(
                    part if step == side else g.slice(part, 1, first, first + step),
                    -1,
                    step * side,
                    length,
                )
                for part, length in ((grid, channels), (rows, side), (columns, side))
            )
            logits = g.reshape(g.matmul(queries, keys), -1, step * side, side, side)
            logits = g.add(g.add(logits, g.unsqueeze(down, 3)), g.unsqueeze(across, 2))
            weights = g.softmax(g.reshape(logits, -1, step * side, tokens))
            groups.append(g.matmul(weights, v))
        joined = groups[0] if len(groups) == 1 else g.concat(groups, 1)
        joined = g.transpose(g.reshape(joined, -1, heads, tokens, channels), 0, 2, 1, 3)
        return g.linear(g.reshape(joined, -1, tokens, dim), f"{prefix}.proj")

    def _windowed(self, x: str, prefix: str) -> str:
        """Attention within windows of (1, grid, grid, dim), padded with zeros at its ends."""
        g, dim = self._g, self._config.dim
        side, window = self._config.grid, self._config.window
        pad = -side % window
        count = (side + pad) // window
        if pad:
            x = g.node("Pad", x, g.integers(0, 0, 0, 0, 0, pad, pad, 0))
        x = g.transpose(g.reshape(x, count, window, count, window, dim), 0, 2, 1, 3, 4)
        x = g.reshape(x, count * count, window * window, dim)
        x = self._attention(x, prefix, window, window)
        x = g.reshape(x, count, count, window, window, dim)
        x = g.reshape(g.transpose(x, 0, 2, 1, 3, 4), 1, side + pad, side + pad, dim)
        return g.slice(g.slice(x, 1, 0, side), 2, 0, side) if pad else x

    def _global(self, x: str, prefix: str) -> str:
        g, side, dim = self._g, self._config.grid, self._config.dim
        flat = g.reshape(x, 1, side * side, dim)
        flat = self._attention(flat, prefix, side, group_rows(side, self._config.heads))
        return g.reshape(flat, 1, side, side, dim)

    def block(self, x: str, number: int) -> str:
        """Block ``number`` on (1, grid, grid, dim)."""
        g, prefix = self._g, f"{_PREFIX}.blocks.{number}"
        attend = self._global if number in self._config.global_blocks else self._windowed
        y = g.layer_norm(x, f"{prefix}.norm1", NORM_EPSILON)
        x = g.add(x, attend(y, f"{prefix}.attn"))
        y = g.linear(g.layer_norm(x, f"{prefix}.norm2", NORM_EPSILON), f"{prefix}.mlp.lin1")
        return g.add(x, g.linear(g.gelu(y), f"{prefix}.mlp.lin2"))


def encoder(config: SamConfig, state: Mapping[str, Tensor]) -> onnx.ModelProto:
    """``image`` (1, 1, H, W) grey in [0, 1], any size, to ``embedding`` (1, dim, grid, grid)."""
    g = GraphBuilder("scribbleprompt-sam-encoder", state)
    image = g.input("image", [1, 1, "height", "width"])
    size = g.integers(1, 1, config.image_size, config.image_size)
    x = g.node(
        "Resize", image, "", "", size, mode="linear", coordinate_transformation_mode="half_pixel"
    )
    mean, std = (g.constant(np.reshape(v, (1, 3, 1, 1))) for v in (PIXEL_MEAN, PIXEL_STD))
    x = g.node("Div", g.sub(g.scale(x, 255.0), mean), std)
    x = g.conv(x, f"{_PREFIX}.patch_embed.proj", stride=config.patch)
    x = g.add(g.transpose(x, 0, 2, 3, 1), g.weight(f"{_PREFIX}.pos_embed"))
    transformer = _Transformer(g, config)
    for number in range(config.depth):
        x = transformer.block(x, number)
    x = g.conv(g.transpose(x, 0, 3, 1, 2), f"{_PREFIX}.neck.0")
    x = g.conv(g.channel_layer_norm(x, f"{_PREFIX}.neck.1", 4), f"{_PREFIX}.neck.2", padding=1)
    x = g.channel_layer_norm(x, f"{_PREFIX}.neck.3", 4)
    g.output("embedding", x, [1, config.prompt_dim, config.grid, config.grid])
    return g.build()
