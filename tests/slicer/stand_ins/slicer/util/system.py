"""Settings, folders, processes, modules' files."""
from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from typing import Any, Callable

import qt


def toBool(value: Any) -> bool:
    if isinstance(value, str):
        return value.lower() in ("true", "1", "yes", "on")
    return bool(value)


def settingsValue(key: str, default: Any, converter: Callable = lambda v: v, settings: Any = None) -> Any:
    settings = settings if settings is not None else qt.QSettings()
    return converter(settings.value(key)) if settings.contains(key) else default


def startupEnvironment() -> dict:
    """Slicer's environment before its launcher changed it."""
    return dict(os.environ)


def launchConsoleProcess(args: list, useStartupEnvironment: bool = True, updateEnvironment: Any = None, cwd: Any = None) -> subprocess.Popen:
    environment = dict(startupEnvironment(), **(updateEnvironment or {}))
    return subprocess.Popen(args, env=environment, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def tempDirectory(key: str = "__SlicerTemp__", tempDir: Any = None, includeDateTime: bool = True) -> str:
    import slicer

    return tempfile.mkdtemp(prefix=key, dir=tempDir or slicer.app.temporaryPath)


def modulePath(moduleName: str) -> str:
    return sys.modules[moduleName].__file__
