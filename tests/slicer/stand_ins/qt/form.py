"""Reads .ui files as Qt's form builder does: widgets by class name, properties through the meta object, connections by signature."""
from __future__ import annotations

import sys
from typing import Any, Callable, Dict, Optional
from xml.etree import ElementTree

import silent_errors
from PyQt5 import QtCore, QtGui, QtWidgets

from . import rules
from .signals import connect

# Properties of a layout's XML that are no Qt properties.
_MARGINS = ("leftMargin", "topMargin", "rightMargin", "bottomMargin")


class FormBuilder:
    """``find`` gives the class for a name, None for names that are unknown; those become plain widgets and an error."""

    def __init__(self, find: Callable[[str], Optional[type]], folder: str) -> None:
        self._find = find
        self._folder = folder
        self._named: Dict[str, Any] = {}

    def load(self, path: str) -> Any:
        root = ElementTree.parse(path).getroot()
        top = self._widget(root.find("widget"), None)
        self._buddies(root)
        for connection in root.iterfind("connections/connection"):
            self._connect(connection)
        return top

    # Objects

    def _widget(self, element: Any, parent: Any) -> Any:
        name = element.get("class")
        cls = self._find(name)
        if cls is None:
            message = f"QFormBuilder was unable to create a custom widget of the class '{name}'"
            silent_errors.record(AttributeError, AttributeError(message), None)
            cls = rules.named("QWidget")
        made = cls(parent) if parent is not None else cls()
        self._name(element, made)
        self._properties(element, made)
        for child in element:
            if child.tag == "widget":
                self._place(self._widget(child, made), made, child)
            elif child.tag == "layout":
                self._layout(child, made)
            elif child.tag == "action":
                self._action(child, made)
            elif child.tag == "addaction" and child.get("name") in self._named:
                QtWidgets.QWidget.addAction(made, self._named[child.get("name")])
            elif child.tag == "item":
                self._item(child, made)
            elif child.tag == "column":
                self._column(child, made)
        # Children exist only now.
        for late in ("currentIndex", "collapsed"):
            element_of = element.find(f"property[@name='{late}']")
            if element_of is not None:
                QtCore.QObject.setProperty(made, late, self._value(element_of[0]))
        return made

    def _name(self, element: Any, made: Any) -> None:
        name = element.get("name") or ""
        QtCore.QObject.setObjectName(made, name)
        if name in self._named:
            raise ValueError(f"two objects of the form are named {name}")
        if name:
            self._named[name] = made

    def _place(self, child: Any, parent: Any, element: Any) -> None:
        """Containers take their pages in their own way."""
        text = self._attribute(element, "title") or self._attribute(element, "label")
        if isinstance(parent, QtWidgets.QTabWidget):
            QtWidgets.QTabWidget.addTab(parent, child, text or "")
        elif isinstance(parent, QtWidgets.QStackedWidget):
            QtWidgets.QStackedWidget.addWidget(parent, child)
        elif isinstance(parent, QtWidgets.QToolBox):
            QtWidgets.QToolBox.addItem(parent, child, text or "")
        elif isinstance(parent, QtWidgets.QScrollArea):
            QtWidgets.QScrollArea.setWidget(parent, child)
        elif isinstance(parent, QtWidgets.QSplitter):
            QtWidgets.QSplitter.addWidget(parent, child)

    def _attribute(self, element: Any, name: str) -> Any:
        found = element.find(f"attribute[@name='{name}']")
        return self._value(found[0]) if found is not None else None

    def _action(self, element: Any, parent: Any) -> None:
        action = rules.named("QAction")(parent)
        self._name(element, action)
        self._properties(element, action)

    def _item(self, element: Any, widget: Any) -> None:
        found = element.find("property[@name='text']")
        text = self._value(found[0]) if found is not None else ""
        if isinstance(widget, QtWidgets.QComboBox):
            QtWidgets.QComboBox.addItem(widget, text)
        elif isinstance(widget, QtWidgets.QListWidget):
            QtWidgets.QListWidget.addItem(widget, text)

    def _column(self, element: Any, widget: Any) -> None:
        found = element.find("property[@name='text']")
        if isinstance(widget, QtWidgets.QTableWidget):
            count = QtWidgets.QTableWidget.columnCount(widget)
            QtWidgets.QTableWidget.setColumnCount(widget, count + 1)
            QtWidgets.QTableWidget.setHorizontalHeaderItem(widget, count, QtWidgets.QTableWidgetItem(self._value(found[0])))

    # Layouts

    def _layout(self, element: Any, parent: Any) -> Any:
        made = rules.named(element.get("class"))()
        self._name(element, made)
        if isinstance(parent, QtWidgets.QWidget):
            QtWidgets.QWidget.setLayout(parent, made)
        self._layout_properties(element, made)
        for item in element.iterfind("item"):
            self._add(item, made, parent if isinstance(parent, QtWidgets.QWidget) else parent.parentWidget())
        for name, set_ in (("stretch", "setStretch"), ("rowstretch", "setRowStretch"), ("columnstretch", "setColumnStretch")):
            for index, value in enumerate(filter(None, (element.get(name) or "").split(","))):
                getattr(made, set_)(index, int(value))
        return made

    def _layout_properties(self, element: Any, made: Any) -> None:
        margins = list(QtWidgets.QLayout.getContentsMargins(made))
        for child in element.iterfind("property"):
            name, value = child.get("name"), self._value(child[0])
            if name in _MARGINS:
                margins[_MARGINS.index(name)] = value
            elif name == "horizontalSpacing":
                made.setHorizontalSpacing(value)
            elif name == "verticalSpacing":
                made.setVerticalSpacing(value)
            else:
                self._set(made, child)
        QtWidgets.QLayout.setContentsMargins(made, *margins)

    def _add(self, item: Any, layout: Any, owner: Any) -> None:
        child = item[0]
        if child.tag == "widget":
            made = self._widget(child, owner)
        elif child.tag == "layout":
            made = self._child_layout(child, layout, item)
            return
        else:
            made = self._spacer(child)
        alignment = self._enum(item.get("alignment")) if item.get("alignment") else QtCore.Qt.Alignment()
        is_widget = isinstance(made, QtWidgets.QWidget)
        if isinstance(layout, QtWidgets.QGridLayout):
            place = [int(item.get(key, default)) for key, default in (("row", 0), ("column", 0), ("rowspan", 1), ("colspan", 1))]
            add = QtWidgets.QGridLayout.addWidget if is_widget else QtWidgets.QGridLayout.addItem
            add(layout, made, *place, alignment)
        elif isinstance(layout, QtWidgets.QFormLayout):
            row, role = int(item.get("row", 0)), self._form_role(item)
            set_ = QtWidgets.QFormLayout.setWidget if is_widget else QtWidgets.QFormLayout.setItem
            set_(layout, row, role, made)
        elif is_widget:
            QtWidgets.QBoxLayout.addWidget(layout, made, 0, alignment)
        else:
            QtWidgets.QBoxLayout.addItem(layout, made)

    def _child_layout(self, element: Any, layout: Any, item: Any) -> Any:
        """A layout must be in its parent before widgets get into it."""
        made = rules.named(element.get("class"))()
        self._name(element, made)
        if isinstance(layout, QtWidgets.QGridLayout):
            place = [int(item.get(key, default)) for key, default in (("row", 0), ("column", 0), ("rowspan", 1), ("colspan", 1))]
            QtWidgets.QGridLayout.addLayout(layout, made, *place)
        elif isinstance(layout, QtWidgets.QFormLayout):
            QtWidgets.QFormLayout.setLayout(layout, int(item.get("row", 0)), self._form_role(item), made)
        else:
            QtWidgets.QBoxLayout.addLayout(layout, made)
        self._layout_properties(element, made)
        for inner in element.iterfind("item"):
            self._add(inner, made, QtWidgets.QLayout.parentWidget(made))
        for name, set_ in (("stretch", "setStretch"), ("rowstretch", "setRowStretch"), ("columnstretch", "setColumnStretch")):
            for index, value in enumerate(filter(None, (element.get(name) or "").split(","))):
                getattr(made, set_)(index, int(value))
        return made

    @staticmethod
    def _form_role(item: Any) -> Any:
        if item.get("colspan") == "2":
            return QtWidgets.QFormLayout.SpanningRole
        return QtWidgets.QFormLayout.FieldRole if item.get("column") == "1" else QtWidgets.QFormLayout.LabelRole

    def _spacer(self, element: Any) -> QtWidgets.QSpacerItem:
        values = {child.get("name"): self._value(child[0]) for child in element.iterfind("property")}
        size = values.get("sizeHint", QtCore.QSize(20, 20))
        policy = self._enum(values["sizeType"]) if "sizeType" in values else QtWidgets.QSizePolicy.Expanding
        if str(values.get("orientation", "")).endswith("Horizontal"):
            return QtWidgets.QSpacerItem(size.width(), size.height(), policy, QtWidgets.QSizePolicy.Minimum)
        return QtWidgets.QSpacerItem(size.width(), size.height(), QtWidgets.QSizePolicy.Minimum, policy)

    # Properties

    def _properties(self, element: Any, made: Any) -> None:
        for child in element.iterfind("property"):
            if child.get("name") != "buddy":
                self._set(made, child)

    def _buddies(self, root: Any) -> None:
        for element in root.iter("widget"):
            buddy = element.find("property[@name='buddy']")
            if buddy is not None:
                QtWidgets.QLabel.setBuddy(self._named[element.get("name")], self._named[buddy[0].text])

    def _set(self, made: Any, element: Any) -> None:
        name, value = element.get("name"), self._value(element[0])
        known = QtCore.QObject.metaObject(made).indexOfProperty(name) >= 0
        done = QtCore.QObject.setProperty(made, name, value)
        if known and not done:
            raise ValueError(f"{type(made).__name__} '{QtCore.QObject.objectName(made)}': property {name} does not take {value!r}")
        if not known and element.get("stdset") != "0":
            message = f"{type(made).__name__} '{QtCore.QObject.objectName(made)}' has no property {name}"
            silent_errors.record(AttributeError, AttributeError(message), None)

    def _value(self, element: Any) -> Any:
        kind, text = element.tag, element.text or ""
        numbers = {child.tag: child.text for child in element}
        if kind in ("string", "cstring", "enum", "set"):
            return text
        if kind == "bool":
            return text == "true"
        if kind in ("number", "double", "float", "longlong", "uint"):
            return float(text) if kind in ("double", "float") else int(text)
        if kind == "size":
            return QtCore.QSize(int(numbers["width"]), int(numbers["height"]))
        if kind == "rect":
            return QtCore.QRect(*(int(numbers[key]) for key in ("x", "y", "width", "height")))
        if kind == "stringlist":
            return [child.text or "" for child in element]
        if kind == "sizepolicy":
            return self._size_policy(element)
        if kind == "font":
            return self._font(numbers)
        if kind == "iconset":
            return QtGui.QIcon(f"{self._folder}/{(element.findtext('normaloff') or text).strip()}")
        if kind == "color":
            return QtGui.QColor(*(int(numbers[key]) for key in ("red", "green", "blue")))
        raise ValueError(f"the form reader does not know properties of the kind <{kind}>")

    @staticmethod
    def _size_policy(element: Any) -> QtWidgets.QSizePolicy:
        policy = QtWidgets.QSizePolicy(*(getattr(QtWidgets.QSizePolicy, element.get(key)) for key in ("hsizetype", "vsizetype")))
        policy.setHorizontalStretch(int(element.findtext("horstretch") or 0))
        policy.setVerticalStretch(int(element.findtext("verstretch") or 0))
        return policy

    @staticmethod
    def _font(values: Dict[str, str]) -> QtGui.QFont:
        font = QtGui.QFont()
        if "pointsize" in values:
            font.setPointSize(int(values["pointsize"]))
        font.setBold(values.get("bold") == "true")
        font.setItalic(values.get("italic") == "true")
        return font

    @staticmethod
    def _enum(text: str) -> Any:
        value: Any = None
        for part in text.split("|"):
            owner, _, name = part.rpartition("::")
            where = QtCore.Qt if owner in ("Qt", "") else getattr(QtWidgets, owner)
            found = getattr(where, name)
            value = found if value is None else value | found
        return value

    def _connect(self, element: Any) -> None:
        sender, signal, receiver, slot = (element.findtext(key) for key in ("sender", "signal", "receiver", "slot"))
        if sender not in self._named or receiver not in self._named:
            print(f"QFormBuilder: {sender} or {receiver} is not in the form", file=sys.stderr)
            return
        connect(self._named[sender], signal, self._named[receiver], slot)
