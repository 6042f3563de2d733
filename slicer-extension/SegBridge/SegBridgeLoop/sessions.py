"""Opening and taking up sessions: the part that waits for the server, beside the main thread."""
from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Optional, Tuple

import numpy as np
from SegBridgeLib import Client, ConnectionLost, NotFound, SegBridgeError, Session, VolumeGeometry, WrongState

# Seconds between attempts to reach a server that went away; the last one over and over.
_BACK_OFF_S = (0.2, 0.5, 1.0, 2.0, 5.0)


@dataclass(frozen=True, eq=False)
class Opened:
    session: Session
    # Whether it is an earlier session with its history.
    resumed: bool


@dataclass(frozen=True, eq=False)
class OpenJob:
    """All that opening needs, copied from the scene."""

    client: Client
    voxels: np.ndarray
    geometry: VolumeGeometry
    window: Optional[Tuple[float, float]]
    model_id: str
    # To take up; "" opens a new one.
    session_id: str

    def once(self) -> Opened:
        """Takes the session up, or opens a new one when the server no longer has it."""
        if self.session_id:
            try:
                return Opened(self.client.resume_volume(self.session_id, self.voxels, self.geometry), True)
            except ConnectionLost:
                raise
            except SegBridgeError:
                pass  # Unknown, another one's, or of another volume: it is of no use.
        return Opened(self.client.open_volume(
            self.voxels, self.geometry, model=self.model_id, window=self.window), False)

    def until(self, ended: threading.Event) -> Opened:
        """As often as it takes; raises the last ConnectionLost once ``ended``."""
        attempt = 0
        while True:
            try:
                return self.once()
            except ConnectionLost:
                if ended.wait(_BACK_OFF_S[min(attempt, len(_BACK_OFF_S) - 1)]):
                    raise
                attempt += 1


def is_lost(problem: BaseException, session: Session) -> bool:
    """Whether an error of a call means that the session must be taken up again."""
    if isinstance(problem, ConnectionLost):
        return True
    if isinstance(problem, WrongState) and "resum" in problem.message.lower():
        return True
    return isinstance(problem, NotFound) and "session" in problem.message.lower()


def abandon(session: Session) -> None:
    """Lets go of a session without ending it in the server, from where it can be taken up again for a while."""
    session.calls.closed.set()
    session.uploader.close()
