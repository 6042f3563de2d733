"""A box in space: an ROI that is placed with two clicks and adjusted by its handles."""
from typing import Any, Callable, List, Optional

from SegBridgeScene.private_nodes import add_markup, remove_node

from .place_mode import PlaceMode
from .preview import INCLUDE


class RoiPen:
    def __init__(self, placed: Callable[[], None], ended: Callable[[], None]) -> None:
        """``placed`` is called when the box stands and can be adjusted, ``ended`` when there will be none."""
        self._placed = placed
        self._ended = ended
        self._node: Optional[Any] = None
        self.placed = False
        self._placeMode = PlaceMode(self._placeModeEnded)

    def start(self, positive: bool) -> None:
        node = add_markup("vtkMRMLMarkupsROINode", "SegBridge box")
        node.SetSaveWithScene(0)
        display = node.GetDisplayNode()
        display.SetSelectedColor(*INCLUDE)
        display.SetPropertiesLabelVisibility(False)
        display.SetFillOpacity(0.1)
        self._node = node
        self.placed = False
        self._placeMode.take(node, False)

    def stop(self) -> None:
        self._placeMode.giveBack()
        node, self._node = self._node, None
        self.placed = False
        if node is not None:
            remove_node(node)

    def setPositive(self, positive: bool) -> None:
        """A box always says where the object is."""

    def cancel(self) -> bool:
        return False

    def corners(self) -> Optional[List[Any]]:
        """The 8 corners in world RAS, mm; None before the box stands."""
        if not self.placed:
            return None
        half = [side / 2 for side in self._node.GetSize()]
        toWorld = self._node.GetObjectToWorldMatrix()
        return [toWorld.MultiplyPoint((i * half[0], j * half[1], k * half[2], 1.0))[:3]
                for k in (-1, 1) for j in (-1, 1) for i in (-1, 1)]

    def _placeModeEnded(self) -> None:
        node = self._node
        if node is None or self.placed:
            return
        sides = list(node.GetSize())
        if sum(side > _FLAT for side in sides) < 2:
            self.stop()
            self._ended()
            return
        # Both clicks were on one slice: begin with a box as deep as it is wide.
        known = [side for side in sides if side > _FLAT]
        node.SetSize(*[side if side > _FLAT else sum(known) / len(known) for side in sides])
        self.placed = True
        self._placeMode.giveBack()
        display = node.GetDisplayNode()
        display.SetHandlesInteractive(True)
        display.SetScaleHandleVisibility(True)
        display.SetTranslationHandleVisibility(True)
        display.SetRotationHandleVisibility(False)
        self._placed()


_FLAT = 0.01  # mm
