"""Closed surfaces of labelmaps."""
from __future__ import annotations

import numpy as np
import vtk
from vtk.util.numpy_support import numpy_to_vtk

from ..mrml.roi import _matrix
from .oriented_image import image_to_world, vtkOrientedImageData, voxels


def surface_of(layer: vtkOrientedImageData, label: int) -> vtk.vtkPolyData:
    surface = vtk.vtkPolyData()
    if layer is None or layer.IsEmpty() or not (voxels(layer) == label).any():
        return surface
    padded = np.pad((voxels(layer) == label).astype(np.uint8), 1)
    image = vtk.vtkImageData()
    image.SetDimensions(padded.shape[::-1])
    image.SetOrigin([low - 1 for low in layer.GetExtent()[::2]])
    image.GetPointData().SetScalars(numpy_to_vtk(padded.ravel(), deep=True))
    edges = vtk.vtkDiscreteMarchingCubes() if not hasattr(vtk, "vtkDiscreteFlyingEdges3D") else vtk.vtkDiscreteFlyingEdges3D()
    edges.SetInputData(image)
    edges.SetValue(0, 1)
    toWorld = vtk.vtkTransform()
    toWorld.SetMatrix(_matrix(image_to_world(layer)))
    moved = vtk.vtkTransformPolyDataFilter()
    moved.SetTransform(toWorld)
    moved.SetInputConnection(edges.GetOutputPort())
    moved.Update()
    surface.DeepCopy(moved.GetOutput())
    return surface
