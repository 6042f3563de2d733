"""CTK's number widgets that know a scene (for units)."""
from __future__ import annotations

from ctk import ctkRangeWidget
from PyQt5 import QtCore, QtWidgets

from ctk.numbers import _of_box, _SliderAndBox
from ctk.widget import setter, stand_in, stored

from .base import SceneWidget


@stand_in
class qMRMLSliderWidget(SceneWidget, _SliderAndBox):
    mrmlSceneChanged = QtCore.pyqtSignal(object)
    value, minimum, maximum = _of_box(float, "value"), _of_box(float, "minimum"), _of_box(float, "maximum")
    singleStep, decimals = _of_box(float, "singleStep"), _of_box(int, "decimals")
    suffix, prefix = _of_box(str, "suffix"), _of_box(str, "prefix")
    pageStep, tracking, quantity = stored(float, "pageStep", 10.0), stored(bool, "tracking", True), stored(str, "quantity", "")
    unitAwareProperties = stored(int, "unitAwareProperties", 0)
    setValue, setMinimum, setMaximum, setSingleStep = setter("value"), setter("minimum"), setter("maximum"), setter("singleStep")
    setDecimals, setSuffix, setPrefix, setQuantity = setter("decimals"), setter("suffix"), setter("prefix"), setter("quantity")


@stand_in
class qMRMLSpinBox(SceneWidget, QtWidgets.QDoubleSpinBox):
    mrmlSceneChanged = QtCore.pyqtSignal(object)
    quantity = stored(str, "quantity", "")
    setQuantity = setter("quantity")


qMRMLRangeWidget = ctkRangeWidget
