"""Loading scripted modules as the application does at its start."""
from __future__ import annotations

import importlib
import os
import sys
from typing import Any

from .modules import Module

# Attributes of the C++ module object that a Python module may assign, with their types.
_ASSIGNABLE = {"title": str, "categories": list, "dependencies": list, "contributors": list, "helpText": str, "acknowledgementText": str,
               "icon": object, "hidden": bool, "index": int, "associatedNodeTypes": list}


class ScriptedModule(Module):
    """``parent`` of a module class; assigning anything else, or a wrong type, fails as in PythonQt."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _ASSIGNABLE:
            if not isinstance(value, _ASSIGNABLE[name]):
                raise ValueError(f"{name} of a module is of type {_ASSIGNABLE[name].__name__}, got {value!r}")
        elif not name.startswith("_") and name not in ("name", "path"):
            raise AttributeError(f"creating new attributes on C++ objects is not allowed: qSlicerScriptedLoadableModule.{name}")
        self.__dict__[name] = value


def load_scripted_module(path: str) -> Any:
    """Imports ``<Name>.py``, makes its module object; ``start_up`` must follow."""
    import slicer

    folder, name = os.path.dirname(path), os.path.splitext(os.path.basename(path))[0]
    if folder not in sys.path:
        sys.path.insert(0, folder)
    python = importlib.import_module(name)
    module = ScriptedModule(name, path=path)
    slicer.modules._register(module)
    setattr(slicer.modules, name + "Instance", getattr(python, name)(module))
    if hasattr(python, name + "Test"):
        slicer.selfTests[name] = getattr(slicer.modules, name + "Instance").runTest
    return module


def start_up() -> None:
    """Tells the modules that the application has started."""
    import slicer

    callbacks, slicer.app._startupCallbacks = slicer.app._startupCallbacks, []
    for callback in callbacks:
        callback()


def unload(name: str) -> None:
    """Closes a module's window, as the end of the application does."""
    import slicer

    widget = slicer.modules.__dict__.pop(name + "Widget", None)
    if widget is not None:
        if slicer.modules.__dict__.get("_selected") == name:
            slicer.util.selectModule("Welcome")
        widget.cleanup()
        widget.parent.deleteLater()
    slicer.modules.__dict__.pop(name + "Instance", None)
    slicer.modules.__dict__.pop(name.lower(), None)
    slicer.modules._known.pop(name, None)
    slicer.selfTests.pop(name, None)
