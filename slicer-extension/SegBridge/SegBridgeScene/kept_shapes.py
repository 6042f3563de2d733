"""The shape of a markup, kept in an attribute of its node.

A scene that is saved as .mrml has no control points and no size of nodes that are hidden from editors: Slicer's dialog
for saving does not list them and writes no file of theirs.
"""
from __future__ import annotations

import json
from typing import Any

import slicer

_SHAPE = "SegBridge.Shape"


def keep_shape(node: Any) -> None:
    """To be called after every change."""
    if node.IsA("vtkMRMLMarkupsROINode"):
        shape: Any = {"to_node": slicer.util.arrayFromVTKMatrix(node.GetObjectToNodeMatrix()).tolist(), "size": list(node.GetSize())}
    else:
        shape = [
            [list(node.GetNthControlPointPosition(n)), bool(node.GetNthControlPointVisibility(n)), node.GetNthControlPointDescription(n)]
            for n in range(node.GetNumberOfControlPoints())]
    node.SetAttribute(_SHAPE, json.dumps(shape))


def restore_shapes() -> None:
    """Of the markups that came with a scene, where they came without."""
    for node in slicer.util.getNodesByClass("vtkMRMLMarkupsNode"):
        text = node.GetAttribute(_SHAPE)
        if text:
            _restore(node, json.loads(text))
            if node.GetStorageNode() is not None:
                # The next .mrml would name a file that is not written with it.
                slicer.mrmlScene.RemoveNode(node.GetStorageNode())


def _restore(node: Any, shape: Any) -> None:
    if node.IsA("vtkMRMLMarkupsROINode"):
        if not any(node.GetSize()):
            node.SetAndObserveObjectToNodeMatrix(slicer.util.vtkMatrixFromArray(shape["to_node"]))
            node.SetSize(*shape["size"])
    elif node.GetNumberOfControlPoints() == 0:
        for position, visible, description in shape:
            index = node.AddControlPoint(position, "")
            node.SetNthControlPointVisibility(index, visible)
            node.SetNthControlPointDescription(index, description)
