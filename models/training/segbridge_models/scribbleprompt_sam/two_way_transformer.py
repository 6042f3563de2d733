"""The two-way transformer: tokens attend to the image and the image to the tokens."""

from __future__ import annotations

from typing import Tuple

from torch import Tensor, nn

from .config import SamConfig
from .layers import TwoLayerMlp


class Attention(nn.Module):
    """Multi-head attention with an inner width of dim / downsample."""

    def __init__(self, dim: int, heads: int, downsample: int = 1) -> None:
        super().__init__()
        inner = dim // downsample
        self.heads = heads
        self.scale = (inner // heads) ** -0.5
        self.q_proj = nn.Linear(dim, inner)
        self.k_proj = nn.Linear(dim, inner)
        self.v_proj = nn.Linear(dim, inner)
        self.out_proj = nn.Linear(inner, dim)

    def _split(self, x: Tensor) -> Tensor:
        return x.reshape(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)

    def forward(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        q, k, v = (
            self._split(project(x))
            for project, x in ((self.q_proj, q), (self.k_proj, k), (self.v_proj, v))
        )
        weights = ((q @ k.transpose(-2, -1)) * self.scale).softmax(dim=-1)
        joined = (weights @ v).transpose(1, 2).flatten(2)
        return self.out_proj(joined)


class TwoWayBlock(nn.Module):
    """Self-attention of tokens, tokens to image, MLP, image to tokens.

    The first block's self-attention has no positions and replaces the tokens.
    """

    def __init__(self, config: SamConfig, first: bool) -> None:
        super().__init__()
        dim, heads, downsample = (
            config.prompt_dim,
            config.decoder_heads,
            config.attention_downsample,
        )
        self.first = first
        self.self_attn = Attention(dim, heads)
        self.norm1 = nn.LayerNorm(dim)
        self.cross_attn_token_to_image = Attention(dim, heads, downsample)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = TwoLayerMlp(dim, config.decoder_mlp, nn.ReLU())
        self.norm3 = nn.LayerNorm(dim)
        self.norm4 = nn.LayerNorm(dim)
        self.cross_attn_image_to_token = Attention(dim, heads, downsample)

    def forward(
        self, tokens: Tensor, image: Tensor, token_codes: Tensor, image_codes: Tensor
    ) -> Tuple[Tensor, Tensor]:
        if self.first:
            tokens = self.self_attn(tokens, tokens, tokens)
        else:
            q = tokens + token_codes
            tokens = tokens + self.self_attn(q, q, tokens)
        tokens = self.norm1(tokens)
        keys = image + image_codes
        q = tokens + token_codes
        tokens = self.norm2(tokens + self.cross_attn_token_to_image(q, keys, image))
        tokens = self.norm3(tokens + self.mlp(tokens))
        q = tokens + token_codes
        image = self.norm4(image + self.cross_attn_image_to_token(keys, q, tokens))
        return tokens, image


class TwoWayTransformer(nn.Module):
    """Tokens (B, N, dim) and image (B, P, dim) after ``decoder_depth`` blocks and a last look."""

    def __init__(self, config: SamConfig) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            TwoWayBlock(config, first=index == 0) for index in range(config.decoder_depth)
        )
        self.final_attn_token_to_image = Attention(
            config.prompt_dim, config.decoder_heads, config.attention_downsample
        )
        self.norm_final_attn = nn.LayerNorm(config.prompt_dim)

    def forward(self, tokens: Tensor, image: Tensor, image_codes: Tensor) -> Tuple[Tensor, Tensor]:
        codes = tokens
        for layer in self.layers:
            tokens, image = layer(tokens, image, codes, image_codes)
        looked = self.final_attn_token_to_image(tokens + codes, image + image_codes, image)
        return self.norm_final_attn(tokens + looked), image
