"""What exists: names of ``slicer``, its widgets and utilities, with the first Slicer version where that matters."""
from __future__ import annotations

import logging
from functools import lru_cache
from typing import FrozenSet, Optional, Tuple

import ctk
import qt
import slicer
import slicer_facts
import vtk
from qt.rules import MODULES

# slicer.util: functions that the extension may use, all in Slicer 5.8.
UTIL = frozenset("""
    NodeModify RenderBlocker VTKObservationMixin WaitCursor MessageDialog tryWithErrorDisplay MRMLNodeNotFoundException
    addVolumeFromArray array arrayFromMarkupsControlPoints arrayFromMarkupsCurvePoints arrayFromModelPoints
    arrayFromSegmentBinaryLabelmap arrayFromSegmentInternalBinaryLabelmap arrayFromTransformMatrix arrayFromVTKMatrix
    arrayFromVolume arrayFromVolumeModified childWidgetVariables clickAndDrag confirmOkCancelDisplay confirmRetryCloseDisplay
    confirmYesNoDisplay createProgressDialog delayDisplay downloadFile errorDisplay exit exportNode findChild findChildren
    forceRenderAllViews getFirstNodeByClassByName getFirstNodeByName getModule getModuleLogic getModuleWidget getNode getNodes
    getNodesByClass infoDisplay launchConsoleProcess loadLabelVolume loadMarkups loadScene loadSegmentation loadTransform loadUI
    loadVolume logProcessOutput mainWindow messageBox modulePath reloadScriptedModule resetSliceViews resetThreeDViews saveNode
    saveScene selectModule selectedModule setSliceViewerLayers settingsValue showStatusMessage startupEnvironment tempDirectory
    toBool updateMarkupsControlPointsFromArray updateSegmentBinaryLabelmapFromArray updateTransformMatrixFromArray
    updateVTKMatrixFromArray updateVolumeFromArray vtkMatrixFromArray warningDisplay pip_install
""".split())

# Later than 5.8: allowed behind hasattr(), a version test or try only.
NEWER = {
    "slicer.packaging": (5, 12), "slicer.vtkSlicerSegmentEditorLogic": (5, 10),
}
# Slicer 5.12 may come with Qt 6.
GONE_IN_QT6 = frozenset(("qt.QRegExp", "qt.QRegExpValidator", "qt.QDesktopWidget", "qt.QTextCodec", "qt.QMatrix", "qt.QStringRef"))
SIGNALS_GONE_IN_QT6 = frozenset((
    "currentIndexChanged(QString)", "activated(QString)", "highlighted(QString)", "valueChanged(QString)", "buttonClicked(int)",
    "buttonPressed(int)", "buttonReleased(int)", "buttonToggled(int,bool)", "mapped(int)", "mapped(QString)", "error(QProcess::ProcessError)"))

SLICER_MODULES = frozenset(("util", "i18n", "testing", "ScriptedLoadableModule", "parameterNodeWrapper", "packaging"))
SLICER_OBJECTS = {"app": "qSlicerApplication", "mrmlScene": "vtkMRMLScene"}

APPLICATION = frozenset("""
    layoutManager applicationLogic processEvents testingEnabled userSettings settings revisionUserSettings mrmlScene moduleManager
    coreIOManager ioManager pauseRender resumeRender setOverrideCursor restoreOverrideCursor restart exit quit palette activeWindow
    focusWidget installEventFilter removeEventFilter connect disconnect commandOptions
    majorVersion minorVersion applicationVersion revision slicerHome temporaryPath extensionsInstallPath startupWorkingPath
    applicationName os pythonConsole
""".split())
APPLICATION_PROPERTIES = frozenset("""
    majorVersion minorVersion applicationVersion revision slicerHome temporaryPath extensionsInstallPath startupWorkingPath
    applicationName os
""".split())
LAYOUT = frozenset("sliceViewNames sliceWidget threeDWidget threeDViewCount layout setLayout resetSliceViews connect disconnect viewport".split())
VIEWS = {
    "qMRMLSliceWidget": frozenset("sliceLogic mrmlSliceNode sliceView interactorStyle sliceController className".split()),
    "qMRMLSliceView": frozenset("""interactor interactorStyle renderWindow scheduleRender forceRender mrmlSliceNode setViewCursor
                                  unsetViewCursor setDefaultViewCursor cursor setCursor unsetCursor visible isVisible""".split()),
}
# Not in the dump of classes; from the documentation of the Markups module.
MARKUPS_LOGIC = frozenset("StartPlaceMode SetActiveList SetActiveListID JumpSlicesToLocation AddControlPoint GetSelectionNode".split())
# Host services of Segment Editor effects.
EFFECT = frozenset("""
    name title perSegment requireSegments showEffectCursorInSliceView showEffectCursorInThreeDView self setPythonSource pythonSource
    parameterSetNode parameter integerParameter doubleParameter setParameter setParameterDefault parameterDefined setCommonParameter
    setCommonParameterDefault commonParameter nodeReference setNodeReference addOptionsWidget addLabeledOptionsWidget
    saveStateForUndo modifySelectedSegmentByLabelmap modifySegmentByLabelmap selectedSegmentLabelmap modifierLabelmap
    defaultModifierLabelmap sourceVolumeImageData maskLabelmap referenceGeometryImage confirmCurrentSegmentVisible selectEffect
    cursorOff cursorOn addActor2D removeActor2D addActor3D removeActor3D renderer renderWindow viewNode scheduleRender
    optionsFrame optionsLayout active setSelectedSegmentID
""".split())
# slicer.util.VTKObservationMixin
OBSERVATION = frozenset("addObserver removeObserver removeObservers hasObserver observer getObserver Observations".split())
HOSTS = {
    "qSlicerSegmentEditorScriptedEffect": EFFECT,
    "vtkSlicerMarkupsLogic": MARKUPS_LOGIC,
    "qSlicerSegmentEditorAbstractEffect": frozenset("""ModificationModeSet ModificationModeAdd ModificationModeRemove ModificationModeRemoveAll
                                                      NotConfirmed ConfirmedWithoutDialog ConfirmedWithDialog""".split()),
    "qSlicerApplication": APPLICATION, "qSlicerLayoutManager": LAYOUT, **VIEWS,
}


