"""parameterNodeWrapper: typed attributes kept as strings and references in a vtkMRMLScriptedModuleNode.

Done here: int, float, str, bool, pathlib.Path, enums, node classes, Optional of those, lists and tuples of plain values; Default, WithinRange,
Minimum, Maximum, Choice; connecting to widgets by their dynamic property SlicerParameterName.
"""
from __future__ import annotations

import enum
import pathlib
import typing
from typing import Annotated, Any, Dict

from .parameter_gui import connect_gui

__all__ = ["Choice", "Decimals", "Default", "Maximum", "Minimum", "SingleStep", "WithinRange", "parameterNodeWrapper"]
_RESERVED = {"parameterNode", "connectGui", "disconnectGui", "connectParametersToGui", "default", "isCached", "dataType", "getValue", "setValue",
             "AddObserver", "RemoveObserver", "Modified", "StartModify", "EndModify"}


class Default:
    def __init__(self, value: Any) -> None:
        self.value = value


class WithinRange:
    def __init__(self, minimum: Any, maximum: Any) -> None:
        self.minimum, self.maximum = minimum, maximum

    def validate(self, value: Any) -> None:
        if not self.minimum <= value <= self.maximum:
            raise ValueError(f"Value must be within range [{self.minimum}, {self.maximum}], is {value}")


class Minimum:
    def __init__(self, minimum: Any) -> None:
        self.minimum = minimum

    def validate(self, value: Any) -> None:
        if value < self.minimum:
            raise ValueError(f"Value must be greater than or equal to {self.minimum}, is {value}")


class Maximum:
    def __init__(self, maximum: Any) -> None:
        self.maximum = maximum

    def validate(self, value: Any) -> None:
        if value > self.maximum:
            raise ValueError(f"Value must be less than or equal to {self.maximum}, is {value}")


class Choice:
    def __init__(self, choices: Any) -> None:
        self.choices = list(choices)

    def validate(self, value: Any) -> None:
        if value not in self.choices:
            raise ValueError(f"Value must be one of {self.choices}, is {value}")


class Decimals:
    def __init__(self, value: int) -> None:
        self.value = value


class SingleStep:
    def __init__(self, value: float) -> None:
        self.value = value


class _Parameter:
    """One annotated member: type, default, validators, and how it lies in the node."""

    def __init__(self, name: str, annotation: Any, default: Any) -> None:
        self.name = name
        self.marks = list(annotation.__metadata__) if typing.get_origin(annotation) is Annotated else []
        self.kind = annotation.__origin__ if self.marks else annotation
        self.optional = typing.get_origin(self.kind) is typing.Union and type(None) in typing.get_args(self.kind)
        self.inner = next(kind for kind in typing.get_args(self.kind) if kind is not type(None)) if self.optional else self.kind
        self.is_node = isinstance(self.inner, type) and self.inner.__name__.startswith("vtkMRML")
        if not self.is_node and not _known(self.inner):
            raise ValueError(f"Unable to find a serializer for parameter {name}: {self.kind}")
        given = [mark.value for mark in self.marks if isinstance(mark, Default)]
        self.default = given[0] if given else default if default is not _NOTHING else self._type_default()

    def _type_default(self) -> Any:
        if self.optional or self.is_node:
            return None
        if issubclass(_plain(self.inner), enum.Enum):
            return next(iter(self.inner))
        return _plain(self.inner)()

    def key(self, prefix: str) -> str:
        return f"{prefix}{self.name}"

    def read(self, node: Any, prefix: str) -> Any:
        key = self.key(prefix)
        if self.is_node:
            return node.GetNodeReference(key)
        if self.optional:
            if not node.HasParameter(key + ".1"):
                return None
            return _from_text(self.inner, node.GetParameter(key + ".1"))
        if typing.get_origin(self.inner) in (list, tuple) or self.inner in (list, tuple):
            kinds = typing.get_args(self.inner)
            values = [_from_text(kinds[0], node.GetParameter(f"{key}.{n}")) for n in range(int(node.GetParameter(key + ".len")))]
            return _plain(self.inner)(values)
        return _from_text(self.inner, node.GetParameter(key))

    def write(self, node: Any, prefix: str, value: Any) -> None:
        key = self.key(prefix)
        if value is None and not (self.optional or self.is_node):
            raise ValueError(f"{self.name} cannot be None")
        if value is not None:
            self._check(value)
        if self.is_node:
            node.SetNodeReferenceID(key, value.GetID() if value is not None else None)
        elif self.optional:
            node.UnsetParameter(key + ".1") if value is None else node.SetParameter(key + ".1", _to_text(value))
        elif isinstance(value, (list, tuple)):
            was = node.StartModify()
            node.SetParameter(key + ".len", str(len(value)))
            for n, item in enumerate(value):
                node.SetParameter(f"{key}.{n}", _to_text(item))
            node.EndModify(was)
        else:
            node.SetParameter(key, _to_text(value))

    def _check(self, value: Any) -> None:
        wanted = self.inner if self.is_node else _plain(self.inner)
        accepted = (int, float) if wanted is float else (str, pathlib.Path) if wanted is pathlib.Path else wanted
        if not isinstance(value, accepted) or isinstance(value, bool) and wanted in (int, float):
            raise ValueError(f"{self.name} takes {wanted.__name__}, got {value!r}")
        for mark in self.marks:
            if hasattr(mark, "validate"):
                mark.validate(value)

    def exists(self, node: Any, prefix: str) -> bool:
        key = self.key(prefix)
        return self.is_node or self.optional or node.HasParameter(key) or node.HasParameter(key + ".len")


