"""The mask decoder: several masks at a quarter of the image size, each with a quality."""

from __future__ import annotations

from typing import Tuple

import torch
from torch import Tensor, nn

from ..layers import ChannelNorm, Perceptron
from ..two_way_transformer import TwoWayTransformer
from .config import SamConfig


class MaskDecoder(nn.Module):
    """Decodes image embeddings and prompts, one set of prompts per image of the batch."""

    def __init__(self, config: SamConfig) -> None:
        super().__init__()
        dim, tokens = config.prompt_dim, config.mask_tokens
        self.transformer = TwoWayTransformer(
            config.decoder_depth, dim, config.decoder_heads, config.decoder_mlp
        )
        self.iou_token = nn.Embedding(1, dim)
        self.mask_tokens = nn.Embedding(tokens, dim)
        self.output_upscaling = nn.Sequential(
            nn.ConvTranspose2d(dim, dim // 4, 2, stride=2),
            ChannelNorm(dim // 4),
            nn.GELU(),
            nn.ConvTranspose2d(dim // 4, dim // 8, 2, stride=2),
            nn.GELU(),
        )
        self.output_hypernetworks_mlps = nn.ModuleList(
            Perceptron((dim, dim, dim, dim // 8)) for _ in range(tokens)
        )
        hidden = config.quality_hidden
        self.iou_prediction_head = Perceptron((dim, hidden, hidden, tokens))

    def forward(
        self, embedding: Tensor, positions: Tensor, prompts: Tensor, dense: Tensor
    ) -> Tuple[Tensor, Tensor]:
        """Logits (B, masks, 4 grid, 4 grid) and qualities (B, masks), the first token's left out.

        Args:
            embedding: (B, dim, grid, grid); ``dense`` of the same shape is added to it.
            positions: (1, dim, grid, grid).
            prompts: (B, N, dim).
        """
        batch, dim, height, width = embedding.shape
        own = torch.cat([self.iou_token.weight, self.mask_tokens.weight])
        tokens = torch.cat([own.expand(batch, -1, -1), prompts], dim=1)
        image = (embedding + dense).flatten(2).transpose(1, 2)
        tokens, image = self.transformer(tokens, image, positions.flatten(2).transpose(1, 2))
        upscaled = self.output_upscaling(image.transpose(1, 2).reshape(batch, dim, height, width))
        kernels = torch.stack(
            [mlp(tokens[:, 1 + i]) for i, mlp in enumerate(self.output_hypernetworks_mlps)], dim=1
        )
        masks = torch.einsum("bkc,bchw->bkhw", kernels, upscaled)
        return masks[:, 1:], self.iou_prediction_head(tokens[:, 0])[:, 1:]
