"""Loading forms, finding widgets, and the windows of modules."""
from __future__ import annotations

import fnmatch
import importlib
import os
import sys
from typing import Any, Optional

import ctk
from PyQt5 import QtCore, QtWidgets
from qt import rules
from qt.form import FormBuilder


def _class(name: str) -> Optional[type]:
    import slicer

    for owner in (ctk, slicer):
        if hasattr(owner, name):
            return getattr(owner, name)
    found = rules.named(name)
    return found if isinstance(found, type) else None


def loadUI(path: str) -> Any:
    if not os.path.isfile(path):
        raise RuntimeError(f"Could not load UI file: {path}")
    return FormBuilder(_class, os.path.dirname(path)).load(str(path))


class _ChildWidgets:
    """One attribute for each named child."""


def childWidgetVariables(widget: Any) -> Any:
    found = _ChildWidgets()
    for child in [widget] + QtCore.QObject.findChildren(widget, QtCore.QObject):
        name = QtCore.QObject.objectName(child)
        if name and not name.startswith("qt_"):
            setattr(found, name, rules.adopted(child))
    return found


def findChildren(widget: Any = None, name: str = "", text: str = "", title: str = "", className: str = "") -> list:
    matches = []
    for child in QtCore.QObject.findChildren(widget, QtCore.QObject):
        wanted = (("objectName", name), ("text", text), ("title", title))
        if all(not pattern or fnmatch.fnmatchcase(str(QtCore.QObject.property(child, key)), pattern) for key, pattern in wanted):
            if not className or fnmatch.fnmatchcase(child.metaObject().className(), className):
                matches.append(rules.adopted(child))
    return matches


def findChild(widget: Any, name: str) -> Any:
    found = findChildren(widget, name=name)
    if not found:
        raise RuntimeError(f"Widget not found: {name}")
    return found[0]


def mainWindow() -> Any:
    import slicer

    if not slicer.app._withMainWindow:
        return None
    if slicer.app._window is None:
        slicer.app._window = rules.ruled(QtWidgets.QMainWindow)()
    return slicer.app._window


def getModule(module: Any) -> Any:
    import slicer

    name = module if isinstance(module, str) else module.name
    if name not in slicer.modules._known:
        raise RuntimeError(f"Could not find module with name '{name}'")
    return slicer.modules._known[name]


def getModuleWidget(module: Any) -> Any:
    import slicer

    name = module if isinstance(module, str) else module.name
    if not hasattr(slicer.modules, name + "Widget"):
        parent = slicer.qSlicerWidget()
        parent.setProperty("isEntered", False)
        parent.setLayout(rules.ruled(QtWidgets.QVBoxLayout)())
        parent.setMRMLScene(slicer.mrmlScene)
        widget = getattr(sys.modules[name], name + "Widget")(parent)
        setattr(slicer.modules, name + "Widget", widget)
        widget.setup()
    return getattr(slicer.modules, name + "Widget")


def getModuleLogic(module: Any) -> Any:
    found = getModule(module)
    if hasattr(sys.modules.get(found.name, None), found.name + "Widget"):
        return getModuleWidget(module).logic
    return found.logic()


def selectModule(module: Any) -> None:
    """Leaves the panel that is shown and enters the other one, which is made when it is first shown."""
    import slicer

    name = module if isinstance(module, str) else module.name
    left = slicer.modules.__dict__.get("_selected", "Welcome")
    if name == left:
        return
    if hasattr(slicer.modules, left + "Widget"):
        getattr(slicer.modules, left + "Widget").parent.setProperty("isEntered", False)
        getattr(slicer.modules, left + "Widget").exit()
    slicer.modules._selected = name
    if hasattr(sys.modules.get(name), name + "Widget"):
        getModuleWidget(name).parent.setProperty("isEntered", True)
        getModuleWidget(name).enter()


def reloadScriptedModule(moduleName: str) -> Any:
    """The file is run again; the panel is made anew in the place of the old one, which is let go of, but not entered."""
    import slicer

    reloaded = importlib.reload(sys.modules[moduleName])
    old = getattr(slicer.modules, moduleName + "Widget")
    for child in old.parent.children():
        if child.isWidgetType():
            child.hide()
    old.cleanup()
    layout = old.parent.layout()
    for index in reversed(range(layout.count())):
        layout.takeAt(index)
    widget = getattr(reloaded, moduleName + "Widget")(old.parent)
    widget.setup()
    setattr(slicer.modules, moduleName + "Widget", widget)
    return reloaded


def selectedModule() -> str:
    import slicer

    return slicer.modules.__dict__.get("_selected", "Welcome")
