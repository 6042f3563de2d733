"""Stand-ins for the module ``slicer`` of 3D Slicer, on Debian's VTK and PyQt5.

They implement the calls that the extension uses and nothing more: a name that is missing raises AttributeError. Names and
constants are checked against a list of the real classes (slicer_facts).
"""
from __future__ import annotations

from . import application, mrml, segmentation
from .application.app import qSlicerApplication, vtkMRMLApplicationLogic, vtkSlicerApplicationLogic
from .application.layout import (qMRMLSliceControllerWidget, qMRMLSliceView, qMRMLSliceWidget, qSlicerLayoutManager, vtkMRMLSliceLayerLogic,
                                 vtkMRMLSliceLogic)
from .application.modules import Modules, vtkSlicerMarkupsLogic, vtkSlicerVolumesLogic
from .editor import qMRMLSegmentEditorWidget, qSlicerSegmentEditorAbstractEffect
from .mrml import *  # noqa: F403
from .segmentation.logic import vtkSlicerSegmentationsModuleLogic
from .segmentation.oriented_image import vtkOrientedImageData
from .segmentation.resample import vtkOrientedImageDataResample
from .segmentation.segment import vtkSegment
from .segmentation.converter import vtkSegmentationConverter
from .segmentation.segmentation import vtkSegmentation
from .widgets import *  # noqa: F403

app = qSlicerApplication()
mrmlScene = mrml.vtkMRMLScene()
modules = Modules()
selfTests: dict = {}


def _furnish() -> None:
    """The singletons and views that the application puts into its scene."""
    app._logic._scene = mrmlScene
    for className, tag, name in (("vtkMRMLInteractionNode", "Singleton", "Interaction"), ("vtkMRMLSelectionNode", "Singleton", "Selection"),
                                 ("vtkMRMLCrosshairNode", "default", "Crosshair")):
        node = mrmlScene.CreateNodeByClass(className)
        node.SetSingletonTag(tag)
        node.SetName(name)
        mrmlScene.AddNode(node)
    app._layout = qSlicerLayoutManager(mrmlScene)


_furnish()

from . import util  # noqa: E402  (needs the scene)
