"""vtkSegmentationConverter: names of representations, geometries as text."""
from __future__ import annotations

import numpy as np
import vtk

from ..mrml.stand_in import StandIn
from .oriented_image import image_to_world, set_image_to_world, vtkOrientedImageData

LABELMAP = "Binary labelmap"
SURFACE = "Closed surface"


class vtkSegmentationConverter(StandIn, vtk.vtkObject):
    @staticmethod
    def GetSegmentationBinaryLabelmapRepresentationName() -> str:
        return LABELMAP

    @staticmethod
    def GetSegmentationClosedSurfaceRepresentationName() -> str:
        return SURFACE

    @staticmethod
    def GetBinaryLabelmapRepresentationName() -> str:
        return LABELMAP

    @staticmethod
    def GetClosedSurfaceRepresentationName() -> str:
        return SURFACE

    @staticmethod
    def GetReferenceImageGeometryParameterName() -> str:
        return "Reference image geometry"

    @staticmethod
    def SerializeImageGeometry(image: vtkOrientedImageData) -> str:
        numbers = [*image_to_world(image).ravel(), *image.GetExtent()]
        return ";".join(f"{number:.15g}" for number in numbers) + ";"

    @staticmethod
    def DeserializeImageGeometry(text: str, image: vtkOrientedImageData, allocateScalars: bool = True, scalarType: int = vtk.VTK_UNSIGNED_CHAR,
                                 numberOfScalarComponents: int = 1) -> bool:
        numbers = [float(number) for number in text.split(";") if number]
        if len(numbers) != 22:
            return False
        set_image_to_world(image, np.array(numbers[:16]).reshape(4, 4))
        image.SetExtent([int(number) for number in numbers[16:]])
        if allocateScalars:
            image.AllocateScalars(scalarType, numberOfScalarComponents)
            image.GetPointData().GetScalars().Fill(0)
        return True
