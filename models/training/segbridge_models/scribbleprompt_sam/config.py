"""The sizes of a ScribblePrompt-SAM network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple


@dataclass(frozen=True)
class SamConfig:
    """Sizes; the defaults are the published ViT-B network.

    Attributes:
        image_size: side of the square image that the encoder sees, in pixels.
        patch: side of a token's patch in pixels.
        dim, depth, heads, mlp_ratio: of the image encoder's blocks.
        window: side of an attention window in tokens.
        global_blocks: blocks that attend over the whole image.
        prompt_dim: channels of the embedding and of every prompt token.
        decoder_depth, decoder_heads, decoder_mlp: of the two-way transformer.
        mask_tokens: masks that the decoder makes; the first one is not used.
        mask_channels: channels of the two inner layers of the encoder of mask prompts.
        quality_hidden: width of the head that predicts the quality of each mask.
    """

    image_size: int = 1024
    patch: int = 16
    dim: int = 768
    depth: int = 12
    heads: int = 12
    mlp_ratio: int = 4
    window: int = 14
    global_blocks: Tuple[int, ...] = (2, 5, 8, 11)
    prompt_dim: int = 256
    decoder_depth: int = 2
    decoder_heads: int = 8
    decoder_mlp: int = 2048
    mask_tokens: int = 4
    mask_channels: Tuple[int, int] = (4, 16)
    quality_hidden: int = 256

    def __post_init__(self) -> None:
        if self.image_size % self.patch:
            raise ValueError(
                f"image_size must be a multiple of patch {self.patch}, got {self.image_size}"
            )
        for name, width, heads in (
            ("dim", self.dim, self.heads),
            ("prompt_dim", self.prompt_dim, 2 * self.decoder_heads),
            ("prompt_dim", self.prompt_dim, 8),
        ):
            if width % heads:
                raise ValueError(f"{name} must be a multiple of {heads}, got {width}")
        if self.mask_tokens < 2:
            raise ValueError(f"mask_tokens must be at least 2, got {self.mask_tokens}")

    @property
    def grid(self) -> int:
        """Tokens along a side of the image."""
        return self.image_size // self.patch

    @property
    def mask_size(self) -> int:
        """Side of low-resolution mask logits and of a mask prompt."""
        return 4 * self.grid

    @property
    def masks(self) -> int:
        """Masks that are offered: all but the first token's."""
        return self.mask_tokens - 1


PUBLISHED = SamConfig()
TINY = SamConfig(
    image_size=80,
    dim=24,
    depth=3,
    heads=2,
    window=3,
    global_blocks=(1,),
    prompt_dim=32,
    decoder_heads=4,
    decoder_mlp=40,
    quality_hidden=24,
)
