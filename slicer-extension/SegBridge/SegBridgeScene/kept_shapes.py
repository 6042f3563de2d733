"""The shape of a markup, kept in attributes of its node.

A scene that is saved as .mrml has no control points and no size of nodes that are hidden from editors: Slicer's dialog
for saving does not list them and writes no file of theirs. Nobody is told before a scene is written, so that everything
is kept at once, and of a node with many points the one that changed alone.
"""
from __future__ import annotations

import json
from typing import Any, Sequence

import slicer

_SHAPE, _POINT = "SegBridge.Shape", "SegBridge.Point."


def keep_shape(node: Any) -> None:
    """Of a curve or a box in space, once it is drawn."""
    if node.IsA("vtkMRMLMarkupsROINode"):
        shape: Any = {"to_node": slicer.util.arrayFromVTKMatrix(node.GetObjectToNodeMatrix()).tolist(), "size": list(node.GetSize())}
    else:
        shape = [list(node.GetNthControlPointPosition(n)) for n in range(node.GetNumberOfControlPoints())]
    node.SetAttribute(_SHAPE, json.dumps(shape))


def keep_point(node: Any, n: int) -> None:
    """One of many points, after every change of it."""
    node.SetAttribute(_POINT + node.GetNthControlPointID(n), json.dumps([
        list(node.GetNthControlPointPosition(n)), bool(node.GetNthControlPointVisibility(n)), node.GetNthControlPointDescription(n)]))


def forget_point(node: Any, n: int) -> None:
    """Before it is removed."""
    node.RemoveAttribute(_POINT + node.GetNthControlPointID(n))


def restore_shapes() -> None:
    """Of the markups that came with a scene, where they came without."""
    for node in slicer.util.getNodesByClass("vtkMRMLMarkupsNode"):
        names = [name for name in node.GetAttributeNames() if name == _SHAPE or name.startswith(_POINT)]
        if names:
            _restore(node, names)
            if node.GetStorageNode() is not None:
                # The next .mrml would name a file that is not written with it.
                slicer.mrmlScene.RemoveNode(node.GetStorageNode())


def _restore(node: Any, names: Sequence[str]) -> None:
    if node.IsA("vtkMRMLMarkupsROINode"):
        if not any(node.GetSize()):
            shape = json.loads(node.GetAttribute(_SHAPE))
            node.SetAndObserveObjectToNodeMatrix(slicer.util.vtkMatrixFromArray(shape["to_node"]))
            node.SetSize(*shape["size"])
    elif node.GetNumberOfControlPoints() == 0:
        if names[0] == _SHAPE:
            for position in json.loads(node.GetAttribute(_SHAPE)):
                node.AddControlPoint(position, "")
            return
        # Their ids, which count up, will be others.
        points = [json.loads(node.GetAttribute(name)) for name in sorted(names, key=lambda name: (len(name), name))]
        for name in names:
            node.RemoveAttribute(name)
        for position, visible, description in points:
            n = node.AddControlPoint(position, "")
            node.SetNthControlPointVisibility(n, visible)
            node.SetNthControlPointDescription(n, description)
            keep_point(node, n)
