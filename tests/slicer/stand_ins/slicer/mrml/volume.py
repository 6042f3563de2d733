"""Volume nodes: the geometry lives in the node, the vtkImageData has origin 0 and spacing 1."""
from __future__ import annotations

from typing import Any, Optional

import numpy as np
import vtk
from vtk.util.numpy_support import numpy_to_vtk, vtk_to_numpy

from .storable import vtkMRMLDisplayableNode, vtkMRMLDisplayNode


class vtkMRMLVolumeDisplayNode(vtkMRMLDisplayNode):
    def GetVolumeNode(self) -> Any:
        return self.GetDisplayableNode()


class vtkMRMLScalarVolumeDisplayNode(vtkMRMLVolumeDisplayNode):
    """With automatic window and level, the default, they follow the 0.1 and 99.9 percentile of the voxels."""

    FIELDS = {"AutoWindowLevel": 1, "Interpolate": 1, "ApplyThreshold": 0, "LowerThreshold": -32768.0, "UpperThreshold": 32767.0}

    def _setUp(self) -> None:
        super()._setUp()
        self._window, self._level = 256.0, 128.0

    def _follow(self) -> None:
        volume = self.GetVolumeNode() if self.GetAutoWindowLevel() else None
        if volume is not None and volume.GetImageData() is not None:
            low, high = np.percentile(vtk_to_numpy(volume.GetImageData().GetPointData().GetScalars()), (0.1, 99.9))
            self._window, self._level = max(float(high - low), 1.0), float(high + low) / 2

    def GetWindow(self) -> float:
        self._follow()
        return self._window

    def GetLevel(self) -> float:
        self._follow()
        return self._level

    def SetWindowLevel(self, window: float, level: float) -> None:
        self._fields()["AutoWindowLevel"] = 0
        self._window, self._level = float(window), float(level)
        self.Modified()

    def SetWindow(self, window: float) -> None:
        self.SetWindowLevel(window, self.GetLevel())

    def SetLevel(self, level: float) -> None:
        self.SetWindowLevel(self.GetWindow(), level)

    def SetWindowLevelMinMax(self, low: float, high: float) -> None:
        self.SetWindowLevel(high - low, (high + low) / 2)

    def GetWindowLevelMin(self) -> float:
        return self.GetLevel() - self.GetWindow() / 2

    def GetWindowLevelMax(self) -> float:
        return self.GetLevel() + self.GetWindow() / 2

    def _saved(self) -> dict:
        return {"window": self._window, "level": self._level}

    def _restore(self, saved: dict) -> None:
        self._window, self._level = saved["window"], saved["level"]


class vtkMRMLLabelMapVolumeDisplayNode(vtkMRMLVolumeDisplayNode):
    pass


class vtkMRMLVectorVolumeDisplayNode(vtkMRMLScalarVolumeDisplayNode):
    pass


