"""The part of a segment's mask that changed, copied where the main thread need not wait for it."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from SegBridgeLib import Session, VoxelBox


@dataclass(frozen=True, eq=False)
class MaskPart:
    """bool (k, j, i) of the box's shape."""

    box: VoxelBox
    voxels: np.ndarray

    @staticmethod
    def of(session: Session, server_id: str, box: VoxelBox) -> "MaskPart":
        """Not on the main thread: the session may be busy with a reply of the server."""
        return MaskPart(box, session.mask(server_id)[box.slices].copy())
