"""Batches of sparse prompts as the prompt encoder takes them.

Labels: 1 positive point, 0 negative point, 2 and 3 the low and the high corner of a box, -1 the
"not a point" token of a step without a box, -2 nothing (fills up a batch, and changes nothing).
Scribbles are points, one per voxel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Sequence, Tuple

import numpy as np
import torch
from torch import Tensor

from .prompt_encoder import ABSENT, BOX_HIGH, BOX_LOW, NOT_A_POINT


@dataclass(frozen=True)
class SparsePrompts:
    """Prompts of one step on one patch.

    ``points`` (N, 3) voxel indices, ``labels`` (N) 1 or 0, ``box`` the inclusive lowest and
    highest voxel (i0, j0, k0, i1, j1, k1) or None.
    """

    points: np.ndarray
    labels: np.ndarray
    box: Optional[Tuple[int, int, int, int, int, int]] = None

    def tokens(self) -> Tuple[np.ndarray, np.ndarray]:
        """Coordinates (M, 3) and labels (M): points, then box corners or "not a point".

        The high corner is stored one voxel beyond the box.
        """
        points = np.asarray(self.points, dtype=np.float32).reshape(-1, 3)
        labels = np.asarray(self.labels, dtype=np.float32).reshape(-1)
        if self.box is None:
            corners, marks = np.zeros((1, 3)), [NOT_A_POINT]
        else:
            corners = np.array([self.box[:3], np.add(self.box[3:], 1)])
            marks = [BOX_LOW, BOX_HIGH]
        coordinates = np.concatenate([points, corners.astype(np.float32)])
        return coordinates, np.concatenate([labels, np.array(marks, dtype=np.float32)])


def collate(prompts: Sequence[SparsePrompts]) -> Tuple[Tensor, Tensor]:
    """Coordinates (B, N, 3) and labels (B, N), filled up with the label -2."""
    pairs = [p.tokens() for p in prompts]
    longest = max(len(labels) for _, labels in pairs)
    points = np.zeros((len(pairs), longest, 3), dtype=np.float32)
    labels = np.full((len(pairs), longest), ABSENT, dtype=np.float32)
    for row, (coordinates, marks) in enumerate(pairs):
        points[row, : len(marks)] = coordinates
        labels[row, : len(marks)] = marks
    return torch.from_numpy(points), torch.from_numpy(labels)
