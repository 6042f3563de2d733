"""Half-pixel bilinear resampling of slices, as the server does it (no antialiasing)."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional


def to_grid(image: np.ndarray, size: int) -> np.ndarray:
    """Resize (H, W) to (size, size) float32; output o reads source (o + 0.5) n / size - 0.5."""
    tensor = torch.from_numpy(np.ascontiguousarray(image, dtype=np.float32))[None, None]
    resized = functional.interpolate(tensor, (size, size), mode="bilinear", align_corners=False)
    return resized[0, 0].numpy()
