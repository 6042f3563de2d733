"""CTK's widgets, as far as extensions use them, on PyQt5: visible, clickable, with CTK's properties and signals."""
from __future__ import annotations

from .buttons import ctkCheckBox, ctkCheckablePushButton, ctkColorPickerButton, ctkExpandButton, ctkMenuButton, ctkPushButton
from .collapsible import ctkCollapsibleButton, ctkCollapsibleGroupBox
from .numbers import ctkDoubleRangeSlider, ctkDoubleSlider, ctkDoubleSpinBox, ctkRangeWidget, ctkSliderWidget
from .texts import ctkComboBox, ctkDirectoryButton, ctkFittedTextBrowser, ctkMessageBox, ctkPathLineEdit, ctkSearchBox
from .vtk_images import ctkVTKWidgetsUtils

__all__ = [
    "ctkCheckBox", "ctkCheckablePushButton", "ctkCollapsibleButton", "ctkCollapsibleGroupBox", "ctkColorPickerButton", "ctkComboBox",
    "ctkDirectoryButton", "ctkDoubleRangeSlider", "ctkDoubleSlider", "ctkDoubleSpinBox", "ctkExpandButton", "ctkFittedTextBrowser",
    "ctkMenuButton", "ctkMessageBox", "ctkPathLineEdit", "ctkPushButton", "ctkRangeWidget", "ctkSearchBox", "ctkSliderWidget",
    "ctkVTKWidgetsUtils",
]
