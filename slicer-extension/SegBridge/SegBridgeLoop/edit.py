"""What the user drew with other tools: where a segment is not as the server's mask says."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple

import numpy as np
from SegBridgeLib import VoxelBox, contract
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

    def put_into(self, mask: np.ndarray, box: VoxelBox) -> None:
        """Draws it again, as far as a box of the volume reaches whose mask (bool, (k, j, i)) is given."""
        (own, where), (_own, seen) = decode_region(self.where), decode_region(self.seen)
        part = own.common(box)
        if not part.is_empty:
            inner = part.seen_from(own.lower).slices
            np.copyto(mask[part.seen_from(box.lower).slices], seen[inner], where=where[inner])


# Oldest first.
Edits = Tuple[Edit, ...]


def drawn_by_user(seen: Optional[np.ndarray], known: np.ndarray, shown: Edits = ()) -> Edits:
    """What the user drew since the last step, beside the edits that are ``shown`` over the mask that the server has. None is
    a segment that nobody has changed."""
    if seen is None:
        return ()
    edit = Edit.of(seen, drawn_over(known, shown))
    return () if edit is None else (edit,)


def drawn_over(mask: np.ndarray, edits: Edits) -> np.ndarray:
    """A mask of the whole volume, bool (k, j, i), with edits drawn over it."""
    if edits:
        mask = mask.copy()
        for edit in edits:
            edit.put_into(mask, VoxelBox((0, 0, 0), mask.shape[::-1]))
    return mask
