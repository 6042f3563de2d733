"""Shows where the proposals of a step disagree, over the image."""
from __future__ import annotations

from typing import Any, Optional

import numpy as np
import slicer
from SegBridgeLib import VoxelBox
from slicer.i18n import tr as _

from .frames import ijk_to_ras_of
from .labelmaps import labelmap_of
from .private_nodes import add_unlisted, remove_node

_YELLOW = (1.0, 0.85, 0.1)


class DisagreementOverlay:
    """A private segmentation with one segment. It is neither listed nor saved, and holds only the box that is shown."""

    def __init__(self) -> None:
        self._node: Any = None

    def show(self, volume_node: Any, mask: np.ndarray, box: VoxelBox) -> None:
        """``mask`` is bool, (k, j, i), of the box's shape."""
        self.hide()
        if box.is_empty or not mask.any():
            return
        self._node = add_unlisted("vtkMRMLSegmentationNode", "SegBridge disagreement")
        self._node.SetAndObserveTransformNodeID(volume_node.GetTransformNodeID())
        self._node.AddSegmentFromBinaryLabelmapRepresentation(
            labelmap_of(mask, box, ijk_to_ras_of(volume_node)), _("Disagreement"), _YELLOW)
        self._node.GetDisplayNode().SetVisibility3D(False)

    def hide(self) -> None:
        node, self._node = self._node, None
        if node is not None and slicer.mrmlScene.GetNodeByID(node.GetID()) is node:
            remove_node(node)

    @property
    def node(self) -> Optional[Any]:
        return self._node
