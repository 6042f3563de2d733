"""Sizes of a PRISM network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple


@dataclass(frozen=True)
class PrismConfig:
    """Sizes; the defaults are those of the published checkpoints.

    ``cnn_widths`` has one entry per level 0..D: level l has grid / 2^l voxels a side, and the last
    width C is also that of embedding, tokens and keys.  A ViT patch is 2^D voxels a side.
    ``window`` 0 makes every block global.  A tap (the output of that block, counted from 0) feeds
    each level 1..D-1, in this order.  ``candidates`` masks are proposed, beside the unused mask 0.
    ``refiner_maps`` prompt maps enter the refiner beside image and binarised logits; ``dense_maps``
    join the previous logits in the dense prompt (none in the published network).
    """

    grid: int = 128
    cnn_widths: Tuple[int, ...] = (32, 32, 64, 128, 384)
    vit_dim: int = 768
    vit_depth: int = 12
    vit_heads: int = 12
    vit_mlp: int = 3072
    window: int = 14
    global_blocks: Tuple[int, ...] = (2, 5, 8, 11)
    taps: Tuple[int, ...] = (2, 5, 8)
    transformer_depth: int = 2
    transformer_heads: int = 8
    transformer_mlp: int = 2048
    score_hidden: int = 256
    candidates: int = 3
    decoder_width: int = 32
    refiner_width: int = 32
    refiner_maps: int = 2
    dense_maps: int = 0

    def __post_init__(self) -> None:
        # Settings files and checkpoints give lists; equality and hashing want tuples.
        for name in ("cnn_widths", "global_blocks", "taps"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        patch = self.patch
        problems = [
            (self.levels < 2, f"cnn_widths {self.cnn_widths} needs at least 3 entries"),
            (self.grid % patch != 0, f"grid {self.grid} is no multiple of the patch {patch}"),
            (self.width % 3 != 0, f"the last CNN width {self.width} is no multiple of 3"),
            (
                self.width % (2 * self.transformer_heads) != 0,
                f"the last CNN width {self.width} is no multiple of twice "
                f"{self.transformer_heads} transformer heads",
            ),
            (
                self.vit_dim % self.vit_heads != 0,
                f"vit_dim {self.vit_dim} is no multiple of {self.vit_heads} heads",
            ),
            (
                len(self.taps) != self.levels - 1,
                f"taps {self.taps}: {self.levels - 1} wanted, one per level 1..{self.levels - 1}",
            ),
            (
                any(not 0 <= tap < self.vit_depth for tap in self.taps),
                f"taps {self.taps} must be blocks 0..{self.vit_depth - 1}",
            ),
            (
                0 < self.window < self.tokens,
                f"window {self.window} is smaller than the {self.tokens} tokens of an axis; "
                "use 0 (global) or at least that many",
            ),
        ]
        for wrong, message in problems:
            if wrong:
                raise ValueError(message)

    @property
    def levels(self) -> int:
        """D, the number of poolings."""
        return len(self.cnn_widths) - 1

    @property
    def patch(self) -> int:
        """Side of a ViT patch in voxels, 2^D."""
        return 1 << self.levels

    @property
    def tokens(self) -> int:
        """ViT tokens along one axis."""
        return self.grid // self.patch

    @property
    def width(self) -> int:
        """C, the width of embedding, tokens and keys."""
        return self.cnn_widths[-1]

    @property
    def dense_stride(self) -> int:
        """Every how many voxels the previous logits are sampled before the dense prompt's convs."""
        return self.patch // 4

    def window_of(self, block: int) -> int:
        """Side of the attention window of a block, in tokens; more than ``tokens`` means padded."""
        is_global = self.window == 0 or block in self.global_blocks
        return self.tokens if is_global else self.window


PUBLISHED = PrismConfig()

SMALL = PrismConfig(
    grid=64,
    cnn_widths=(16, 16, 32, 96),
    vit_dim=128,
    vit_depth=4,
    vit_heads=4,
    vit_mlp=256,
    window=0,
    global_blocks=(),
    taps=(1, 2),
    transformer_heads=4,
    transformer_mlp=256,
    score_hidden=96,
    decoder_width=16,
    refiner_width=16,
    refiner_maps=3,
    dense_maps=3,
)
