"""Slice nodes: where a slice view lies in the world and how its pixels map there."""
from __future__ import annotations

from typing import Any, Optional

import numpy as np
import vtk

from .node import vtkMRMLNode
from .roi import _matrix
from .volume import _array

# SliceToRAS rotations of Slicer's presets: columns are the view's right, up, and normal.
PRESETS = {
    "Axial": [[-1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "Sagittal": [[0, 0, 1], [-1, 0, 0], [0, 1, 0]],
    "Coronal": [[-1, 0, 0], [0, 0, 1], [0, 1, 0]],
}


class vtkMRMLAbstractViewNode(vtkMRMLNode):
    FIELDS = {"LayoutName": None, "LayoutLabel": None, "LayoutColor": (0.9, 0.3, 0.2), "ViewGroup": 0, "Visibility": 1, "Active": 0,
              "ScreenScaleFactor": 1.0}

    def IsMappedInLayout(self) -> bool:
        return True

    def IsViewVisibleInLayout(self) -> bool:
        return bool(self.GetVisibility())


class vtkMRMLViewNode(vtkMRMLAbstractViewNode):
    pass


class vtkMRMLSliceNode(vtkMRMLAbstractViewNode):
    """XYToRAS counts pixels from the lower left corner of the view."""

    FIELDS = {"SliceVisible": 0}

    def _setUp(self) -> None:
        self._sliceToRas = vtk.vtkMatrix4x4()
        self._xyToRas = vtk.vtkMatrix4x4()
        self._dimensions = (256, 256, 1)
        self._fieldOfView = (250.0, 250.0, 1.0)
        self._xyzOrigin = (0.0, 0.0, 0.0)
        self.SetOrientation("Axial")

    def GetSliceToRAS(self) -> vtk.vtkMatrix4x4:
        return self._sliceToRas

    def GetXYToRAS(self) -> vtk.vtkMatrix4x4:
        return self._xyToRas

    def GetXYToSlice(self) -> vtk.vtkMatrix4x4:
        return _matrix(self._xyToSlice())

    def UpdateMatrices(self) -> None:
        self._xyToRas.DeepCopy((_array(self._sliceToRas) @ self._xyToSlice()).ravel().tolist())
        self.Modified()

    def _xyToSlice(self) -> np.ndarray:
        pixel = np.array(self._fieldOfView) / np.array(self._dimensions)
        whole = np.diag([*pixel, 1.0])
        whole[:2, 3] = -np.array(self._fieldOfView[:2]) / 2 + np.array(self._xyzOrigin[:2])
        return whole

    def SetOrientation(self, name: str) -> bool:
        if name not in PRESETS:
            return False
        whole = _array(self._sliceToRas)
        whole[:3, :3] = PRESETS[name]
        self._setSliceToRas(whole)
        return True

    def SetOrientationToAxial(self) -> bool:
        return self.SetOrientation("Axial")

    def SetOrientationToSagittal(self) -> bool:
        return self.SetOrientation("Sagittal")

    def SetOrientationToCoronal(self) -> bool:
        return self.SetOrientation("Coronal")

    def GetOrientation(self) -> str:
        turned = _array(self._sliceToRas)[:3, :3]
        return next((name for name, preset in PRESETS.items() if np.allclose(turned, preset, atol=1e-6)), "Reformat")

    def GetOrientationString(self) -> str:
        return self.GetOrientation()

    def _setSliceToRas(self, whole: np.ndarray) -> None:
        self._sliceToRas.DeepCopy(whole.ravel().tolist())
        self.UpdateMatrices()

    def SetSliceToRASByNTP(self, nx: float, ny: float, nz: float, tx: float, ty: float, tz: float, px: float, py: float, pz: float,
                           orientation: int) -> None:
        normal, right = (np.array(axis, float) / np.linalg.norm(axis) for axis in ((nx, ny, nz), (tx, ty, tz)))
        whole = np.eye(4)
        whole[:3, 0], whole[:3, 1], whole[:3, 2], whole[:3, 3] = right, np.cross(normal, right), normal, (px, py, pz)
        self._setSliceToRas(whole)

    def GetSliceOffset(self) -> float:
        whole = _array(self._sliceToRas)
        return float(whole[:3, 2] @ whole[:3, 3])

    def SetSliceOffset(self, offset: float) -> None:
        whole = _array(self._sliceToRas)
        whole[:3, 3] += (offset - self.GetSliceOffset()) * whole[:3, 2]
        self._setSliceToRas(whole)

    def JumpSlice(self, r: float, a: float, s: float) -> None:
        self.JumpSliceByOffsetting(r, a, s)

    def JumpSliceByOffsetting(self, r: float, a: float, s: float) -> None:
        self.SetSliceOffset(float(_array(self._sliceToRas)[:3, 2] @ np.array([r, a, s])))

    def JumpSliceByCentering(self, r: float, a: float, s: float) -> None:
        whole = _array(self._sliceToRas)
        whole[:3, 3] = (r, a, s)
        self._setSliceToRas(whole)

    def JumpAllSlices(self, r: float, a: float, s: float) -> None:
        for node in self._scene._ofClass("vtkMRMLSliceNode"):
            if node is not self:
                node.JumpSlice(r, a, s)

    def RotateToVolumePlane(self, volume: Any, forceSlicePlaneToSingleSlice: bool = True) -> None:
        """Turns to the volume's axes that lie nearest to the present ones."""
        axes = volume._directions()
        whole = _array(self._sliceToRas)
        free = [0, 1, 2]
        for column in (2, 0, 1):
            closeness = {axis: axes[:, axis] @ whole[:3, column] for axis in free}
            best = max(closeness, key=lambda axis: abs(closeness[axis]))
            free.remove(best)
            whole[:3, column] = axes[:, best] * np.sign(closeness[best])
        self._setSliceToRas(whole)

    def GetDimensions(self) -> tuple:
        return self._dimensions

    def SetDimensions(self, x: int, y: int, z: int) -> None:
        self._dimensions = (x, y, z)
        self.UpdateMatrices()

    def GetFieldOfView(self) -> tuple:
        return self._fieldOfView

    def SetFieldOfView(self, x: float, y: float, z: float) -> None:
        self._fieldOfView = (x, y, z)
        self.UpdateMatrices()

    def GetXYZOrigin(self) -> tuple:
        return self._xyzOrigin

    def SetXYZOrigin(self, x: float, y: float, z: float) -> None:
        self._xyzOrigin = (x, y, z)
        self.UpdateMatrices()


class vtkMRMLSliceCompositeNode(vtkMRMLNode):
    FIELDS = {"LayoutName": None, "ForegroundOpacity": 0.0, "LabelOpacity": 1.0, "LinkedControl": 0, "HotLinkedControl": 0,
              "DoPropagateVolumeSelection": True}

    def GetBackgroundVolumeID(self) -> Optional[str]:
        return self.GetNodeReferenceID("backgroundVolume")

    def SetBackgroundVolumeID(self, nodeId: Optional[str]) -> None:
        self.SetNodeReferenceID("backgroundVolume", nodeId)

    def GetForegroundVolumeID(self) -> Optional[str]:
        return self.GetNodeReferenceID("foregroundVolume")

    def SetForegroundVolumeID(self, nodeId: Optional[str]) -> None:
        self.SetNodeReferenceID("foregroundVolume", nodeId)

    def GetLabelVolumeID(self) -> Optional[str]:
        return self.GetNodeReferenceID("labelVolume")

    def SetLabelVolumeID(self, nodeId: Optional[str]) -> None:
        self.SetNodeReferenceID("labelVolume", nodeId)
