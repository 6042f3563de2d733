"""Base class of Segment Editor effects that are written in Python."""
from __future__ import annotations

from slicer.editor import effect_host

__all__ = ["AbstractScriptedSegmentEditorEffect"]


class AbstractScriptedSegmentEditorEffect:
    def __init__(self, scriptedEffect):
        self.scriptedEffect = scriptedEffect

    def register(self):
        effect_host.registered.append(self.scriptedEffect)

    @staticmethod
    def xyToRas(xy, viewWidget):
        return list(viewWidget.mrmlSliceNode().GetXYToRAS().MultiplyPoint([xy[0], xy[1], 0, 1])[:3])

    @staticmethod
    def xyzToRas(xyz, viewWidget):
        return list(viewWidget.mrmlSliceNode().GetXYToRAS().MultiplyPoint([*xyz, 1])[:3])
