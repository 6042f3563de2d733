"""Where Slicer puts the hosts of Segment Editor effects that are written in Python."""
from __future__ import annotations

from slicer.editor.effect_host import qSlicerSegmentEditorScriptedEffect

__all__ = ["qSlicerSegmentEditorScriptedEffect"]
