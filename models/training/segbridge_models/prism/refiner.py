"""The corrective refinement network: corrects the selected candidate at half resolution."""

from __future__ import annotations

from typing import Tuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from .convolutions import TwoConv


def doubled(x: Tensor) -> Tensor:
    """Twice the grid, trilinear half-pixel."""
    return functional.interpolate(x, scale_factor=2, mode="trilinear", align_corners=False)


class Refiner(nn.Module):
    """Image, candidate and all prompts ever given to refined logits and an error map."""

    def __init__(self, width: int, maps: int) -> None:
        super().__init__()
        self.maps = maps
        self.first_conv = nn.Conv3d(2 + maps, width, 1)
        self.conv1 = TwoConv(width, width)
        self.conv2 = TwoConv(width, width)
        self.conv_error_map = nn.Conv3d(width, 1, 1)
        self.conv_correction = nn.Conv3d(width, 1, 1)

    def forward(self, image: Tensor, logits: Tensor, prompt_maps: Tensor) -> Tuple[Tensor, Tensor]:
        """image and logits (B, 1, G, G, G), prompt_maps (B, P, G, G, G) to refined and error.

        The maps are 1 at every voxel prompted since the first step, [positive, negative, ...].
        No gradient reaches the logits: refinement does not train what proposes candidates.
        """
        if prompt_maps.shape[1] != self.maps:
            raise ValueError(
                f"{prompt_maps.shape[1]} prompt maps given; this refiner takes {self.maps}"
            )
        logits = logits.detach()
        inside = (logits > 0).to(image.dtype)
        full = torch.cat([image, inside, prompt_maps.to(image.dtype)], dim=1)
        h = self.first_conv(functional.avg_pool3d(full, 2))
        h = h + self.conv1(h)
        h = h + self.conv2(h)
        error = self.conv_error_map(h)
        refined = error * self.conv_correction(h) + functional.avg_pool3d(logits, 2)
        return doubled(refined), doubled(error)
