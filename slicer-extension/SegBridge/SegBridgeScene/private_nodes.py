"""Nodes of our own: they come without taking the user's place, and go with what shows and stores them.

Undo of the scene, where Slicer has it, leaves them alone: they follow the steps of the segments.
"""
from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Iterator

import slicer


def add_unlisted(class_name: str, name: str) -> Any:
    """A node that is neither listed nor saved, but known to the subject hierarchy, so that Slicer can handle it."""
    node = _made(class_name, name)
    node.SetAttribute(slicer.vtkMRMLSubjectHierarchyConstants.GetSubjectHierarchyExcludeFromTreeAttributeName(), "1")
    slicer.mrmlScene.AddNode(node)
    # Not before: what is hidden when it comes gets no item, which its segments and the menus of the views look for.
    node.SetHideFromEditors(True)
    _show(node)
    for each in (node, node.GetDisplayNode()):
        each.SetSaveWithScene(False)
    return node


def add_pen(class_name: str, name: str) -> Any:
    """A markup to draw with."""
    with _same_place():
        return add_unlisted(class_name, name)


def add_markup(class_name: str, name: str) -> Any:
    """A markup that stays, and that neither editors nor the subject hierarchy know."""
    node = _made(class_name, name)
    # Before it is in the scene: Slicer lists what is not hidden then, for good.
    node.SetHideFromEditors(True)
    with _same_place():
        slicer.mrmlScene.AddNode(node)
    _show(node)
    return node


def _made(class_name: str, name: str) -> Any:
    node = getattr(slicer, class_name)()
    node.SetName(slicer.mrmlScene.GenerateUniqueName(name))
    node.SetUndoEnabled(False)
    return node


def _show(node: Any) -> None:
    node.CreateDefaultDisplayNodes()
    node.GetDisplayNode().SetUndoEnabled(False)


@contextmanager
def _same_place() -> Iterator[None]:
    """Slicer makes a new markup the one that clicks go to: that stays as it is."""
    selection = slicer.app.applicationLogic().GetSelectionNode()
    class_before, id_before = selection.GetActivePlaceNodeClassName(), selection.GetActivePlaceNodeID()
    yield
    if selection.GetActivePlaceNodeID() != id_before:
        if class_before:
            selection.SetReferenceActivePlaceNodeClassName(class_before)
        selection.SetReferenceActivePlaceNodeID(id_before)


def remove_node(node: Any) -> None:
    """Removes a node with its display and storage node, which the scene would keep."""
    for each in (node, node.GetDisplayNode(), node.GetStorageNode()):
        if each is not None:
            slicer.mrmlScene.RemoveNode(each)
