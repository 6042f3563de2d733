"""What the user drew with other tools: where a segment is not as the server's mask says."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple

import numpy as np
from SegBridgeLib import VoxelBox, contract
from SegBridgeLib.geometry import IntTriple
from SegBridgeLib.masks import bounding_box, decode_region, encode_region


@dataclass(frozen=True, eq=False)
class Edit:
    """In a box: the segment as the user sees it, and where that differs."""

    seen: contract.MaskRegion
    where: contract.MaskRegion

    @staticmethod
    def of(seen: np.ndarray, expected: np.ndarray) -> Optional["Edit"]:
        """Of masks of the whole volume, bool (k, j, i); None when they do not differ."""
        differs = seen != expected
        box = bounding_box(differs)
        return None if box.is_empty else Edit(encode_region(seen[box.slices], box), encode_region(differs[box.slices], box))

    @property
    def box(self) -> VoxelBox:
        return VoxelBox.from_message(self.where.box)

    def put_into(self, mask: np.ndarray, lower: IntTriple = (0, 0, 0)) -> None:
        """Draws it again, into a mask (bool, (k, j, i)) that begins at the voxel ``lower`` and reaches beyond the box."""
        box, where = decode_region(self.where)
        np.copyto(mask[box.seen_from(lower).slices], decode_region(self.seen)[1], where=where)


# Oldest first.
Edits = Tuple[Edit, ...]
