"""What the slice views show."""
from __future__ import annotations

from typing import Any


def _slices() -> list:
    import slicer

    return list(slicer.app._layout._slices.values())


def _id(node: Any) -> Any:
    return node if node is None or isinstance(node, str) else node.GetID()


def setSliceViewerLayers(background: Any = "keep-current", foreground: Any = "keep-current", label: Any = "keep-current",
                         foregroundOpacity: Any = None, labelOpacity: Any = None, fit: bool = False, rotateToVolumePlane: bool = False) -> None:
    for widget in _slices():
        composite = widget.sliceLogic().GetSliceCompositeNode()
        setters = (composite.SetBackgroundVolumeID, composite.SetForegroundVolumeID, composite.SetLabelVolumeID)
        for node, set_ in zip((background, foreground, label), setters):
            if node != "keep-current":
                set_(_id(node))
        if foregroundOpacity is not None:
            composite.SetForegroundOpacity(foregroundOpacity)
        if labelOpacity is not None:
            composite.SetLabelOpacity(labelOpacity)
        volume = widget.sliceLogic().GetBackgroundLayer().GetVolumeNode()
        if rotateToVolumePlane and volume is not None:
            widget.mrmlSliceNode().RotateToVolumePlane(volume)
        if fit:
            widget.sliceLogic().FitSliceToAll()


def resetSliceViews() -> None:
    for widget in _slices():
        widget.sliceLogic().FitSliceToAll()


def forceRenderAllViews() -> None:
    for widget in _slices():
        widget.sliceView().forceRender()
