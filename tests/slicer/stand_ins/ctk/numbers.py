"""Sliders and spin boxes of doubles."""
from __future__ import annotations

from PyQt5 import QtCore, QtWidgets

from .widget import setter, stand_in, stored


@stand_in
class ctkDoubleSpinBox(QtWidgets.QDoubleSpinBox):
    decimalsOption = stored(int, "decimalsOption", 0)


class _SliderAndBox(QtWidgets.QWidget):
    """A slider with a spin box, both for doubles."""

    valueChanged = QtCore.pyqtSignal(float)
    valueIsChanging = QtCore.pyqtSignal(float)

    def __init__(self, *arguments):
        QtWidgets.QWidget.__init__(self, *arguments)
        self.__dict__["_slider"] = QtWidgets.QSlider(QtCore.Qt.Horizontal)
        self.__dict__["_box"] = QtWidgets.QDoubleSpinBox()
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.__dict__["_slider"])
        layout.addWidget(self.__dict__["_box"])
        self.__dict__["_slider"].setRange(0, 1000)
        self.__dict__["_box"].setRange(0, 99)
        self.__dict__["_slider"].valueChanged.connect(self._slid)
        self.__dict__["_box"].valueChanged.connect(self._typed)

    def _slid(self, position: int) -> None:
        box = self.__dict__["_box"]
        box.setValue(box.minimum() + (box.maximum() - box.minimum()) * position / 1000)

    def _typed(self, value: float) -> None:
        box, slider = self.__dict__["_box"], self.__dict__["_slider"]
        slider.blockSignals(True)
        width = box.maximum() - box.minimum()
        slider.setValue(round(1000 * (value - box.minimum()) / width) if width else 0)
        slider.blockSignals(False)
        self.valueChanged.emit(value)


def _of_box(kind, name):
    def get(self):
        return getattr(self.__dict__["_box"], name)()

    def set_(self, value):
        getattr(self.__dict__["_box"], f"set{name[0].upper()}{name[1:]}")(value)

    return QtCore.pyqtProperty(kind, get, set_)


@stand_in
class ctkSliderWidget(_SliderAndBox):
    value, minimum, maximum = _of_box(float, "value"), _of_box(float, "minimum"), _of_box(float, "maximum")
    singleStep, decimals = _of_box(float, "singleStep"), _of_box(int, "decimals")
    suffix, prefix = _of_box(str, "suffix"), _of_box(str, "prefix")
    pageStep, tracking = stored(float, "pageStep", 10.0), stored(bool, "tracking", True)
    spinBoxVisible = stored(bool, "spinBoxVisible", True)
    setValue, setMinimum, setMaximum, setSingleStep = setter("value"), setter("minimum"), setter("maximum"), setter("singleStep")
    setDecimals, setSuffix, setPrefix, setTracking = setter("decimals"), setter("suffix"), setter("prefix"), setter("tracking")
    setPageStep = setter("pageStep")

    def setRange(self, low, high):
        self.__dict__["_box"].setRange(low, high)

    def slider(self):
        return self.__dict__["_slider"]

    def spinBox(self):
        return self.__dict__["_box"]


@stand_in
class ctkDoubleSlider(QtWidgets.QSlider):
    pass


@stand_in
class ctkDoubleRangeSlider(QtWidgets.QSlider):
    pass


@stand_in
class ctkRangeWidget(QtWidgets.QWidget):
    """Two spin boxes."""

    valuesChanged = QtCore.pyqtSignal(float, float)

    def __init__(self, *arguments):
        QtWidgets.QWidget.__init__(self, *arguments)
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.__dict__["_boxes"] = [QtWidgets.QDoubleSpinBox(), QtWidgets.QDoubleSpinBox()]
        for box in self.__dict__["_boxes"]:
            layout.addWidget(box)
            box.valueChanged.connect(lambda _: self.valuesChanged.emit(*(one.value() for one in self.__dict__["_boxes"])))

    def _get(self, which, name):
        return getattr(self.__dict__["_boxes"][which], name)()

    def _limit(self, name, value):
        for box in self.__dict__["_boxes"]:
            getattr(box, name)(value)

    minimumValue = QtCore.pyqtProperty(float, lambda self: self._get(0, "value"), lambda self, value: self.__dict__["_boxes"][0].setValue(value))
    maximumValue = QtCore.pyqtProperty(float, lambda self: self._get(1, "value"), lambda self, value: self.__dict__["_boxes"][1].setValue(value))
    minimum = QtCore.pyqtProperty(float, lambda self: self._get(0, "minimum"), lambda self, value: self._limit("setMinimum", value))
    maximum = QtCore.pyqtProperty(float, lambda self: self._get(0, "maximum"), lambda self, value: self._limit("setMaximum", value))
    singleStep = QtCore.pyqtProperty(float, lambda self: self._get(0, "singleStep"), lambda self, value: self._limit("setSingleStep", value))
    decimals = QtCore.pyqtProperty(int, lambda self: self._get(0, "decimals"), lambda self, value: self._limit("setDecimals", value))
    setMinimumValue, setMaximumValue = setter("minimumValue"), setter("maximumValue")
    setMinimum, setMaximum, setSingleStep, setDecimals = setter("minimum"), setter("maximum"), setter("singleStep"), setter("decimals")

    def setRange(self, low, high):
        self._limit("setMinimum", low)
        self._limit("setMaximum", high)

    def setValues(self, low, high):
        self.__dict__["_boxes"][0].setValue(low)
        self.__dict__["_boxes"][1].setValue(high)
