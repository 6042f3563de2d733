"""What the tests of the scene layer and of the loop share: volumes, segmentations, slice views, a logic at work."""
from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any, Callable, Optional

import numpy as np
import slicer
import vtk

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

from end_to_end import ServerProcess, dice  # noqa: E402
from SegBridgeLoop.logic import SegBridgeLogic  # noqa: E402
from SegBridgeSamples.phantom import WINDOW, Phantom, make_phantom  # noqa: E402

__all__ = ["ServerProcess", "dice", "linear", "make_phantom", "pumped", "rotation", "settled", "volume_node", "view", "working"]


def rotation(degrees: float, axis: int, shift: Any = (0, 0, 0)) -> np.ndarray:
    """4 x 4, about the world's axis 0, 1 or 2, then shifted (mm)."""
    one, two = [other for other in range(3) if other != axis]
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    matrix = np.eye(4)
    matrix[one, one] = matrix[two, two] = cosine
    matrix[one, two], matrix[two, one] = -sine, sine
    matrix[:3, 3] = shift
    return matrix


def linear(matrix: np.ndarray) -> Any:
    """A linear transform node."""
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "Moved")
    node.SetMatrixTransformToParent(slicer.util.vtkMatrixFromArray(matrix))
    return node


def volume_node(voxels: np.ndarray, ijk_to_ras: np.ndarray, transform: Any = None, name: str = "CT") -> Any:
    node = slicer.util.addVolumeFromArray(voxels, ijk_to_ras, name)
    display = node.GetScalarVolumeDisplayNode()
    display.SetAutoWindowLevel(False)
    display.SetWindowLevel(WINDOW[1] - WINDOW[0], (WINDOW[0] + WINDOW[1]) / 2)
    if transform is not None:
        node.SetAndObserveTransformNodeID(transform.GetID())
    return node


def view(to_ras: np.ndarray) -> Any:
    """A slice node that shows the plane of the columns 0 and 1 of a 4 x 4 matrix (world RAS)."""
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSliceNode", "View")
    node.GetSliceToRAS().DeepCopy(slicer.util.vtkMatrixFromArray(to_ras))
    node.UpdateMatrices()
    return node


def along(ijk_to_world: np.ndarray, axes: str, at: Any) -> np.ndarray:
    """SliceToRAS of a view along two index axes of a volume, like "ij", through a voxel."""
    columns = [ijk_to_world[:3, "ijk".index(axis)] for axis in axes]
    right, up = (column / np.linalg.norm(column) for column in columns)
    matrix = np.eye(4)
    matrix[:3, 0], matrix[:3, 1], matrix[:3, 2] = right, up, np.cross(right, up)
    matrix[:3, 3] = (ijk_to_world @ [*at, 1])[:3]
    return matrix


def pumped(done: Callable[[], bool], timeout: float = 30.0, beat: Callable[[], None] = lambda: None) -> None:
    """Processes events until something holds."""
    end = time.monotonic() + timeout
    while not done():
        assert time.monotonic() < end, "it never happened"
        beat()
        slicer.app.processEvents()
        time.sleep(0.002)


def settled(logic: SegBridgeLogic, timeout: float = 60.0) -> None:
    """Waits until nothing is under way, whatever went wrong, and what came of it is shown."""
    try:
        logic.wait(timeout)
    except RuntimeError:
        pass
    slicer.app.processEvents()


def working(logic: SegBridgeLogic, address: str, volume: Any, segment: str = "Tumour", model: str = "") -> SegBridgeLogic:
    """A logic with everything chosen and allowed, its session open."""
    logic.connectServer(address)
    logic.wait()
    logic.giveConsent()
    logic.setModel(model)
    logic.setVolume(volume)
    assert logic.addSegment(segment)
    logic.wait()
    return logic


class Case:
    """The phantom on its oblique grid, under a parent transform, in the scene."""

    def __init__(self, size: Any = (96, 96, 32), moved: Optional[np.ndarray] = None) -> None:
        self.phantom: Phantom = make_phantom(size)
        self.to_world = rotation(25, 2, (30, -20, 15)) @ rotation(10, 0) if moved is None else moved
        self.transform = linear(self.to_world)
        self.volume = volume_node(self.phantom.voxels, self.phantom.ijk_to_ras, self.transform)
        self.truth = self.phantom.tumour
        k, j, i = (int(round(float(middle))) for middle in np.argwhere(self.truth).mean(axis=0))
        self.middle = (i, j, k)

    @property
    def ijk_to_world(self) -> np.ndarray:
        return self.to_world @ self.phantom.ijk_to_ras

    def ras(self, *ijk: Any) -> np.ndarray:
        """World RAS of voxel indices: (3,) of one, (n, 3) of more."""
        points = np.array(ijk, dtype=float) @ self.ijk_to_world[:3, :3].T + self.ijk_to_world[:3, 3]
        return points[0] if len(ijk) == 1 else points

    def row(self, k: int) -> np.ndarray:
        """A stroke along the middle row of the tumour on a slice, a little off its ends; (n, 3) world RAS."""
        rows = np.flatnonzero(self.truth[k].any(axis=1))
        j = int(rows[len(rows) // 2])
        columns = np.flatnonzero(self.truth[k, j])
        trim = len(columns) // 6
        return self.ras(*[(i, j, k) for i in columns[trim:len(columns) - trim]]).reshape(-1, 3)

    def box(self) -> np.ndarray:
        """8 corners around the tumour, world RAS."""
        found = np.argwhere(self.truth)
        low, high = found.min(axis=0)[::-1], found.max(axis=0)[::-1]
        return self.ras(*[[(low, high)[bit >> axis & 1][axis] for axis in range(3)] for bit in range(8)])

    def mask(self, logic: SegBridgeLogic) -> np.ndarray:
        """The chosen segment as Slicer itself gives it, in the volume's grid."""
        return slicer.util.arrayFromSegmentBinaryLabelmap(logic.segmentationNode, logic.segmentId, self.volume) > 0


def events_of(scene_object: Any, event: int, do: Callable[[], Any]) -> int:
    """How often an event is invoked while something is done."""
    seen = []
    tag = scene_object.AddObserver(event, lambda *_: seen.append(1))
    try:
        do()
    finally:
        scene_object.RemoveObserver(tag)
    return len(seen)


def matrix_of(node: Any) -> np.ndarray:
    matrix = vtk.vtkMatrix4x4()
    node.GetImageToWorldMatrix(matrix)
    return slicer.util.arrayFromVTKMatrix(matrix)
