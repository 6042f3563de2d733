"""``slicer.util``: the functions that extensions use."""
from __future__ import annotations

from .arrays import (addVolumeFromArray, array, arrayFromMarkupsControlPoints, arrayFromMarkupsCurvePoints, arrayFromSegmentBinaryLabelmap,
                     arrayFromSegmentInternalBinaryLabelmap, arrayFromTransformMatrix, arrayFromVolume, arrayFromVolumeModified, arrayFromVTKMatrix,
                     updateMarkupsControlPointsFromArray, updateSegmentBinaryLabelmapFromArray, updateTransformMatrixFromArray,
                     updateVolumeFromArray, updateVTKMatrixFromArray, vtkMatrixFromArray)
from .dialogs import (MessageDialog, RenderBlocker, WaitCursor, confirmOkCancelDisplay, confirmYesNoDisplay, delayDisplay, errorDisplay, infoDisplay,
                      messageBox, showStatusMessage, tryWithErrorDisplay, warningDisplay)
from .mouse import clickAndDrag
from .nodes import (MRMLNodeNotFoundException, NodeModify, getFirstNodeByClassByName, getFirstNodeByName, getNode, getNodes, getNodesByClass, loadScene,
                    saveScene)
from .observing import VTKObservationMixin
from .system import (launchConsoleProcess, modulePath, settingsValue, startupEnvironment, tempDirectory, toBool)
from .views import forceRenderAllViews, resetSliceViews, setSliceViewerLayers
from .widgets import (childWidgetVariables, findChild, findChildren, getModule, getModuleLogic, getModuleWidget, loadUI, mainWindow,
                      reloadScriptedModule, selectedModule, selectModule)

__all__ = [name for name in dir() if not name.startswith("_")]
