"""What is worked on: a volume, a segmentation, a segment, and the session that the server has for them."""
from __future__ import annotations

from typing import Any, Callable, Optional

from SegBridgeLib import Client, KeyRejected, Session
from SegBridgeScene.problems import SceneProblem
from SegBridgeScene.segments import new_segmentation
from SegBridgeScene.volumes import display_window
from slicer.i18n import tr as _

from .chosen_segmentation import ChosenSegmentation
from .chosen_volume import ChosenVolume
from .consent import Consent
from .messages import message_for, warning
from .notices import Notices
from .server_link import ServerLink
from .session_keeper import SessionKeeper
from .sessions import Opened, OpenJob
from .state import ServerPhase, What, WorkPhase, WorkState
from .worker import Worker


# Refusals of a session that pass by themselves.
_PASSING = ("server-full", "server-busy")


class Work:
    """Opens a session as soon as there is a volume, a server and the user's consent; opens it anew when it must."""

    def __init__(self, worker: Worker, notices: Notices, server: ServerLink, consent: Consent) -> None:
        self._worker, self._notices, self._server, self.consent = worker, notices, server, consent
        self.state = WorkState()
        self.volume = ChosenVolume()
        self.segments = ChosenSegmentation(worker)
        self.segment_id = ""
        self.model_id = ""
        # What goes on beside opening, told by the steps: phase, stage and fraction.
        self.activity: Callable[[], Any] = lambda: None
        self.session_opened: Callable[[bool], None] = lambda resumed: None
        # Told whether only the server is another one: then what waits is sent to that.
        self.session_dropped: Callable[[bool], None] = lambda server_only: None
        self._client: Optional[Client] = None
        self._keeper = SessionKeeper(worker, notices, server, self._open_job, self._taken, self._refused)

    @property
    def volume_node(self) -> Any:
        return self.volume.node

    @property
    def segmentation_node(self) -> Any:
        return self.segments.node

    # ---- choices -------------------------------------------------------------------------------------------

    def set_volume(self, node: Any, session_id: str = "") -> None:
        if node is self.volume_node and node is not None and self.volume.problem is None:
            return
        self._take_volume(node, close=False)
        if node is not None and session_id:
            self.volume.remember_session(session_id)
        self.update()

    def set_segmentation(self, node: Any) -> None:
        if node is self.segmentation_node:
            return
        self.segment_id = ""
        if node is not None and node.GetSegmentation().GetNumberOfSegments():
            self.segment_id = node.GetSegmentation().GetNthSegmentID(0)
        self._take_segmentation(node)
        self._tell_segment()

    def set_segment(self, segment_id: str) -> None:
        if segment_id != self.segment_id:
            self.segment_id = segment_id
            self.prepare_segment()
            self._tell_segment()

    def _tell_segment(self) -> None:
        for what in (What.SEGMENTS, What.HISTORY, What.STEP):
            self._notices.tell(what)
        self.update()

    def add_segment(self, name: str) -> str:
        if self.segmentation_node is None:
            if self.volume_node is None:
                raise SceneProblem("no-volume", _("Choose a volume first."))
            self.set_segmentation(new_segmentation(self.volume_node))
        added = self.segmentation_node.GetSegmentation().AddEmptySegment("", name)
        self.set_segment(added)
        return added

    def _take_volume(self, node: Any, close: bool) -> None:
        self.volume.snapshot = None  # Whoever hears of the end of the session must not open it again.
        self.drop_session(close)
        self.volume.take(node, rest=close)
        if self.volume.problem is not None:
            self._notices.say(self.volume.problem)
        self._take_segmentation(self.segmentation_node)

    def _take_segmentation(self, node: Any) -> None:
        self.segments.take(node, self.volume_node if self.volume.problem is None else None)
        if self.segments.problem is not None:
            self._notices.say(self.segments.problem)
        self.prepare_segment()

    def representation_changed(self) -> None:
        """Checks whether masks can (still) be written into the segmentation."""
        if self.segments.problem_is_another:
            self._take_segmentation(self.segmentation_node)
            self.update()

    # ---- what is going on ----------------------------------------------------------------------------------

    @property
    def has_consent(self) -> bool:
        return self.consent.given(self._server.state.address)

    @property
    def settled(self) -> bool:
        """Whether nothing will change by itself."""
        return not (self._keeper.opening or self._keeper.recovering or self.volume.copying)

    def copy_some(self) -> None:
        if self.volume.copy_some():
            self.update()

    def server_changed(self) -> None:
        if self._server.client is not self._client:
            self.drop_session(server_only=True)
            self._client = self._server.client
            if self.volume.snapshot is not None:
                # It was the other server that refused the volume.
                self.volume.problem = None
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
        keeper, snapshot = self._keeper, self.volume.snapshot
        return (
            keeper.session is None and not keeper.opening and not keeper.recovering and self.volume.problem is None
            and snapshot is not None and snapshot.done and self._server.is_ready and self._client is not None
            and self.has_consent)

    def _state(self) -> WorkState:
        session_id = self.session.id if self.session is not None else ""
        copied = self.volume.copied
        if self.volume_node is None:
            return WorkState(WorkPhase.EMPTY, message=_("Choose a volume."))
        problem = self.volume.problem or self.segments.problem
        if problem is not None:
            return WorkState(WorkPhase.BLOCKED, message=problem.text)
        if self._keeper.recovering or self._server.state.phase is ServerPhase.LOST:
            return WorkState(WorkPhase.RESUMING, session_id, _("Taking the work up again …"), copied=copied)
        if not self._server.is_ready:
            return WorkState(WorkPhase.EMPTY, message=_("Connect to a server."), copied=copied)
        if not self.has_consent:
            return WorkState(
                WorkPhase.CONSENT_NEEDED, message=self.consent.question(self._server.state.address), copied=copied)
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

    def prepare_segment(self) -> None:
        self.segments.prepare(self.session, self.segment_id)

    @property
    def generation(self) -> int:
        """Grows when what was under way no longer fits what is worked on."""
        return self._keeper.generation

    def recover(self) -> None:
        """The server or its session is gone: takes it up again, for as long as it takes."""
        if self._client is not None and self.volume.snapshot is not None:
            self._keeper.recover()

    def _open_job(self) -> OpenJob:
        volume = self.volume
        assert volume.snapshot is not None and self._client is not None
        return OpenJob(
            self._client, volume.snapshot.voxels, volume.geometry, display_window(volume.node), self.model_id, volume.session_id)

    def _taken(self, opened: Opened) -> None:
        self.volume.remember_session(opened.session.id)
        self.segments.session_is_new()
        if self._notices.message is not None and self._notices.message.key in _PASSING:
            self._notices.say(None)
        if opened.session.lost:
            self._notices.say(warning("partly-resumed", _("Part of the history was lost; the masks that you see count.")))
        self.prepare_segment()
        self.session_opened(opened.resumed)
        self.update()

    def ask_again(self) -> None:
        """Of a server that had no room for the session: it may have some by now."""
        problem = self.volume.problem
        if problem is not None and problem.key in _PASSING:
            self.volume.problem = None
            self.update()

    def _refused(self, problem: Exception) -> None:
        if isinstance(problem, KeyRejected):
            self._server.refused(problem)
            return
        self.volume.problem = message_for(problem)
        self._notices.say(self.volume.problem)
        self.update()

    def drop_session(self, close: bool = False, server_only: bool = False) -> None:
        """Lets go of the session; ``close`` ends it in the server too, so that it cannot be taken up again."""
        self._keeper.drop(close)
        if close:
            self.volume.forget_session(self.volume_node)
        self.session_dropped(server_only)

    def volume_changed(self) -> None:
        """Checks after any change of the volume node whether its voxels or its geometry are others."""
        if not self.volume.is_changed:
            if self.segments.marks is not None:
                self.segments.marks.follow_volume()
            return
        self._take_volume(self.volume_node, close=True)
        if self.volume.problem is None:
            self._notices.say(warning("volume-changed", _(
                "The volume was changed: it is opened anew, and the work goes on from the masks that you see.")))
        self.update()

    def close(self) -> None:
        self.volume.snapshot = None
        self.drop_session()
        self.volume.take(None)
        self.segments.take(None, None)
        self.segment_id = ""
