"""MultiverSeg and UniverSeg: a U-Net of CrossBlocks over one target and its context entries.

A CrossBlock convolves the target map with every context map (split by input channels: the target's
half is computed once), averages over the context for the target's next map, keeps the single
results for the context's next maps, and refines both:

    z_i = A(Wt * t + b + Wv * v_i),   t' = R_t(mean_i z_i),   v_i' = R_s(z_i)

with R = 3x3 convolution, LeakyReLU, then (MultiverSeg) GroupNorm over all channels.  The published
networks have one width everywhere; smaller ones give each level its own widths, and any number of
levels, with the same state-dict keys.  H and W must be multiples of 2^(levels - 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Optional, Tuple

import torch
from torch import Tensor, nn
from torch.nn import functional

SLOPE = 0.01
CONTEXT_CHANNELS = 2
NO_CONTEXT = 0.5


@dataclass(frozen=True)
class CrossNetworkConfig:
    """Sizes of a CrossBlock network.

    Args:
        target_channels: 5 (MultiverSeg: image, box, positive, negative, previous logits) or 1
            (UniverSeg: image).
        widths: features per level of the cross convolutions and the target, full size first.
        context_widths: features per level that a context entry carries on; None: as ``widths``.
        cross_activation: whether A is LeakyReLU (MultiverSeg) or nothing (UniverSeg).
        norm: whether R ends with GroupNorm (MultiverSeg as published).
    """

    target_channels: int
    widths: Tuple[int, ...]
    cross_activation: bool
    norm: bool
    context_widths: Optional[Tuple[int, ...]] = None

    def __post_init__(self) -> None:
        sizes = (*self.widths, *self.entry_widths, self.target_channels)
        if len(self.widths) < 2 or any(int(w) < 1 for w in sizes):
            raise ValueError(f"two or more positive widths are needed, got {self.widths}")
        if len(self.entry_widths) != len(self.widths):
            raise ValueError(
                f"context_widths must be {len(self.widths)} numbers as widths is, "
                f"got {self.context_widths}"
            )

    @property
    def entry_widths(self) -> Tuple[int, ...]:
        """Features per level of a context entry."""
        return self.widths if self.context_widths is None else self.context_widths

    @property
    def levels(self) -> int:
        return len(self.widths)


MULTIVERSEG = CrossNetworkConfig(5, (256,) * 4, cross_activation=True, norm=True)
UNIVERSEG = CrossNetworkConfig(1, (64,) * 4, cross_activation=False, norm=False)


@dataclass(frozen=True)
class Entries:
    """Which target of a batch each of T context entries belongs to: ``owner`` (T,) of 0..B-1 in
    rising order, ``counts`` (B,), each at least 1."""

    owner: Tensor
    counts: Tensor

    @staticmethod
    def of(counts: List[int], device: torch.device | str = "cpu") -> "Entries":
        if not counts or min(counts) < 1:
            raise ValueError(f"every target needs at least one context entry, got {counts}")
        sizes = torch.tensor(counts, device=device)
        owner = torch.repeat_interleave(torch.arange(len(counts), device=device), sizes)
        return Entries(owner, sizes)

    def spread(self, target: Tensor) -> Tensor:
        """(B, ...) to (T, ...)."""
        return target if len(self.counts) == len(self.owner) == 1 else target[self.owner]

    def mean(self, entries: Tensor) -> Tensor:
        """(T, ...) to the arithmetic mean per target (B, ...)."""
        if len(self.counts) == 1:
            return entries.mean(dim=0, keepdim=True)
        shape = (len(self.counts),) + tuple(entries.shape[1:])
        total = entries.new_zeros(shape).index_add(0, self.owner, entries)
        return total / self.counts.to(entries.dtype).view(-1, 1, 1, 1)


class CrossConv(nn.Module):
    """One 3x3 convolution over the channels [target, entry] of every pair."""

    def __init__(self, target: int, entry: int, outputs: int) -> None:
        super().__init__()
        self.cross_conv = nn.Conv2d(target + entry, outputs, 3, padding=1)
        self._target = target

    def forward(self, target: Tensor, context: Tensor, entries: Entries) -> Tensor:
        weight = self.cross_conv.weight
        once = functional.conv2d(target, weight[:, : self._target], self.cross_conv.bias, padding=1)
        each = functional.conv2d(context, weight[:, self._target :], padding=1)
        return each + entries.spread(once)


class ConvOp(nn.Module):
    """3x3 convolution, LeakyReLU, then the norm: in this order."""

    def __init__(self, inputs: int, outputs: int, norm: bool) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.norml = nn.GroupNorm(1, outputs) if norm else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        return self.norml(functional.leaky_relu(self.conv(x), SLOPE))


class Vmapped(nn.Module):
    """Holds the operation under the name that published state dicts give it."""

    def __init__(self, operation: nn.Module) -> None:
        super().__init__()
        self.vmapped = operation

    def forward(self, x: Tensor) -> Tensor:
        return self.vmapped(x)


class CrossBlock(nn.Module):
    """See the module: (t, V) to (t', V')."""

    def __init__(
        self, target: int, entry: int, width: int, entry_width: int, config: CrossNetworkConfig
    ) -> None:
        super().__init__()
        self.cross = CrossConv(target, entry, width)
        self.target = Vmapped(ConvOp(width, width, config.norm))
        self.support = Vmapped(ConvOp(width, entry_width, config.norm))
        self._activation = config.cross_activation

    def forward(
        self, target: Tensor, context: Tensor, entries: Entries, last: bool = False
    ) -> Tuple[Tensor, Optional[Tensor]]:
        """The last block of a network needs no context any more: None takes its place."""
        z = self.cross(target, context, entries)
        if self._activation:
            z = functional.leaky_relu(z, SLOPE)
        return self.target(entries.mean(z)), None if last else self.support(z)


class OutConv(nn.Module):
    """1x1 convolution to one logit."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x)


