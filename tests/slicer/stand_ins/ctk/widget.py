"""Making a widget of CTK or Slicer: PyQt5's class, PythonQt's rules, private state in Python."""
from __future__ import annotations

from typing import Any

from PyQt5 import QtCore
from qt.rules import Ruled, RuledType, StandInWidget


def stand_in(cls: type) -> type:
    """Class decorator: hides PyQt5's ways of a Python-written widget and shows PythonQt's."""
    members = {name: value for name, value in cls.__dict__.items() if name in ("_SIGNALS", "__doc__")}
    members.update(_plain=cls, __module__=cls.__module__.split(".")[0], __qualname__=cls.__name__)
    extra = tuple(base for base in getattr(cls, "_MARKS", ()))
    return RuledType(cls.__name__, (Ruled, StandInWidget) + extra + (cls,), members)


def stored(kind: Any, name: str, default: Any, notify: str = "", changed: str = "") -> QtCore.pyqtProperty:
    """A Qt property kept in ``_<name>``; on a change calls the method ``changed`` and emits the signal ``notify``."""
    key = "_" + name

    def get(self: Any) -> Any:
        return self.__dict__.get(key, default)

    def set_(self: Any, value: Any) -> None:
        if get(self) == value:
            return
        self.__dict__[key] = value
        if changed:
            object.__getattribute__(self, changed)()
        if notify:
            object.__getattribute__(self, notify).emit(value)

    return QtCore.pyqtProperty(kind, get, set_)


def setter(name: str) -> Any:
    """``setX`` of a stored property."""
    def set_(self: Any, value: Any) -> None:
        QtCore.QObject.setProperty(self, name, value)

    return set_
