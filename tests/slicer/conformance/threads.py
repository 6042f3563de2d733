"""Rule: functions that run in threads do without translation, which asks Qt."""
from __future__ import annotations

import ast
from typing import Dict, Iterator, List, Set

from .source import Finding, Source, dotted


def check(source: Source) -> Iterator[Finding]:
    """Follows the calls of functions and of methods of ``self`` within the file."""
    functions: Dict[str, List[ast.AST]] = {}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef):
            of_class = isinstance(next(source.parents(node)), ast.ClassDef)
            functions.setdefault(f"self.{node.name}" if of_class else node.name, []).append(node)
    waiting: List[ast.AST] = [function for node in ast.walk(source.tree) if isinstance(node, ast.Call) for function in _given(node)]
    seen: Set[str] = set()
    while waiting:
        function = waiting.pop()
        name = dotted(function)
        if name:
            waiting.extend(() if name in seen else functions.get(name, ()))
            seen.add(name)
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Call):
                waiting.append(node.func)
                # What is handed on may be called, too: a reader of lines, say.
                waiting.extend(argument for argument in node.args if dotted(argument))
                if dotted(node.func) in ("_", "translate"):
                    yield source.finding(node, "thread", "this runs in a thread: texts are made on the main thread")


def _given(call: ast.Call) -> Iterator[ast.AST]:
    """The functions that a call lets run in a thread."""
    name = dotted(call.func).rpartition(".")[2]
    if name in ("submit", "beside") and call.args:
        job = call.args[0]
        yield from (job.body, job.orelse) if isinstance(job, ast.IfExp) else (job,)
    elif name == "Thread":
        yield from (keyword.value for keyword in call.keywords if keyword.arg == "target")
