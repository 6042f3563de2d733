"""The loop while it is driven by a Segment Editor: the editor says on what, its rules say what is written."""
from __future__ import annotations

import os
from typing import Any, Optional

import slicer
from SegBridgeLoop.state import ServerPhase, What, WorkPhase
from SegBridgePanel.candidate_strip import CandidateStrip
from SegBridgePanel.connections import Connections
from SegBridgePanel.icons import Icons
from SegBridgePanel.status_line import StatusLine

from .models import ModelChoice
from .tools import EffectTools
from .writer import EditorWriter


class EditorLoop:
    """Of one effect in one editor; between start() and stop() the application's one logic works for it.

    Of several editors with the effect, as extensions have them, the one whose effect or tool was taken last has the logic.
    """

    _inCharge: Optional[EditorLoop] = None

    def __init__(self, logic: Any, scriptedEffect: Any, ui: Any) -> None:
        self.logic = logic
        self._ui = ui
        self._effect = scriptedEffect
        self._writer = EditorWriter(scriptedEffect)
        self._running = False
        self.tools = EffectTools(logic, scriptedEffect, ui, self.start)
        self._groups = (StatusLine(logic, ui), ModelChoice(logic, ui), self.tools, CandidateStrip(logic, ui))
        folder = os.path.join(os.path.dirname(slicer.util.modulePath("SegBridge")), "Resources", "Icons")
        icons = Icons(folder, ui.statusLabel)
        for group in self._groups:
            group.setIcons(icons)
        self._connections = Connections()
        # What a folded group hides is shown when it is unfolded.
        self._connections.add(ui.resultGroup, "contentsCollapsed(bool)", self._render)

    def start(self) -> None:
        if self._running:
            return
        if EditorLoop._inCharge is not None:
            EditorLoop._inCharge.stop()
        EditorLoop._inCharge = self
        self._running = True
        self.logic.listen(self._heard)
        self.logic.setSink(self._writer)
        self.follow()
        self._connectAgain()
        self._render()

    def stop(self) -> None:
        """The effect is put away: what is under way is withdrawn, since the editor's rules end here, and from now on the
        loop writes by itself."""
        if not self._running:
            return
        EditorLoop._inCharge = None
        self._running = False
        if not self._isThere:
            self.tools.dropStrokes()
        else:
            self.tools.choose("")
            if self.logic.work.phase in (WorkPhase.PREDICTING, WorkPhase.PROPAGATING):
                self.logic.cancel()
        self.logic.setSink(None)
        self.logic.unlisten(self._heard)

    def follow(self) -> None:
        """Works on what is chosen in the editor."""
        parameters = self._effect.parameterSetNode()
        if not self._running or parameters is None:
            return
        logic, segmentationNode = self.logic, parameters.GetSegmentationNode()
        if parameters.GetSourceVolumeNode() is not logic.volumeNode:
            logic.setVolume(parameters.GetSourceVolumeNode())
        if segmentationNode is not logic.segmentationNode:
            logic.setSegmentation(segmentationNode)
        segmentId = parameters.GetSelectedSegmentID() or ""
        if segmentationNode is not None and segmentId != logic.segmentId:
            logic.setSegment(segmentId)

    def cleanup(self) -> None:
        self.stop()
        self._connections.clear()
        for group in self._groups:
            group.cleanup()

    def _connectAgain(self) -> None:
        """To the server that was used last, when the user has allowed sending to it."""
        settings = self.logic.settings
        if self.logic.server.phase is ServerPhase.OFF and settings.address and settings.consent(settings.address):
            self.logic.connectServer(settings.address)

    @property
    def _isThere(self) -> bool:
        """False: the Segment Editor was destroyed with its effect in use, as when its module is loaded again."""
        return bool(self._ui.statusLabel)

    def _heard(self, what: What) -> None:
        if not self._isThere:
            self.stop()
            return
        self._writer.keepUndoStateDuring(self.logic.work.phase is WorkPhase.PROPAGATING)
        for group in self._groups:
            if what in group.shows:
                group.render()

    def _render(self) -> None:
        for group in self._groups:
            group.render()
