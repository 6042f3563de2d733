"""Conversions between VTK's and Qt's images."""
from __future__ import annotations

import vtk
from PyQt5 import QtGui
from vtk.util.numpy_support import vtk_to_numpy


class ctkVTKWidgetsUtils:
    """Static calls, as PythonQt wraps them."""

    @staticmethod
    def vtkImageDataToQImage(image: vtk.vtkImageData) -> QtGui.QImage:
        """First row at the bottom, as VTK counts."""
        width, height, _ = image.GetDimensions()
        array = vtk_to_numpy(image.GetPointData().GetScalars()).reshape(height, width, -1)[::-1, :, :3].copy()
        return QtGui.QImage(array.tobytes(), width, height, 3 * width, QtGui.QImage.Format_RGB888).copy()
