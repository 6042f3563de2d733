"""What the user drew, kept visible in the scene and saved with it.

Points are control points of two nodes per segment, one green (belongs to the object) and one red. Strokes, lassos and
2D boxes are curves, 3D boxes are ROIs, one node each. All are in the volume frame, under the volume's transform.
"""
from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Iterable, Iterator, List, Optional, Tuple

import numpy as np
import slicer

from .frames import ijk_to_ras_of
from .kept_shapes import keep_shape
from .polylines import simplified
from .private_nodes import add_markup, remove_node

_SEGMENT, _MARK, _POSITIVE, _FRAME = "SegBridge.Segment", "SegBridge.Mark", "SegBridge.Positive", "SegBridge.Frame"
_CLASSES = ("vtkMRMLMarkupsFiducialNode", "vtkMRMLMarkupsCurveNode", "vtkMRMLMarkupsClosedCurveNode", "vtkMRMLMarkupsROINode")
_GREEN, _RED = (0.2, 0.8, 0.3), (0.9, 0.25, 0.2)


@dataclass
class Mark:
    """One prompt of the user."""

    # Of the request that brought it.
    request_id: str
    # "point", "scribble", "box" or "lasso".
    kind: str
    positive: bool
    # Of the segment's history; 0 until the step is done.
    step: int = 0
    radius_mm: float = 0.0

    @property
    def text(self) -> str:
        return self.kind if self.kind == "box" else f"{self.kind} {'+' if self.positive else '-'}"


class _Shown:
    """A mark where it is kept: a node of its own, or a control point (by its id) of a node with others."""

    def __init__(self, node: Any, point_id: Optional[str]) -> None:
        self._node, self._point_id = node, point_id
        self.mark = Mark(**json.loads(self._text()))

    @property
    def _index(self) -> int:
        return self._node.GetNthControlPointIndexByID(self._point_id)

    def _text(self) -> str:
        if self._point_id is None:
            return self._node.GetAttribute(_MARK)
        return self._node.GetNthControlPointDescription(self._index)

    def save(self) -> None:
        text = json.dumps(self.mark.__dict__)
        if self._point_id is None:
            self._node.SetAttribute(_MARK, text)
        else:
            self._node.SetNthControlPointDescription(self._index, text)
            keep_shape(self._node)

    def show(self, visible: bool) -> None:
        if self._point_id is None:
            self._node.GetDisplayNode().SetVisibility(visible)
        else:
            self._node.SetNthControlPointVisibility(self._index, visible)
            keep_shape(self._node)

    def remove(self) -> None:
        if self._point_id is None:
            remove_node(self._node)
        else:
            self._node.RemoveNthControlPoint(self._index)
            if self._node.GetNumberOfControlPoints() == 0:
                remove_node(self._node)
            else:
                keep_shape(self._node)


