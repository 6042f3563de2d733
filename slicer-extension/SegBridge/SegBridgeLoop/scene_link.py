"""What the scene does to the work, and what of the work a saved scene remembers."""
from __future__ import annotations

from typing import Any, Callable, Optional

import slicer
from SegBridgeScene.kept_shapes import restore_shapes
from SegBridgeScene.parameters import SegBridgeParameters
from SegBridgeScene.prompt_marks import PromptMarks
from SegBridgeScene.scene_watch import SceneWatch
from slicer.i18n import tr as _

from .messages import info, warning
from .notices import Notices
from .server_link import ServerLink
from .state import What
from .step_loop import StepLoop
from .task_book import TaskBook
from .work import Work


class SceneLink:
    """Watches the scene and the nodes that are worked on."""

    def __init__(
        self, notices: Notices, server: ServerLink, work: Work, loop: StepLoop, tasks: TaskBook,
        make_parameters: Callable[[], SegBridgeParameters], settled: Callable[[], bool], copying_begins: Callable[[], None],
    ) -> None:
        self._notices, self._server, self._work, self._loop, self._tasks = notices, server, work, loop, tasks
        self._make_parameters, self._settled, self._copying_begins = make_parameters, settled, copying_begins
        self._parameters: Optional[SegBridgeParameters] = None
        # What was written into them last.
        self._remembered: Any = None
        self._taking_up = False
        # Before anything was chosen, what a loaded scene remembers stays as it is.
        self._chosen = False
        notices.listen(self._remember)
        self._watch = SceneWatch()
        self._watch.on_scene_closing = self._scene_closing
        self._watch.on_scene_loaded = self.take_up
        self._watch.on_node_removed = self._node_removed
        self._watch.on_volume_changed = self._volume_changed
        self._watch.on_segments_changed = self._segments_changed
        self._watch.on_segment_removed = self._segment_removed
        self._watch.on_voxels_edited = self._voxels_edited
        self._watch.on_representation_changed = self._work.representation_changed

    @property
    def parameters(self) -> SegBridgeParameters:
        if self._parameters is None:
            self._parameters = self._make_parameters()
        return self._parameters

    def set_volume(self, node: Any) -> None:
        self._chosen = True
        session_id = self.parameters.sessionId if node is not None and self.parameters.volume is node else ""
        self._watch.watch_volume(node)
        self._work.set_volume(node, session_id)
        self._copying_begins()

    def set_segmentation(self, node: Any) -> None:
        self._chosen = True
        self._watch.watch_segmentation(node)
        self._work.set_segmentation(node)

    def add_segment(self, name: str) -> str:
        added = self._work.add_segment(name)
        self._watch.watch_segmentation(self._work.segmentation_node)
        return added

    def take_up(self) -> None:
        """Takes volume, segmentation and segment as a saved scene names them, and its session when it can be had."""
        restore_shapes()
        self._parameters = None
        saved = self.parameters
        if saved.volume is None:
            return
        self._taking_up = True
        try:
            self._work.model_id, self._tasks.chosen = saved.modelId, saved.taskId
            self._loop.auto_predict = saved.autoPredict
            self.set_segmentation(saved.segmentation)
            if self._work.segments.has(saved.segmentId):
                self._work.set_segment(saved.segmentId)
            self.set_volume(saved.volume)
        finally:
            self._taking_up = False

    def close(self) -> None:
        self._notices.unlisten(self._remember)
        self._watch.close()

    # ---- what the scene remembers --------------------------------------------------------------------------

    def _remember(self, what: What) -> None:
        scene = slicer.mrmlScene
        if what not in (What.WORK, What.SEGMENTS, What.EXAMPLES) or self._taking_up or not self._chosen:
            return
        if scene.IsClosing() or scene.IsImporting():
            return
        work = self._work
        now = (work.volume_node, work.segmentation_node, work.segment_id, work.model_id, self._tasks.chosen,
               work.session.id if work.session is not None else None, self._server.state.address)
        if self._parameters is not None and now == self._remembered:
            return
        saved, self._remembered = self.parameters, now
        session_id = now[5]
        if session_id is None:
            # Of another volume it would be no session to take up.
            session_id = saved.sessionId if saved.volume is work.volume_node else ""
        names = ("volume", "segmentation", "segmentId", "modelId", "taskId", "sessionId", "serverAddress")
        for name, value in zip(names, (*now[:5], session_id, now[6])):
            if getattr(saved, name) != value:
                setattr(saved, name, value)

    # ---- what the scene does -------------------------------------------------------------------------------

    def _scene_closing(self) -> None:
        busy = not self._settled()
        self._work.segments.masks.drop()
        self._parameters = None
        self.set_volume(None)
        self.set_segmentation(None)
        self._work.volume.forget_sessions()
        self._parameters = None
        if busy:
            self._notices.say(info("scene-closed", _("The scene was closed: what was under way was dropped.")))

    def _node_removed(self, node: Any) -> None:
        self._work.volume.forget_session(node)
        if node.IsA("vtkMRMLSegmentationNode") and not slicer.mrmlScene.IsClosing():
            PromptMarks(node, self._work.volume_node).clear_all()
        if node is self._work.volume_node:
            self.set_volume(None)
            self._notices.say(warning("volume-removed", _("The volume was removed: choose another one.")))
        elif node is self._work.segmentation_node:
            self._loop.cancel()
            self._work.segments.masks.drop()
            self.set_segmentation(None)
            self._notices.say(warning(
                "segmentation-removed", _("The segmentation was removed: add a segment to start a new one.")))

    def _volume_changed(self) -> None:
        self._work.volume_changed()
        self._copying_begins()

    def _segments_changed(self) -> None:
        work = self._work
        if work.segments.writer is not None and not work.segments.writer.writing and work.segments.writer.others_replaced():
            work.segments.all_edited()
        self._notices.tell(What.SEGMENTS)

    def _segment_removed(self) -> None:
        """Only then: while a segmentation is filled with a copy, some segments are not there yet."""
        work = self._work
        if work.segments.marks is not None:
            work.segments.marks.clear_missing()
        if work.segmentation_node is not None and work.segment_id and not work.segments.has(work.segment_id):
            self._loop.cancel()
            work.set_segment("")
            self._notices.say(warning("segment-removed", _("The segment was removed: choose another one.")))

    def _voxels_edited(self) -> None:
        self._work.representation_changed()
        writer = self._work.segments.writer
        if writer is not None and not writer.writing:
            self._work.segments.all_edited()
