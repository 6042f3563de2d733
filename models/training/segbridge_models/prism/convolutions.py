"""The convolution blocks of PRISM, with the published names of their weights."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

SLOPE = 0.1


class ConvNormAct(nn.Module):
    """3x3x3 convolution with bias, affine InstanceNorm, LeakyReLU 0.1."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = nn.Conv3d(inputs, outputs, 3, padding=1)
        self.adn = nn.ModuleDict({"N": nn.InstanceNorm3d(outputs, affine=True)})

    def forward(self, x: Tensor) -> Tensor:
        return self.finish(self.conv(x))

    def finish(self, convolved: Tensor) -> Tensor:
        """Norm and activation of what the convolution made."""
        return functional.leaky_relu(self.adn["N"](convolved), SLOPE)


class TwoConv(nn.Module):
    """Two ``ConvNormAct``."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv_0 = ConvNormAct(inputs, outputs)
        self.conv_1 = ConvNormAct(outputs, outputs)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv_1(self.conv_0(x))
