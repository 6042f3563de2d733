"""Scene files: one pickle with every node's state, so that persistence can be tested without Slicer's own formats.

A bundle (.mrb) has the data of every node that is saved with the scene, and a storage node of each. A .mrml is saved as by
Slicer's dialog, which writes no data of nodes that are hidden from editors.
"""
from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any, Dict, List

VIEW_CLASSES = ("vtkMRMLSliceNode", "vtkMRMLSliceCompositeNode", "vtkMRMLInteractionNode", "vtkMRMLSelectionNode",
                "vtkMRMLCrosshairNode", "vtkMRMLViewNode", "vtkMRMLSubjectHierarchyNode", "vtkMRMLLayoutNode")


def write(scene: Any, path: str) -> None:
    """Saves the nodes that want to be saved with the scene."""
    bundle = path.endswith(".mrb")
    for node in list(scene._nodes.values()) if bundle else ():
        if node.IsA("vtkMRMLStorableNode") and node.GetSaveWithScene():
            node.AddDefaultStorageNode()
    states = [_state(node, bundle) for node in scene._nodes.values()
              if node.GetSaveWithScene() and not any(node.IsA(name) for name in VIEW_CLASSES)]
    Path(path).write_bytes(pickle.dumps(states))


def read(scene: Any, path: str) -> None:
    """Adds the saved nodes; an id that is taken is replaced, in references too."""
    states: List[Dict[str, Any]] = pickle.loads(Path(path).read_bytes())
    renamed: Dict[str, str] = {}
    loaded = []
    for state in states:
        node = scene.CreateNodeByClass(state["class"])
        node._id = state["id"]
        node._fields().update(state["fields"])
        node._attributes = dict(state["attributes"])
        node._restore(state["saved"])
        added = scene.AddNode(node)
        renamed[state["id"]] = added.GetID()
        loaded.append((added, state["references"]))
    for node, references in loaded:
        for role, ids in references.items():
            node.RemoveNodeReferenceIDs(role)
            for nodeId in ids:
                node.AddNodeReferenceID(role, renamed.get(nodeId, nodeId))


def _state(node: Any, bundle: bool) -> Dict[str, Any]:
    saved = node._saved()
    if node.GetHideFromEditors() and not bundle:
        saved.update(node._withoutFile())
    return {"class": node.GetClassName(), "id": node.GetID(), "fields": dict(node._fields()),
            "attributes": dict(node._attributes), "references": {role: list(ids) for role, ids in node._references.items()},
            "saved": saved}
