"""Prompts on an image of any size, as the published predictor takes them."""

from __future__ import annotations

from typing import Optional, Sequence, Tuple

import torch
from torch import Tensor
from torch.nn import functional

from .model import ScribblePromptSam
from .prompt_encoder import BOX_HIGH, BOX_LOW, NEGATIVE, PAD, POSITIVE


def prompt_tokens(
    side: int,
    shape: Tuple[int, int],
    points: Sequence[Tuple[float, float, bool]] = (),
    scribbles: Optional[Tensor] = None,
    box: Optional[Tuple[float, float, float, float]] = None,
) -> Tuple[Tensor, Tensor]:
    """Coordinates (1, N, 2) in the encoder's frame of ``side`` pixels, and labels (1, N).

    Args:
        shape: (H, W) of the image that the prompts are on.
        points: (x, y, positive).
        scribbles: (2, H, W), positive then negative; every non-zero pixel becomes a point, row by
            row.
        box: (x1, y1, x2, y2).  Without one a padding point is appended to the points.
    """
    found = [((x, y), POSITIVE if positive else NEGATIVE) for x, y, positive in points]
    if scribbles is not None:
        for label, drawn in ((POSITIVE, scribbles[0]), (NEGATIVE, scribbles[1])):
            found += [((int(x), int(y)), label) for y, x in torch.nonzero(drawn)]
    if box is not None:
        found += [(box[:2], BOX_LOW), (box[2:], BOX_HIGH)]
    elif found:
        found.append(((0.0, 0.0), PAD))
    coordinates = torch.tensor([place for place, _ in found], dtype=torch.float32).reshape(1, -1, 2)
    scale = torch.tensor([side / shape[1], side / shape[0]])
    labels = torch.tensor([[label for _, label in found]], dtype=torch.float32)
    return coordinates * scale, labels


def best_mask(
    model: ScribblePromptSam, masks: Tensor, scores: Tensor, shape: Tuple[int, int]
) -> Tuple[Tensor, Tensor]:
    """Logits (B, 1, H, W) and (B, 1, mask_size, mask_size) of the mask of the highest quality.

    The way to (H, W) leads over the encoder's square, bilinear both times.
    """
    chosen = scores.argmax(dim=1)
    low = masks[torch.arange(len(masks)), chosen][:, None]
    side = model.config.image_size
    square = functional.interpolate(low, (side, side), mode="bilinear", align_corners=False)
    return functional.interpolate(square, shape, mode="bilinear", align_corners=False), low
