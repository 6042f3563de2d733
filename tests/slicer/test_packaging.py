"""What the Extensions Index, CMake and a reader expect of the extension's folder."""
from __future__ import annotations

import ast
import json
import re
import struct
import sys
from pathlib import Path
from typing import Iterator, Set, Tuple

ROOT = Path(__file__).resolve().parents[2]
EXTENSION = ROOT / "slicer-extension"
sys.path.insert(0, str(EXTENSION / "tools"))
import list_module_files  # noqa: E402

MODULES = ("SegBridge", "SegmentEditorSegBridge")
RAW = "https://raw.githubusercontent.com/segbridge/SlicerSegBridge/main/"


def cmake_value(name: str) -> str:
    text = (EXTENSION / "CMakeLists.txt").read_text()
    return re.search(rf'set\({name} "([^"]*)"\)', text).group(1)


def png_size(path: Path) -> Tuple[int, int]:
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", f"{path} is no PNG"
    return struct.unpack(">II", data[16:24])


def links_of(page: Path) -> Iterator[str]:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if "://" not in target and not target.startswith("#"):
            yield target.partition("#")[0]


def message_keys() -> Set[str]:
    """Stable names of all warnings and errors of the loop."""
    keys: Set[str] = set()
    for package in ("SegBridgeLoop", "SegBridgeScene"):
        for path in (EXTENSION / "SegBridge" / package).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("SceneProblem", "warning", "error"):
                    first = node.args[0]
                    if isinstance(first, ast.Constant):
                        keys.add(first.value)
                # Rows of the table of errors: (exceptions, key, text).
                if isinstance(node, ast.Tuple) and len(node.elts) == 3 and isinstance(node.elts[2], ast.Lambda):
                    keys.add(node.elts[1].value)
    return keys


def test_every_file_of_a_module_is_in_its_CMake_lists():
    for module in MODULES:
        folder = EXTENSION / module
        text = (folder / "CMakeLists.txt").read_text()
        lists = list_module_files.module_files(folder)
        assert lists["MODULE_PYTHON_SCRIPTS"] and lists["MODULE_PYTHON_RESOURCES"]
        assert list_module_files.with_lists(text, lists) == text, "run slicer-extension/tools/list_module_files.py"


def test_a_file_that_is_not_listed_is_noticed(tmp_path):
    (tmp_path / "Resources").mkdir()
    (tmp_path / "Module.py").touch()
    (tmp_path / "Resources" / "New.ui").touch()
    text = "set(MODULE_PYTHON_SCRIPTS\n  Module.py\n  )\nset(MODULE_PYTHON_RESOURCES\n  )\n"
    assert list_module_files.with_lists(text, list_module_files.module_files(tmp_path)) != text


def test_the_project_has_the_name_of_its_catalogue_entry():
    assert "project(SegBridge)" in (EXTENSION / "CMakeLists.txt").read_text()
    entry = json.loads((EXTENSION / "SegBridge.json").read_text())
    assert set(entry) == {"$schema", "build_dependencies", "build_subdirectory", "category", "scm_revision", "scm_url", "tier"}
    assert entry["category"] == "Segmentation" and entry["scm_url"].startswith("https://")


def test_the_addresses_of_icon_and_screenshots_are_files_of_the_extension():
    icon = cmake_value("EXTENSION_ICONURL")
    assert icon.startswith(RAW)
    assert png_size(EXTENSION / icon[len(RAW):]) == (128, 128)
    screenshots = cmake_value("EXTENSION_SCREENSHOTURLS").split()
    assert screenshots
    for address in screenshots:
        assert address.startswith(RAW)
        width, height = png_size(EXTENSION / address[len(RAW):])
        assert width >= 600 and height >= 300


def test_the_licence_is_the_one_of_the_repository():
    assert (EXTENSION / "LICENSE.txt").read_text() == (ROOT / "LICENSE").read_text()
    assert "LICENSE.txt" in (EXTENSION / "README.md").read_text()


def test_the_links_of_the_pages_lead_somewhere():
    pages = [EXTENSION / "README.md", *(EXTENSION / "Docs").glob("*.md")]
    assert len(pages) >= 3
    for page in pages:
        for target in links_of(page):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_tutorial_has_a_picture_for_every_step():
    text = (EXTENSION / "Docs" / "tutorial.md").read_text()
    steps = re.split(r"^## \d+\. ", text, flags=re.MULTILINE)[1:]
    assert len(steps) >= 7
    for step in steps:
        assert re.search(r"!\[[^\]]+\]\(pictures/[\w-]+\.png\)", step), step.splitlines()[0]


def test_the_readme_says_what_to_do_in_every_situation():
    keys = message_keys()
    assert {"server-away", "key-refused", "no-segment", "transform-not-linear"} <= keys
    explained = set(re.findall(r"`([a-z-]+)`", (EXTENSION / "README.md").read_text()))
    assert keys - explained == set()


def test_the_readme_names_every_key_of_the_panel():
    source = (EXTENSION / "SegBridge" / "SegBridgePanel" / "shortcuts.py").read_text()
    keys = {key for key, _action, _elsewhere in ast.literal_eval(re.search(r"^KEYS.*?= (\(.*?^\))", source, re.M | re.S).group(1))}
    table = (EXTENSION / "README.md").read_text().partition("## Keys")[2].partition("## ")[0]
    for key in keys - {"Enter"}:
        assert re.search(rf"(^\| |, ){re.escape(key)}(,| \|)", table, re.M), key
