"""A box in space: an ROI that is placed with two clicks and adjusted by its handles."""
from typing import Any, Callable, List, Optional

import numpy as np
import slicer
from SegBridgeScene.frames import axes_in_world
from SegBridgeScene.private_nodes import add_pen, remove_node

from .place_mode import PlaceMode
from .preview import INCLUDE
from .slice_views import sliceUnderMouse


class RoiPen:
    """The box follows the axes of the volume, so that it is one of whole voxels on an oblique volume, too."""

    def __init__(self, volumeNode: Callable[[], Any], placed: Callable[[], None], ended: Callable[[], None]) -> None:
        """``placed`` is called when the box stands and can be adjusted, ``ended`` when there will be none."""
        self._volumeNode = volumeNode
        self._placed = placed
        self._ended = ended
        self._node: Optional[Any] = None
        self.placed = False
        self._placeMode = PlaceMode(self._placeModeEnded)

    def start(self) -> None:
        node = add_pen("vtkMRMLMarkupsROINode", "SegBridge box")
        display = node.GetDisplayNode()
        display.SetSelectedColor(*INCLUDE)
        display.SetPropertiesLabelVisibility(False)
        display.SetFillOpacity(0.1)
        if self._volumeNode() is not None:
            node.SetAndObserveObjectToNodeMatrix(slicer.util.vtkMatrixFromArray(axes_in_world(self._volumeNode())))
        self._node = node
        self.placed = False
        self._placeMode.take(node, False)

    def stop(self) -> None:
        self._placeMode.giveBack()
        node, self._node = self._node, None
        self.placed = False
        if node is not None:
            remove_node(node)

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
        deep = self._depthAxis(sides)
        wide = [side for axis, side in enumerate(sides) if axis != deep]
        if min(wide) <= _FLAT:
            self.stop()
            self._ended()
            return
        # Both clicks were on one slice: begin with a box as deep as it is wide.
        sides[deep] = max(sides[deep], sum(wide) / 2)
        node.SetSize(*sides)
        self.placed = True
        self._placeMode.giveBack()
        display = node.GetDisplayNode()
        display.SetHandlesInteractive(True)
        display.SetScaleHandleVisibility(True)
        display.SetTranslationHandleVisibility(True)
        display.SetRotationHandleVisibility(False)
        self._placed()

    def _depthAxis(self, sides: List[float]) -> int:
        """The axis of the box that leads through the slice that was clicked in, else the flattest one."""
        sliceNode = sliceUnderMouse()
        if sliceNode is None:
            return int(np.argmin(sides))
        axes = slicer.util.arrayFromVTKMatrix(self._node.GetObjectToWorldMatrix())[:3, :3]
        normal = slicer.util.arrayFromVTKMatrix(sliceNode.GetSliceToRAS())[:3, 2]
        return int(np.argmax(np.abs(normal @ axes)))


_FLAT = 0.01  # mm
