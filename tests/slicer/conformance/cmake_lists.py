"""Rule: CMake installs what its lists name, so they must name every file of a module."""
from __future__ import annotations

import re
from pathlib import Path
from typing import Iterator, Set

from .source import Finding

_LISTS = ("MODULE_PYTHON_SCRIPTS", "MODULE_PYTHON_RESOURCES")


def check(module: Path) -> Iterator[Finding]:
    """``module`` is the folder with CMakeLists.txt and <name>.py."""
    text = (module / "CMakeLists.txt").read_text()
    listed: Set[str] = set()
    for name in _LISTS:
        found = re.search(rf"set\({name}\s(.*?)\)", text, re.DOTALL)
        entries = re.sub(r"#.*", "", found.group(1)).replace("${MODULE_NAME}", module.name).split() if found else []
        listed.update(entries)
    present = {str(path.relative_to(module)).replace("\\", "/") for path in module.rglob("*") if path.is_file() and _is_installed(path, module)}
    where = f"{module.name}/CMakeLists.txt"
    for missing in sorted(present - listed):
        yield Finding(where, 0, "CMake", f"{missing} is not listed: it would be missing from the installed extension")
    for gone in sorted(listed - present):
        yield Finding(where, 0, "CMake", f"{gone} is listed and does not exist")


def _is_installed(path: Path, module: Path) -> bool:
    parts = path.relative_to(module).parts
    return path.name != "CMakeLists.txt" and "__pycache__" not in parts and parts[0] != "Testing"
