"""Brings the file lists of the modules' CMakeLists.txt up to date: what is not listed is missing once installed.

    python3 tools/list_module_files.py           # writes the lists
    python3 tools/list_module_files.py --check   # only says whether they are up to date
"""
from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Dict, List

EXTENSION = Path(__file__).resolve().parents[1]
MODULES = ("SegBridge", "SegmentEditorSegBridge")
RESOURCES = (".png", ".svg", ".ui")


def module_files(folder: Path) -> Dict[str, List[str]]:
    """Files of a module by the name of their list, sorted, relative to the module's folder."""
    files = sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and "Testing" not in path.relative_to(folder).parts)
    return {
        "MODULE_PYTHON_SCRIPTS": [name for name in files if name.endswith(".py")],
        "MODULE_PYTHON_RESOURCES": [name for name in files if name.startswith("Resources/") and name.endswith(RESOURCES)],
    }


def with_lists(text: str, lists: Dict[str, List[str]]) -> str:
    """The CMakeLists.txt with its lists replaced."""
    for name, files in lists.items():
        entries = "".join(f"\n  {file}" for file in files)
        text, count = re.subn(rf"set\({name}[^)]*\)", f"set({name}{entries}\n  )", text)
        if count != 1:
            raise ValueError(f"there must be one list {name}, found {count}")
    return text


def main() -> int:
    stale = []
    for module in MODULES:
        path = EXTENSION / module / "CMakeLists.txt"
        text = path.read_text(encoding="utf-8")
        wanted = with_lists(text, module_files(path.parent))
        if text != wanted:
            stale.append(module)
            if "--check" not in sys.argv[1:]:
                path.write_text(wanted, encoding="utf-8")
    print("out of date: " + ", ".join(stale) if stale else "up to date")
    return 1 if stale and "--check" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
