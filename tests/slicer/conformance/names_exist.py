"""Rule: whatever is used of slicer, qt, ctk and vtk exists."""
from __future__ import annotations

import ast
import re
from typing import Iterator, Optional, Set

import slicer_facts

from . import forms, known
from .source import Finding, Source, dotted, imported_names, own_names
from .types_of import Types

_VTK_STYLE = re.compile(r"^((Get|Set|Add|Remove|Is|Has|Create|Start|End|Jump|Copy|Invoke|Update)[A-Z]\w*|[A-Z]\w+Event)$")
_QT_STYLE = re.compile(r"^(set|add|insert|remove|current|is|has|install)[A-Z]\w*$")
_LOOKUPS = {"qt": known.in_qt, "ctk": known.in_ctk, "vtk": known.in_vtk, "slicer": known.in_slicer}


def check(source: Source) -> Iterator[Finding]:
    types, imported = Types(source), imported_names(source)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute):
            text = _of_module(node) or _of_object(node, types, imported)
            if text is not None:
                yield source.finding(node, "unknown name", text)
            newer = known.NEWER.get(dotted(node))
            if newer is not None and not _is_guarded(source, node):
                yield source.finding(node, "too new", f"{dotted(node)} is only in Slicer {known.version_text(newer)} and later: guard it")
        elif isinstance(node, ast.Call):
            yield from _node_class(source, node)
            yield from _argument_count(source, types, node)


def _of_module(node: ast.Attribute) -> Optional[str]:
    """``slicer.x``, ``slicer.util.x``, ``qt.x`` …, and members of classes reached so."""
    owner = dotted(node.value)
    if owner in _LOOKUPS:
        return None if _LOOKUPS[owner](node.attr) else f"{owner}.{node.attr} does not exist"
    if owner == "slicer.util":
        return None if node.attr in known.UTIL else f"slicer.util.{node.attr} is not in the list of known functions"
    module, _, name = owner.partition(".")
    if module in ("slicer", "vtk", "qt", "ctk") and name and "." not in name and name not in known.SLICER_OBJECTS:
        members = known.members(name)
        if members is not None and node.attr not in members and not node.attr.startswith("_"):
            return f"{owner} has no {node.attr}"
    return None


def _of_object(node: ast.Attribute, types: Types, imported: Set[str]) -> Optional[str]:
    kind = types.of(node.value)
    members = known.members(kind) if kind is not None else None
    if members is not None:
        if node.attr in members or node.attr.startswith("_") or _is_of_derived(kind, node.attr):
            return None
        return f"{kind} has no {node.attr}"
    if dotted(node.value).rpartition(".")[2] in ("ui", "_ui"):
        return None if node.attr in forms.widget_classes() else f"no form has a widget named {node.attr}"
    # Nothing is known of the object; but what looks like a member of a VTK class must be one of some class.
    if _VTK_STYLE.match(node.attr) and dotted(node.value).partition(".")[0] not in imported and node.attr not in known.vtk_style_members():
        return f"no known class has {node.attr}"
    if _QT_STYLE.match(node.attr) and node.attr not in known.qt_style_members() and node.attr not in own_names():
        return f"neither a class of Qt nor the extension has {node.attr}"
    return None


def _is_of_derived(kind: str, member: str) -> bool:
    """A variable of a base class may hold a derived one: vtkMRMLTransformNode, vtkMRMLNode."""
    if not slicer_facts.has_class(kind):
        return False
    return any(member in slicer_facts.members(name) for name in slicer_facts.class_names() if kind in slicer_facts.lineage(name))


def _node_class(source: Source, node: ast.Call) -> Iterator[Finding]:
    """Class names in strings."""
    for argument in node.args:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and argument.value.startswith("vtkMRML"):
            if argument.value.isidentifier() and not slicer_facts.has_class(argument.value):
                yield source.finding(argument, "unknown name", f"there is no class {argument.value}")


def _argument_count(source: Source, types: Types, node: ast.Call) -> Iterator[Finding]:
    """Calls of wrapped C++ with a number of arguments that no overload takes."""
    if not isinstance(node.func, ast.Attribute) or any(isinstance(argument, ast.Starred) for argument in node.args):
        return
    module, _, name = dotted(node.func.value).partition(".")
    kind = types.of(node.func.value) or (name if module == "slicer" and slicer_facts.has_class(name) else None)
    counts = slicer_facts.argument_counts(kind, node.func.attr) if kind is not None else None
    if counts is not None and len(node.args) not in counts:
        expected = " or ".join(map(str, sorted(counts)))
        yield source.finding(node, "argument count", f"{kind}.{node.func.attr}() takes {expected} arguments, here it gets {len(node.args)}")


def _is_guarded(source: Source, node: ast.AST) -> bool:
    for parent in source.parents(node):
        if isinstance(parent, ast.Try):
            return True
        if isinstance(parent, (ast.If, ast.IfExp)):
            test = ast.dump(parent.test)
            if "hasattr" in test or "majorVersion" in test or "minorVersion" in test:
                return True
        if isinstance(parent, ast.Call) and dotted(parent.func) in ("hasattr", "getattr"):
            return True
    return False
