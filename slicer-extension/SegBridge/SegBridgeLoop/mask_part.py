"""The part of a segment's mask that changed, copied where the main thread need not wait for it."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

import numpy as np
from SegBridgeLib import Session, VoxelBox

from .edit import Edits


@dataclass(frozen=True, eq=False)
class MaskPart:
    """bool (k, j, i) of the box's shape."""

    box: VoxelBox
    voxels: np.ndarray
    # Drawn over what the session has, inside of the box and outside.
    edits: Edits = ()
    # As the user saw it when the step was asked for: what differs by now was drawn meanwhile. None: that does not count.
    before: Optional[np.ndarray] = None

    @staticmethod
    def of(session: Session, server_id: str, box: VoxelBox, edits: Edits = ()) -> "MaskPart":
        """With ``edits`` drawn over what the session has. Not on the main thread: the session may be busy with a reply of
        the server."""
        part = session.mask(server_id)[box.slices].copy()
        for edit in edits:
            edit.put_into(part, box)
        return MaskPart(box, part, edits)
