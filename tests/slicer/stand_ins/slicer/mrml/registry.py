"""Which node classes a scene can create by name."""
from __future__ import annotations

from typing import Dict, Optional

_ABSTRACT = {"vtkMRMLNode", "vtkMRMLStorableNode", "vtkMRMLTransformableNode", "vtkMRMLDisplayableNode", "vtkMRMLVolumeNode",
             "vtkMRMLMarkupsNode", "vtkMRMLStorageNode", "vtkMRMLAbstractViewNode", "vtkMRMLDisplayNode"}


def node_classes() -> Dict[str, type]:
    """Every node class that has been defined, by name."""
    from .node import vtkMRMLNode

    found: Dict[str, type] = {}
    waiting = [vtkMRMLNode]
    while waiting:
        cls = waiting.pop()
        found[cls.__name__] = cls
        waiting.extend(cls.__subclasses__())
    return found


def node_class(name: str) -> Optional[type]:
    """The class to instantiate; None for unknown and abstract classes, as the scene answers."""
    return None if name in _ABSTRACT else node_classes().get(name)