class PromptMarks:
    """Of one segmentation. Segments are told apart by the segmentation's node id and their own."""

    def __init__(self, segmentation_node: Any, volume_node: Any) -> None:
        self._segmentation, self._volume = segmentation_node, volume_node
        self._under = volume_node.GetTransformNodeID() if volume_node is not None else None

    def add(self, segment_id: str, mark: Mark, ras: np.ndarray) -> None:
        """``ras`` (n, 3) mm in the volume frame: the point, the line, the corners of a 2D box (4) or of a 3D one (8, bit
        b of a corner's number telling on which side of axis b it is)."""
        if mark.kind == "point":
            node = self._points_node(segment_id, mark.positive)
            index = node.AddControlPoint(ras[0].tolist(), "")
            node.SetNthControlPointDescription(index, json.dumps(mark.__dict__))
            keep_shape(node)
            return
        if mark.kind == "box" and len(ras) == 8:
            node = self._node("vtkMRMLMarkupsROINode", segment_id, mark.positive)
            placement, size = _placed(ras)
            node.SetAndObserveObjectToNodeMatrix(slicer.util.vtkMatrixFromArray(placement))
            node.SetSize(*size)
            node.GetDisplayNode().SetHandlesInteractive(False)
        else:
            closed = mark.kind != "scribble"
            node = self._node("vtkMRMLMarkupsClosedCurveNode" if closed else "vtkMRMLMarkupsCurveNode", segment_id, mark.positive)
            node.SetCurveTypeToLinear()
            points = _around(ras) if mark.kind == "box" else simplified(ras, 0.5 * min(self._volume.GetSpacing()))
            slicer.util.updateMarkupsControlPointsFromArray(node, points)
            node.GetDisplayNode().SetGlyphScale(0.2)
        node.SetAttribute(_MARK, json.dumps(mark.__dict__))
        keep_shape(node)
        node.SetLocked(True)

    def done(self, segment_id: str, request_ids: Iterable[str], step: int) -> None:
        """A step was done with the prompts of these requests: later steps, forgotten by it, lose their marks."""
        ids = set(request_ids)
        for shown in self._all(segment_id):
            if shown.mark.request_id not in ids and shown.mark.step >= step:
                shown.remove()
        self.assign(segment_id, ids, step)

    def assign(self, segment_id: str, request_ids: Iterable[str], step: int) -> None:
        """The prompts of these requests belong to a step, with those that it has already."""
        ids = set(request_ids)
        for shown in self._all(segment_id):
            if shown.mark.request_id in ids:
                shown.mark.step = step
                shown.save()

    def show_until(self, segment_id: str, step: int) -> None:
        """Hides the marks of later steps and shows the others."""
        for shown in self._all(segment_id):
            if shown.mark.step > 0:
                shown.show(shown.mark.step <= step)

    def remove(self, segment_id: str, request_ids: Iterable[str]) -> None:
        ids = set(request_ids)
        for shown in self._all(segment_id):
            if shown.mark.request_id in ids:
                shown.remove()

    def clear(self, segment_id: str) -> None:
        for shown in self._all(segment_id):
            shown.remove()

    def clear_all(self) -> None:
        for node in list(self._all_nodes()):
            remove_node(node)

    def clear_missing(self) -> None:
        """Takes the marks of segments away that are no longer there."""
        for node in list(self._all_nodes()):
            if self._segmentation.GetSegmentation().GetSegment(node.GetAttribute(_SEGMENT)) is None:
                remove_node(node)

    def follow_volume(self) -> None:
        """After the volume may have been put under another transform."""
        if self._volume.GetTransformNodeID() == self._under:
            return
        self._under, frame = self._volume.GetTransformNodeID(), self._frame()
        for node in self._all_nodes():
            # A volume whose own geometry has become another one, as by hardening, has left its marks where they are.
            if node.GetAttribute(_FRAME) == frame:
                node.SetAndObserveTransformNodeID(self._under)

    def of(self, segment_id: str) -> List[Mark]:
        """Oldest first."""
        return sorted((shown.mark for shown in self._all(segment_id)), key=lambda mark: mark.step)

    # ---- nodes ---------------------------------------------------------------------------------------------

    def _all(self, segment_id: str) -> List[_Shown]:
        return list(self._find(segment_id))

    def _find(self, segment_id: str) -> Iterator[_Shown]:
        for node in self._nodes(segment_id):
            if node.GetAttribute(_MARK):
                yield _Shown(node, None)
            else:
                for point_id in [node.GetNthControlPointID(n) for n in range(node.GetNumberOfControlPoints())]:
                    yield _Shown(node, point_id)

    def _all_nodes(self) -> Iterator[Any]:
        for kind in _CLASSES:
            for node in slicer.util.getNodesByClass(kind):
                # A closed curve is a curve, too.
                if node.GetClassName() == kind and node.GetAttribute(_SEGMENT) and (
                        node.GetNodeReference("segmentation") is self._segmentation):
                    yield node

    def _nodes(self, segment_id: str) -> Iterator[Any]:
        return (node for node in self._all_nodes() if node.GetAttribute(_SEGMENT) == segment_id)

    def _frame(self) -> str:
        """Tells the frames apart that the volume's own geometry has had."""
        return " ".join(f"{number:.6g}" for number in ijk_to_ras_of(self._volume)[:3].ravel())

    def _points_node(self, segment_id: str, positive: bool) -> Any:
        wanted = (str(int(positive)), self._frame(), self._volume.GetTransformNodeID())
        for node in self._nodes(segment_id):
            if node.GetClassName() == _CLASSES[0] and wanted == (
                    node.GetAttribute(_POSITIVE), node.GetAttribute(_FRAME), node.GetTransformNodeID()):
                return node
        node = self._node(_CLASSES[0], segment_id, positive)
        node.SetLocked(True)
        return node

    def _node(self, kind: str, segment_id: str, positive: bool) -> Any:
        node = add_markup(kind, "SegBridge prompt")
        node.SetAttribute(_SEGMENT, segment_id)
        node.SetAttribute(_POSITIVE, str(int(positive)))
        node.SetAttribute(_FRAME, self._frame())
        node.SetNodeReferenceID("segmentation", self._segmentation.GetID())
        node.SetAndObserveTransformNodeID(self._volume.GetTransformNodeID())
        display = node.GetDisplayNode()
        display.SetSelectedColor(*(_GREEN if positive else _RED))
        display.SetPointLabelsVisibility(False)
        display.SetPropertiesLabelVisibility(False)
        return node


def _around(corners: np.ndarray) -> np.ndarray:
    """Corners of a rectangle in the order in which they follow each other."""
    middle = corners.mean(axis=0)
    _, _, axes = np.linalg.svd(corners - middle)
    across, along = (corners - middle) @ axes[0], (corners - middle) @ axes[1]
    return corners[np.argsort(np.arctan2(along, across))]


def _placed(corners: np.ndarray) -> Tuple[np.ndarray, List[float]]:
    """Matrix from a box's own axes to the frame of its 8 corners, and its side lengths."""
    edges = np.array([corners[1 << axis] - corners[0] for axis in range(3)])
    lengths = np.maximum(np.linalg.norm(edges, axis=1), 1e-6)
    matrix = np.eye(4)
    matrix[:3, :3] = (edges / lengths[:, np.newaxis]).T
    if np.linalg.det(matrix[:3, :3]) < 0:
        matrix[:3, 2] *= -1
    matrix[:3, 3] = corners.mean(axis=0)
    return matrix, lengths.tolist()
