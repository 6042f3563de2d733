"""Groups of widgets that fold away."""
from __future__ import annotations

from PyQt5 import QtCore, QtWidgets

from .widget import setter, stand_in, stored


@stand_in
class ctkCollapsibleButton(QtWidgets.QWidget):
    """A header that is clicked to fold the widgets of the layout; not a QAbstractButton here, for its layout's sake."""

    contentsCollapsed = QtCore.pyqtSignal(bool)
    clicked = QtCore.pyqtSignal(bool)

    def __init__(self, *arguments):
        texts = [argument for argument in arguments if isinstance(argument, str)]
        parents = [argument for argument in arguments if not isinstance(argument, str)]
        QtWidgets.QWidget.__init__(self, *parents)
        QtWidgets.QWidget.setContentsMargins(self, 0, self._header_height(), 0, 0)
        QtCore.QObject.setProperty(self, "text", texts[0] if texts else "")

    def _header_height(self) -> int:
        return QtWidgets.QWidget.fontMetrics(self).height() + 8

    def _fold(self) -> None:
        for child in QtCore.QObject.children(self):
            if isinstance(child, QtWidgets.QWidget):
                QtWidgets.QWidget.setVisible(child, not self.__dict__.get("_collapsed", False))
        QtWidgets.QWidget.updateGeometry(self)

    collapsed = stored(bool, "collapsed", False, "contentsCollapsed", "_fold")
    text = stored(str, "text", "", changed="update")
    flat = stored(bool, "flat", False)
    collapsedHeight = stored(int, "collapsedHeight", 10)
    contentsLineWidth = stored(int, "contentsLineWidth", 1)
    setCollapsed, setText, setFlat, setCollapsedHeight = setter("collapsed"), setter("text"), setter("flat"), setter("collapsedHeight")

    def _checked(self) -> bool:
        return not self.__dict__.get("_collapsed", False)

    def _check(self, checked: bool) -> None:
        QtCore.QObject.setProperty(self, "collapsed", not checked)

    checked = QtCore.pyqtProperty(bool, _checked, _check)
    setChecked = setter("checked")

    def event(self, event):
        if event.type() == QtCore.QEvent.ChildPolished or event.type() == QtCore.QEvent.Show:
            if self.__dict__.get("_collapsed", False):
                self._fold()
        return QtWidgets.QWidget.event(self, event)

    def sizeHint(self):
        hint = QtWidgets.QWidget.sizeHint(self)
        if self.__dict__.get("_collapsed", False):
            return QtCore.QSize(hint.width(), self._header_height() + 2)
        return hint

    def minimumSizeHint(self):
        if self.__dict__.get("_collapsed", False):
            return QtCore.QSize(60, self._header_height() + 2)
        return QtWidgets.QWidget.minimumSizeHint(self)

    def mousePressEvent(self, event):
        if event.pos().y() <= self._header_height():
            QtCore.QObject.setProperty(self, "collapsed", not self.__dict__.get("_collapsed", False))
            self.clicked.emit(self._checked())

    def paintEvent(self, event):
        painter = QtWidgets.QStylePainter(self)
        option = QtWidgets.QStyleOptionButton()
        option.initFrom(self)
        option.rect = QtCore.QRect(0, 0, QtWidgets.QWidget.width(self), self._header_height())
        option.state |= QtWidgets.QStyle.State_Raised
        painter.drawControl(QtWidgets.QStyle.CE_PushButtonBevel, option)
        arrow = QtWidgets.QStyleOption()
        arrow.initFrom(self)
        arrow.rect = QtCore.QRect(6, self._header_height() // 2 - 5, 10, 10)
        shape = QtWidgets.QStyle.PE_IndicatorArrowDown if self._checked() else QtWidgets.QStyle.PE_IndicatorArrowRight
        painter.drawPrimitive(shape, arrow)
        place = QtCore.QRect(22, 0, QtWidgets.QWidget.width(self), self._header_height())
        painter.drawText(place, QtCore.Qt.AlignVCenter, self.__dict__.get("_text", ""))
        painter.end()


@stand_in
class ctkCollapsibleGroupBox(QtWidgets.QGroupBox):
    """A group box whose check box folds it."""

    def __init__(self, *arguments):
        QtWidgets.QGroupBox.__init__(self, *arguments)
        QtWidgets.QGroupBox.setCheckable(self, True)
        QtWidgets.QGroupBox.toggled.__get__(self).connect(self._fold)

    def _fold(self, *_):
        for child in QtCore.QObject.children(self):
            if isinstance(child, QtWidgets.QWidget):
                QtWidgets.QWidget.setVisible(child, QtWidgets.QGroupBox.isChecked(self))

    def _collapsed(self) -> bool:
        return not QtWidgets.QGroupBox.isChecked(self)

    def _collapse(self, collapsed: bool) -> None:
        QtWidgets.QGroupBox.setChecked(self, not collapsed)

    collapsed = QtCore.pyqtProperty(bool, _collapsed, _collapse)
    setCollapsed = setter("collapsed")
