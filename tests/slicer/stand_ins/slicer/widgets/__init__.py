"""Widgets that Slicer adds to Qt, on PyQt5: they follow the scene, show names, and send Slicer's signals."""
from __future__ import annotations

from .base import qMRMLWidget, qSlicerWidget
from .markups import qSlicerMarkupsPlaceWidget
from .nodes import qMRMLCheckableNodeComboBox, qMRMLNodeComboBox, qMRMLSubjectHierarchyComboBox
from .numbers import qMRMLRangeWidget, qMRMLSliderWidget, qMRMLSpinBox
from .segments import qMRMLSegmentSelectorWidget, qMRMLSegmentsTableView

__all__ = [
    "qMRMLCheckableNodeComboBox", "qMRMLNodeComboBox", "qMRMLRangeWidget", "qMRMLSegmentSelectorWidget", "qMRMLSegmentsTableView",
    "qMRMLSliderWidget", "qMRMLSpinBox", "qMRMLSubjectHierarchyComboBox", "qMRMLWidget", "qSlicerMarkupsPlaceWidget", "qSlicerWidget",
]
