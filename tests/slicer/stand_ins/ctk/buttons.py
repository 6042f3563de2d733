"""CTK's buttons; those that differ from Qt's only in looks are Qt's."""
from __future__ import annotations

from PyQt5 import QtCore, QtGui, QtWidgets

from .widget import setter, stand_in, stored


@stand_in
class ctkPushButton(QtWidgets.QPushButton):
    pass


@stand_in
class ctkMenuButton(QtWidgets.QPushButton):
    pass


@stand_in
class ctkExpandButton(QtWidgets.QToolButton):
    pass


@stand_in
class ctkCheckBox(QtWidgets.QCheckBox):
    pass


@stand_in
class ctkCheckablePushButton(QtWidgets.QPushButton):
    checkBoxToggled = QtCore.pyqtSignal(bool)
    checkState = stored(int, "checkState", 0)
    setCheckState = setter("checkState")


@stand_in
class ctkColorPickerButton(QtWidgets.QPushButton):
    colorChanged = QtCore.pyqtSignal(QtGui.QColor)
    color = stored(QtGui.QColor, "color", QtGui.QColor("black"), "colorChanged")
    displayColorName = stored(bool, "displayColorName", True)
    setColor, setDisplayColorName = setter("color"), setter("displayColorName")
