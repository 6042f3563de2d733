"""Point, scribble, box and lasso in slice views, by the events that the Segment Editor passes on."""
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import qt
import slicer
import vtk
from SegBridgeLoop.state import What, WorkPhase
from SegBridgePanel.connections import Connections
from SegBridgePanel.drawing.drag_shapes import BoxShape, LassoShape, ScribbleShape
from SegBridgePanel.drawing.preview import EXCLUDE, INCLUDE
from SegBridgePanel.drawing.slice_stroke import SliceStroke
from SegBridgePanel.prompt_tools import takes
from SegBridgePanel.roi_tool import RoiTool
from SegBridgePanel.work_group import chosenModel

XY = Tuple[float, float]
_CAN_PROMPT = (WorkPhase.OPENING, WorkPhase.READY, WorkPhase.PREDICTING, WorkPhase.RESUMING)
_PRESSES = (vtk.vtkCommand.LeftButtonPressEvent, vtk.vtkCommand.LeftButtonDoubleClickEvent)


class PointShape:
    """A click; where the button is released counts."""

    def __init__(self, drawn: Callable[[Any, Any], None]) -> None:
        self._drawn = drawn

    def hover(self, preview: Any, at: XY, pixelsPerMm: float) -> None:
        preview.hide()

    def drag(self, preview: Any, path: Sequence[XY], pixelsPerMm: float) -> None:
        x, y = path[-1]
        preview.show(((x - 4, y), (x, y + 4), (x + 4, y), (x, y - 4)), True)

    def prompt(self, path: Sequence[XY]) -> Optional[List[XY]]:
        return [path[-1]]

    def finish(self, ras: List[Any], sliceNode: Any) -> None:
        self._drawn(ras[0], sliceNode)


