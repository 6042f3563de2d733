"""What every stand-in of a wrapped C++ class shares: its real name, its real constants, and plain properties from a table."""
from __future__ import annotations

from typing import Any, Dict

import silent_errors
import slicer_facts


class StandIn:
    """Mixed into a VTK class. ``FIELDS`` maps a property to its default; Set/Get/On/Off come from it, as far as the real class has them."""

    FIELDS: Dict[str, Any] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name, value in slicer_facts.own_constants(cls.__name__).items():
            if name not in cls.__dict__:
                setattr(cls, name, value)
        for name in cls.__dict__.get("FIELDS", {}):
            _add_property(cls, name)

    def __getattribute__(self, name: str) -> Any:
        if name[0] != "_":
            silent_errors.must_be_main_thread(type(self).__name__)
        return super().__getattribute__(name)

    def GetClassName(self) -> str:
        return type(self).__name__

    def IsA(self, name: str) -> bool:
        return any(base.__name__ == name for base in type(self).__mro__)

    @classmethod
    def SafeDownCast(cls, other: Any) -> Any:
        return other if isinstance(other, cls) else None

    def _fields(self) -> Dict[str, Any]:
        """Values of all table properties of this object, by name."""
        if "_values" not in self.__dict__:
            values: Dict[str, Any] = {}
            for base in reversed(type(self).__mro__):
                values.update(base.__dict__.get("FIELDS", {}))
            self.__dict__["_values"] = values
        return self.__dict__["_values"]


def _add_property(cls: type, name: str) -> None:
    known = slicer_facts.members(cls.__name__)
    default = cls.FIELDS[name]

    def get(self):
        return self._fields()[name]

    def set_(self, *values):
        if isinstance(default, tuple):
            value = tuple(values[0]) if len(values) == 1 else values
            if len(value) != len(default):
                raise TypeError(f"Set{name}() takes {len(default)} values, got {value}")
        else:
            (value,) = values
            value = _converted(cls, name, value, default)
        if self._fields()[name] != value:
            self._fields()[name] = value
            self.Modified()

    for method, function in (
            (f"Get{name}", get), (f"Set{name}", set_),
            (f"{name}On", lambda self: set_(self, 1)), (f"{name}Off", lambda self: set_(self, 0))):
        if method in known and not hasattr(cls, method):
            function = _named(function, method)
            setattr(cls, method, function)


def _converted(cls: type, name: str, value: Any, default: Any) -> Any:
    """The value as the C++ setter would take it; VTK's wrappers raise TypeError on what they cannot convert."""
    if isinstance(default, bool):
        return bool(value)
    if isinstance(default, int):
        if isinstance(value, float) or not hasattr(value, "__index__"):
            raise TypeError(f"{cls.__name__}.Set{name}(): integer argument expected, got {type(value).__name__}")
        return int(value)
    if isinstance(default, float):
        return float(value)
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{cls.__name__}.Set{name}(): string or None required, got {type(value).__name__}")
    return value


def _named(function: Any, name: str) -> Any:
    def method(self, *arguments):
        return function(self, *arguments)

    method.__name__ = name
    return method
