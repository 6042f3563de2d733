"""Connecting signals as PythonQt does: by normalised C++ signature, with as many arguments as the callback declares."""
from __future__ import annotations

import inspect
import re
import sys
import types
from typing import Any, Callable, List, Tuple

import silent_errors
from PyQt5 import QtCore


class BoundSignal:
    """What ``widget.clicked`` is: the first overload."""

    def __init__(self, owner: Any, name: str, signal: Any) -> None:
        self._owner, self._name, self._signal = owner, name, signal

    def connect(self, callback: Callable) -> bool:
        _attach(self._owner, self._name, self._signal, callback, None)
        return True

    def disconnect(self, callback: Any = None) -> bool:
        return _detach(self._owner, self._name, callback)

    def emit(self, *arguments: Any) -> None:
        self._signal.emit(*arguments)


def connect(owner: Any, signature: str, callback: Any, slot: Any = None) -> bool:
    """``owner.connect("clicked(bool)", callback)``, or with a receiver and the signature of its slot."""
    if not isinstance(signature, str):
        raise TypeError(f"connect() takes the signal's signature first, got {signature!r}")
    found = _find(owner, signature)
    if found is None:
        message = f"{type(owner).__name__} has no signal {signature}: connect() returns False"
        silent_errors.record(AttributeError, AttributeError(message), None)
        return False
    name, signal, count = found
    if slot is not None:
        callback = getattr(callback, slot.split("(")[0])
        count = min(count, len(_types(slot)))
    if not callable(callback):
        raise TypeError(f"connect({signature!r}): {callback!r} is not callable")
    _attach(owner, signature, signal, callback, count)
    return True


def disconnect(owner: Any, signature: str = "", callback: Any = None, slot: Any = None) -> bool:
    return _detach(owner, signature, callback)


def _types(signature: str) -> List[str]:
    inner = re.search(r"\((.*)\)$", signature)
    return [part for part in inner.group(1).split(",") if part] if inner else []


def _find(owner: Any, signature: str) -> Any:
    """Name, PyQt's bound signal and number of arguments; None when there is no such signal."""
    if bytes(QtCore.QMetaObject.normalizedSignature(signature)).decode() != signature:
        return None
    kinds = _types(signature)
    for cls in type(owner).__mro__:
        if signature in cls.__dict__.get("_SIGNALS", {}):
            return signature, object.__getattribute__(owner, cls.__dict__["_SIGNALS"][signature]), len(kinds)
    if QtCore.QObject.metaObject(owner).indexOfSignal(signature) < 0:
        return None
    signal = object.__getattribute__(owner, signature.split("(")[0])
    return signature, signal[tuple(kinds)] if kinds else signal, len(kinds)


def _attach(owner: Any, key: str, signal: Any, callback: Callable, count: Any) -> None:
    def call(*arguments: Any) -> None:
        from .rules import adopted

        try:
            given = [adopted(argument) for argument in (arguments if count is None else arguments[:count])]
            callback(*_accepted(callback, given))
        except Exception:
            silent_errors.record(*sys.exc_info())

    signal.connect(call)
    _connections(owner).append((key, callback, signal, call))


def _connections(owner: Any) -> List[Tuple[str, Any, Any, Any]]:
    own = object.__getattribute__(owner, "__dict__")
    return own.setdefault("_connected", [])


def _detach(owner: Any, key: str, callback: Any) -> bool:
    name = key.split("(")[0]
    gone = [entry for entry in _connections(owner)
            if (not key or entry[0] == key or entry[0].split("(")[0] == name and "(" not in key)
            and (callback is None or entry[1] == callback)]
    for entry in gone:
        entry[2].disconnect(entry[3])
        _connections(owner).remove(entry)
    return bool(gone)


def _accepted(callback: Callable, arguments: list) -> list:
    """Plain functions and methods get as many arguments as they declare, defaults included; other callables get all."""
    function = callback.__func__ if isinstance(callback, types.MethodType) else callback
    if not isinstance(function, types.FunctionType) or function.__code__.co_flags & inspect.CO_VARARGS:
        return arguments
    bound = 1 if isinstance(callback, types.MethodType) else 0
    return arguments[:function.__code__.co_argcount - bound]
