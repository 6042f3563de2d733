"""Prompts to tokens and keys: sparse points and boxes, the previous logits, and how they meet."""

from __future__ import annotations

import math
from typing import Optional, Tuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..layers import ChannelNorm
from ..two_way_transformer import TwoWayTransformer
from .config import PrismConfig

NEGATIVE, POSITIVE, BOX_LOW, BOX_HIGH = 0, 1, 2, 3
NOT_A_POINT = -1
ABSENT = -2


class PositionCode(nn.Module):
    """Random Fourier features [sin a, cos a, sin a] of a = 2 pi (2p - 1) G for p in [0, 1]^3."""

    def __init__(self, width: int) -> None:
        super().__init__()
        matrix = torch.randn(3, width // 3)
        self.register_buffer("positional_encoding_gaussian_matrix", matrix)

    def forward(self, places: Tensor) -> Tensor:
        angles = 2 * math.pi * ((2 * places - 1) @ self.positional_encoding_gaussian_matrix)
        return torch.cat([angles.sin(), angles.cos(), angles.sin()], dim=-1)

    def of_grid(self, tokens: int) -> Tensor:
        """Code (tokens^3, width) of the cells of a cube; cell (i, j, k) is coded as (j, i, k).

        The exchanged axes are those of the published network, whose weights depend on them.
        """
        steps = (torch.arange(tokens, device=self._device) + 0.5) / tokens
        i, j, k = torch.meshgrid(steps, steps, steps, indexing="ij")
        return self.forward(torch.stack([j, i, k], dim=-1)).flatten(0, 2)

    @property
    def _device(self) -> torch.device:
        return self.positional_encoding_gaussian_matrix.device


class PromptEncoder(nn.Module):
    """Embeds the prompts of one step and lets them meet the image embedding."""

    def __init__(self, config: PrismConfig) -> None:
        super().__init__()
        width = config.width
        self.config = config
        self.pe_layer = PositionCode(width)
        self.point_embeddings = nn.ModuleList(nn.Embedding(1, width) for _ in range(4))
        self.not_a_point_embed = nn.Embedding(1, width)
        self.no_mask_embed = nn.Embedding(1, width)  # published, never used
        self.mask_downscaling = nn.Sequential(
            nn.Conv3d(1 + config.dense_maps, 4, 2, stride=2),
            ChannelNorm(4),
            nn.GELU(),
            nn.Conv3d(4, 16, 2, stride=2),
            ChannelNorm(16),
            nn.GELU(),
            nn.Conv3d(16, width, 1),
        )
        self.iou_token = nn.Embedding(1, width)
        self.mask_tokens = nn.Embedding(config.candidates + 1, width)
        self.transformer = TwoWayTransformer(
            config.transformer_depth, width, config.transformer_heads, config.transformer_mlp
        )

    def forward(
        self,
        embedding: Tensor,
        points: Tensor,
        labels: Tensor,
        previous_logits: Tensor,
        prompt_maps: Optional[Tensor] = None,
    ) -> Tuple[Tensor, Tensor]:
        """Token outputs (B, 1 + candidates + 1 + N, C) and the keys Z' (B, C, g, g, g).

        points (B, N, 3) are voxel indices in the order of the axes, labels (B, N) as in
        ``sparse_prompts``; previous_logits (B, 1, G, G, G), zero in the first step.
        """
        batch = embedding.shape[0]
        sparse = self.sparse(points, labels, previous_logits.shape[-1])
        outputs = torch.cat([self.iou_token.weight, self.mask_tokens.weight])
        tokens = torch.cat([outputs.expand(batch, -1, -1), sparse], dim=1)
        keys = (embedding + self.dense(previous_logits, prompt_maps)).flatten(2).transpose(1, 2)
        places = self.pe_layer.of_grid(embedding.shape[-1])
        tokens, keys = self.transformer(tokens, keys, places, self._counting(labels))
        return tokens, keys.transpose(1, 2).reshape(embedding.shape)

    def sparse(self, points: Tensor, labels: Tensor, grid: int) -> Tensor:
        """Tokens (B, N, C) of points and box corners on a grid of this many voxels a side."""
        code = self.pe_layer((points + 0.5) / grid) * (labels >= 0).to(points.dtype)[..., None]
        embeddings = [self.not_a_point_embed, *self.point_embeddings]
        for label, embedding in enumerate(embeddings, start=NOT_A_POINT):
            code = code + (labels == label).to(points.dtype)[..., None] * embedding.weight
        return code

    def dense(self, previous_logits: Tensor, prompt_maps: Optional[Tensor]) -> Tensor:
        """The dense prompt (B, C, g, g, g): sampled logits and pooled maps, convolved."""
        stride = self.config.dense_stride
        x = previous_logits[:, :, ::stride, ::stride, ::stride]
        given = 0 if prompt_maps is None else prompt_maps.shape[1]
        if given != self.config.dense_maps:
            raise ValueError(f"{given} prompt maps given; this network takes {self.config.dense_maps}")
        if prompt_maps is not None:
            x = torch.cat([x, functional.max_pool3d(prompt_maps, stride)], dim=1)
        return self.mask_downscaling(x)

    def _counting(self, labels: Tensor) -> Optional[Tensor]:
        present = labels != ABSENT
        if bool(present.all()):
            return None
        outputs = present.new_ones((labels.shape[0], self.config.candidates + 2))
        return torch.cat([outputs, present], dim=1)