def _up(x: Tensor, skip: Tensor) -> Tensor:
    """Corner-aligned bilinear upsampling by 2, then concatenation: upsampled first."""
    up = functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)
    return torch.cat([up, skip], dim=1)


class CrossNetwork(nn.Module):
    """MultiverSeg or UniverSeg, by its configuration."""

    def __init__(self, config: CrossNetworkConfig = MULTIVERSEG) -> None:
        super().__init__()
        self.config = config
        w, e = config.widths, config.entry_widths
        sizes = [(config.target_channels, CONTEXT_CHANNELS), *zip(w, e)]
        self.enc_blocks = nn.ModuleList(
            CrossBlock(*sizes[i], w[i], e[i], config) for i in range(config.levels)
        )
        self.dec_blocks = nn.ModuleList(
            CrossBlock(w[i + 1] + w[i], e[i + 1] + e[i], w[i], e[i], config)
            for i in reversed(range(config.levels - 1))
        )
        self.out_conv = OutConv(w[0])

    def forward(self, target: Tensor, context_images: Tensor, context_labels: Tensor) -> Tensor:
        """Logits (B, 1, H, W).

        Args:
            target: (B, target_channels, H, W).
            context_images: (B, S, 1, H, W) in [0, 1], S at least 1 (see ``no_context``).
            context_labels: the same shape, in [0, 1], best binary.
        """
        shape = tuple(context_images.shape)
        size = max(shape[1], 1) if len(shape) == 5 else 1
        expected = (target.shape[0], size, 1, *target.shape[2:])
        if shape != expected or tuple(context_labels.shape) != expected:
            raise ValueError(
                f"context images and labels must be (B, S, 1, H, W) = {expected} with S >= 1, "
                f"got {shape} and {tuple(context_labels.shape)}"
            )
        context = torch.cat([context_images, context_labels], dim=2).flatten(0, 1)
        entries = Entries.of([shape[1]] * shape[0], target.device)
        return self.predict(target, context, entries)

    def predict(self, target: Tensor, context: Tensor, entries: Entries) -> Tensor:
        """Logits (B, 1, H, W) with a context (T, 2, H, W) of other sizes for every target."""
        step = 2 ** (self.config.levels - 1)
        channels = self.config.target_channels
        fits = target.ndim == 4 and target.shape[1] == channels
        if not fits or any(n % step for n in target.shape[2:]):
            raise ValueError(
                f"target must be (B, {channels}, H, W) with H and W multiples of {step}, "
                f"got {tuple(target.shape)}"
            )
        skips = []
        for level, block in enumerate(self.enc_blocks):
            target, context = block(target, context, entries)
            if level < self.config.levels - 1:
                skips.append((target, context))
                target = functional.max_pool2d(target, 2)
                context = functional.max_pool2d(context, 2)
        for block in self.dec_blocks:
            last = len(skips) == 1
            skip, context_skip = skips.pop()
            target, context = block(_up(target, skip), _up(context, context_skip), entries, last)
        return self.out_conv(target)


def no_context(height: int, width: int) -> Tuple[Tensor, Tensor]:
    """The dummy context (1, 1, 1, H, W): one entry with image and label 0.5 everywhere."""
    empty = torch.full((1, 1, 1, height, width), NO_CONTEXT)
    return empty, empty.clone()


def config_of(state: Dict[str, Tensor]) -> CrossNetworkConfig:
    """The sizes of the network that a state dict belongs to.

    What the state dict cannot tell, the activation of the cross convolutions, goes by the number
    of target channels: MultiverSeg (5) has it, UniverSeg (1) has none.
    """
    first = "enc_blocks.0.cross.cross_conv.weight"
    if first not in state or "out_conv.conv.weight" not in state:
        raise ValueError(f"not a MultiverSeg or UniverSeg state dict: {first} is missing")
    levels = 0
    while f"enc_blocks.{levels}.cross.cross_conv.weight" in state:
        levels += 1
    channels = int(state[first].shape[1]) - CONTEXT_CHANNELS
    return CrossNetworkConfig(
        target_channels=channels,
        widths=_widths(state, "target", levels),
        context_widths=_widths(state, "support", levels),
        cross_activation=channels > 1,
        norm="enc_blocks.0.target.vmapped.norml.weight" in state,
    )


def _widths(state: Dict[str, Tensor], branch: str, levels: int) -> Tuple[int, ...]:
    keys = (f"enc_blocks.{i}.{branch}.vmapped.conv.weight" for i in range(levels))
    return tuple(int(state[key].shape[0]) for key in keys)
