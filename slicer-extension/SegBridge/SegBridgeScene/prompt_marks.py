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
from .kept_shapes import forget_point, keep_point, keep_shape
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
    """A mark where it is kept: a node of its own, or the nth control point of a node with others."""

    def __init__(self, node: Any, n: Optional[int]) -> None:
        self._node, self._n = node, n
        self.mark = Mark(**json.loads(node.GetAttribute(_MARK) if n is None else node.GetNthControlPointDescription(n)))

    def save(self) -> None:
        text = json.dumps(self.mark.__dict__)
        if self._n is None:
            self._node.SetAttribute(_MARK, text)
        else:
            self._node.SetNthControlPointDescription(self._n, text)
            keep_point(self._node, self._n)

    def show(self, visible: bool) -> None:
        if self._n is None:
            self._node.GetDisplayNode().SetVisibility(visible)
        elif bool(self._node.GetNthControlPointVisibility(self._n)) != visible:
            self._node.SetNthControlPointVisibility(self._n, visible)
            keep_point(self._node, self._n)

    def remove(self) -> None:
        if self._n is None or self._node.GetNumberOfControlPoints() == 1:
            remove_node(self._node)
        else:
            forget_point(self._node, self._n)
            self._node.RemoveNthControlPoint(self._n)


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
            keep_point(node, index)
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

    def assign(self, segment_id: str, request_ids: Iterable[str], step: int) -> None:
        """A step was done with the prompts of these requests: they belong to it, with those that it has already."""
        for shown in self._of_requests(segment_id, request_ids):
            shown.mark.step = step
            shown.save()

    def forget(self, segment_id: str, step: int, request_ids: Iterable[str]) -> None:
        """Steps from this one on are no more: they lose their marks, but for those of some requests."""
        ids = set(request_ids)
        for shown in self._find(segment_id):
            if shown.mark.step >= step and shown.mark.request_id not in ids:
                shown.remove()

    def show_until(self, segment_id: str, step: int) -> None:
        """Hides the marks of later steps and shows the others."""
        for shown in self._find(segment_id):
            if shown.mark.step > 0:
                shown.show(shown.mark.step <= step)

    def remove(self, segment_id: str, request_ids: Iterable[str]) -> None:
        for shown in self._of_requests(segment_id, request_ids):
            shown.remove()

    def clear(self, segment_id: str) -> None:
        for node in list(self._nodes(segment_id)):
            remove_node(node)

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
        newest_first = [shown.mark for shown in self._find(segment_id)]
        return sorted(reversed(newest_first), key=lambda mark: mark.step)

    # ---- nodes ---------------------------------------------------------------------------------------------

    def _of_requests(self, segment_id: str, request_ids: Iterable[str]) -> Iterator[_Shown]:
        """Each request has one mark."""
        left = set(request_ids)
        for shown in self._find(segment_id) if left else ():
            if shown.mark.request_id in left:
                left.remove(shown.mark.request_id)
                yield shown
                if not left:
                    return

    def _find(self, segment_id: str) -> Iterator[_Shown]:
        """Newest first, so that each may be removed when it is found."""
        for node in reversed(list(self._nodes(segment_id))):
            if node.GetAttribute(_MARK):
                yield _Shown(node, None)
            else:
                for n in reversed(range(node.GetNumberOfControlPoints())):
                    yield _Shown(node, n)

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
