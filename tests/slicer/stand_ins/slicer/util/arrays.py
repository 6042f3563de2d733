"""NumPy views and copies of what nodes hold, with the traps that the real functions have."""
from __future__ import annotations

from typing import Any, Optional

import numpy as np
import vtk
from vtk.util.numpy_support import numpy_to_vtk, vtk_to_numpy

from ..segmentation.logic import vtkSlicerSegmentationsModuleLogic
from ..segmentation.oriented_image import voxels


def _scene() -> Any:
    import slicer

    return slicer.mrmlScene


def arrayFromVTKMatrix(matrix: Any) -> np.ndarray:
    size = 4 if isinstance(matrix, vtk.vtkMatrix4x4) else 3
    return np.array([[matrix.GetElement(row, column) for column in range(size)] for row in range(size)])


def updateVTKMatrixFromArray(matrix: Any, narray: np.ndarray) -> None:
    size = 4 if isinstance(matrix, vtk.vtkMatrix4x4) else 3
    if np.shape(narray) != (size, size):
        raise RuntimeError(f"Unsupported size {np.shape(narray)}")
    matrix.DeepCopy(np.asarray(narray, float).ravel().tolist())


def vtkMatrixFromArray(narray: np.ndarray) -> Any:
    matrix = vtk.vtkMatrix4x4() if np.shape(narray) == (4, 4) else vtk.vtkMatrix3x3()
    updateVTKMatrixFromArray(matrix, narray)
    return matrix


def arrayFromTransformMatrix(transformNode: Any, toWorld: bool = False) -> np.ndarray:
    matrix = vtk.vtkMatrix4x4()
    (transformNode.GetMatrixTransformToWorld if toWorld else transformNode.GetMatrixTransformToParent)(matrix)
    return arrayFromVTKMatrix(matrix)


def updateTransformMatrixFromArray(transformNode: Any, narray: np.ndarray, toWorld: bool = False) -> None:
    if toWorld:
        raise NotImplementedError("the stand-in sets transforms to the parent only")
    transformNode.SetMatrixTransformToParent(vtkMatrixFromArray(narray))


# Volumes

def arrayFromVolume(volumeNode: Any) -> np.ndarray:
    if not volumeNode.IsA("vtkMRMLVolumeNode"):
        raise RuntimeError(f"Unsupported volume type: {volumeNode.GetClassName()}")
    image = volumeNode.GetImageData()
    shape = list(image.GetDimensions())[::-1]
    if image.GetNumberOfScalarComponents() > 1:
        shape.append(image.GetNumberOfScalarComponents())
    return vtk_to_numpy(image.GetPointData().GetScalars()).reshape(shape)


def arrayFromVolumeModified(volumeNode: Any) -> None:
    volumeNode.GetImageData().GetPointData().GetScalars().Modified()
    volumeNode.Modified()


def updateVolumeFromArray(volumeNode: Any, narray: np.ndarray) -> None:
    values = np.asarray(narray)
    if values.dtype in (np.dtype(bool), np.dtype(np.float16)):
        raise TypeError(f"Could not find a suitable VTK type for {values.dtype}")
    if values.dtype in (np.dtype(np.int64), np.dtype(np.uint64)):
        raise RuntimeError("Unsupported array data type: long long")
    while values.ndim < 3:
        values = values[np.newaxis].astype(float)
    image = vtk.vtkImageData()
    image.SetDimensions(values.shape[2::-1])
    components = values.shape[3] if values.ndim == 4 else 1
    flat = np.ascontiguousarray(values).reshape(-1, components) if components > 1 else np.ascontiguousarray(values).ravel()
    image.GetPointData().SetScalars(numpy_to_vtk(flat, deep=True))
    volumeNode.SetAndObserveImageData(image)


def addVolumeFromArray(narray: np.ndarray, ijkToRAS: Any = None, name: Optional[str] = None, nodeClassName: Optional[str] = None) -> Any:
    volumeNode = _scene().AddNewNodeByClass(nodeClassName or "vtkMRMLScalarVolumeNode", name or "")
    if ijkToRAS is not None:
        volumeNode.SetIJKToRASMatrix(ijkToRAS if isinstance(ijkToRAS, vtk.vtkMatrix4x4) else vtkMatrixFromArray(ijkToRAS))
    updateVolumeFromArray(volumeNode, narray)
    volumeNode.CreateDefaultDisplayNodes()
    return volumeNode


def array(pattern: str = "", index: int = 0) -> np.ndarray:
    from .nodes import getNode

    return arrayFromVolume(getNode(pattern, index))


# Segments

