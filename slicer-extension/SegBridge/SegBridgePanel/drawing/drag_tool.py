"""Press, drag and release of the left mouse button on slice views."""
from typing import Any, Callable, List

import qt
import slicer
import vtk

from .preview import EXCLUDE, INCLUDE
from .slice_stroke import SliceStroke
from .slice_views import sliceWidgets

# Before the view's own interaction (0), so that it does not also pan, place or change the window.
_PRIORITY = 10.0


class DragTool:
    """Gives a shape to draw on every slice view while it is in use; other buttons, wheel and modifiers stay Slicer's.

    The left button is Slicer's for as long as the user chooses another mouse mode: placing points, adjusting the window.
    """

    def __init__(self, shape: Any, ended: Callable[[], None]) -> None:
        """``ended`` is called after the user has chosen another mouse mode."""
        self._shape = shape
        self._ended = ended
        self._canvases: List["SliceCanvas"] = []
        self._positive = True
        self._layoutManager: Any = None
        self._modeTag = 0

    def start(self, positive: bool) -> None:
        self._positive = positive
        self._layoutManager = slicer.app.layoutManager()
        if self._layoutManager is not None:
            self._layoutManager.connect("layoutChanged(int)", self._takeCanvases)
        interaction = slicer.app.applicationLogic().GetInteractionNode()
        interaction.SwitchToViewTransformMode()
        self._modeTag = interaction.AddObserver(interaction.InteractionModeChangedEvent, self._modeChanged)
        self._takeCanvases()

    def stop(self) -> None:
        slicer.app.applicationLogic().GetInteractionNode().RemoveObserver(self._modeTag)
        if self._layoutManager is not None:
            self._layoutManager.disconnect("layoutChanged(int)", self._takeCanvases)
            self._layoutManager = None
        self._dropCanvases()

    def setPositive(self, positive: bool) -> None:
        self._positive = positive
        for canvas in self._canvases:
            canvas.setColour(INCLUDE if positive else EXCLUDE)

    def cancel(self) -> bool:
        """Gives up the stroke that is being drawn; False when there is none."""
        return any([canvas.cancel() for canvas in self._canvases])

    def _modeChanged(self, caller: Any, event: str) -> None:
        # Not now: Slicer is still telling everybody.
        qt.QTimer.singleShot(0, self._endIfLeft)

    def _endIfLeft(self) -> None:
        interaction = slicer.app.applicationLogic().GetInteractionNode()
        if self._canvases and interaction.GetCurrentInteractionMode() != interaction.ViewTransform:
            self.stop()
            self._ended()

    def _takeCanvases(self) -> None:
        self._dropCanvases()
        self._canvases = [SliceCanvas(widget, self._shape) for widget in sliceWidgets()]
        self.setPositive(self._positive)

    def _dropCanvases(self) -> None:
        for canvas in self._canvases:
            canvas.remove()
        self._canvases = []


class SliceCanvas:
    """One slice view that is drawn on."""

    def __init__(self, sliceWidget: Any, shape: Any) -> None:
        self._view = sliceWidget.sliceView()
        self._setCursor(qt.QCursor(qt.Qt.CrossCursor))
        self._interactor = self._view.interactor()
        self._stroke = SliceStroke(sliceWidget, shape)
        self._tags = {
            event: self._interactor.AddObserver(event, handler, _PRIORITY)
            for event, handler in (
                (vtk.vtkCommand.LeftButtonPressEvent, self._pressed),
                # The second press of two quick strokes.
                (vtk.vtkCommand.LeftButtonDoubleClickEvent, self._pressed),
                (vtk.vtkCommand.MouseMoveEvent, self._moved),
                (vtk.vtkCommand.LeftButtonReleaseEvent, self._released),
                (vtk.vtkCommand.LeaveEvent, self._left),
            )
        }

    def setColour(self, colour: Any) -> None:
        self._stroke.setColour(colour)

    def cancel(self) -> bool:
        return self._stroke.cancel()

    def remove(self) -> None:
        for tag in self._tags.values():
            self._interactor.RemoveObserver(tag)
        self._tags = {}
        # Slicer has given the views the cursor of any other mode by now.
        interaction = slicer.app.applicationLogic().GetInteractionNode()
        if interaction.GetCurrentInteractionMode() == interaction.ViewTransform:
            self._setCursor(qt.QCursor())
        self._stroke.remove()

    def _setCursor(self, cursor: Any) -> None:
        self._view.setViewCursor(cursor)
        # The view goes back to this one whenever the mouse moves.
        self._view.setDefaultViewCursor(cursor)

    def _pressed(self, caller: Any, event: str) -> None:
        if self._stroke.pressed(caller):
            self._keepFromOthers(vtk.vtkCommand.LeftButtonPressEvent, vtk.vtkCommand.LeftButtonDoubleClickEvent)

    def _moved(self, caller: Any, event: str) -> None:
        if self._stroke.moved(caller):
            self._keepFromOthers(vtk.vtkCommand.MouseMoveEvent)

    def _released(self, caller: Any, event: str) -> None:
        if self._stroke.released(caller):
            self._keepFromOthers(vtk.vtkCommand.LeftButtonReleaseEvent)

    def _left(self, caller: Any, event: str) -> None:
        self._stroke.left()

    def _keepFromOthers(self, *events: int) -> None:
        for event in events:
            self._interactor.GetCommand(self._tags[event]).SetAbortFlag(1)
