"""What the user asks for with one prompt, or with several at once."""
from __future__ import annotations

import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional, Tuple

from SegBridgeLib import RunningStep, contract
from SegBridgeScene.prompt_marks import PromptMarks
from SegBridgeScene.slices import SeenSlice

from .edit import Edit


@dataclass(eq=False)
class Request:
    """A step to be done. Made on the main thread; a thread of its own fills ``running`` and ``sent``."""

    number: int
    segment_id: str
    # The segment's name in the session.
    server_id: str
    marks: Optional[PromptMarks]
    model_id: str
    plane: Optional[SeenSlice]
    prompts: List[contract.Prompt]
    # Of the history, like "point +".
    texts: List[str]
    task_id: str = ""
    window: Optional[Tuple[float, float]] = None
    request_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    # Requests whose marks belong to this step: its own and those that it took over.
    mark_ids: List[str] = field(default_factory=list)
    # time.perf_counter() at the user's act.
    started: float = field(default_factory=time.perf_counter)
    # What the user changed with other tools before, which goes along.
    edit: Optional[Edit] = None
    running: Optional[RunningStep] = None
    sent: threading.Event = field(default_factory=threading.Event)
    cancelled: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.mark_ids = self.mark_ids or [self.request_id]

    @property
    def place(self) -> Any:
        """Requests for the same place supersede each other."""
        return self.server_id, self.plane.key if self.plane is not None else None

    def take_over(self, other: "Request") -> None:
        """The other one's prompts are in this step as well."""
        self.texts = other.texts + self.texts
        self.mark_ids = other.mark_ids + self.mark_ids

    def merge(self, other: "Request") -> None:
        """The other one's prompts are sent with this one."""
        self.prompts += other.prompts
        self.texts += other.texts
        self.mark_ids += other.mark_ids
        self.started = other.started

    def cancel(self) -> None:
        self.cancelled.set()
        if self.running is not None:
            self.running.cancel()

    def drop_marks(self) -> None:
        """Takes what the user drew out of the scene: it will not become part of a step."""
        if self.marks is not None:
            self.marks.remove(self.segment_id, self.mark_ids)


def merged(requests: List[Request]) -> List[Request]:
    """One of those for the same place."""
    places: Dict[Any, Request] = {}
    for request in requests:
        first = places.setdefault(request.place, request)
        if first is not request:
            first.merge(request)
    return list(places.values())