class EffectTools:
    """One tool at a time. What is drawn goes to the logic in world RAS, mm, with the slice it was drawn on."""

    shows = frozenset({What.WORK, What.SERVER, What.SEGMENTS})

    def __init__(self, logic: Any, scriptedEffect: Any, ui: Any, taken: Callable[[], None]) -> None:
        """``taken`` is called before a tool is."""
        self._logic, self._effect, self._ui, self._taken = logic, scriptedEffect, ui, taken
        self.positive = True
        self.active = ""
        self._shapes = {
            "point": PointShape(lambda ras, sliceNode: logic.addPoint(ras, self.positive, sliceNode)),
            "scribble": ScribbleShape(
                self._brushRadius, lambda ras, radius, sliceNode: logic.addScribble(ras, radius, self.positive, sliceNode)),
            "box": BoxShape(logic.addBox),
            "lasso": LassoShape(lambda ras, sliceNode: logic.addLasso(ras, self.positive, sliceNode)),
        }
        self._roi = RoiTool(logic, ui, self._putAway, self._putAway)
        self._buttons = {"point": ui.pointButton, "scribble": ui.scribbleButton, "box": ui.boxButton,
                         "roi": ui.roiButton, "lasso": ui.lassoButton}
        # By the id of the slice node.
        self._strokes: Dict[str, SliceStroke] = {}
        self._connections = Connections()
        add = self._connections.add
        for name, button in self._buttons.items():
            button.setCheckable(True)
            button.setToolButtonStyle(qt.Qt.ToolButtonTextUnderIcon)
            add(button, "clicked()", self._toggler(name))
        for button, positive in ((ui.includeButton, True), (ui.excludeButton, False)):
            button.setCheckable(True)
            button.setToolButtonStyle(qt.Qt.ToolButtonTextBesideIcon)
            add(button, "clicked()", self._polarizer(positive))
        add(ui.autoPredictCheckBox, "clicked(bool)", self._setAutoPredict)
        add(ui.predictButton, "clicked()", self._predict)

    def setIcons(self, icons: Any) -> None:
        self._icons = icons
        for button in (*self._buttons.values(), self._ui.includeButton, self._ui.excludeButton):
            button.setStyleSheet(icons.checkedStyle)
        self._ui.boxButton.setIcon(icons["box"])
        self._ui.roiButton.setIcon(icons["box-3d"])
        self._ui.includeButton.setIcon(icons["include"])
        self._ui.excludeButton.setIcon(icons["exclude"])
        self._ui.predictButton.setIcon(icons["predict"])

    def render(self) -> None:
        ui, logic, model = self._ui, self._logic, chosenModel(self._logic)
        ready = logic.work.phase in _CAN_PROMPT
        if self.active == "roi" and not ready:
            self.choose("")
        sign = "include" if self.positive else "exclude"
        for name, button in self._buttons.items():
            button.setEnabled(ready and model is not None and takes(model, name))
            button.setChecked(name == self.active)
            if name in self._shapes and name != "box":
                button.setIcon(self._icons["{0}-{1}".format(name, sign)])
        ui.includeButton.setChecked(self.positive)
        ui.excludeButton.setChecked(not self.positive)
        ui.autoPredictCheckBox.setChecked(logic.autoPredict)
        ui.predictButton.setEnabled(ready and (not logic.autoPredict or logic.promptsKept))
        ui.roiFrame.setVisible(self.active == "roi")
        self._roi.render()

    def choose(self, name: str) -> None:
        """Takes a tool, "" for none, and for a tool the left button."""
        if name:
            self._taken()
        before, self.active = self.active, name
        if before == "roi":
            self._roi.stop()
        self.dropStrokes()
        if name == "roi":
            self._roi.start(self.positive)
        elif name:
            slicer.app.applicationLogic().GetInteractionNode().SwitchToViewTransformMode()
        self.render()

    def mouseModeChanged(self) -> None:
        """The left button is another mouse mode's now; a box in space is placed by one, and sees itself when it ends."""
        if self.active != "roi":
            self.choose("")

    def setPositive(self, positive: bool) -> None:
        self.positive = positive
        for stroke in self._strokes.values():
            stroke.setColour(INCLUDE if positive else EXCLUDE)
        self.render()

    def dropStrokes(self) -> None:
        """Gives up what is half drawn; also when the views have changed."""
        for stroke in self._strokes.values():
            stroke.remove()
        self._strokes.clear()

    def process(self, interactor: Any, eventId: int, sliceWidget: Any) -> bool:
        """An event of a slice view. True when nobody else may have it."""
        if eventId == vtk.vtkCommand.KeyPressEvent:
            return self._keyPressed(interactor.GetKeySym())
        if self.active not in self._shapes:
            return False
        stroke = self._strokeOn(sliceWidget)
        if eventId in _PRESSES:
            return self._mayDraw() and stroke.pressed(interactor)
        if eventId == vtk.vtkCommand.MouseMoveEvent:
            return stroke.moved(interactor)
        if eventId == vtk.vtkCommand.LeftButtonReleaseEvent:
            return stroke.released(interactor)
        if eventId == vtk.vtkCommand.LeaveEvent:
            stroke.left()
        return False

    def cleanup(self) -> None:
        self.dropStrokes()
        self._roi.cleanup()
        self._connections.clear()

    def _putAway(self) -> None:
        self.choose("")

    def _mayDraw(self) -> bool:
        model = chosenModel(self._logic)
        if self._logic.work.phase not in _CAN_PROMPT or model is None or not takes(model, self.active):
            return False
        # Asks when the segment is hidden. After a question the mouse is elsewhere, and the user clicks again.
        return self._effect.confirmCurrentSegmentVisible() == slicer.qSlicerSegmentEditorAbstractEffect.ConfirmedWithoutDialog

    def _keyPressed(self, key: str) -> bool:
        # Escape does not come here while the Segment Editor's shortcuts are there: it puts the effect away.
        if key in ("BackSpace", "Escape"):
            if any([stroke.cancel() for stroke in self._strokes.values()]):
                return True
            if self._logic.work.phase is WorkPhase.PREDICTING:
                self._logic.cancel()
                return True
        elif key in ("x", "X") and self.active:
            self.setPositive(not self.positive)
            return True
        return False

    def _strokeOn(self, sliceWidget: Any) -> SliceStroke:
        key = sliceWidget.sliceLogic().GetSliceNode().GetID()
        if key not in self._strokes:
            self._strokes[key] = SliceStroke(sliceWidget, self._shapes[self.active])
            self._strokes[key].setColour(INCLUDE if self.positive else EXCLUDE)
        return self._strokes[key]

    def _toggler(self, name: str) -> Callable[[], None]:
        def toggle() -> None:
            self.choose("" if name == self.active else name)

        return toggle

    def _polarizer(self, positive: bool) -> Callable[[], None]:
        def polarize() -> None:
            self.setPositive(positive)

        return polarize

    def _setAutoPredict(self, checked: bool) -> None:
        self._logic.autoPredict = checked
        self.render()

    def _predict(self) -> None:
        self._logic.predict()

    def _brushRadius(self) -> float:
        """mm"""
        return self._ui.brushSlider.value / 2
