"""PythonQt's rules for QObjects, enforced on PyQt5's.

Properties are attributes, everything else is called; wrappers take no new attributes; no keyword arguments; signals are
connected by their C++ signature and hand a callback as many arguments as it declares; lists of strings come as tuples.
Classes that are not QObjects (QColor, QIcon, events, items) are PyQt5's own: PythonQt treats their members as methods too.
"""
from __future__ import annotations

import functools
from typing import Any, Dict, Optional

import silent_errors
from PyQt5 import QtCore, QtGui, QtNetwork, QtSvg, QtWidgets, sip

from .signals import BoundSignal, connect, disconnect

MODULES = (QtCore, QtGui, QtWidgets, QtNetwork, QtSvg)
_ruled: Dict[type, type] = {}


class RuledType(type(QtCore.QObject)):
    """Type of all ruled classes."""

    def __call__(cls, *arguments: Any, **keywords: Any) -> Any:
        if keywords and "_plain" in cls.__dict__:
            raise ValueError(f"{cls.__name__}() takes no keyword arguments in PythonQt: {sorted(keywords)}")
        return super().__call__(*arguments, **keywords)

    def __instancecheck__(cls, instance: Any) -> bool:
        plain = cls.__dict__.get("_plain")
        if plain is None:
            return super().__instancecheck__(instance)
        # Widgets of Slicer are not instances of qt's classes for Python, though they inherit them in C++.
        return isinstance(instance, plain) and not (issubclass(type(instance), SlicerWidget) and not issubclass(cls, SlicerWidget))


class SlicerWidget:
    """Marks widgets that the module ``slicer`` provides."""


class Ruled:
    """Mixed into each class before PyQt5's."""

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("_"):
            return object.__getattribute__(self, name)
        silent_errors.must_be_main_thread(type(self).__name__)
        if sip.isdeleted(self):
            raise ValueError(f"Trying to read attribute '{name}' from a destroyed {type(self).__name__} object")
        if _is_of_subclass(self, name):
            return object.__getattribute__(self, name)
        if name == "connect":
            return functools.partial(connect, self)
        if name == "disconnect":
            return functools.partial(disconnect, self)
        if name == "name":
            name = "objectName"
        if is_property(self, name):
            return adopted(QtCore.QObject.property(self, name))
        if name == "className":
            return lambda: QtCore.QObject.metaObject(self).className()
        if name.startswith("pyqt"):
            raise AttributeError(f"{type(self).__name__} has no attribute named '{name}'")
        try:
            found = object.__getattribute__(self, name)
        except AttributeError:
            raise AttributeError(f"{type(self).__name__} has no attribute named '{name}'") from None
        if isinstance(found, QtCore.pyqtBoundSignal):
            return BoundSignal(self, name, found)
        return _method(type(self).__name__, name, found) if callable(found) and not isinstance(found, type) else found

    def __setattr__(self, name: str, value: Any) -> None:
        if sip.isdeleted(self):
            raise ValueError(f"Trying to set attribute '{name}' of a destroyed {type(self).__name__} object")
        name = "objectName" if name == "name" else name
        if name.startswith("_") and (isinstance(self, StandInWidget) or not _is_pure(self)):
            super().__setattr__(name, value)
        elif not name.startswith("_") and is_property(self, name):
            if not QtCore.QObject.setProperty(self, name, value) and not _is_dynamic(self, name):
                raise ValueError(f"Property '{name}' of {type(self).__name__} object could not be set to {value!r}")
        elif not _is_pure(self):
            super().__setattr__(name, value)
        elif _has_member(self, name):
            raise AttributeError(f"'{name}' of {type(self).__name__} is a slot, signal or enum and cannot be assigned")
        else:
            raise AttributeError(f"creating new attributes on C++ objects is not allowed: {type(self).__name__}.{name}")

    def __bool__(self) -> bool:
        return not sip.isdeleted(self)

    def __eq__(self, other: Any) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


class StandInWidget:
    """Marks widgets of CTK and Slicer that are written in Python here; they may keep private state."""


def _is_pure(instance: Any) -> bool:
    """Whether Python code has not derived from the C++ class."""
    return "_plain" in type(instance).__dict__


def _is_of_subclass(instance: Any, name: str) -> bool:
    """Whether Python code that derives from a Qt class defined the name."""
    if _is_pure(instance):
        return False
    if name in object.__getattribute__(instance, "__dict__"):
        return True
    for cls in type(instance).__mro__:
        if "_plain" in cls.__dict__:
            return False
        if name in cls.__dict__:
            return True
    return False


def is_property(instance: Any, name: str) -> bool:
    """Whether Qt knows a static or dynamic property of the name."""
    return QtCore.QObject.metaObject(instance).indexOfProperty(name) >= 0 or _is_dynamic(instance, name)


def _is_dynamic(instance: Any, name: str) -> bool:
    return name.encode() in [bytes(known) for known in QtCore.QObject.dynamicPropertyNames(instance)]


def _has_member(instance: Any, name: str) -> bool:
    try:
        object.__getattribute__(instance, name)
        return True
    except AttributeError:
        return False


def _method(owner: str, name: str, function: Any) -> Any:
    @functools.wraps(function, assigned=("__name__", "__doc__"), updated=())
    def call(*arguments: Any, **keywords: Any) -> Any:
        if keywords:
            raise ValueError(f"{owner}.{name}() takes no keyword arguments in PythonQt: {sorted(keywords)}")
        return adopted(function(*(_plain_class(argument) for argument in arguments)))

    return call


def _plain_class(argument: Any) -> Any:
    """findChild and findChildren look for PyQt5's classes."""
    return argument.__dict__.get("_plain", argument) if isinstance(argument, RuledType) else argument


def adopted(value: Any) -> Any:
    """What Python sees of a value from Qt: QObjects under the rules, string lists as tuples."""
    if isinstance(value, QtCore.QObject):
        plain = type(value)
        if not issubclass(plain, Ruled) and plain.__module__.startswith("PyQt5") and not _is_part(value):
            value.__class__ = ruled(plain)
        return value
    if isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            return tuple(value)
        return [adopted(item) for item in value]
    return value


def _is_part(instance: QtCore.QObject) -> bool:
    """Whether a stand-in is made of it, and uses it in PyQt5's way."""
    return isinstance(QtCore.QObject.parent(instance), StandInWidget)


def ruled(plain: type) -> type:
    """The class under PythonQt's rules that stands for one of PyQt5."""
    if plain not in _ruled:
        members = {"_plain": plain, "__module__": "qt", "__qualname__": plain.__name__}
        members.update(_ADDITIONS.get(plain.__name__, {}))
        _ruled[plain] = RuledType(plain.__name__, (Ruled, plain), members)
    return _ruled[plain]


def named(name: str) -> Optional[Any]:
    """What ``qt.<name>`` is."""
    for module in MODULES:
        found = getattr(module, name, None)
        if found is not None:
            return ruled(found) if isinstance(found, type) and issubclass(found, QtCore.QObject) else found
    return None


def _settings_value(self: Any, key: str, default: Any = None) -> Any:
    """Settings come back from their file as strings, so they come as strings always."""
    found = QtCore.QSettings.value(self, key, default)
    if found is default or found is None:
        return default
    if isinstance(found, bool):
        return str(found).lower()
    if isinstance(found, (int, float)):
        return str(found)
    return tuple(found) if isinstance(found, list) else found


_ADDITIONS = {"QSettings": {"value": _settings_value}}
