"""Line edits, combo boxes and browsers."""
from __future__ import annotations

from PyQt5 import QtCore, QtWidgets

from .widget import setter, stand_in, stored


@stand_in
class ctkComboBox(QtWidgets.QComboBox):
    """Shows the default text while nothing is chosen."""

    defaultText = stored(str, "defaultText", "")
    forceDefault = stored(bool, "forceDefault", False)
    setDefaultText, forceDefaultEnabled = setter("defaultText"), setter("forceDefault")


@stand_in
class ctkSearchBox(QtWidgets.QLineEdit):
    showSearchIcon = stored(bool, "showSearchIcon", False)
    setShowSearchIcon = setter("showSearchIcon")


@stand_in
class ctkFittedTextBrowser(QtWidgets.QTextBrowser):
    pass


@stand_in
class ctkPathLineEdit(QtWidgets.QWidget):
    """A path with a browse button."""

    currentPathChanged = QtCore.pyqtSignal(str)
    Dirs, Files, Executable = 1, 2, 4096

    def __init__(self, *arguments):
        QtWidgets.QWidget.__init__(self, *[argument for argument in arguments if isinstance(argument, QtWidgets.QWidget)])
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.__dict__["_edit"] = QtWidgets.QLineEdit()
        layout.addWidget(self.__dict__["_edit"])
        layout.addWidget(QtWidgets.QToolButton(text="..."))
        self.__dict__["_edit"].textChanged.connect(lambda text: self.currentPathChanged.emit(text))

    currentPath = QtCore.pyqtProperty(str, lambda self: self.__dict__["_edit"].text(), lambda self, text: self.__dict__["_edit"].setText(text))
    settingKey = stored(str, "settingKey", "")
    filters = stored(int, "filters", 0)
    nameFilters = stored("QStringList", "nameFilters", [])
    label = stored(str, "label", "")
    setCurrentPath, setSettingKey, setNameFilters = setter("currentPath"), setter("settingKey"), setter("nameFilters")

    def addCurrentPathToHistory(self):
        pass


@stand_in
class ctkDirectoryButton(QtWidgets.QPushButton):
    directoryChanged = QtCore.pyqtSignal(str)
    directory = stored(str, "directory", "", "directoryChanged")
    setDirectory = setter("directory")


@stand_in
class ctkMessageBox(QtWidgets.QMessageBox):
    dontShowAgainSettingsKey = stored(str, "dontShowAgainSettingsKey", "")
    setDontShowAgainSettingsKey = setter("dontShowAgainSettingsKey")
