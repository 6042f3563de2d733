"""Rule: syntax and library of Python 3.9, names that both NumPy 1.24 and 2.4 have, imports that Slicer brings."""
from __future__ import annotations

import ast
import sys
from pathlib import PurePath
from typing import Iterator

from .source import EXTENSION, Finding, Source, dotted

_TOO_NEW_MODULES = {"tomllib", "compression", "annotationlib"}
_TOO_NEW_NAMES = {
    "itertools.pairwise", "itertools.batched", "math.cbrt", "contextlib.aclosing", "contextlib.chdir", "datetime.UTC", "enum.StrEnum",
    "typing.Self", "typing.TypeAlias", "typing.ParamSpec", "typing.override", "typing.Never", "typing.assert_never", "types.NoneType",
    "hashlib.file_digest", "asyncio.TaskGroup", "asyncio.timeout", "inspect.get_annotations",
}
# Gone from NumPy 1.24 or 2.x, or new in 2.
_NOT_IN_BOTH = set("""
    float int bool object str complex long unicode in1d trapz trapezoid row_stack product cumproduct alltrue sometrue NaN Inf Infinity
    float_ complex_ unicode_ string_ asfarray round_ find_common_type cast safe_eval msort concat permute_dims pow astype isdtype
    unique_values unique_counts vecdot matrix_transpose unstack cumulative_sum bitwise_count acos asin atan
""".split())
_BUNDLED = {"numpy", "vtk", "vtkmodules", "qt", "ctk", "slicer", "requests", "SegmentEditorEffects", "qSlicerSegmentationsEditorEffectsPythonQt"}
# Used where they are installed; only the module named may import them, and only functions may import that.
_ONLY_IF_THERE = {"grpc": "transport_grpc"}


def check(source: Source) -> Iterator[Finding]:
    yield from _syntax(source)
    annotated_late = any(isinstance(node, ast.ImportFrom) and node.module == "__future__" and any(name.name == "annotations" for name in node.names)
                         for node in source.tree.body)
    for node in ast.walk(source.tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from _import(source, node)
        elif isinstance(node, ast.Attribute):
            if dotted(node) in _TOO_NEW_NAMES:
                yield source.finding(node, "Python 3.9", f"{dotted(node)} is newer than Python 3.9")
            if dotted(node.value) in ("np", "numpy") and node.attr in _NOT_IN_BOTH:
                yield source.finding(node, "NumPy", f"np.{node.attr} is not in NumPy 1.24 and 2.4 both")
        elif isinstance(node, ast.Call):
            yield from _keywords(source, node)
        elif isinstance(node, ast.ClassDef):
            yield from _wrapped(source, node)
        if not annotated_late:
            yield from _unions(source, node)


def _syntax(source: Source) -> Iterator[Finding]:
    try:
        ast.parse(source.text, source.path, feature_version=(3, 9))
    except SyntaxError as error:
        yield Finding(source.path, error.lineno or 0, "Python 3.9", str(error.msg))


def _import(source: Source, node: ast.stmt) -> Iterator[Finding]:
    names = [name.name for name in node.names] if isinstance(node, ast.Import) else [node.module or ""]
    if isinstance(node, ast.ImportFrom):
        for name in node.names:
            if f"{node.module}.{name.name}" in _TOO_NEW_NAMES:
                yield source.finding(node, "Python 3.9", f"{node.module}.{name.name} is newer than Python 3.9")
    relative = isinstance(node, ast.ImportFrom) and node.level > 0
    parents = list(source.parents(node))
    guarded = any(isinstance(parent, (ast.FunctionDef, ast.Try)) for parent in parents)
    # Only for type checkers.
    guarded = guarded or any(isinstance(parent, ast.If) and "TYPE_CHECKING" in ast.dump(parent.test) for parent in parents)
    names += [name.name for name in node.names] if isinstance(node, ast.ImportFrom) and node.level else []
    for name in names:
        top = name.partition(".")[0]
        if name.rpartition(".")[2] in _ONLY_IF_THERE.values() and not guarded:
            yield source.finding(node, "import", f"{name} needs what Slicer does not bring: import it in a function")
        if _ONLY_IF_THERE.get(top) == PurePath(source.path).stem:
            continue
        if top.startswith(("PyQt", "PySide")):
            yield source.finding(node, "import", f"{top} is not in Slicer: use qt")
        elif top in _TOO_NEW_MODULES:
            yield source.finding(node, "Python 3.9", f"{top} is newer than Python 3.9")
        elif not relative and top not in sys.stdlib_module_names and top not in _BUNDLED and not _is_own(top) and not guarded:
            hint = "import it where it is used, behind try" if top in _ONLY_IF_THERE else "Slicer does not bring it"
            yield source.finding(node, "import", f"{name} at module level: {hint}")


def _is_own(top: str) -> bool:
    return any((folder / top).is_dir() or (folder / f"{top}.py").is_file() for folder in EXTENSION.iterdir() if folder.is_dir())


def _keywords(source: Source, node: ast.Call) -> Iterator[Finding]:
    too_new = {"zip": {"strict"}, "dataclass": {"slots", "kw_only"}, "dataclasses.dataclass": {"slots", "kw_only"}, "field": {"kw_only"}}
    for keyword in node.keywords:
        if keyword.arg in too_new.get(dotted(node.func), ()):
            yield source.finding(node, "Python 3.9", f"{dotted(node.func)}({keyword.arg}=) is newer than Python 3.9")


def _unions(source: Source, node: ast.AST) -> Iterator[Finding]:
    """``X | Y`` in annotations that are evaluated."""
    annotations = []
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        arguments = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
        annotations = [argument.annotation for argument in arguments] + [node.returns]
    elif isinstance(node, ast.AnnAssign):
        annotations = [node.annotation]
    for annotation in annotations:
        yield from _union(source, annotation)


def _union(source: Source, annotation: object) -> Iterator[Finding]:
    if isinstance(annotation, ast.AST):
        for part in ast.walk(annotation):
            if isinstance(part, ast.BinOp) and isinstance(part.op, ast.BitOr):
                yield source.finding(part, "Python 3.9", "X | Y in an annotation that is evaluated: use Optional or Union")


def _wrapped(source: Source, node: ast.ClassDef) -> Iterator[Finding]:
    """parameterNodeWrapper evaluates the annotations of the class, whatever the file says."""
    if any(dotted(decorator).endswith("parameterNodeWrapper") for decorator in node.decorator_list):
        for statement in node.body:
            if isinstance(statement, ast.AnnAssign):
                yield from _union(source, statement.annotation)