def in_slicer(name: str) -> bool:
    """Whether ``slicer.<name>`` exists."""
    return (name in SLICER_MODULES or name in SLICER_OBJECTS or name in ("modules", "selfTests") or slicer_facts.has_class(name)
            or name in HOSTS or f"slicer.{name}" in NEWER or _is_widget(slicer, name))


def in_qt(name: str) -> bool:
    return hasattr(qt, name)


def in_ctk(name: str) -> bool:
    return hasattr(ctk, name)


def in_vtk(name: str) -> bool:
    return hasattr(vtk, name)


def _is_widget(module: object, name: str) -> bool:
    return name.startswith("q") and hasattr(module, name)


def _qt_class(name: str) -> Optional[type]:
    for module in (ctk, slicer, qt):
        if not hasattr(module, name):
            continue
        found = getattr(module, name)
        if isinstance(found, type) and "_plain" in found.__dict__:
            return found.__dict__["_plain"]
    return None


def is_qt_class(name: str) -> bool:
    """Whether instances follow PythonQt's rules for QObjects."""
    return _qt_class(name) is not None


@lru_cache(maxsize=None)
def members(name: str) -> Optional[FrozenSet[str]]:
    """Members of a class; None when nothing is known about it."""
    if name == "qSlicerApplication":
        return APPLICATION | members("QApplication")
    if name in HOSTS and not is_qt_class(name):
        return HOSTS[name]
    if slicer_facts.has_class(name):
        return slicer_facts.members(name)
    found = _qt_class(name)
    if found is not None:
        own = frozenset(member for member in dir(found) if not member.startswith("_"))
        return own | properties(name) | HOSTS.get(name, frozenset()) | {"connect", "disconnect", "name", "className"}
    if name.startswith("vtk") and hasattr(vtk, name):
        return frozenset(dir(getattr(vtk, name)))
    plain = getattr(qt, name, None)
    return frozenset(dir(plain)) if isinstance(plain, type) else None


@lru_cache(maxsize=None)
def properties(name: str) -> FrozenSet[str]:
    """Qt properties of a class: attributes in PythonQt, never called."""
    if name == "qSlicerApplication":
        return APPLICATION_PROPERTIES | properties("QApplication")
    found = _qt_class(name)
    if found is None:
        return frozenset()
    meta = found.staticMetaObject
    return frozenset(meta.property(index).name() for index in range(meta.propertyCount()))


@lru_cache(maxsize=None)
def signals(name: str) -> FrozenSet[str]:
    """Normalised signatures of a class's signals."""
    if name == "qSlicerApplication":
        return signals("QApplication") | {"startupCompleted()", "mrmlSceneChanged(vtkMRMLScene*)"}
    if name == "qSlicerLayoutManager":
        return frozenset(("layoutChanged(int)",))
    found = _qt_class(name)
    if found is None:
        return frozenset()
    meta = found.staticMetaObject
    own = {bytes(meta.method(index).methodSignature()).decode() for index in range(meta.methodCount())
           if meta.method(index).methodType() == meta.method(index).Signal}
    for cls in found.__mro__:
        own.update(cls.__dict__.get("_SIGNALS", {}))
    return frozenset(own)


@lru_cache(maxsize=None)
def vtk_style_members() -> FrozenSet[str]:
    """Members of any class of the facts, and of VTK's classes that a thin extension meets."""
    names = set(MARKUPS_LOGIC).union(*(slicer_facts.members(name) for name in slicer_facts.class_names()))
    for name in ("vtkImageData", "vtkPolyData", "vtkMatrix4x4", "vtkMatrix3x3", "vtkPoints", "vtkActor2D", "vtkProperty2D", "vtkRenderer",
                 "vtkRenderWindow", "vtkRenderWindowInteractor", "vtkStringArray", "vtkCellArray", "vtkPolyDataMapper2D", "vtkGeneralTransform",
                 "vtkTransform", "vtkCommand", "vtkPointData", "vtkDataArray", "vtkUnsignedCharArray", "vtkCollection", "vtkIntArray",
                 "vtkCoordinate", "vtkTextActor", "vtkTextProperty"):
        names.update(dir(getattr(vtk, name)))
    return frozenset(names)


@lru_cache(maxsize=None)
def qt_style_members() -> FrozenSet[str]:
    """Members of any class of Qt, CTK, or Slicer's widgets."""
    names = set(UTIL).union(OBSERVATION, dir(logging.Logger), *HOSTS.values())
    for module in MODULES:
        for found in vars(module).values():
            if isinstance(found, type):
                names.update(dir(found))
    for module in (ctk, slicer):
        for name in dir(module):
            names.update(members(name) or () if name.startswith(("ctk", "q")) else ())
    return frozenset(names)


def version_text(version: Tuple[int, int]) -> str:
    return ".".join(str(part) for part in version)
