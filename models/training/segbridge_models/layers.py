"""Layers of the transformer families, with the names of the published state dicts."""

from __future__ import annotations

from typing import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

CHANNEL_NORM_EPSILON = 1e-6


class ChannelNorm(nn.Module):
    """LayerNorm over the channels (axis 1) at each place; biased variance, eps 1e-6."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        last = x.movedim(1, -1)
        shape = self.weight.shape
        normed = functional.layer_norm(last, shape, self.weight, self.bias, CHANNEL_NORM_EPSILON)
        return normed.movedim(-1, 1)


class Mlp(nn.Module):
    """Linear, activation, linear."""

    def __init__(self, dim: int, hidden: int, activation: nn.Module) -> None:
        super().__init__()
        self.lin1 = nn.Linear(dim, hidden)
        self.lin2 = nn.Linear(hidden, dim)
        self.act = activation

    def forward(self, x: Tensor) -> Tensor:
        return self.lin2(self.act(self.lin1(x)))


class Perceptron(nn.Module):
    """Linear layers of these widths with ReLU between them."""

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(widths, widths[1:]))

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers[:-1]:
            x = functional.relu(layer(x))
        return self.layers[-1](x)
