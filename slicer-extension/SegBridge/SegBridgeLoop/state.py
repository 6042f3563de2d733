"""What the loop shows to a panel, an effect or a script: immutable views, safe to keep and to compare."""
from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import FrozenSet, Optional, Tuple

import numpy as np


class What(Enum):
    """Which property of the logic is new; given to every listener."""

    SERVER = "server"
    WORK = "work"
    STEP = "step"
    HISTORY = "history"
    SEGMENTS = "segments"
    TASKS = "tasks"
    EXAMPLES = "examples"
    TRAFFIC = "traffic"
    MESSAGE = "message"
    PROPAGATION = "propagation"


class ServerPhase(Enum):
    OFF = "off"
    CONNECTING = "connecting"
    READY = "ready"
    # Was ready, is being tried again.
    LOST = "lost"
    # The key was refused.
    REFUSED = "refused"
    # Server and extension are of versions that do not go together.
    MISMATCH = "mismatch"
    FAILED = "failed"


@dataclass(frozen=True)
class ModelInfo:
    id: str
    title: str
    version: str = ""
    # 2 works on slices, 3 on the volume.
    dimension: int = 2
    # Some of "point", "box", "scribble", "lasso", "mask".
    prompts: FrozenSet[str] = frozenset()
    candidates: int = 1
    uses_context: bool = False
    ready: bool = True
    # Why it is not ready.
    reason: str = ""
    licence: str = ""


@dataclass(frozen=True)
class ServerState:
    phase: ServerPhase = ServerPhase.OFF
    address: str = ""
    version: str = ""
    # Name of the API key; "" without one.
    user: str = ""
    models: Tuple[ModelInfo, ...] = ()
    default_model: str = ""
    tasks_enabled: bool = False
    # One line for the user.
    message: str = ""


class WorkPhase(Enum):
    # Volume, segmentation or server not chosen.
    EMPTY = "empty"
    CONSENT_NEEDED = "consent needed"
    # The volume is being copied and a session opened or resumed.
    OPENING = "opening"
    READY = "ready"
    PREDICTING = "predicting"
    # The server or its session is lost and being taken up again.
    RESUMING = "resuming"
    PROPAGATING = "propagating"
    # Nothing goes on until the user does what the message says.
    BLOCKED = "blocked"


@dataclass(frozen=True)
class WorkState:
    phase: WorkPhase = WorkPhase.EMPTY
    session_id: str = ""
    # One line for the user.
    message: str = ""
    # 0..1 of what goes on, None when unknown.
    progress: Optional[float] = None
    # What goes on, in the server's words ("queued", "bricks", "model", ...).
    stage: str = ""
    # 0..1 of the volume that has been copied for the worker.
    copied: float = 0.0


@dataclass(frozen=True, eq=False)
class CandidateView:
    index: int
    # Predicted Dice, 0..1.
    confidence: float
    volume_ml: float
    # uint8 (rows, columns, 3): the slice of the image through the candidate's largest cross-section, with its outline.
    thumbnail: np.ndarray
    chosen: bool


@dataclass(frozen=True)
class TimingView:
    """Milliseconds. The first four were measured in the server."""

    queue_ms: float = 0.0
    bricks_ms: float = 0.0
    model_ms: float = 0.0
    total_ms: float = 0.0
    # From the request to the mask being up to date in memory.
    end_to_end_ms: float = 0.0
    # From the call of addPoint() and so on to the request being handed to the socket.
    wire_ms: float = 0.0
    # Writing the changed box into the segmentation.
    write_ms: float = 0.0


@dataclass(frozen=True, eq=False)
class StepView:
    """The newest step of the chosen segment."""

    # Position in the segment's history, 1 after the first step.
    step: int = 0
    # Predicted Dice, 0..1; of the slice for 2D models.
    confidence: float = 0.0
    # Of the whole segment.
    volume_ml: float = 0.0
    candidates: Tuple[CandidateView, ...] = ()
    # Where a further prompt would help most, world RAS, mm.
    next_ras: Optional[Tuple[float, float, float]] = None
    # How unsure the model is there, 0..1.
    next_uncertainty: float = 0.0
    model_id: str = ""
    timing: TimingView = field(default_factory=TimingView)
    bytes_sent: int = 0
    bytes_received: int = 0
    # The request number that addPoint() and so on returned.
    request: int = 0
    segment_id: str = ""


@dataclass(frozen=True)
class HistoryEntry:
    step: int
    # Like "point +", "scribble -", "candidate 2", "propagation", "edit"; not translated.
    text: str
    current: bool = False
    undone: bool = False


@dataclass(frozen=True)
class TaskView:
    id: str
    name: str
    # How many there are.
    examples: int
    writable: bool


@dataclass(frozen=True)
class ExampleView:
    id: str
    thumbnail_png: bytes


@dataclass(frozen=True)
class TrafficView:
    """Bytes of messages to and from the server since it was connected; the whole volume would be volume_bytes."""

    bytes_sent: int = 0
    bytes_received: int = 0
    volume_bytes: int = 0


class Severity(Enum):
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Message:
    severity: Severity
    # One line that says what to do.
    text: str
    # Stable name of the situation, like "server-away".
    key: str
