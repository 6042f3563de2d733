"""First weights: fresh ones, and the target path taken over from a trained ScribblePrompt-UNet.

A CrossBlock whose context weights are zero and whose target refinement is the identity computes
LeakyReLU(W t + b): a level of the ScribblePrompt-UNet but for the slope.  So a U-Net of the same
widths gives the network its eye for prompts, and training adds the context.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..multiverseg import SLOPE, CrossNetwork
from ..scribbleprompt_unet import ScribblePromptUNet


class TransferError(Exception):
    """The weights of a U-Net do not fit; the message says what would."""


def initialise(model: CrossNetwork, generator: torch.Generator) -> None:
    """Kaiming-normal convolutions for LeakyReLU, zero biases; the logit layer starts small."""
    for name, parameter in model.named_parameters():
        with torch.no_grad():
            if parameter.ndim == 4:
                gain = 2.0 / (1.0 + SLOPE**2)
                std = (gain / parameter[0].numel()) ** 0.5
                if name.startswith("out_conv"):
                    std *= 0.1
                parameter.normal_(0.0, std, generator=generator)
            elif name.endswith("bias"):
                parameter.zero_()
            else:
                parameter.fill_(1.0)


def _take(cross: nn.Conv2d, source: nn.Conv2d, skip: int, context_gain: float) -> None:
    """The target half from ``source``, whose first ``skip`` input channels (the U-Net's skip) go
    behind the upsampled ones; the fresh context half is scaled."""
    taken: Tensor = source.weight
    if skip:
        taken = torch.cat([taken[:, skip:], taken[:, :skip]], dim=1)
    cross.weight[:, : taken.shape[1]] = taken
    cross.weight[:, taken.shape[1] :] *= context_gain
    cross.bias.copy_(source.bias)


def transfer(model: CrossNetwork, source: ScribblePromptUNet, context_gain: float = 0.3) -> None:
    """Make ``model`` act as ``source`` on its target, the context disturbing it only a little."""
    config = model.config
    if config.widths != source.widths or config.target_channels != 5 or config.norm:
        raise TransferError(
            f"widths {source.widths} of the U-Net need the same widths, 5 target channels and no "
            f"norm, got {config}"
        )
    downs = [*source.downs, source.bottleneck]
    with torch.no_grad():
        for block, down in zip(model.enc_blocks, downs):
            _take(block.cross.cross_conv, down.conv[0], 0, context_gain)
        for block, up in zip(model.dec_blocks, source.ups[1::2]):
            outputs = block.cross.cross_conv.out_channels
            _take(block.cross.cross_conv, up.conv[0], outputs, context_gain)
        for block in [*model.enc_blocks, *model.dec_blocks]:
            refine = block.target.vmapped.conv
            nn.init.dirac_(refine.weight)
            refine.bias.zero_()
        model.out_conv.conv.weight.copy_(source.final_conv.conv[0].weight)
        model.out_conv.conv.bias.copy_(source.final_conv.conv[0].bias)
