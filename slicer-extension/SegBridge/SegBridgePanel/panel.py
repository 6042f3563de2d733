"""The module panel: its groups, its keys, and what is shown anew when the logic has news."""
import os
from typing import Any, List, Set

import qt
import slicer
from SegBridgeLoop.state import WorkPhase

from .candidate_strip import CandidateStrip
from .connections import Connections
from .drawing.slice_views import shownVolume
from .footer import Footer
from .history_group import HistoryGroup
from .icons import Icons
from .local_server_group import LocalServerGroup
from .prompt_tools import PromptTools
from .propagation_group import PropagationGroup
from .server_group import ServerGroup
from .shortcuts import Shortcuts, showKeysInToolTips
from .status_line import StatusLine
from .tasks_group import TasksGroup
from .work_group import WorkGroup
from .wrapped_labels import giveRoom

_ICONS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "Resources", "Icons")
_CANCELLABLE = (WorkPhase.PREDICTING, WorkPhase.PROPAGATING)


class SegBridgePanel:
    """Holds no state of its own but the tool in hand: everything else is the logic's and shown from there."""

    def __init__(self, logic: Any, uiWidget: Any, parentWidget: Any = None) -> None:
        """``uiWidget`` is the loaded SegBridge.ui; ``parentWidget`` the module's widget that it was put into."""
        self._logic = logic
        self._uiWidget = uiWidget
        self._parentWidget = parentWidget
        self._entered = False
        ui = slicer.util.childWidgetVariables(uiWidget)
        self.ui = ui
        self._status = StatusLine(logic, ui)
        self.server = ServerGroup(logic, ui)
        self.tools = PromptTools(logic, ui)
        self.candidates = CandidateStrip(logic, ui)
        self.history = HistoryGroup(logic, ui)
        self.propagation = PropagationGroup(logic, ui)
        self.tasks = TasksGroup(logic, ui, self.tools.currentSlice)
        self._groups: List[Any] = [
            self._status, self.server, LocalServerGroup(logic, ui), WorkGroup(logic, ui), self.tools, self.candidates,
            self.history, self.propagation, self.tasks, Footer(logic, ui)]
        self._shortcuts = Shortcuts({
            "point": self._tool("point"), "scribble": self._tool("scribble"), "box": self.toggleBox,
            "lasso": self._tool("lasso"), "polarity": self.tools.togglePolarity, "undo": self.history.undo,
            "redo": self.history.redo, "candidate 1": self._candidate(0), "candidate 2": self._candidate(1),
            "candidate 3": self._candidate(2), "cancel": self.cancel, "disagreement": self.candidates.toggleDisagreement,
            "next click": self.candidates.goToNextClick, "predict": self.tools.predict,
            "accept slice": self.propagation.acceptSlice})
        showKeysInToolTips({
            "point": ui.pointButton, "scribble": ui.scribbleButton, "box": ui.boxButton, "lasso": ui.lassoButton,
            "undo": ui.undoButton, "redo": ui.redoButton, "cancel": ui.cancelButton,
            "disagreement": ui.disagreementCheckBox, "next click": ui.nextClickButton, "predict": ui.predictButton,
            "accept slice": ui.acceptSliceButton})
        for button in (ui.includeButton, ui.excludeButton):
            showKeysInToolTips({"polarity": button})
        self._connections = Connections()
        # What is new since it was shown last: a step brings much at once.
        self._news: Set[Any] = set()
        self._soon = qt.QTimer()
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._connections.add(self._soon, "timeout()", self._showNews)
        for group in (ui.serverGroup, ui.localServerGroup, ui.workGroup, ui.promptsGroup, ui.resultGroup, ui.propagationGroup, ui.tasksGroup):
            self._connections.add(group, "contentsCollapsed(bool)", self.render)
        self._sceneTag = slicer.mrmlScene.AddObserver(slicer.vtkMRMLScene.StartCloseEvent, self._sceneCloses)
        self._takeIcons()
        self.render()
        logic.listen(self._newsOf)

    def enter(self) -> None:
        """The module is shown; without a volume it works on the one that the views show."""
        self._entered = True
        shown = shownVolume()
        if self._logic.volumeNode is None and shown is not None and shown.GetClassName() == "vtkMRMLScalarVolumeNode":
            self._logic.setVolume(shown)
        self._takeIcons()  # the window's colours may have changed
        self._shortcuts.install()
        self.render()

    def exit(self) -> None:
        """The module is left: views, keys and mouse modes become Slicer's again."""
        self._entered = False
        self.tools.choose("")
        self._shortcuts.remove()

    def cleanup(self) -> None:
        self.exit()
        self._logic.unlisten(self._newsOf)
        self._soon.stop()
        self._connections.clear()
        slicer.mrmlScene.RemoveObserver(self._sceneTag)
        for group in self._groups:
            group.cleanup()

    def render(self) -> None:
        for group in self._groups:
            group.render()
        self._news.clear()
        self._soon.start()

    def cancel(self) -> None:
        """Esc: gives up the stroke, else what is under way, else puts the tool away."""
        if self.tools.cancelStroke():
            return
        if self._logic.work.phase in _CANCELLABLE:
            self._logic.cancel()
        else:
            self.tools.choose("")

    def toggleBox(self) -> None:
        """One key for both boxes: the one that the model takes."""
        self.tools.toggle("box" if self.ui.boxButton.enabled else "roi")

    def _sceneCloses(self, caller: Any, event: str) -> None:
        self.tools.choose("")  # the tools have nodes in the scene

    def _newsOf(self, what: Any) -> None:
        self._news.add(what)
        self._soon.start()

    def _showNews(self) -> None:
        news, self._news = self._news, set()
        for group in self._groups:
            if news & group.shows:
                group.render()
        if news:
            # Once the layouts have given the labels their width.
            self._soon.start()
        else:
            self._giveRoom()

    def _giveRoom(self) -> None:
        ui = self.ui
        giveRoom((ui.statusLabel,), self._status.leastHeight)
        giveRoom((ui.serverStateLabel, ui.consentLabel, ui.sendingLabel, ui.modelLabel, ui.roiLabel, ui.resultLabel,
                  ui.tasksLabel, ui.footerLabel))

    def _takeIcons(self) -> None:
        icons = Icons(_ICONS, self._uiWidget)
        for group in self._groups:
            group.setIcons(icons)

    def _tool(self, name: str) -> Any:
        def toggle() -> None:
            self.tools.toggle(name)

        return toggle

    def _candidate(self, number: int) -> Any:
        def choose() -> None:
            self.candidates.choose(number)

        return choose
