"""``slicer.modules``: the C++ modules that extensions ask for their logic, and scripted modules that tests register."""
from __future__ import annotations

from typing import Any, Dict

import vtk

from ..mrml.stand_in import StandIn
from ..segmentation.logic import vtkSlicerSegmentationsModuleLogic


class vtkSlicerVolumesLogic(StandIn, vtk.vtkObject):
    def CloneVolume(self, *arguments: Any) -> Any:
        volume, name = arguments[-2:] if len(arguments) < 3 else arguments[1:3]
        clone = volume.GetScene().CreateNodeByClass(volume.GetClassName())
        clone.CopyContent(volume)
        clone.SetName(name)
        volume.GetScene().AddNode(clone)
        clone.CreateDefaultDisplayNodes()
        return clone

    def CompareVolumeGeometry(self, one: Any, two: Any) -> str:
        import numpy as np

        same = np.allclose(one._ijkToRas, two._ijkToRas) and one.GetImageData().GetDimensions() == two.GetImageData().GetDimensions()
        return "" if same else "Geometry mismatch"


class vtkSlicerMarkupsLogic(vtk.vtkObject):
    def StartPlaceMode(self, persistence: bool, fiducial: Any = None) -> bool:
        import slicer

        interaction = slicer.app.applicationLogic().GetInteractionNode()
        interaction.SetPlaceModePersistence(int(persistence))
        interaction.SetCurrentInteractionMode(interaction.Place)
        return True

    def SetActiveList(self, node: Any) -> None:
        import slicer

        selection = slicer.app.applicationLogic().GetSelectionNode()
        selection.SetReferenceActivePlaceNodeClassName(node.GetClassName())
        selection.SetActivePlaceNodeID(node.GetID())

    def SetActiveListID(self, node: Any) -> None:
        self.SetActiveList(node)

    def JumpSlicesToLocation(self, r: float, a: float, s: float, centered: bool, viewGroup: int = -1, exclude: Any = None) -> None:
        import slicer

        for widget in slicer.app._layout._slices.values():
            node = widget.mrmlSliceNode()
            node.JumpSliceByCentering(r, a, s) if centered else node.JumpSliceByOffsetting(r, a, s)


class Module:
    """The C++ object of a module."""

    def __init__(self, name: str, logic: Any = None, path: str = "") -> None:
        self.name, self.title, self.path = name, name, path
        self._logic = logic

    def logic(self) -> Any:
        return self._logic

    def widgetRepresentation(self) -> Any:
        return None


class Modules:
    """Attributes by lower-case module name, and what scripted modules store beside them."""

    def __init__(self) -> None:
        self._known: Dict[str, Module] = {}
        for name, logic in (("Volumes", vtkSlicerVolumesLogic()), ("Markups", vtkSlicerMarkupsLogic()),
                            ("Segmentations", vtkSlicerSegmentationsModuleLogic()), ("SegmentEditor", None), ("Data", None),
                            ("SampleData", None)):
            self._register(Module(name, logic))

    def _register(self, module: Module) -> None:
        self._known[module.name] = module
        self.__dict__[module.name.lower()] = module

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"slicer.modules has no attribute {name!r}: no module of that name is loaded")
