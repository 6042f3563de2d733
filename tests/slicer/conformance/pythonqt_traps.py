"""Rule: PythonQt's ways. What PyQt allows and PythonQt does not, and what both allow and means something else."""
from __future__ import annotations

import ast
import re
from typing import Iterator, Optional

from . import known
from .source import Finding, Source, dotted, imported_names
from .types_of import Types

_SIGNATURE = re.compile(r"^\w+\([\w:*&<>, ]*\)$")
_SCOPED = re.compile(r"^qt\.\w+\.[A-Z]\w+\.[A-Z]\w+$")


def check(source: Source) -> Iterator[Finding]:
    types = Types(source)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            yield from _call(source, types, node)
        elif isinstance(node, ast.Attribute):
            yield from _attribute(source, node)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                yield from _assignment(source, types, target)


def _call(source: Source, types: Types, node: ast.Call) -> Iterator[Finding]:
    chain = dotted(node.func)
    if isinstance(node.func, ast.Attribute):
        kind = types.of(node.func.value)
        if kind is not None and node.func.attr in known.properties(kind):
            yield source.finding(node, "property called", f"{kind}.{node.func.attr} is a property: read it without parentheses")
        if kind is not None and known.is_qt_class(kind) and node.keywords:
            yield source.finding(node, "keyword argument", f"{kind}.{node.func.attr}() takes no keyword arguments in PythonQt")
        if node.keywords and kind not in known.HOSTS and _is_of_vtk(source, kind, node.func):
            yield source.finding(node, "keyword argument", f"{node.func.attr}() is wrapped C++ of VTK: it takes no keyword arguments")
    if chain.startswith(("qt.", "ctk.")) and node.keywords:
        yield source.finding(node, "keyword argument", f"{chain}() takes no keyword arguments in PythonQt")
    if isinstance(node.func, ast.Attribute) and node.func.attr in ("addItem", "insertItem"):
        for argument in node.args:
            if isinstance(argument, ast.Call) and dotted(argument.func).startswith("qt."):
                yield source.finding(argument, "ownership", "not every PythonQt hands the item over: it may go with its Python name")
    yield from _connection(source, types, node)


def _is_of_vtk(source: Source, kind: Optional[str], function: ast.Attribute) -> bool:
    if kind is not None:
        return kind.startswith("vtk")
    module = dotted(function).partition(".")[0]
    if not function.attr[:1].isupper() or function.attr not in known.vtk_style_members():
        return False
    return module in ("slicer", "vtk") or module not in imported_names(source)


def _connection(source: Source, types: Types, node: ast.Call) -> Iterator[Finding]:
    """``x.connect("signal(T)", f)``, ``x.signal.connect(f)``, and helpers that take a widget, a signature and a callable."""
    arguments = list(node.args)
    signature = next((argument.value for argument in arguments[:2]
                      if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and _SIGNATURE.match(argument.value)), None)
    is_attribute_form = isinstance(node.func, ast.Attribute) and node.func.attr == "connect" and signature is None
    if signature is None and not is_attribute_form:
        return
    if signature is not None:
        if signature in known.SIGNALS_GONE_IN_QT6:
            yield source.finding(node, "Qt 6", f"{signature} is not in Qt 6")
        owner = _owner(node, arguments, signature)
        kind = types.of(owner) if owner is not None else None
        signals = known.signals(kind) if kind is not None else frozenset()
        if signals and signature not in signals:
            yield source.finding(node, "unknown signal", f"{kind} has no signal {signature}")
    if signature is None or not signature.endswith("()"):
        for argument in arguments:
            if isinstance(argument, ast.Lambda) and argument.args.defaults and not _takes_signal_first(argument):
                yield source.finding(argument, "default argument", "the signal's argument would fill the default: use a signature without arguments")


def _owner(node: ast.Call, arguments: list, signature: str) -> Optional[ast.AST]:
    if isinstance(arguments[0], ast.Constant) and arguments[0].value == signature:
        return node.func.value if isinstance(node.func, ast.Attribute) and node.func.attr in ("connect", "disconnect") else None
    return arguments[0]


def _takes_signal_first(function: ast.Lambda) -> bool:
    """``lambda checked=False, x=x: …``: the first is there for the signal."""
    names = [argument.arg for argument in function.args.args]
    first = function.args.defaults[0] if len(function.args.defaults) == len(names) else None
    return len(names) > len(function.args.defaults) or isinstance(first, ast.Constant)


def _attribute(source: Source, node: ast.Attribute) -> Iterator[Finding]:
    chain = dotted(node)
    if chain in ("qt.Signal", "qt.Slot", "qt.pyqtSignal", "qt.pyqtSlot", "qt.Property"):
        yield source.finding(node, "own signal", f"{chain}: PythonQt has no signals of Python classes")
    if chain in known.GONE_IN_QT6:
        yield source.finding(node, "Qt 6", f"{chain} is not in Qt 6")
    if _SCOPED.match(chain):
        yield source.finding(node, "scoped enum", f"{chain}: write the value without the name of its enum")
    if node.attr == "exec" and source.is_called(node):
        yield source.finding(node, "exec", "PythonQt of Qt 5 knows exec_() only")


def _assignment(source: Source, types: Types, target: ast.AST) -> Iterator[Finding]:
    if not isinstance(target, ast.Attribute):
        return
    kind = types.of(target.value)
    if kind is not None and known.is_qt_class(kind) and target.attr not in known.properties(kind):
        yield source.finding(target, "new attribute", f"{kind}.{target.attr} cannot be assigned: no such property")
