"""The ScribblePrompt-UNet: a plain U-Net that maps image and prompt channels to mask logits.

Input  (N, 5, H, W): image, box, positive prompts, negative prompts, previous logits.
Output (N, 1, H, W): logits.  H and W must be multiples of 16.

The published network has 192 features on every level (``PUBLISHED_WIDTHS``); smaller ones use the
same topology and the same state-dict keys with one width per level.
"""

from __future__ import annotations

from typing import Dict, Sequence, Tuple

import torch
from torch import Tensor, nn
from torch.nn import functional

INPUT_CHANNELS = 5
LEVELS = 5
PUBLISHED_WIDTHS: Tuple[int, ...] = (192, 192, 192, 192, 192)


class ConvPrelu(nn.Module):
    """3x3 convolution with bias followed by PReLU with one slope shared by all channels."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(inputs, outputs, 3, padding=1), nn.PReLU())

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x)


class FinalConv(nn.Module):
    """1x1 convolution to one logit, no activation."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(inputs, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x)


class UpsampleTwice(nn.Module):
    """Corner-aligned bilinear upsampling by 2: output o reads source position o*(n-1)/(2n-1)."""

    def forward(self, x: Tensor) -> Tensor:
        return functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)


class ScribblePromptUNet(nn.Module):
    """U-Net with one convolution per level, max pooling, and skip-first concatenation.

    Args:
        widths: features per level, full resolution first, bottleneck last (five numbers).
    """

    def __init__(self, widths: Sequence[int] = PUBLISHED_WIDTHS) -> None:
        super().__init__()
        if len(widths) != LEVELS or any(int(w) < 1 for w in widths):
            raise ValueError(f"widths must be {LEVELS} positive numbers, got {tuple(widths)}")
        self.widths = tuple(int(w) for w in widths)
        ups = []
        for level in reversed(range(LEVELS - 1)):
            ups += [
                UpsampleTwice(),
                ConvPrelu(self.widths[level] + self.widths[level + 1], self.widths[level]),
            ]
        # Registered before the downs, as in the published checkpoints.
        self.ups = nn.ModuleList(ups)
        inputs = (INPUT_CHANNELS,) + self.widths[:-2]
        self.downs = nn.ModuleList(ConvPrelu(a, b) for a, b in zip(inputs, self.widths[:-1]))
        self.bottleneck = ConvPrelu(self.widths[-2], self.widths[-1])
        self.final_conv = FinalConv(self.widths[0])

    def forward(self, x: Tensor) -> Tensor:
        if x.ndim != 4 or x.shape[1] != INPUT_CHANNELS or x.shape[2] % 16 or x.shape[3] % 16:
            raise ValueError(
                f"input must be (N, {INPUT_CHANNELS}, H, W) with H and W multiples of 16, "
                f"got {tuple(x.shape)}"
            )
        skips = []
        for down in self.downs:
            x = down(x)
            skips.append(x)
            x = functional.max_pool2d(x, 2)
        x = self.bottleneck(x)
        for upsample, block in zip(self.ups[0::2], self.ups[1::2]):
            x = block(torch.cat([skips.pop(), upsample(x)], dim=1))
        return self.final_conv(x)


def widths_of(state: Dict[str, Tensor]) -> Tuple[int, ...]:
    """Widths per level of the network that a state dict belongs to."""
    keys = [f"downs.{i}.conv.0.weight" for i in range(LEVELS - 1)] + ["bottleneck.conv.0.weight"]
    missing = [k for k in keys if k not in state]
    if missing:
        raise ValueError(f"not a ScribblePrompt-UNet state dict: {missing[0]} is missing")
    return tuple(int(state[k].shape[0]) for k in keys)


def initialise(model: ScribblePromptUNet, generator: torch.Generator) -> None:
    """He-normal weights for PReLU 0.25, zero biases; the final layer starts small."""
    for name, parameter in model.named_parameters():
        with torch.no_grad():
            if parameter.ndim == 4:
                fan_in = parameter.shape[1] * parameter.shape[2] * parameter.shape[3]
                std = (2.0 / (1.0625 * fan_in)) ** 0.5
                if name.startswith("final_conv"):
                    std *= 0.1
                parameter.normal_(0.0, std, generator=generator)
            elif name.endswith("bias"):
                parameter.zero_()
            else:
                parameter.fill_(0.25)
