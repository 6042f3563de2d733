"""The Segment Editor: its widget, and the host of effects written in Python."""
from __future__ import annotations

from .effect_host import qSlicerSegmentEditorAbstractEffect, qSlicerSegmentEditorScriptedEffect
from .editor_widget import qMRMLSegmentEditorWidget

__all__ = ["qMRMLSegmentEditorWidget", "qSlicerSegmentEditorAbstractEffect", "qSlicerSegmentEditorScriptedEffect"]
