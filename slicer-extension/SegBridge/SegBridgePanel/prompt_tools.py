"""Group "Prompts": one tool at a time, its polarity and brush, and when prompts are sent."""
from typing import Any, Dict, Optional

import qt
from slicer.i18n import tr as _
from SegBridgeLoop.state import What, WorkPhase

from .connections import Connections
from .drawing.drag_shapes import BoxShape, LassoShape, ScribbleShape
from .drawing.drag_tool import DragTool
from .drawing.point_pen import PointPen
from .drawing.slice_views import sliceNodes, sliceUnderMouse
from .folding import showInGroup
from .roi_tool import RoiTool
from .work_group import chosenModel

_ICON = 24  # pixels at 100 %
_CAN_PROMPT = (WorkPhase.OPENING, WorkPhase.READY, WorkPhase.PREDICTING, WorkPhase.RESUMING)
_CANNOT_PROMPT = (WorkPhase.EMPTY, WorkPhase.CONSENT_NEEDED, WorkPhase.BLOCKED)


class PromptTools:
    """What is drawn goes to the logic in world RAS, mm, with the slice it was drawn on."""

    shows = frozenset({What.WORK, What.SERVER, What.SEGMENTS, What.TASKS})

    def __init__(self, logic: Any, ui: Any) -> None:
        self._logic = logic
        self._ui = ui
        self._icons: Any = None
        self._signsShown: Any = None
        self._tips: Dict[str, str] = {}
        self.positive = True
        self.active = ""
        self._drawnOn: Any = None
        self._roi = RoiTool(logic, ui, self._toolEnded, self._putAway)
        self._tools: Dict[str, Any] = {
            "point": PointPen(self._pointDrawn, self._toolEnded),
            "scribble": DragTool(ScribbleShape(self._brushRadius, self._scribbleDrawn), self._toolEnded),
            "box": DragTool(BoxShape(self._boxDrawn), self._toolEnded),
            "roi": self._roi,
            "lasso": DragTool(LassoShape(self._lassoDrawn), self._toolEnded),
        }
        self._buttons = {"point": ui.pointButton, "scribble": ui.scribbleButton, "box": ui.boxButton,
                         "roi": ui.roiButton, "lasso": ui.lassoButton}
        self._connections = Connections()
        add = self._connections.add
        for name, button in self._buttons.items():
            button.setCheckable(True)
            button.setToolButtonStyle(qt.Qt.ToolButtonTextUnderIcon)
            button.setIconSize(qt.QSize(_ICON, _ICON))
            add(button, "clicked()", self._toggler(name))
        for button in (ui.includeButton, ui.excludeButton):
            button.setCheckable(True)
            button.setToolButtonStyle(qt.Qt.ToolButtonTextBesideIcon)
        add(ui.includeButton, "clicked()", self._include)
        add(ui.excludeButton, "clicked()", self._exclude)
        add(ui.autoPredictCheckBox, "clicked(bool)", self._setAutoPredict)
        add(ui.predictButton, "clicked()", self.predict)

    def setIcons(self, icons: Any) -> None:
        self._icons = icons
        ui = self._ui
        for button in (*self._buttons.values(), ui.includeButton, ui.excludeButton):
            button.setStyleSheet(icons.checkedStyle)
        ui.boxButton.setIcon(icons["box"])
        ui.roiButton.setIcon(icons["box-3d"])
        ui.includeButton.setIcon(icons["include"])
        ui.excludeButton.setIcon(icons["exclude"])
        ui.predictButton.setIcon(icons["predict"])

    def render(self) -> None:
        ui, logic = self._ui, self._logic
        ready = logic.work.phase in _CAN_PROMPT
        model = chosenModel(logic)
        if self.active and (logic.work.phase in _CANNOT_PROMPT or model is not None and not takes(model, self.active)):
            self.choose("")
        self._tips = self._tips or {name: button.toolTip for name, button in self._buttons.items()}
        for name, button in self._buttons.items():
            taken = model is None or takes(model, name)
            button.setEnabled(ready and model is not None and taken)
            button.setChecked(name == self.active)
            button.setToolTip(self._tips[name] if taken else _("{tip} Not with this model.").format(tip=self._tips[name]))
        self._renderSigns()
        ui.includeButton.setChecked(self.positive)
        ui.excludeButton.setChecked(not self.positive)
        ui.autoPredictCheckBox.setChecked(logic.autoPredict)
        # A model that uses examples also answers without a prompt.
        ui.predictButton.setEnabled(ready and model is not None and (
            not logic.autoPredict or logic.promptsKept or model.uses_context and bool(logic.taskId)))
        ui.brushSlider.setEnabled(model is None or "scribble" in model.prompts)
        showInGroup(ui.promptsGroup, ui.roiFrame, self.active == "roi")
        self._roi.render()

    def _renderSigns(self) -> None:
        """The icons of the tools say what the next prompt will do."""
        shown = (self._icons, self.positive)
        if shown != self._signsShown:
            self._signsShown = shown
            sign = "include" if self.positive else "exclude"
            for name in ("point", "scribble", "lasso"):
                self._buttons[name].setIcon(self._icons["{0}-{1}".format(name, sign)])

    def choose(self, name: str) -> None:
        """Takes a tool, "" for none."""
        if name == self.active:
            return
        if self.active:
            self._tools[self.active].stop()
        self.active = name
        if name:
            self._tools[name].start(self.positive)
        self.render()

    def toggle(self, name: str) -> None:
        if not self._buttons[name].enabled:
            self.render()
            return
        self.choose("" if name == self.active else name)

    def setPositive(self, positive: bool) -> None:
        self.positive = positive
        if self.active:
            self._tools[self.active].setPositive(positive)
        self.render()

    def togglePolarity(self) -> None:
        self.setPositive(not self.positive)

    def cancelStroke(self) -> bool:
        """Gives up what is half drawn; False when there is nothing."""
        return bool(self.active) and self._tools[self.active].cancel()

    def predict(self) -> None:
        if self.active == "roi" and self._roi.placed:
            self._roi.use()
        elif self._ui.predictButton.enabled:
            self._logic.predict(self.currentSlice())

    def currentSlice(self) -> Optional[Any]:
        """The slice node of the view under the mouse, else of the one that was drawn in last, else of the first one."""
        nodes = sliceNodes()
        for node in (sliceUnderMouse(), self._drawnOn):
            if node in nodes:
                return node
        return nodes[0] if nodes else None

    def cleanup(self) -> None:
        self.choose("")
        self._roi.cleanup()
        self._connections.clear()

    def _toggler(self, name: str) -> Any:
        def toggle() -> None:
            self.toggle(name)

        return toggle

    def _include(self) -> None:
        self.setPositive(True)

    def _exclude(self) -> None:
        self.setPositive(False)

    def _setAutoPredict(self, checked: bool) -> None:
        self._logic.autoPredict = checked
        self.render()

    def _brushRadius(self) -> float:
        """mm"""
        return self._ui.brushSlider.value / 2

    def _toolEnded(self) -> None:
        """The user has chosen another mouse mode of Slicer, or Slicer did."""
        self.active = ""
        self.render()

    def _putAway(self) -> None:
        self.choose("")

    def _pointDrawn(self, ras: Any, sliceNode: Optional[Any]) -> None:
        self._drawnOn = sliceNode
        self._logic.addPoint(ras, self.positive, sliceNode)

    def _scribbleDrawn(self, rasPoints: Any, radiusMm: float, sliceNode: Any) -> None:
        self._drawnOn = sliceNode
        self._logic.addScribble(rasPoints, radiusMm, self.positive, sliceNode)

    def _boxDrawn(self, rasCorners: Any, sliceNode: Any) -> None:
        self._drawnOn = sliceNode
        self._logic.addBox(rasCorners, sliceNode)

    def _lassoDrawn(self, rasPoints: Any, sliceNode: Any) -> None:
        self._drawnOn = sliceNode
        self._logic.addLasso(rasPoints, self.positive, sliceNode)


def takes(model: Any, tool: str) -> bool:
    """A box on one slice is for models that work on slices, a box in space for those that work on volumes."""
    if tool == "roi":
        return "box" in model.prompts and model.dimension == 3
    if tool == "box":
        return "box" in model.prompts and model.dimension == 2
    return tool in model.prompts
