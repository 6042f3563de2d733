"""The qt and ctk of the tests hold PythonQt's rules, and read forms as Slicer does."""
from __future__ import annotations

import functools

import ctk
import pytest
import qt
import silent_errors
import slicer
from slicer.i18n import tr
from slicer.parameterNodeWrapper import WithinRange, parameterNodeWrapper
from slicer.ScriptedLoadableModule import ScriptedLoadableModuleLogic

try:
    from typing import Annotated
except ImportError:  # pragma: no cover
    Annotated = None


def test_properties_are_attributes_and_cannot_be_called():
    button = qt.QPushButton("go")
    assert button.text == "go" and button.enabled is True and button.isChecked() is False
    with pytest.raises(TypeError, match="'str' object is not callable"):
        button.text()
    button.text, button.toolTip = "stop", "really"
    button.setCheckable(True)
    assert button.text == "stop" and button.checkable and button.toolTip == "really"


def test_wrappers_take_no_new_attributes():
    button = qt.QPushButton()
    with pytest.raises(AttributeError):
        button.payload = 1
    with pytest.raises(AttributeError):
        button.click = print
    button.setProperty("payload", 3)
    assert button.payload == 3

    class Own(qt.QPushButton):
        def __init__(self):
            qt.QPushButton.__init__(self, "own")
            self.payload = 1

    assert Own().payload == 1 and Own().text == "own"


@pytest.mark.parametrize("wrong", [
    lambda: qt.QPushButton(text="x"), lambda: qt.QPushButton().setText(text="x"), lambda: ctk.ctkSliderWidget().setValue(value=1)])
def test_keyword_arguments_are_refused(wrong):
    with pytest.raises(ValueError, match="keyword"):
        wrong()


@pytest.mark.parametrize("name", ["pyqtSignal", "Signal", "Slot", "NoSuchClass"])
def test_names_that_PythonQt_does_not_have_are_missing(name):
    with pytest.raises(AttributeError):
        getattr(qt, name)


def test_a_callback_gets_as_many_arguments_as_it_declares_defaults_included():
    button, got = qt.QPushButton(), []
    button.setCheckable(True)
    button.connect("clicked(bool)", lambda x="kept": got.append(x))
    button.connect("clicked()", lambda x="kept": got.append(x))
    button.connect("clicked(bool)", lambda: got.append("none"))
    button.connect("clicked(bool)", lambda *everything: got.append(everything))
    button.connect("clicked(bool)", functools.partial(lambda name, value: got.append((name, value)), "partial"))
    button.clicked.connect(lambda checked: got.append(checked))
    button.click()
    assert got == [True, "kept", "none", (True,), ("partial", True), True]


def test_a_wrong_signature_connects_nothing_and_is_noticed():
    with silent_errors.expected(AttributeError):
        assert qt.QPushButton().connect("clicked(int)", print) is False
    with silent_errors.expected(AttributeError):
        assert slicer.qMRMLNodeComboBox().connect("currentNodeChanged(vtkMRMLVolumeNode*)", print) is False


def test_what_is_disconnected_is_not_called():
    button, got = qt.QPushButton(), []

    def one():
        got.append(1)

    button.connect("clicked()", one)
    assert button.disconnect("clicked()", one) and not button.disconnect("clicked()", one)
    button.click()
    assert got == []


def test_an_exception_in_a_slot_is_swallowed_but_not_forgotten():
    def fails():
        raise KeyError("lost")

    button = qt.QPushButton()
    button.connect("clicked()", fails)
    with silent_errors.expected(KeyError):
        button.click()


def test_string_lists_come_as_tuples_and_own_objects_stay_themselves():
    widget = qt.QWidget()
    layout = qt.QVBoxLayout(widget)
    combo = qt.QComboBox()
    combo.setEditable(True)
    layout.addWidget(combo)
    combo.addItems(("a", "b"))
    nodes = slicer.qMRMLNodeComboBox()
    nodes.nodeTypes = ["vtkMRMLScalarVolumeNode"]
    assert nodes.nodeTypes == ("vtkMRMLScalarVolumeNode",) and combo.count == 2
    assert widget.layout() is layout and widget.findChildren(qt.QComboBox) == [combo]
    assert combo.lineEdit().text == "a"  # made by Qt itself, and under the rules all the same
    assert not isinstance(nodes, qt.QWidget) and nodes.inherits("QWidget") and combo.className() == "QComboBox"


def test_a_destroyed_widget_leaves_a_wrapper_that_is_false(app):
    parent = qt.QWidget()
    child = qt.QLabel("x", parent)
    parent.deleteLater()
    app.processEvents()
    assert not child
    with pytest.raises(ValueError, match="destroyed"):
        child.text


def test_virtual_methods_and_event_filters_of_Python_classes_are_called(app, pump):
    class Filter(qt.QObject):
        def __init__(self):
            qt.QObject.__init__(self)
            self.kinds = []

        def eventFilter(self, watched, event):
            self.kinds.append(event.type())
            return False

    class Canvas(qt.QWidget):
        painted = 0

        def paintEvent(self, event):
            self.painted += 1

    canvas, events = Canvas(), Filter()
    canvas.installEventFilter(events)
    canvas.show()
    pump(lambda: canvas.painted)
    canvas.hide()
    assert qt.QEvent.Show in events.kinds


