"""The hybrid image encoder: a CNN pyramid to which the taps of a ViT are added."""

from __future__ import annotations

from typing import List, Sequence, Tuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..layers import ChannelNorm
from .config import PrismConfig
from .convolutions import TwoConv
from .vision_transformer import Block, PatchEmbed, resized_positions


class Down(nn.Module):
    """Max pooling by 2, then ``TwoConv``."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.convs = TwoConv(inputs, outputs)

    def forward(self, x: Tensor) -> Tensor:
        return self.convs(functional.max_pool3d(x, 2))


class CnnEncoder(nn.Module):
    """The pyramid: level l has width ``widths[l]`` and 1 / 2^l of the voxels a side."""

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        self.levels = len(widths) - 1
        self.conv_0 = TwoConv(1, widths[0])
        for level in range(1, len(widths)):
            setattr(self, f"down_{level}", Down(widths[level - 1], widths[level]))

    def forward(self, image: Tensor) -> List[Tensor]:
        maps = [self.conv_0(image)]
        for level in range(1, self.levels + 1):
            maps.append(getattr(self, f"down_{level}")(maps[-1]))
        return maps


class SingleUp(nn.Module):
    """Doubles the grid: convolution without bias, norm, GELU, deconvolution, norm, GELU."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.single_up = nn.Sequential(
            nn.Conv3d(inputs, outputs, 3, padding=1, bias=False),
            ChannelNorm(outputs),
            nn.GELU(),
            nn.ConvTranspose3d(outputs, outputs, 2, stride=2),
            ChannelNorm(outputs),
            nn.GELU(),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.single_up(x)


class UpNeck(nn.Module):
    """A chain of ``SingleUp`` with these widths, the first being that of its input."""

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        self.up = nn.Sequential(*(SingleUp(a, b) for a, b in zip(widths, widths[1:])))

    def forward(self, x: Tensor) -> Tensor:
        return self.up(x)


class ImageEncoder(nn.Module):
    """Image (B, 1, G, G, G) to the embedding Z (B, C, g, g, g) and the maps f_0 .. f_{D-1}.

    G may be any multiple of the patch up to the configured grid: a smaller one uses the middle
    rows of the relative positions and the absolute ones interpolated.
    """

    def __init__(self, config: PrismConfig) -> None:
        super().__init__()
        self.config = config
        n, dim, widths = config.tokens, config.vit_dim, config.cnn_widths
        self.patch_embed = PatchEmbed(config.patch, dim)
        self.pos_embed = nn.Parameter(torch.zeros(1, n, n, n, dim))
        self.blocks = nn.ModuleList(
            Block(
                dim,
                config.vit_heads,
                config.vit_mlp,
                config.window_of(number),
                windowed=config.window_of(number) > n,
            )
            for number in range(config.vit_depth)
        )
        self.neck = nn.Sequential(
            nn.Conv3d(dim, config.width, 1, bias=False),
            ChannelNorm(config.width),
            nn.GELU(),
            nn.Conv3d(config.width, config.width, 3, padding=1, bias=False),
            ChannelNorm(config.width),
            nn.GELU(),
        )
        self.neck_list = nn.ModuleList(
            UpNeck((dim, *widths[level : config.levels][::-1])) for level in range(1, config.levels)
        )
        self.cnn_encoder = CnnEncoder(widths)

    def forward(self, image: Tensor) -> Tuple[Tensor, List[Tensor]]:
        self._check(image)
        maps = self.cnn_encoder(image)
        tokens, tapped = self._transform(image)
        for level, neck in enumerate(self.neck_list, start=1):
            maps[level] = maps[level] + neck(tapped[level - 1])
        embedding = maps.pop() + self.neck(tokens)
        return embedding, maps

    def _transform(self, image: Tensor) -> Tuple[Tensor, List[Tensor]]:
        x = self.patch_embed(image)
        x = x + resized_positions(self.pos_embed, x.shape[1])
        after = []
        for block in self.blocks:
            x = block(x)
            after.append(x)
        return x.movedim(-1, 1), [after[tap].movedim(-1, 1) for tap in self.config.taps]

    def _check(self, image: Tensor) -> None:
        sides = set(image.shape[2:])
        side = image.shape[-1]
        cubic = image.ndim == 5 and image.shape[1] == 1 and len(sides) == 1
        if not cubic or side % self.config.patch or not 0 < side <= self.config.grid:
            raise ValueError(
                f"image is {tuple(image.shape)}; (B, 1, G, G, G) is wanted, G a multiple of "
                f"{self.config.patch} up to {self.config.grid}"
            )
