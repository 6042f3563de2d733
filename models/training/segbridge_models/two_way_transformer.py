"""The two-way transformer of SAM and PRISM: prompt tokens attend to the image and it to them."""

from __future__ import annotations

from typing import Optional, Tuple

import torch
from torch import Tensor, nn

from .layers import Mlp


class Attention(nn.Module):
    """Multi-head attention whose internal width is ``dim / downsample``."""

    def __init__(self, dim: int, heads: int, downsample: int = 1) -> None:
        super().__init__()
        inner = dim // downsample
        self.heads = heads
        self.q_proj = nn.Linear(dim, inner)
        self.k_proj = nn.Linear(dim, inner)
        self.v_proj = nn.Linear(dim, inner)
        self.out_proj = nn.Linear(inner, dim)

    def forward(self, q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor] = None) -> Tensor:
        """q (B, N, dim), k and v (B, M, dim); ``mask`` (B, M) is true for keys that count."""
        heads = [self._split(f(x)) for f, x in ((self.q_proj, q), (self.k_proj, k), (self.v_proj, v))]
        scale = heads[0].shape[-1] ** -0.5
        logits = (scale * heads[0]) @ heads[1].transpose(-2, -1)
        if mask is not None:
            logits = logits.masked_fill(~mask[:, None, None, :], float("-inf"))
        y = torch.softmax(logits, dim=-1) @ heads[2]
        return self.out_proj(y.transpose(1, 2).flatten(2))

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, x.shape[-1] // self.heads)).transpose(1, 2)


class TwoWayLayer(nn.Module):
    """Self-attention of the tokens, tokens to image, MLP, image to tokens; post-norm.

    The first layer's self-attention has neither positions nor residual.
    """

    def __init__(self, dim: int, heads: int, hidden: int, first: bool) -> None:
        super().__init__()
        self.first = first
        self.self_attn = Attention(dim, heads)
        self.norm1 = nn.LayerNorm(dim)
        self.cross_attn_token_to_image = Attention(dim, heads, downsample=2)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = Mlp(dim, hidden, nn.ReLU())
        self.norm3 = nn.LayerNorm(dim)
        self.norm4 = nn.LayerNorm(dim)
        self.cross_attn_image_to_token = Attention(dim, heads, downsample=2)

    def forward(
        self, queries: Tensor, keys: Tensor, tokens: Tensor, places: Tensor, mask: Optional[Tensor]
    ) -> Tuple[Tensor, Tensor]:
        if self.first:
            queries = self.self_attn(queries, queries, queries, mask)
        else:
            q = queries + tokens
            queries = queries + self.self_attn(q, q, queries, mask)
        queries = self.norm1(queries)
        attended = self.cross_attn_token_to_image(queries + tokens, keys + places, keys)
        queries = self.norm2(queries + attended)
        queries = self.norm3(queries + self.mlp(queries))
        back = self.cross_attn_image_to_token(keys + places, queries + tokens, queries, mask)
        return queries, self.norm4(keys + back)


class TwoWayTransformer(nn.Module):
    """Layers, then a last attention of the tokens to the image."""

    def __init__(self, depth: int, dim: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            TwoWayLayer(dim, heads, hidden, first=number == 0) for number in range(depth)
        )
        self.final_attn_token_to_image = Attention(dim, heads, downsample=2)
        self.norm_final_attn = nn.LayerNorm(dim)

    def forward(
        self, tokens: Tensor, keys: Tensor, places: Tensor, mask: Optional[Tensor] = None
    ) -> Tuple[Tensor, Tensor]:
        """tokens (B, N, dim); keys (B, M, dim) with the code ``places`` of their positions.

        ``mask`` (B, N) is true for tokens that count: the others change nothing but themselves.
        """
        queries = tokens
        for layer in self.layers:
            queries, keys = layer(queries, keys, tokens, places, mask)
        attended = self.final_attn_token_to_image(queries + tokens, keys + places, keys)
        return self.norm_final_attn(queries + attended), keys