def _reference(segmentationNode: Any, referenceVolumeNode: Any) -> Any:
    reference = referenceVolumeNode or segmentationNode.GetNodeReference(segmentationNode.GetReferenceImageGeometryReferenceRole())
    if reference is None:
        raise RuntimeError("No reference volume is found in the input segmentationNode, therefore a valid referenceVolumeNode input is required.")
    return reference


def arrayFromSegmentBinaryLabelmap(segmentationNode: Any, segmentId: str, referenceVolumeNode: Any = None) -> np.ndarray:
    """A copy in the geometry of the reference volume; a temporary node comes and goes in the scene."""
    reference = _reference(segmentationNode, referenceVolumeNode)
    if segmentationNode.GetSegmentation().GetSegment(segmentId) is None:
        raise RuntimeError("Export of segment failed.")
    labelmap = _scene().AddNewNodeByClass("vtkMRMLLabelMapVolumeNode", "__temp__")
    try:
        if not vtkSlicerSegmentationsModuleLogic.ExportSegmentsToLabelmapNode(segmentationNode, [segmentId], labelmap, reference):
            raise RuntimeError("Export of segment failed.")
        return arrayFromVolume(labelmap).copy()
    finally:
        _scene().RemoveNode(labelmap)


def updateSegmentBinaryLabelmapFromArray(narray: np.ndarray, segmentationNode: Any, segmentId: str, referenceVolumeNode: Any = None) -> None:
    """Replaces the whole segment. Neither the shape nor the id is checked."""
    reference = _reference(segmentationNode, referenceVolumeNode)
    values = narray if narray.size == 0 or (narray.min() >= 0 and narray.max() <= 1) else np.where(narray > 0, 1, 0).astype(np.uint8)
    labelmap = _scene().AddNewNodeByClass("vtkMRMLLabelMapVolumeNode", "__temp__")
    try:
        labelmap.CopyOrientation(reference)
        updateVolumeFromArray(labelmap, values)
        _moveFrame(labelmap, reference, segmentationNode)
        if not vtkSlicerSegmentationsModuleLogic.ImportLabelmapToSegmentationNode(labelmap, segmentationNode, [segmentId]):
            raise RuntimeError("Importing of segment failed.")
    finally:
        _scene().RemoveNode(labelmap)


def _moveFrame(labelmap: Any, reference: Any, segmentationNode: Any) -> None:
    """Into the segmentation's frame, when the reference volume has another parent transform."""
    from ..mrml.transform import vtkMRMLTransformNode

    between = vtk.vtkMatrix4x4()
    vtkMRMLTransformNode.GetMatrixTransformBetweenNodes(reference.GetParentTransformNode(), segmentationNode.GetParentTransformNode(), between)
    labelmap.ApplyTransformMatrix(between)


def arrayFromSegmentInternalBinaryLabelmap(segmentationNode: Any, segmentId: str) -> np.ndarray:
    return voxels(segmentationNode.GetBinaryLabelmapInternalRepresentation(segmentId))


# Markups

def arrayFromMarkupsControlPoints(markupsNode: Any, world: bool = False) -> np.ndarray:
    get = markupsNode.GetNthControlPointPositionWorld if world else markupsNode.GetNthControlPointPosition
    return np.array([get(n) for n in range(markupsNode.GetNumberOfControlPoints())], float).reshape(-1, 3)


def updateMarkupsControlPointsFromArray(markupsNode: Any, narray: np.ndarray, world: bool = False) -> None:
    positions = np.asarray(narray, float)
    if positions.shape == (0,):
        positions = positions.reshape(0, 3)
    if positions.ndim != 2 or positions.shape[1] != 3:
        raise RuntimeError("narray parameter must be a numpy.ndarray with shape (N, 3)")
    was = markupsNode.StartModify()
    try:
        while markupsNode.GetNumberOfControlPoints() > len(positions):
            markupsNode.RemoveNthControlPoint(markupsNode.GetNumberOfControlPoints() - 1)
        for n, position in enumerate(positions.tolist()):
            if n >= markupsNode.GetNumberOfControlPoints():
                (markupsNode.AddControlPointWorld if world else markupsNode.AddControlPoint)(position)
            elif world:
                markupsNode.SetNthControlPointPositionWorld(n, position)
            else:
                markupsNode.SetNthControlPointPosition(n, position)
    finally:
        markupsNode.EndModify(was)


def arrayFromMarkupsCurvePoints(markupsNode: Any, world: bool = False) -> np.ndarray:
    if not world:
        raise NotImplementedError("the stand-in gives curve points of the world only")
    points = markupsNode.GetCurvePointsWorld()
    return np.array([points.GetPoint(n) for n in range(points.GetNumberOfPoints())], float).reshape(-1, 3)
