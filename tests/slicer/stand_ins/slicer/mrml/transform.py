"""Transform nodes: linear ones by their matrix, others by any VTK transform."""
from __future__ import annotations

from typing import Any, List, Optional

import vtk

from .storable import vtkMRMLDisplayableNode


class vtkMRMLTransformNode(vtkMRMLDisplayableNode):
    """Keeps the transform to the parent; chains of nodes are concatenated on request."""

    def _setUp(self) -> None:
        super()._setUp()
        self._toParent: vtk.vtkAbstractTransform = vtk.vtkTransform()

    def SetMatrixTransformToParent(self, matrix: Optional[vtk.vtkMatrix4x4]) -> int:
        transform = vtk.vtkTransform()
        transform.SetMatrix(matrix if matrix is not None else vtk.vtkMatrix4x4())
        self.SetAndObserveTransformToParent(transform)
        return 1

    def SetMatrixTransformFromParent(self, matrix: vtk.vtkMatrix4x4) -> int:
        inverse = vtk.vtkMatrix4x4()
        vtk.vtkMatrix4x4.Invert(matrix, inverse)
        return self.SetMatrixTransformToParent(inverse)

    def SetAndObserveMatrixTransformToParent(self, matrix: vtk.vtkMatrix4x4) -> None:
        self.SetMatrixTransformToParent(matrix)

    def SetAndObserveTransformToParent(self, transform: vtk.vtkAbstractTransform) -> None:
        self._toParent = transform
        self._moved()

    def SetAndObserveTransformFromParent(self, transform: vtk.vtkAbstractTransform) -> None:
        self.SetAndObserveTransformToParent(transform.GetInverse())

    def _moved(self) -> None:
        self.InvokeCustomModifiedEvent(self.TransformModifiedEvent)

    def _parentMoved(self) -> None:
        self._moved()

    def GetTransformToParent(self) -> vtk.vtkAbstractTransform:
        return self._toParent

    def GetTransformFromParent(self) -> vtk.vtkAbstractTransform:
        return self._toParent.GetInverse()

    def GetMatrixTransformToParent(self, matrix: vtk.vtkMatrix4x4) -> int:
        return _matrixOf(self._toParent, matrix)

    def GetMatrixTransformFromParent(self, matrix: vtk.vtkMatrix4x4) -> int:
        return _matrixOf(self._toParent.GetInverse(), matrix)

    def GetTransformToWorld(self, transform: vtk.vtkGeneralTransform) -> None:
        self.GetTransformBetweenNodes(self, None, transform)

    def GetTransformFromWorld(self, transform: vtk.vtkGeneralTransform) -> None:
        self.GetTransformBetweenNodes(None, self, transform)

    def GetMatrixTransformToWorld(self, matrix: vtk.vtkMatrix4x4) -> int:
        return self.GetMatrixTransformBetweenNodes(self, None, matrix)

    def GetMatrixTransformFromWorld(self, matrix: vtk.vtkMatrix4x4) -> int:
        return self.GetMatrixTransformBetweenNodes(None, self, matrix)

    def IsLinear(self) -> int:
        return int(_isLinear(self._toParent))

    def IsTransformToWorldLinear(self) -> int:
        return int(all(node.IsLinear() for node in _chain(self)))

    @staticmethod
    def GetTransformBetweenNodes(source: Any, target: Any, transform: vtk.vtkGeneralTransform) -> None:
        """None is the world."""
        transform.Identity()
        transform.PostMultiply()
        for node in _chain(source):
            transform.Concatenate(node._toParent)
        for node in reversed(_chain(target)):
            transform.Concatenate(node._toParent.GetInverse())

    @staticmethod
    def GetMatrixTransformBetweenNodes(source: Any, target: Any, matrix: vtk.vtkMatrix4x4) -> int:
        chain = vtk.vtkTransform()
        chain.PostMultiply()
        linear = True
        for node in _chain(source):
            linear = linear and _isLinear(node._toParent)
            chain.Concatenate(node._toParent) if linear else None
        for node in reversed(_chain(target)):
            linear = linear and _isLinear(node._toParent)
            chain.Concatenate(node._toParent.GetInverse()) if linear else None
        matrix.DeepCopy(chain.GetMatrix()) if linear else matrix.Identity()
        return int(linear)

    @staticmethod
    def IsGeneralTransformLinear(transform: vtk.vtkAbstractTransform, concatenated: Any = None) -> bool:
        """``concatenated``, a vtkTransform, gets the linear transform."""
        linear = _isLinear(transform)
        if linear and concatenated is not None:
            matrix = vtk.vtkMatrix4x4()
            _matrixOf(transform, matrix)
            concatenated.SetMatrix(matrix)
        return linear

    def Inverse(self) -> None:
        self.SetAndObserveTransformToParent(self._toParent.GetInverse())

    def ApplyTransform(self, transform: vtk.vtkAbstractTransform) -> None:
        combined = vtk.vtkGeneralTransform()
        combined.PostMultiply()
        combined.Concatenate(self._toParent)
        combined.Concatenate(transform)
        matrix = vtk.vtkMatrix4x4()
        if _matrixOf(combined, matrix):
            self.SetMatrixTransformToParent(matrix)
        else:
            self.SetAndObserveTransformToParent(combined)

    def _saved(self) -> dict:
        matrix = vtk.vtkMatrix4x4()
        if not self.GetMatrixTransformToParent(matrix):
            raise NotImplementedError("the stand-in saves linear transforms only")
        return {"matrix": [matrix.GetElement(row, column) for row in range(4) for column in range(4)]}

    def _restore(self, saved: dict) -> None:
        matrix = vtk.vtkMatrix4x4()
        matrix.DeepCopy(saved["matrix"])
        self.SetMatrixTransformToParent(matrix)


class vtkMRMLLinearTransformNode(vtkMRMLTransformNode):
    pass


class vtkMRMLBSplineTransformNode(vtkMRMLTransformNode):
    pass


class vtkMRMLGridTransformNode(vtkMRMLTransformNode):
    pass


def _chain(node: Any) -> List[Any]:
    """The node and its parents, up to the world."""
    chain = []
    while node is not None:
        chain.append(node)
        node = node.GetParentTransformNode()
    return chain


def _parts(transform: vtk.vtkAbstractTransform) -> List[vtk.vtkAbstractTransform]:
    if isinstance(transform, vtk.vtkGeneralTransform):
        count = transform.GetNumberOfConcatenatedTransforms()
        return [part for n in range(count) for part in _parts(transform.GetConcatenatedTransform(n))]
    return [transform]


def _isLinear(transform: vtk.vtkAbstractTransform) -> bool:
    return all(isinstance(part, vtk.vtkLinearTransform) for part in _parts(transform))


def _matrixOf(transform: vtk.vtkAbstractTransform, matrix: vtk.vtkMatrix4x4) -> int:
    if not _isLinear(transform):
        matrix.Identity()
        return 0
    whole = vtk.vtkTransform()
    whole.PostMultiply()
    for part in _parts(transform):
        whole.Concatenate(part)
    matrix.DeepCopy(whole.GetMatrix())
    return 1
