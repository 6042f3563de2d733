"""What is worked on: a volume, a segmentation, a segment, and the session that the server has for them."""
from __future__ import annotations

import re
import uuid
from hashlib import sha256
from typing import Any, Callable, Dict, Optional, Set, Tuple

from SegBridgeLib import Client, Session, VolumeGeometry
from SegBridgeScene.frames import VolumeFrame, ijk_to_ras_of
from SegBridgeScene.problems import SceneProblem
from SegBridgeScene.prompt_marks import PromptMarks
from SegBridgeScene.segments import SegmentWriter, Sink, new_segmentation
from SegBridgeScene.volumes import VolumeSnapshot, check_volume, display_window, voxel_mark
from slicer.i18n import tr as _

from .messages import message_for, warning
from .notices import Notices
from .server_link import ServerLink
from .session_keeper import SessionKeeper
from .sessions import Opened, OpenJob
from .settings import Settings
from .state import Message, ServerPhase, What, WorkPhase, WorkState
from .worker import Worker

_KEY_ATTRIBUTE = "SegBridge.Key"


class Work:
    """Opens a session as soon as there is a volume, a server and the user's consent; opens it anew when it must."""

    def __init__(self, worker: Worker, notices: Notices, server: ServerLink, settings: Settings) -> None:
        self._worker, self._notices, self._server, self._settings = worker, notices, server, settings
        self.state = WorkState()
        self.volume_node: Any = None
        self.segmentation_node: Any = None
        self.segment_id = ""
        self.model_id = ""
        self.snapshot: Optional[VolumeSnapshot] = None
        self.writer: Optional[SegmentWriter] = None
        self.marks: Optional[PromptMarks] = None
        # Takes label maps in the writer's place.
        self.sink: Optional[Sink] = None
        # Segments that may differ from what the server has, because other tools may have changed them.
        self.edited: Set[str] = set()
        # What goes on beside opening, told by the steps: phase, stage and fraction.
        self.activity: Callable[[], Any] = lambda: None
        self.session_opened: Callable[[bool], None] = lambda resumed: None
        # Told whether only the server is another one: then what waits is sent to that.
        self.session_dropped: Callable[[bool], None] = lambda server_only: None
        self._client: Optional[Client] = None
        self._problem: Optional[Message] = None
        self._voxel_mark: Any = ()
        self._keeper = SessionKeeper(worker, notices, server, self._open_job, self._taken, self._refused)
        # Session of each volume (by node id) that was worked on, to be taken up again, with the mark of its voxels.
        self._sessions: Dict[str, Tuple[str, Any]] = {}
        # Segments that the session knows already.
        self._prepared: Set[str] = set()

    # ---- choices -------------------------------------------------------------------------------------------

    def set_volume(self, node: Any, session_id: str = "") -> None:
        if node is self.volume_node and node is not None and self._problem is None:
            return
        self.snapshot = None  # Whoever hears of the end of the session must not open it again.
        self.drop_session()
        self.volume_node = node
        self._take_volume()
        if node is not None and session_id:
            self._sessions[node.GetID()] = (session_id, self._voxel_mark)
        self._make_writer()
        self.update()

    def set_segmentation(self, node: Any) -> None:
        if node is self.segmentation_node:
            return
        self.segmentation_node, self.segment_id = node, ""
        if node is not None and node.GetSegmentation().GetNumberOfSegments():
            self.segment_id = node.GetSegmentation().GetNthSegmentID(0)
        self._make_writer()
        for what in (What.SEGMENTS, What.HISTORY, What.STEP):
            self._notices.tell(what)
        self.update()

    def set_segment(self, segment_id: str) -> None:
        if segment_id != self.segment_id:
            self.segment_id = segment_id
            self.prepare_segment()
            self._notices.tell(What.SEGMENTS)
            self._notices.tell(What.HISTORY)
            self._notices.tell(What.STEP)
            self.update()

    def set_sink(self, sink: Optional[Sink]) -> None:
        self.sink = sink
        if self.writer is not None:
            self.writer.sink = sink

    def add_segment(self, name: str) -> str:
        if self.segmentation_node is None:
            if self.volume_node is None:
                raise SceneProblem("no-volume", _("Choose a volume first."))
            self.set_segmentation(new_segmentation(self.volume_node))
        added = self.segmentation_node.GetSegmentation().AddEmptySegment("", name)
        self.set_segment(added)
        return added

    def server_segment(self, segment_id: str) -> str:
        """The segment's name in the session: of the segmentation and the segment, in letters that the server takes."""
        key = self.segmentation_node.GetAttribute(_KEY_ATTRIBUTE)
        if not key:
            key = uuid.uuid4().hex[:8]
            self.segmentation_node.SetAttribute(_KEY_ATTRIBUTE, key)
        plain = segment_id if re.fullmatch(r"[A-Za-z0-9._-]{1,52}", segment_id) else sha256(segment_id.encode()).hexdigest()[:32]
        return f"{key}.{plain}"

    def _take_volume(self) -> None:
        self.snapshot, self._problem, self._voxel_mark = None, None, ()
        if self.volume_node is None:
            return
        try:
            check_volume(self.volume_node)
            self.snapshot = VolumeSnapshot(self.volume_node)
            self._voxel_mark = voxel_mark(self.volume_node)
        except (SceneProblem, MemoryError) as problem:
            self._problem = message_for(problem)
            self._notices.say(self._problem)

    def _make_writer(self) -> None:
        self.writer = self.marks = None
        self.edited.clear()
        if self.volume_node is not None and self.segmentation_node is not None and self._problem is None:
            self.writer = SegmentWriter(self.segmentation_node, self.volume_node)
            self.writer.sink = self.sink
            self.marks = PromptMarks(self.segmentation_node, self.volume_node)
            self.all_edited()
            self.prepare_segment()

    # ---- what is going on ----------------------------------------------------------------------------------

    @property
    def frame(self) -> VolumeFrame:
        return VolumeFrame.of(self.volume_node)

    @property
    def has_consent(self) -> bool:
        return bool(self._server.state.address) and self._settings.consent(self._server.state.address)

    @property
    def copying(self) -> bool:
        return self.snapshot is not None and not self.snapshot.done

    @property
    def settled(self) -> bool:
        """Whether nothing will change by itself."""
        return not (self._keeper.opening or self._keeper.recovering or self.copying)

    def copy_some(self) -> None:
        if self.copying:
            assert self.snapshot is not None
            self.snapshot.copy_some()
            self.update()

    def server_changed(self) -> None:
        if self._server.client is not self._client:
            self.drop_session(server_only=True)
            self._client = self._server.client
            if self.snapshot is not None:
                # It was the other server that refused the volume.
                self._problem = None
        if self._server.state.phase is ServerPhase.LOST and self.session is not None:
            self.recover()
        self.update()

    def update(self) -> None:
        """Starts what can be started, and tells what is going on."""
        if self._may_open():
            self._keeper.open()
        state = self._state()
        if state != self.state:
            self.state = state
            self._notices.tell(What.WORK)

    def _may_open(self) -> bool:
        keeper = self._keeper
        return (
            keeper.session is None and not keeper.opening and not keeper.recovering and self._problem is None
            and self.snapshot is not None and self.snapshot.done and self._server.is_ready and self._client is not None
            and self.has_consent)

    def _state(self) -> WorkState:
        session_id = self.session.id if self.session is not None else ""
        copied = self.snapshot.fraction if self.snapshot is not None else 0.0
        if self.volume_node is None:
            return WorkState(WorkPhase.EMPTY, message=_("Choose a volume."))
        if self._problem is not None:
            return WorkState(WorkPhase.BLOCKED, message=self._problem.text)
        if self._keeper.recovering or self._server.state.phase is ServerPhase.LOST:
            return WorkState(WorkPhase.RESUMING, session_id, _("Taking the work up again …"), copied=copied)
        if not self._server.is_ready:
            return WorkState(WorkPhase.EMPTY, message=_("Connect to a server."), copied=copied)
        if not self.has_consent:
            return WorkState(WorkPhase.CONSENT_NEEDED, message=_(
                "Allow sending image data to {address}.").format(address=self._server.state.address), copied=copied)
        if self.session is None:
            return WorkState(WorkPhase.OPENING, message=_("Opening the volume …"), progress=copied, copied=copied)
        busy = self.activity()
        if busy is not None:
            phase, stage, progress = busy
            return WorkState(phase, session_id, progress=progress, stage=stage, copied=copied)
        return WorkState(WorkPhase.READY, session_id, copied=copied)

    # ---- sessions ------------------------------------------------------------------------------------------

    @property
    def session(self) -> Optional[Session]:
        return self._keeper.session

    @property
    def generation(self) -> int:
        """Grows when what was under way no longer fits what is worked on."""
        return self._keeper.generation

    def recover(self) -> None:
        """The server or its session is gone: takes it up again, for as long as it takes."""
        if self._client is not None and self.snapshot is not None:
            self._keeper.recover()

    def _open_job(self) -> OpenJob:
        assert self.snapshot is not None and self._client is not None
        voxels = self.snapshot.voxels
        session_id, mark = self._sessions.get(self.volume_node.GetID(), ("", ()))
        return OpenJob(
            self._client, voxels, VolumeGeometry.from_ijk_to_ras(voxels.shape, ijk_to_ras_of(self.volume_node)),
            display_window(self.volume_node), self.model_id, session_id if mark == self._voxel_mark else "")

    def _taken(self, opened: Opened) -> None:
        self._sessions[self.volume_node.GetID()] = (opened.session.id, self._voxel_mark)
        self._prepared.clear()
        # What the user sees is right, wherever it differs from what the server has.
        self.all_edited()
        if opened.session.lost:
            self._notices.say(warning("partly-resumed", _("Part of the history was lost; the masks that you see count.")))
        self.prepare_segment()
        self.session_opened(opened.resumed)
        self.update()

    def _refused(self, problem: Exception) -> None:
        self._problem = message_for(problem)
        self._notices.say(self._problem)
        self.update()

    def drop_session(self, close: bool = False, server_only: bool = False) -> None:
        """Lets go of the session; ``close`` ends it in the server too, so that it cannot be taken up again."""
        self._keeper.drop(close)
        if close and self.volume_node is not None:
            self._sessions.pop(self.volume_node.GetID(), None)
        self.session_dropped(server_only)

    def forget_volume(self, node: Any) -> None:
        """A node leaves the scene; another one may get its id."""
        self._sessions.pop(node.GetID(), None)

    def forget_volumes(self) -> None:
        self._sessions.clear()

    def volume_changed(self) -> None:
        """Checks after any change of the volume node whether its voxels or its geometry are others."""
        if self.volume_node is None or voxel_mark(self.volume_node) == self._voxel_mark:
            return
        self.snapshot = None
        self.drop_session(close=True)
        self._take_volume()
        self._make_writer()
        if self._problem is None:
            self._notices.say(warning("volume-changed", _(
                "The volume was changed: it is opened anew, and the work goes on from the masks that you see.")))
        self.update()

    # ---- segments ------------------------------------------------------------------------------------------

    def all_edited(self) -> None:
        if self.segmentation_node is not None:
            self.edited.update(self.segmentation_node.GetSegmentation().GetSegmentIDs())

    def prepare_segment(self) -> None:
        """Tells the server that this segment may overlap others: Slicer's segments do not displace each other."""
        session, segment_id = self.session, self.segment_id
        if session is None or not segment_id or self.segmentation_node is None or segment_id in self._prepared:
            return
        self._prepared.add(segment_id)
        server_id = self.server_segment(segment_id)
        self._worker.submit(
            lambda: session.put_segment(server_id, allow_overlap=True), lambda _result, _problem: None)

    def has_segment(self, segment_id: str) -> bool:
        return (self.segmentation_node is not None
                and self.segmentation_node.GetSegmentation().GetSegment(segment_id) is not None)

    def is_current(self, segment_id: str, server_id: str) -> bool:
        """Whether a segment of the session is (still) this segment of this segmentation."""
        return self.has_segment(segment_id) and self.server_segment(segment_id) == server_id

    def close(self) -> None:
        self.snapshot = None
        self.drop_session()
        self.volume_node = self.segmentation_node = self.writer = self.marks = self.snapshot = None
        self.segment_id = ""
