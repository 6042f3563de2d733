"""A box in space as a prompt: placed, adjusted, then used or discarded by the buttons that come with it."""
from typing import Any, Callable

from slicer.i18n import tr as _

from .connections import Connections
from .drawing.roi_pen import RoiPen


class RoiTool:
    """One of the prompt tools of the panel and of the effect."""

    def __init__(self, logic: Any, ui: Any, ended: Callable[[], None], putAway: Callable[[], None]) -> None:
        """``ended`` is called when the user has chosen another mouse mode, ``putAway()`` puts this tool away."""
        self._logic = logic
        self._ui = ui
        self._putAway = putAway
        self._pen = RoiPen(lambda: logic.volumeNode, self.render, ended)
        self._connections = Connections()
        self._connections.add(ui.useBoxButton, "clicked()", self.use)
        self._connections.add(ui.discardBoxButton, "clicked()", putAway)

    @property
    def placed(self) -> bool:
        """Whether the box stands and can be adjusted."""
        return self._pen.placed

    def start(self, positive: bool) -> None:
        self._pen.start()

    def stop(self) -> None:
        self._pen.stop()

    def setPositive(self, positive: bool) -> None:
        """A box always says where the object is."""

    def cancel(self) -> bool:
        return False

    def render(self) -> None:
        self._ui.roiLabel.setText(
            _("Adjust the box by its handles.") if self.placed else _("Click two corners of the box."))
        self._ui.useBoxButton.setEnabled(self.placed)

    def use(self) -> None:
        corners = self._pen.corners()
        self._putAway()
        if corners is not None:
            self._logic.addBox(corners)

    def cleanup(self) -> None:
        self._connections.clear()