def test_settings_come_back_as_text():
    settings = qt.QSettings()
    settings.setValue("Tool/flag", True)
    settings.setValue("Tool/size", 3)
    assert settings.value("Tool/flag") == "true" and settings.value("Tool/size") == "3" and settings.value("Tool/none", 5) == 5
    assert slicer.util.settingsValue("Tool/flag", False, slicer.util.toBool) is True


FORM = """<ui version="4.0"><class>Tool</class><widget class="qMRMLWidget" name="Tool"><layout class="QVBoxLayout" name="top">
<item><widget class="ctkCollapsibleButton" name="group"><property name="text"><string>Work</string></property>
  <layout class="QFormLayout" name="form">
    <item row="0" column="0"><widget class="QLabel" name="label"><property name="text"><string>Volume:</string></property>
      <property name="buddy"><cstring>volumes</cstring></property></widget></item>
    <item row="0" column="1"><widget class="qMRMLNodeComboBox" name="volumes">
      <property name="nodeTypes"><stringlist><string>vtkMRMLScalarVolumeNode</string></stringlist></property>
      <property name="noneEnabled"><bool>true</bool></property>
      <property name="SlicerParameterName" stdset="0"><string>volume</string></property></widget></item>
    <item row="1" column="1"><layout class="QHBoxLayout" name="row">
      <item><widget class="ctkSliderWidget" name="brush"><property name="maximum"><double>20.0</double></property>
        <property name="SlicerParameterName" stdset="0"><string>brush</string></property></widget></item>
      <item alignment="Qt::AlignRight"><widget class="QToolButton" name="go"><property name="checkable"><bool>true</bool></property>
        <property name="toolButtonStyle"><enum>Qt::ToolButtonTextOnly</enum></property></widget></item></layout></item>
  </layout></widget></item></layout></widget>
<connections><connection><sender>Tool</sender><signal>mrmlSceneChanged(vtkMRMLScene*)</signal><receiver>volumes</receiver>
  <slot>setMRMLScene(vtkMRMLScene*)</slot></connection></connections></ui>"""


@pytest.fixture
def form(tmp_path):
    path = tmp_path / "Tool.ui"
    path.write_text(FORM)
    widget = slicer.util.loadUI(str(path))
    widget.setMRMLScene(slicer.mrmlScene)
    return widget


def test_a_form_has_its_widgets_properties_and_connections(form, scene):
    ui = slicer.util.childWidgetVariables(form)
    assert ui.group.text == "Work" and ui.go.checkable and ui.go.toolButtonStyle == qt.Qt.ToolButtonTextOnly and ui.brush.maximum == 20
    changes = []
    ui.volumes.connect("currentNodeChanged(vtkMRMLNode*)", changes.append)
    node = scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "CT")
    ui.volumes.setCurrentNode(node)
    assert changes == [node] and ui.volumes.currentNode() is node and ui.volumes.currentNodeID == node.GetID()
    scene.RemoveNode(node)
    assert ui.volumes.currentNode() is None


def test_folding_a_group_hides_what_is_in_it(form, app):
    ui = slicer.util.childWidgetVariables(form)
    form.show()
    app.processEvents()
    assert ui.brush.visible
    ui.group.collapsed = True
    assert not ui.brush.visible
    ui.group.setCollapsed(False)
    assert ui.brush.visible
    form.hide()


def test_an_unknown_class_or_property_in_a_form_is_noticed(tmp_path):
    path = tmp_path / "Bad.ui"
    path.write_text('<ui><widget class="QWidget" name="W"><widget class="qMRMLNoSuch" name="x"><property name="noSuch"><bool>true</bool></property>'
                    "</widget></widget></ui>")
    with silent_errors.expected(AttributeError) as errors:
        slicer.util.loadUI(str(path))
    assert len(errors) == 2


class ToolLogic(ScriptedLoadableModuleLogic):
    pass


@parameterNodeWrapper
class Parameters:
    volume: slicer.vtkMRMLScalarVolumeNode
    brush: Annotated[float, WithinRange(1, 20)] = 5.0
    name: str


def test_parameters_are_checked_kept_in_the_node_and_shown_in_the_form(form, scene):
    ui = slicer.util.childWidgetVariables(form)
    parameters = Parameters(ToolLogic().getParameterNode())
    tag = parameters.connectGui(form)
    assert ui.brush.value == 5
    parameters.brush = 7.5
    ui.volumes.setCurrentNode(scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "CT"))
    assert ui.brush.value == 7.5 and parameters.volume.GetName() == "CT"
    with pytest.raises(ValueError, match="within range"):
        parameters.brush = 21
    parameters.disconnectGui(tag)
    assert Parameters(ToolLogic().getParameterNode()).brush == 7.5
    assert tr("text") == "text"
