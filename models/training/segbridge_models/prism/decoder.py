"""The mask decoder: a U-Net from the keys to full resolution, and the heads of the tokens."""

from __future__ import annotations

from typing import List, Sequence, Tuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..layers import Perceptron
from .config import PrismConfig
from .convolutions import TwoConv
from .refiner import Refiner


class Upsample(nn.Module):
    """Deconvolution by 2."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.deconv = nn.ConvTranspose3d(inputs, outputs, 2, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        return self.deconv(x)


class UpCat(nn.Module):
    """Upsamples, joins [skip, upsampled], then ``TwoConv``.

    The first convolution is linear in what is joined, so that the skip's half of it (bias
    included) is computed once per image by ``skip_half``.
    """

    def __init__(self, inputs: int, skip: int, upsampled: int, outputs: int) -> None:
        super().__init__()
        self.skip = skip
        self.upsample = Upsample(inputs, upsampled)
        self.convs = TwoConv(skip + upsampled, outputs)

    def skip_half(self, level: Tensor) -> Tensor:
        """The share of the map f_l in the first convolution."""
        conv = self.convs.conv_0.conv
        return functional.conv3d(level, conv.weight[:, : self.skip], conv.bias, padding=1)

    def forward(self, x: Tensor, skip_half: Tensor) -> Tensor:
        up = self.upsample(x)
        weight = self.convs.conv_0.conv.weight[:, self.skip :]
        joined = skip_half + functional.conv3d(up, weight, padding=1)
        return self.convs.conv_1(self.convs.conv_0.finish(joined))


class UNetDecoder(nn.Module):
    """Keys (B, C, g, g, g) to features (B, decoder_width, G, G, G)."""

    def __init__(self, config: PrismConfig) -> None:
        super().__init__()
        widths = config.cnn_widths
        self.levels = config.levels
        for level in range(self.levels, 0, -1):
            last = level == 1
            inputs, skip = widths[level], widths[level - 1]
            upsampled = inputs if last else inputs // 2
            outputs = config.decoder_width if last else skip
            setattr(self, f"upcat_{level}", UpCat(inputs, skip, upsampled, outputs))
        self.final_conv = nn.Conv3d(config.decoder_width, 2, 1)  # published, never used

    def skip_halves(self, maps: Sequence[Tensor]) -> List[Tensor]:
        """For each f_l its half of the first convolution of ``upcat_{l+1}``."""
        return [getattr(self, f"upcat_{n + 1}").skip_half(f) for n, f in enumerate(maps)]

    def forward(self, keys: Tensor, skip_halves: Sequence[Tensor]) -> Tensor:
        x = keys
        for level in range(self.levels, 0, -1):
            x = getattr(self, f"upcat_{level}")(x, skip_halves[level - 1])
        return x


class MaskDecoder(nn.Module):
    """Candidates and their predicted Dice from the prompt encoder's tokens and keys."""

    def __init__(self, config: PrismConfig) -> None:
        super().__init__()
        width, masks = config.width, config.candidates + 1
        self.output_hypernetworks_mlps = nn.ModuleList(
            Perceptron((width, width, width, config.decoder_width)) for _ in range(masks)
        )
        hidden = config.score_hidden
        self.iou_prediction_head = Perceptron((width, hidden, hidden, masks))
        self.decoder = UNetDecoder(config)
        self.refine = Refiner(config.refiner_width, config.refiner_maps)

    def forward(
        self, tokens: Tensor, keys: Tensor, skip_halves: Sequence[Tensor]
    ) -> Tuple[Tensor, Tensor]:
        """Logits (B, K, G, G, G) and scores (B, K) of the masks 1..K; mask 0 is not computed."""
        features = self.decoder(keys, skip_halves)
        mlps = list(self.output_hypernetworks_mlps)[1:]
        filters = torch.stack([mlp(tokens[:, 2 + n]) for n, mlp in enumerate(mlps)], dim=1)
        logits = (filters @ features.flatten(2)).unflatten(2, features.shape[2:])
        scores = torch.sigmoid(self.iou_prediction_head(tokens[:, 0]))
        return logits, scores[:, 1:]
