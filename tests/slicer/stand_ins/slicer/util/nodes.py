"""Finding nodes, grouping their events, scenes in files."""
from __future__ import annotations

import contextlib
import fnmatch
from typing import Any, Iterator


class MRMLNodeNotFoundException(Exception):
    """No node matches."""


def _scene() -> Any:
    import slicer

    return slicer.mrmlScene


def getNodes(pattern: str = "*", scene: Any = None, useLists: bool = False) -> dict:
    found: dict = {}
    for node in (scene or _scene())._nodes.values():
        if fnmatch.fnmatchcase(node.GetName() or "", pattern) or fnmatch.fnmatchcase(node.GetID(), pattern):
            if useLists:
                found.setdefault(node.GetName(), []).append(node)
            else:
                found[node.GetName()] = node
    return found


def getNode(pattern: str = "*", index: int = 0, scene: Any = None) -> Any:
    nodes = list(getNodes(pattern, scene).values())
    if index >= len(nodes):
        raise MRMLNodeNotFoundException(f"could not find nodes in the scene by name or id '{pattern}'")
    return nodes[index]


def getNodesByClass(className: str, scene: Any = None) -> list:
    return (scene or _scene())._ofClass(className)


def getFirstNodeByName(name: str, className: Any = None) -> Any:
    return next((node for node in _scene()._nodes.values()
                 if (node.GetName() or "").startswith(name) and (className is None or node.IsA(className))), None)


def getFirstNodeByClassByName(className: str, name: str, scene: Any = None) -> Any:
    return next((node for node in getNodesByClass(className, scene) if node.GetName() == name), None)


@contextlib.contextmanager
def NodeModify(node: Any) -> Iterator[Any]:
    was = node.StartModify()
    try:
        yield node
    finally:
        node.EndModify(was)


def saveScene(filename: str, properties: Any = None) -> bool:
    return bool(_scene().Commit(str(filename)))


def loadScene(filename: str, properties: Any = None) -> bool:
    """Adds to the scene, as Slicer does unless told to clear it."""
    scene = _scene()
    scene.SetURL(str(filename))
    return bool(scene.Connect() if (properties or {}).get("clear") else scene.Import())
