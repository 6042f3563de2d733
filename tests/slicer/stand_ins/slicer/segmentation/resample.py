"""vtkOrientedImageDataResample: the static calls that extensions use."""
from __future__ import annotations

from typing import Any, Optional

import numpy as np
import vtk

from ..mrml.stand_in import StandIn
from ..mrml.transform import _isLinear, _matrixOf
from ..mrml.volume import _array
from .oriented_image import (image_to_world, intersection, oriented_image, part, resampled, same_lattice, set_image_to_world,
                             vtkOrientedImageData, voxels)


class vtkOrientedImageDataResample(StandIn, vtk.vtkObject):
    """Nearest neighbour only: labelmaps."""

    @staticmethod
    def ResampleOrientedImageToReferenceOrientedImage(image: Any, reference: Any, output: Any, linearInterpolation: bool = False,
                                                      padImage: bool = False, transform: Optional[Any] = None,
                                                      backgroundValue: float = 0) -> bool:
        source = image
        if transform is not None:
            matrix = vtk.vtkMatrix4x4()
            if not _matrixOf(transform, matrix):
                raise NotImplementedError("the stand-in resamples through linear transforms only")
            source = vtkOrientedImageData()
            source.ShallowCopy(image)
            set_image_to_world(source, _array(matrix) @ image_to_world(image))
        whole = image_to_world(reference)
        output.DeepCopy(oriented_image(resampled(source, whole, reference.GetExtent()), whole, reference.GetExtent()[::2]))
        return True

    @staticmethod
    def ResampleOrientedImageToReferenceGeometry(image: Any, referenceToWorld: Any, output: Any) -> bool:
        raise NotImplementedError("the stand-in resamples to reference images only")

    @staticmethod
    def TransformOrientedImage(image: Any, transform: Any, geometryOnly: bool = False, alwaysResample: bool = False,
                               linearInterpolation: bool = False, backgroundColor: Any = None) -> bool:
        matrix = vtk.vtkMatrix4x4()
        if not _matrixOf(transform, matrix):
            raise NotImplementedError("the stand-in moves images by linear transforms only")
        set_image_to_world(image, _array(matrix) @ image_to_world(image))
        return True

    @staticmethod
    def DoGeometriesMatch(one: Any, two: Any) -> bool:
        return same_lattice(one, two)

    @staticmethod
    def DoExtentsMatch(one: Any, two: Any) -> bool:
        return one.GetExtent() == two.GetExtent()

    @staticmethod
    def IsTransformLinear(transform: Any, linear: Any) -> bool:
        if _isLinear(transform) and linear is not None:
            matrix = vtk.vtkMatrix4x4()
            _matrixOf(transform, matrix)
            linear.SetMatrix(matrix)
        return _isLinear(transform)

    @staticmethod
    def CalculateEffectiveExtent(image: Any, extent: list, threshold: float = 0) -> bool:
        found = np.nonzero(voxels(image) > threshold)
        if not len(found[0]):
            return False
        own = image.GetExtent()
        for axis, indices in zip((2, 1, 0), found):
            extent[2 * axis:2 * axis + 2] = [int(indices.min()) + own[2 * axis], int(indices.max()) + own[2 * axis]]
        return True

    @staticmethod
    def FillImage(image: Any, value: float, extent: Any = None) -> None:
        region = image.GetExtent() if extent is None else intersection(image.GetExtent(), extent)
        if region is not None:
            part(image, region)[...] = value
            image.GetPointData().GetScalars().Modified()

    @staticmethod
    def CopyImage(source: Any, output: Any, extent: Any = None) -> bool:
        region = source.GetExtent() if extent is None else intersection(source.GetExtent(), extent)
        if region is None:
            return False
        output.DeepCopy(oriented_image(part(source, region).copy(), image_to_world(source), region[::2]))
        return True

    @staticmethod
    def ModifyImage(image: Any, modifier: Any, operation: int, extent: Any = None, maskThreshold: float = 0, fillValue: float = 1) -> bool:
        cls = vtkOrientedImageDataResample
        region = intersection(image.GetExtent(), modifier.GetExtent())
        region = region if extent is None or region is None else intersection(region, extent)
        if not same_lattice(image, modifier):
            return False
        if region is None:
            return True
        target, values = part(image, region), part(modifier, region)
        if operation == cls.OPERATION_MASKING:
            target[values > maskThreshold] = fillValue
        else:
            target[...] = (np.minimum if operation == cls.OPERATION_MINIMUM else np.maximum)(target, values)
        image.GetPointData().GetScalars().Modified()
        return True


