"""The image encoder: a vision transformer with windowed attention and relative positions."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..layers import ChannelNorm, Mlp
from .config import SamConfig

NORM_EPSILON = 1e-6


def relative_index(side: int) -> Tensor:
    """(side, side) rows of a table of 2 side - 1 relative positions: query - key + side - 1."""
    places = torch.arange(side)
    return places[:, None] - places[None, :] + side - 1


class RelativeAttention(nn.Module):
    """Self-attention over (B, S, S, dim) with decomposed relative positions.

    The logit of query (h, w) and key (h', w') is  scale q.k + q.R_h[h - h'] + q.R_w[w - w'].
    """

    def __init__(self, dim: int, heads: int, side: int) -> None:
        super().__init__()
        self.heads = heads
        self.scale = (dim // heads) ** -0.5
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)
        self.rel_pos_h = nn.Parameter(torch.zeros(2 * side - 1, dim // heads))
        self.rel_pos_w = nn.Parameter(torch.zeros(2 * side - 1, dim // heads))

    def forward(self, x: Tensor) -> Tensor:
        batch, side, _, dim = x.shape
        qkv = self.qkv(x).reshape(batch, side * side, 3, self.heads, -1)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        index = relative_index(side).to(x.device)
        grid = q.reshape(batch, self.heads, side, side, -1)
        rows = torch.einsum("bnhwc,hkc->bnhwk", grid, self.rel_pos_h[index])
        columns = torch.einsum("bnhwc,wkc->bnhwk", grid, self.rel_pos_w[index])
        logits = (q * self.scale) @ k.transpose(-2, -1)
        logits = logits.reshape(batch, self.heads, side, side, side, side)
        logits = logits + rows[..., :, None] + columns[..., None, :]
        weights = logits.reshape(batch, self.heads, side * side, -1).softmax(dim=-1)
        joined = (weights @ v).transpose(1, 2).reshape(batch, side, side, dim)
        return self.proj(joined)


def to_windows(x: Tensor, window: int) -> Tensor:
    """(B, S, S, dim), padded with zeros at its ends, as (B * windows, window, window, dim)."""
    batch, side, _, dim = x.shape
    pad = -side % window
    x = functional.pad(x, (0, 0, 0, pad, 0, pad))
    count = (side + pad) // window
    x = x.reshape(batch, count, window, count, window, dim)
    return x.transpose(2, 3).reshape(-1, window, window, dim)


def from_windows(x: Tensor, side: int) -> Tensor:
    """The inverse of ``to_windows``, without the padding."""
    window, dim = x.shape[1], x.shape[3]
    count = -(-side // window)
    x = x.reshape(-1, count, count, window, window, dim).transpose(2, 3)
    return x.reshape(-1, count * window, count * window, dim)[:, :side, :side]


class Block(nn.Module):
    """Norm, attention, norm, MLP, each pair with a residual; ``window`` 0 attends to everything."""

    def __init__(self, config: SamConfig, window: int) -> None:
        super().__init__()
        self.window = window
        self.norm1 = nn.LayerNorm(config.dim, NORM_EPSILON)
        self.attn = RelativeAttention(config.dim, config.heads, window or config.grid)
        self.norm2 = nn.LayerNorm(config.dim, NORM_EPSILON)
        self.mlp = Mlp(config.dim, config.mlp_ratio * config.dim, nn.GELU())

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm1(x)
        if self.window:
            # Padding comes after the norm, so that padded tokens are zeros and take part as keys.
            y = from_windows(self.attn(to_windows(y, self.window)), x.shape[1])
        else:
            y = self.attn(y)
        x = x + y
        return x + self.mlp(self.norm2(x))


class PatchEmbedding(nn.Module):
    """Non-overlapping patches of an RGB image as tokens (B, S, S, dim)."""

    def __init__(self, config: SamConfig) -> None:
        super().__init__()
        self.proj = nn.Conv2d(3, config.dim, config.patch, stride=config.patch)

    def forward(self, x: Tensor) -> Tensor:
        return self.proj(x).permute(0, 2, 3, 1)


class ImageEncoder(nn.Module):
    """Normalised RGB (B, 3, image_size, image_size) to an embedding (B, prompt_dim, grid, grid)."""

    def __init__(self, config: SamConfig) -> None:
        super().__init__()
        self.patch_embed = PatchEmbedding(config)
        self.pos_embed = nn.Parameter(torch.zeros(1, config.grid, config.grid, config.dim))
        self.blocks = nn.ModuleList(
            Block(config, 0 if index in config.global_blocks else config.window)
            for index in range(config.depth)
        )
        self.neck = nn.Sequential(
            nn.Conv2d(config.dim, config.prompt_dim, 1, bias=False),
            ChannelNorm(config.prompt_dim),
            nn.Conv2d(config.prompt_dim, config.prompt_dim, 3, padding=1, bias=False),
            ChannelNorm(config.prompt_dim),
        )

    def forward(self, x: Tensor) -> Tensor:
        x = self.patch_embed(x) + self.pos_embed
        for block in self.blocks:
            x = block(x)
        return self.neck(x.permute(0, 3, 1, 2))
