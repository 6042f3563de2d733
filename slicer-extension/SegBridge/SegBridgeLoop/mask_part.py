"""The part of a segment's mask that changed, copied where the main thread need not wait for it."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

import numpy as np
from SegBridgeLib import Session, VoxelBox, contract
from SegBridgeLib.masks import decode_region


@dataclass(frozen=True, eq=False)
class MaskPart:
    """bool (k, j, i) of the box's shape."""

    box: VoxelBox
    voxels: np.ndarray

    @staticmethod
    def of(session: Session, server_id: str, box: VoxelBox, kept: Optional[contract.MaskRegion] = None) -> "MaskPart":
        """``kept`` stays as it is, whatever the session has there. Not on the main thread: the session may be busy with a
        reply of the server."""
        own, voxels = decode_region(kept)
        whole = VoxelBox.around([box, own])
        part = session.mask(server_id)[whole.slices].copy()
        if not own.is_empty:
            part[own.seen_from(whole.lower).slices] = voxels
        return MaskPart(whole, part)
