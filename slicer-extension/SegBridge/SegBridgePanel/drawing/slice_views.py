"""The slice views of the layout, and which of them a point was clicked in."""
from typing import Any, List, Optional

import slicer

_ON_PLANE = 0.1  # mm: a click lies on its slice up to rounding


def sliceWidgets() -> List[Any]:
    """qMRMLSliceWidgets that the layout shows; none without a main window."""
    layoutManager = slicer.app.layoutManager()
    if layoutManager is None:
        return []
    widgets = [layoutManager.sliceWidget(name) for name in layoutManager.sliceViewNames()]
    return [widget for widget in widgets if widget.sliceLogic().GetSliceNode().IsViewVisibleInLayout()]


def sliceNodes() -> List[Any]:
    return [widget.sliceLogic().GetSliceNode() for widget in sliceWidgets()]


def shownVolume() -> Optional[Any]:
    """The volume node in the background of the first slice view."""
    for widget in sliceWidgets():
        return slicer.mrmlScene.GetNodeByID(widget.sliceLogic().GetSliceCompositeNode().GetBackgroundVolumeID() or "")
    return None


def showVolume(volumeNode: Any) -> None:
    """In the background of the slice views, unless one of them shows it already."""
    layers = [widget.sliceLogic().GetSliceCompositeNode() for widget in sliceWidgets()]
    shown = [layer.GetBackgroundVolumeID() for layer in layers] + [layer.GetForegroundVolumeID() for layer in layers]
    if layers and volumeNode.GetID() not in shown:
        slicer.util.setSliceViewerLayers(background=volumeNode, fit=True)


def clickedSlice(ras: Any) -> Optional[Any]:
    """The slice node whose slice holds a world point (mm); the one under the mouse when there are several.

    None when no slice holds it, as for a click into a 3D view.
    """
    holding = [node for node in sliceNodes() if distanceToSlice(node, ras) <= _ON_PLANE]
    if len(holding) < 2:
        return holding[0] if holding else None
    underMouse = sliceUnderMouse()
    return underMouse if underMouse in holding else min(holding, key=lambda node: distanceToSlice(node, ras))


def sliceUnderMouse() -> Optional[Any]:
    """The slice node of the view that the mouse is in; None outside of slice views."""
    crosshair = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
    return crosshair.GetCursorPositionXYZ([0.0, 0.0, 0.0]) if crosshair is not None else None


def distanceToSlice(sliceNode: Any, ras: Any) -> float:
    """mm"""
    sliceToRas = sliceNode.GetSliceToRAS()
    return abs(sum(sliceToRas.GetElement(axis, 2) * (ras[axis] - sliceToRas.GetElement(axis, 3)) for axis in range(3)))
