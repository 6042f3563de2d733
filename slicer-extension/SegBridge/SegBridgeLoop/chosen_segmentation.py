"""The segmentation that is worked on: what is written into it, and what the session knows of its segments."""
from __future__ import annotations

import re
import uuid
from hashlib import sha256
from typing import Any, Optional, Set

import slicer
from SegBridgeLib import Session
from SegBridgeScene.problems import SceneProblem
from SegBridgeScene.prompt_marks import PromptMarks
from SegBridgeScene.segments import SegmentWriter, Sink, check_segmentation, make_visible

from .mask_queue import MaskQueue
from .messages import message_for
from .state import Message
from .worker import Worker

_KEY_ATTRIBUTE = "SegBridge.Key"


class ChosenSegmentation:
    """Main thread only."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        # The vtkMRMLSegmentationNode.
        self.node: Any = None
        # None while nothing can be written.
        self.writer: Optional[SegmentWriter] = None
        self.marks: Optional[PromptMarks] = None
        self.masks = MaskQueue()
        # Why nothing can be written into it.
        self.problem: Optional[Message] = None
        self._sink: Optional[Sink] = None
        # Segments that may differ from what the server has, because other tools may have changed them.
        self.edited: Set[str] = set()
        self._prepared: Set[str] = set()

    def take(self, node: Any, volume_node: Any) -> None:
        """Gets ready to write; ``volume_node`` is None when there is none that can be worked on."""
        self.masks.finish()
        if self.writer is not None and not slicer.mrmlScene.IsClosing():
            # The next writer does not know that this one took the surface away.
            self.writer.restore_surface()
        self.node, self.writer, self.marks, self.problem = node, None, None, self._problem_of(node)
        self.edited.clear()
        if node is not None:
            make_visible(node)
        if node is not None and volume_node is not None and self.problem is None:
            self.writer, self.marks = SegmentWriter(node, volume_node), PromptMarks(node, volume_node)
            self.writer.sink = self._sink
            self.all_edited()

    def set_sink(self, sink: Optional[Sink]) -> None:
        """``sink`` takes label maps in the writer's place, from the next mask on."""
        self.masks.finish()
        self._sink = sink
        if self.writer is not None:
            self.writer.sink = sink

    @property
    def problem_is_another(self) -> bool:
        """Whether it was converted, so that masks can be written no more, or now can."""
        return self._problem_of(self.node) != self.problem

    @staticmethod
    def _problem_of(node: Any) -> Optional[Message]:
        try:
            if node is not None:
                check_segmentation(node)
        except SceneProblem as problem:
            return message_for(problem)
        return None

    # ---- segments ------------------------------------------------------------------------------------------

    def server_id(self, segment_id: str) -> str:
        """The segment's name in the session: of the segmentation and the segment, in letters that the server takes."""
        key = self.node.GetAttribute(_KEY_ATTRIBUTE)
        if not key:
            key = uuid.uuid4().hex[:8]
            self.node.SetAttribute(_KEY_ATTRIBUTE, key)
        plain = segment_id if re.fullmatch(r"[A-Za-z0-9._-]{1,52}", segment_id) else sha256(segment_id.encode()).hexdigest()[:32]
        return f"{key}.{plain}"

    def has(self, segment_id: str) -> bool:
        return self.node is not None and self.node.GetSegmentation().GetSegment(segment_id) is not None

    def is_current(self, segment_id: str, server_id: str) -> bool:
        """Whether a segment of the session is (still) this segment of this segmentation."""
        return self.has(segment_id) and self.server_id(segment_id) == server_id

    def all_edited(self) -> None:
        if self.node is not None:
            self.edited.update(self.node.GetSegmentation().GetSegmentIDs())

    def prepare(self, session: Optional[Session], segment_id: str) -> None:
        """Tells the server that this segment may overlap others: Slicer's segments do not displace each other."""
        if session is None or not segment_id or self.node is None or segment_id in self._prepared:
            return
        self._prepared.add(segment_id)
        server_id = self.server_id(segment_id)
        self._worker.submit(lambda: session.put_segment(server_id, allow_overlap=True), lambda _result, _problem: None)

    def session_is_new(self) -> None:
        """What the user sees is right, wherever it differs from what the server has."""
        self._prepared.clear()
        self.all_edited()
