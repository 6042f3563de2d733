"""What there is to show of the loop."""
from __future__ import annotations

from typing import Any, Optional, Tuple

import numpy as np

from .engine import LoopEngine
from .notices import Listener
from .state import ExampleView, HistoryEntry, Message, ServerState, StepView, TaskView, TrafficView, WorkState


class LoopViews(LoopEngine):
    """Properties that are read again whenever a listener is told that they are new."""

    def listen(self, listener: Listener) -> None:
        """Calls ``listener(what)`` on the main thread whenever the property ``what`` is new."""
        self._notices.listen(listener)

    def unlisten(self, listener: Listener) -> None:
        self._notices.unlisten(listener)

    @property
    def server(self) -> ServerState:
        return self._server.state

    @property
    def work(self) -> WorkState:
        return self._work.state

    @property
    def step(self) -> Optional[StepView]:
        """Current step of the chosen segment; None before the first, and for steps of an earlier run of Slicer."""
        return self._steps.view

    @property
    def history(self) -> Tuple[HistoryEntry, ...]:
        return self._steps.entries

    @property
    def promptsKept(self) -> bool:
        """Whether prompts wait for predict(): drawn without autoPredict, or not taken by a busy server."""
        return self._loop.drawn

    @property
    def tasks(self) -> Tuple[TaskView, ...]:
        return self._tasks.tasks

    @property
    def examples(self) -> Tuple[ExampleView, ...]:
        """Those of the chosen task."""
        return self._tasks.examples

    @property
    def traffic(self) -> TrafficView:
        sent = self._server.traffic
        snapshot = self._work.volume.snapshot
        return TrafficView(sent.bytes_sent, sent.bytes_received, snapshot.voxels.nbytes if snapshot is not None else 0)

    @property
    def message(self) -> Optional[Message]:
        """Newest message; None when there is nothing to say."""
        return self._notices.message

    @property
    def volumeNode(self) -> Any:
        return self._work.volume_node

    @property
    def segmentationNode(self) -> Any:
        return self._work.segmentation_node

    @property
    def segmentId(self) -> str:
        return self._work.segment_id

    @property
    def modelId(self) -> str:
        """The chosen model; the server's default when none was chosen."""
        return self._work.model_id or self.server.default_model

    def hasConsent(self) -> bool:
        """Whether the user agreed that image data goes to the address of ``server``."""
        return self._work.has_consent

    def disagreement(self) -> Optional[Tuple[np.ndarray, Any]]:
        """Where the candidates of the current step disagree: bool (k, j, i) and its VoxelBox; None without any."""
        return self._steps.disagreement()