_NOTHING = object()


def _plain(kind: Any) -> type:
    return typing.get_origin(kind) or kind


def _known(kind: Any) -> bool:
    plain = _plain(kind)
    return isinstance(plain, type) and (plain in (int, float, str, bool, pathlib.Path, list, tuple) or issubclass(plain, (enum.Enum, pathlib.Path)))


def _to_text(value: Any) -> str:
    return value.name if isinstance(value, enum.Enum) else str(value)


def _from_text(kind: Any, text: str) -> Any:
    if kind is bool:
        return text == "True"
    if issubclass(kind, enum.Enum):
        return kind[text]
    return kind(text)


def parameterNodeWrapper(cls: type) -> type:
    """Class decorator. Annotations are evaluated here, as in Slicer."""
    hints = typing.get_type_hints(cls, include_extras=True)
    parameters: Dict[str, _Parameter] = {}
    for name, annotation in hints.items():
        if name in _RESERVED:
            raise ValueError(f"Cannot use reserved name as a parameter: {name}")
        parameters[name] = _Parameter(name, annotation, cls.__dict__.get(name, _NOTHING))

    def __init__(self: Any, parameterNode: Any, prefix: str = "") -> None:
        self.parameterNode, self._prefix = parameterNode, f"{prefix}." if prefix else ""
        self._connections: list = []
        for parameter in parameters.values():
            if not parameter.exists(parameterNode, self._prefix):
                parameter.write(parameterNode, self._prefix, parameter.default)

    members = {"__init__": __init__, "_parameters": parameters}
    for name, parameter in parameters.items():
        members[name] = _property(parameter)
    for name in ("AddObserver", "RemoveObserver", "Modified", "StartModify", "EndModify"):
        members[name] = _forward(name)
    members["default"] = lambda self, name: parameters[name].default
    members["dataType"] = lambda self, name: parameters[name].kind
    members["getValue"] = lambda self, name: getattr(self, name)
    members["setValue"] = lambda self, name, value: setattr(self, name, value)
    members["connectGui"] = connect_gui
    members["disconnectGui"] = lambda self, tag: tag()
    return type(cls.__name__, (cls,), members)


def _property(parameter: _Parameter) -> property:
    return property(lambda self: parameter.read(self.parameterNode, self._prefix),
                    lambda self, value: parameter.write(self.parameterNode, self._prefix, value))


def _forward(name: str) -> Any:
    return lambda self, *arguments: getattr(self.parameterNode, name)(*arguments)
