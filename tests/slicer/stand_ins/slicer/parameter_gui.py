"""Two-way connections of parameters and widgets, by exact class of the widget."""
from __future__ import annotations

from typing import Any, Callable

import vtk
from PyQt5 import QtCore

# Class of widget: (signal, property to read, setter).
_CONNECTORS = {
    "QCheckBox": ("toggled(bool)", "checked", "setChecked"),
    "ctkCheckBox": ("toggled(bool)", "checked", "setChecked"),
    "QPushButton": ("toggled(bool)", "checked", "setChecked"),
    "QSpinBox": ("valueChanged(int)", "value", "setValue"),
    "QSlider": ("valueChanged(int)", "value", "setValue"),
    "QDoubleSpinBox": ("valueChanged(double)", "value", "setValue"),
    "ctkDoubleSpinBox": ("valueChanged(double)", "value", "setValue"),
    "ctkSliderWidget": ("valueChanged(double)", "value", "setValue"),
    "qMRMLSliderWidget": ("valueChanged(double)", "value", "setValue"),
    "QLineEdit": ("textChanged(QString)", "text", "setText"),
    "QLabel": (None, "text", "setText"),
    "ctkPathLineEdit": ("currentPathChanged(QString)", "currentPath", "setCurrentPath"),
    "qMRMLNodeComboBox": ("currentNodeChanged(vtkMRMLNode*)", None, "setCurrentNode"),
}


def connect_gui(wrapper: Any, widgets: Any) -> Callable[[], None]:
    """Connects every widget with a property SlicerParameterName; the answer undoes it."""
    if hasattr(widgets, "metaObject"):
        candidates = [widgets] + widgets.findChildren(QtCore.QObject)
    else:
        candidates = list(vars(widgets).values())
    undo = []
    for widget in candidates:
        name = QtCore.QObject.property(widget, "SlicerParameterName")
        if name:
            if name not in wrapper._parameters:
                raise RuntimeError(f"no parameter is named {name}")
            undo.append(_connect(wrapper, name, widget))
    return lambda: [one() for one in undo] and None


def _connect(wrapper: Any, name: str, widget: Any) -> Callable[[], None]:
    kind = QtCore.QObject.metaObject(widget).className()
    if kind not in _CONNECTORS:
        raise RuntimeError(f"no connector for a {kind}, parameter {name}")
    marks = wrapper._parameters[name].marks
    if kind.endswith("SliderWidget") and not any(hasattr(mark, "minimum") for mark in marks):
        raise RuntimeError(f"Cannot connect {name} to a {kind}: unbounded")
    signal, read, write = _CONNECTORS[kind]

    def to_widget(*_: Any) -> None:
        value = getattr(wrapper, name)
        if value is not None or read is None:
            getattr(widget, write)(value if not hasattr(value, "parts") else str(value))

    def from_widget(*_: Any) -> None:
        value = widget.currentNode() if read is None else QtCore.QObject.property(widget, read)
        if value != getattr(wrapper, name):
            setattr(wrapper, name, value)

    to_widget()
    tag = wrapper.AddObserver(vtk.vtkCommand.ModifiedEvent, to_widget)
    if signal is not None:
        widget.connect(signal, from_widget)

    def undo() -> None:
        wrapper.RemoveObserver(tag)
        if signal is not None:
            widget.disconnect(signal, from_widget)

    return undo
