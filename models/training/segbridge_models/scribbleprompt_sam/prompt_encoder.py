"""The prompt encoder: points, box corners and mask prompts as tokens and a dense map."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from ..layers import ChannelNorm
from .config import SamConfig

NEGATIVE, POSITIVE, BOX_LOW, BOX_HIGH = 0, 1, 2, 3
PAD = -1


class FourierPositions(nn.Module):
    """Random Fourier features [sin, cos] of 2 pi (2 p - 1) G for p = (x, y) in [0, 1]^2."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.register_buffer(
            "positional_encoding_gaussian_matrix", torch.randn(2, features // 2)
        )

    def forward(self, positions: Tensor) -> Tensor:
        """(..., 2) to (..., features)."""
        centred = 2.0 * positions - 1.0
        angles = 2.0 * math.pi * (centred @ self.positional_encoding_gaussian_matrix)
        return torch.cat([angles.sin(), angles.cos()], dim=-1)

    def grid(self, side: int) -> Tensor:
        """(1, features, side, side): the code of every token's centre."""
        matrix = self.positional_encoding_gaussian_matrix
        centres = (torch.arange(side, dtype=matrix.dtype, device=matrix.device) + 0.5) / side
        y, x = torch.meshgrid(centres, centres, indexing="ij")
        return self(torch.stack([x, y], dim=-1)).permute(2, 0, 1)[None]


class PromptEncoder(nn.Module):
    """Tokens of prompts and the dense map that is added to the image embedding."""

    def __init__(self, config: SamConfig) -> None:
        super().__init__()
        dim = config.prompt_dim
        first, second = config.mask_channels
        self.image_size = config.image_size
        self.grid_side = config.grid
        self.pe_layer = FourierPositions(dim)
        self.point_embeddings = nn.ModuleList(nn.Embedding(1, dim) for _ in range(4))
        self.not_a_point_embed = nn.Embedding(1, dim)
        self.mask_downscaling = nn.Sequential(
            nn.Conv2d(1, first, 2, stride=2),
            ChannelNorm(first),
            nn.GELU(),
            nn.Conv2d(first, second, 2, stride=2),
            ChannelNorm(second),
            nn.GELU(),
            nn.Conv2d(second, dim, 1),
        )
        self.no_mask_embed = nn.Embedding(1, dim)

    def points(self, coordinates: Tensor, labels: Tensor) -> Tensor:
        """Tokens (B, N, dim) of (x, y) coordinates (B, N, 2) in the encoder's frame.

        Labels (B, N): 1 positive, 0 negative, 2 and 3 the low and high corner of a box, -1 a token
        that stands for nothing (its coordinates do not matter).
        """
        codes = self.pe_layer((coordinates + 0.5) / self.image_size)
        kinds = labels[..., None]
        codes = torch.where(kinds == PAD, torch.zeros_like(codes), codes)
        codes = codes + (kinds == PAD) * self.not_a_point_embed.weight[0]
        for label, embedding in enumerate(self.point_embeddings):
            codes = codes + (kinds == label) * embedding.weight[0]
        return codes

    def dense(self, mask: Tensor | None, batch: int) -> Tensor:
        """(B, dim, grid, grid) of previous logits (B, 1, 4 grid, 4 grid), or of none."""
        if mask is not None:
            return self.mask_downscaling(mask)
        embedding = self.no_mask_embed.weight.reshape(1, -1, 1, 1)
        return embedding.expand(batch, -1, self.grid_side, self.grid_side)

    def positions(self) -> Tensor:
        """Positional code (1, dim, grid, grid) of the image embedding."""
        return self.pe_layer.grid(self.grid_side)