class vtkMRMLVolumeNode(vtkMRMLDisplayableNode):
    _STORAGE_CLASS = "vtkMRMLVolumeArchetypeStorageNode"

    def _setUp(self) -> None:
        super()._setUp()
        self._image: Optional[vtk.vtkImageData] = None
        self._ijkToRas = np.eye(4)

    # Geometry

    def GetIJKToRASMatrix(self, matrix: vtk.vtkMatrix4x4) -> None:
        matrix.DeepCopy(self._ijkToRas.ravel().tolist())

    def GetRASToIJKMatrix(self, matrix: vtk.vtkMatrix4x4) -> None:
        matrix.DeepCopy(np.linalg.inv(self._ijkToRas).ravel().tolist())

    def SetIJKToRASMatrix(self, matrix: vtk.vtkMatrix4x4) -> None:
        self._setGeometry(_array(matrix))

    def SetRASToIJKMatrix(self, matrix: vtk.vtkMatrix4x4) -> None:
        self._setGeometry(np.linalg.inv(_array(matrix)))

    def _setGeometry(self, ijkToRas: np.ndarray) -> None:
        self._ijkToRas = np.array(ijkToRas, float)
        self.Modified()

    def _directions(self) -> np.ndarray:
        return self._ijkToRas[:3, :3] / np.linalg.norm(self._ijkToRas[:3, :3], axis=0)

    def GetIJKToRASDirectionMatrix(self, matrix: vtk.vtkMatrix4x4) -> None:
        whole = np.eye(4)
        whole[:3, :3] = self._directions()
        matrix.DeepCopy(whole.ravel().tolist())

    def SetIJKToRASDirectionMatrix(self, matrix: vtk.vtkMatrix4x4) -> None:
        self.SetIJKToRASDirections(_array(matrix)[:3, :3].tolist())

    def GetIJKToRASDirections(self, directions: list) -> None:
        for row, values in enumerate(self._directions()):
            directions[row][:] = values.tolist()

    def SetIJKToRASDirections(self, *directions: Any) -> None:
        rows = np.array(directions[0] if len(directions) == 1 else directions, float).reshape(3, 3)
        whole = self._ijkToRas.copy()
        whole[:3, :3] = rows * np.array(self.GetSpacing())
        self._setGeometry(whole)

    def GetSpacing(self) -> tuple:
        return tuple(np.linalg.norm(self._ijkToRas[:3, :3], axis=0).tolist())

    def SetSpacing(self, *spacing: Any) -> None:
        whole = self._ijkToRas.copy()
        whole[:3, :3] = self._directions() * _three(spacing)
        self._setGeometry(whole)

    def GetOrigin(self) -> tuple:
        return tuple(self._ijkToRas[:3, 3].tolist())

    def SetOrigin(self, *origin: Any) -> None:
        whole = self._ijkToRas.copy()
        whole[:3, 3] = _three(origin)
        self._setGeometry(whole)

    def GetMinSpacing(self) -> float:
        return min(self.GetSpacing())

    def GetMaxSpacing(self) -> float:
        return max(self.GetSpacing())

    def CopyOrientation(self, volume: "vtkMRMLVolumeNode") -> None:
        self._setGeometry(volume._ijkToRas)

    def GetRASBounds(self, bounds: list) -> None:
        """In the world, with the outer halves of the border voxels."""
        if self._image is None:
            bounds[:] = [1.0, -1.0] * 3
            return
        counts = np.array(self._image.GetDimensions())
        corners = np.array([[(-0.5 if side == "0" else count - 0.5) for side, count in zip(f"{n:03b}", counts)] for n in range(8)])
        own = corners @ self._ijkToRas[:3, :3].T + self._ijkToRas[:3, 3]
        transform = self._worldTransform()
        world = np.array([transform.TransformPoint(corner) for corner in own])
        bounds[:] = np.stack([world.min(axis=0), world.max(axis=0)], axis=1).ravel().tolist()

    def ApplyTransform(self, transform: vtk.vtkAbstractTransform) -> None:
        from .transform import _matrixOf

        matrix = vtk.vtkMatrix4x4()
        if not _matrixOf(transform, matrix):
            raise NotImplementedError("the stand-in hardens linear transforms only")
        self._setGeometry(_array(matrix) @ self._ijkToRas)

    def ApplyTransformMatrix(self, matrix: vtk.vtkMatrix4x4) -> None:
        self._setGeometry(_array(matrix) @ self._ijkToRas)

    # Voxels

    def GetImageData(self) -> Optional[vtk.vtkImageData]:
        return self._image

    def SetAndObserveImageData(self, image: Optional[vtk.vtkImageData]) -> None:
        if image is not None:
            image.SetOrigin(0, 0, 0)
            image.SetSpacing(1, 1, 1)
        self._image = image
        self.StorableModified()
        self.InvokeCustomModifiedEvent(self.ImageDataModifiedEvent)

    def _saved(self) -> dict:
        saved = {"geometry": self._ijkToRas, "voxels": None}
        if self._image is not None:
            saved["voxels"] = vtk_to_numpy(self._image.GetPointData().GetScalars()).copy()
            saved["dimensions"] = self._image.GetDimensions()
        return saved

    def _restore(self, saved: dict) -> None:
        self._setGeometry(saved["geometry"])
        if saved["voxels"] is None:
            self._image = None
            return
        image = vtk.vtkImageData()
        image.SetDimensions(saved["dimensions"])
        image.GetPointData().SetScalars(numpy_to_vtk(saved["voxels"], deep=True))
        self.SetAndObserveImageData(image)


class vtkMRMLScalarVolumeNode(vtkMRMLVolumeNode):
    _DISPLAY_CLASS = "vtkMRMLScalarVolumeDisplayNode"

    def GetScalarVolumeDisplayNode(self) -> Any:
        display = self.GetDisplayNode()
        return display if isinstance(display, vtkMRMLScalarVolumeDisplayNode) else None

    def GetVolumeDisplayNode(self) -> Any:
        return self.GetDisplayNode()


class vtkMRMLLabelMapVolumeNode(vtkMRMLScalarVolumeNode):
    _DISPLAY_CLASS = "vtkMRMLLabelMapVolumeDisplayNode"


class vtkMRMLTensorVolumeNode(vtkMRMLScalarVolumeNode):
    pass


class vtkMRMLVectorVolumeNode(vtkMRMLTensorVolumeNode):
    _DISPLAY_CLASS = "vtkMRMLVectorVolumeDisplayNode"


def _array(matrix: vtk.vtkMatrix4x4) -> np.ndarray:
    return np.array([[matrix.GetElement(row, column) for column in range(4)] for row in range(4)])


def _three(values: tuple) -> np.ndarray:
    return np.array(values[0] if len(values) == 1 else values, float).reshape(3)
