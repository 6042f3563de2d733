"""The prompts of one image so far and their embedding as the network's five input channels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import List, Optional, Tuple

import numpy as np

from .boxes import Box


@dataclass
class Prompts:
    """Cumulative prompts on an (H, W) image.

    ``clicks`` holds (row, column, positive); scribble maps are sums over steps, clamped when
    embedded.
    """

    shape: Tuple[int, int]
    clicks: List[Tuple[int, int, bool]] = field(default_factory=list)
    boxes: List[Box] = field(default_factory=list)
    positive: np.ndarray = field(init=False)
    negative: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.positive = np.zeros(self.shape, dtype=np.float32)
        self.negative = np.zeros(self.shape, dtype=np.float32)

    def add_clicks(
        self, positions: np.ndarray, truth: np.ndarray, transposed: bool = False
    ) -> None:
        """Add clicks (n, 2) of (row, column), each labelled by the ground truth at its pixel.

        ``transposed`` puts them at (column, row) with the label of (row, column), a slip of the
        published code; positions must then be valid both ways round.
        """
        for r, c in positions:
            place = (c, r) if transposed else (r, c)
            self.clicks.append((int(place[0]), int(place[1]), bool(truth[r, c])))

    @property
    def empty(self) -> bool:
        return not (
            self.clicks or self.boxes or self.positive.any() or self.negative.any()
        )


def embed(
    image: np.ndarray, prompts: Prompts, previous_logits: Optional[np.ndarray] = None
) -> np.ndarray:
    """Channels (5, H, W) float32: image in [0, 1], box, positive, negative, previous logits.

    A click sets its pixel in its own channel and clears it in the other, so the last click on a
    pixel wins.  Scribbles are added and the sums clamped to [0, 1].
    """
    if image.shape != prompts.shape:
        raise ValueError(f"image is {image.shape} but the prompts are for {prompts.shape}")
    channels = np.zeros((5,) + tuple(image.shape), dtype=np.float32)
    channels[0] = image
    for box in prompts.boxes:
        channels[1, box.top : box.bottom, box.left : box.right] = 1.0
    for row, column, positive in prompts.clicks:
        channels[2, row, column] = 1.0 if positive else 0.0
        channels[3, row, column] = 0.0 if positive else 1.0
    channels[2] = np.clip(channels[2] + prompts.positive, 0.0, 1.0)
    channels[3] = np.clip(channels[3] + prompts.negative, 0.0, 1.0)
    if previous_logits is not None:
        channels[4] = previous_logits
    return channels
