"""Device and number format of a training."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, ContextManager

import torch

DEVICES = ("auto", "cpu", "cuda")
PRECISIONS = ("auto", "float32", "bfloat16", "float16")


class DeviceError(Exception):
    """The device or precision asked for is not to be had; the message says what is."""


@dataclass(frozen=True)
class Device:
    """A device and the format of the forward pass; weights and optimiser stay in float32."""

    torch: torch.device
    precision: str

    def autocast(self) -> ContextManager[Any]:
        """Around the forward pass and the loss."""
        if self.precision == "float32":
            return nullcontext()
        return torch.autocast(self.torch.type, dtype=getattr(torch, self.precision))

    def scaler(self) -> Any:
        """Scales losses so that float16 gradients do not vanish; does nothing otherwise."""
        enabled = self.precision == "float16"
        if hasattr(torch.amp, "GradScaler"):  # PyTorch 2.3 and newer
            return torch.amp.GradScaler(self.torch.type, enabled=enabled)
        return torch.cuda.amp.GradScaler(enabled=enabled)


def choose(device: str = "auto", precision: str = "auto") -> Device:
    """A GPU where there is one; there bfloat16 where the GPU has it, else float16; float32 on the
    CPU, where nothing is gained by less."""
    if device not in DEVICES or precision not in PRECISIONS:
        raise DeviceError(
            f"device {device!r} and precision {precision!r} must be among {DEVICES}, {PRECISIONS}"
        )
    available = torch.cuda.is_available()
    if device == "cuda" and not available:
        raise DeviceError("this PyTorch sees no CUDA device; use --device auto or cpu")
    if device == "cpu" or not available:
        if precision == "float16":
            raise DeviceError("float16 needs a CUDA device; use bfloat16, float32 or auto")
        return Device(torch.device("cpu"), "float32" if precision == "auto" else precision)
    if precision == "auto":
        precision = "bfloat16" if torch.cuda.is_bf16_supported() else "float16"
    return Device(torch.device("cuda"), precision)
