"""The volume that is worked on: a copy of its voxels, and the sessions that volumes had."""
from __future__ import annotations

import time
from typing import Any, Dict, Optional, Tuple

from SegBridgeLib import VolumeGeometry
from SegBridgeScene.frames import VolumeFrame, ijk_to_ras_of
from SegBridgeScene.problems import SceneProblem
from SegBridgeScene.volumes import VolumeSnapshot, check_volume, voxel_mark

from .messages import message_for
from .state import Message

# A changed volume is copied when it has been at rest for so long: a sequence that plays changes it all the time.
_REST_S = 0.3


class ChosenVolume:
    """Main thread only."""

    def __init__(self) -> None:
        # A vtkMRMLScalarVolumeNode.
        self.node: Any = None
        self.snapshot: Optional[VolumeSnapshot] = None
        # Why it cannot be worked on.
        self.problem: Optional[Message] = None
        self._mark: Any = ()
        self._copy_from = 0.0
        # Session of each volume (by node id) that was worked on, to be taken up again, with the mark of its voxels.
        self._sessions: Dict[str, Tuple[str, Any]] = {}

    @property
    def frame(self) -> VolumeFrame:
        return VolumeFrame.of(self.node)

    @property
    def geometry(self) -> VolumeGeometry:
        assert self.snapshot is not None
        return VolumeGeometry.from_ijk_to_ras(self.snapshot.voxels.shape, ijk_to_ras_of(self.node))

    @property
    def copying(self) -> bool:
        return self.snapshot is not None and not self.snapshot.done

    @property
    def copied(self) -> float:
        """0..1."""
        return self.snapshot.fraction if self.snapshot is not None else 0.0

    @property
    def is_changed(self) -> bool:
        """Whether voxels or geometry are no longer those of the snapshot."""
        return self.node is not None and voxel_mark(self.node) != self._mark

    def take(self, node: Any, rest: bool = False) -> None:
        """Begins to copy a volume; ``rest``: not before it stops changing."""
        self.node, self.snapshot, self.problem, self._mark = node, None, None, ()
        if node is None:
            return
        self._copy_from = time.monotonic() + (_REST_S if rest else 0.0)
        try:
            check_volume(node)
            self.snapshot = VolumeSnapshot(node)
            # Without it, every change of the node is a reason to try again.
            self._mark = voxel_mark(node)
        except (SceneProblem, MemoryError) as problem:
            self.problem = message_for(problem)

    def copy_some(self) -> bool:
        """Returns whether there was something to copy."""
        if not self.copying or time.monotonic() < self._copy_from:
            return False
        assert self.snapshot is not None
        self.snapshot.copy_some()
        return True

    # ---- sessions ------------------------------------------------------------------------------------------

    @property
    def session_id(self) -> str:
        """The session that the volume had when it was as it is; "" without any."""
        session_id, mark = self._sessions.get(self.node.GetID(), ("", ()))
        return session_id if mark == self._mark else ""

    def remember_session(self, session_id: str) -> None:
        self._sessions[self.node.GetID()] = (session_id, self._mark)

    def forget_session(self, node: Any) -> None:
        """It was ended; or a node leaves the scene, and another one may get its id."""
        if node is not None:
            self._sessions.pop(node.GetID(), None)

    def forget_sessions(self) -> None:
        self._sessions.clear()
