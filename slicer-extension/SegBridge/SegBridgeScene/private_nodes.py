"""Markups of our own: they come without taking the user's place, and go with what shows and stores them."""
from __future__ import annotations

from typing import Any

import slicer


def add_markup(class_name: str, name: str) -> Any:
    """A markup that editors do not list. Slicer would make it the one that clicks go to: that stays as it is."""
    selection = slicer.app.applicationLogic().GetSelectionNode()
    class_before, id_before = selection.GetActivePlaceNodeClassName(), selection.GetActivePlaceNodeID()
    node = getattr(slicer, class_name)()
    node.SetName(slicer.mrmlScene.GenerateUniqueName(name))
    # Before it is in the scene: Slicer lists what is not hidden then, for good.
    node.SetHideFromEditors(True)
    slicer.mrmlScene.AddNode(node)
    if selection.GetActivePlaceNodeID() != id_before:
        if class_before:
            selection.SetReferenceActivePlaceNodeClassName(class_before)
        selection.SetReferenceActivePlaceNodeID(id_before)
    node.CreateDefaultDisplayNodes()
    return node


def remove_node(node: Any) -> None:
    """Removes a node with its display and storage node, which the scene would keep."""
    for each in (node, node.GetDisplayNode(), node.GetStorageNode()):
        if each is not None:
            slicer.mrmlScene.RemoveNode(each)
