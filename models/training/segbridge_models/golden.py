"""Deterministic fill of parameters and inputs, for checking a network without trained weights.

For a string s and element index i (row-major):  h = FNV-1a-32(utf8(s));
x = murmur3_finaliser(i * 0x9E3779B9 + h mod 2^32);  u(s, i) = x / 2^32;  w = 2u - 1.
"""

from __future__ import annotations

from typing import Sequence

import numpy as np
import torch
from torch import Tensor, nn

_SMALL = ("pos_embed", "rel_pos")
_UNIT = (
    "point_embeddings",
    "not_a_point_embed",
    "no_mask_embed",
    "mask_tokens",
    "iou_token",
    "gaussian_matrix",
)


def fnv1a(text: str) -> int:
    """32-bit FNV-1a hash of the UTF-8 bytes of ``text``."""
    value = 2166136261
    for byte in text.encode("utf-8"):
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value


def uniform(name: str, shape: Sequence[int]) -> np.ndarray:
    """u(name, i) in [0, 1), float64, of the given shape."""
    count = int(np.prod(shape, dtype=np.int64))
    x = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B9) + np.uint32(fnv1a(name))
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x85EBCA6B)
    x ^= x >> np.uint32(13)
    x *= np.uint32(0xC2B2AE35)
    x ^= x >> np.uint32(16)
    return (x.astype(np.float64) / 2.0**32).reshape(shape)


def parameter_values(name: str, shape: Sequence[int]) -> np.ndarray:
    """Golden value (float32) of a parameter, by its name and shape."""
    u = uniform(name, shape)
    w = 2.0 * u - 1.0
    count = u.size
    if any(key in name for key in _SMALL):
        values = 0.3 * w
    elif any(key in name for key in _UNIT):
        values = w
    elif len(shape) >= 2:
        values = w * np.sqrt(3.0 * shape[0] / count)
    elif name.endswith(".bias"):
        values = 0.1 * w
    elif count == 1:
        values = 0.25 + 0.1 * w
    else:
        values = 1.0 + 0.2 * w
    return values.astype(np.float32)


def fill(model: nn.Module) -> None:
    """Set every parameter and buffer of ``model`` to its golden value."""
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            tensor.copy_(torch.from_numpy(parameter_values(name, tuple(tensor.shape))))


def scribble_input() -> Tensor:
    """The golden input (1, 5, 128, 128) of the 2D networks; channel 4 is spread to [-4, 4)."""
    x = uniform("in:x", (1, 5, 128, 128)).astype(np.float32)
    x[:, 4] = np.float32(8.0) * x[:, 4] - np.float32(4.0)
    return torch.from_numpy(x)
