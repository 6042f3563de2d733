"""The static check finds what it is for, and finds nothing in the extension."""
from __future__ import annotations

from pathlib import Path
from typing import List

import pytest
from conformance import cmake_lists, tree
from conformance.source import Source, python_files


def rules_broken(text: str, path: str = "sample.py") -> List[str]:
    source = Source(path, text)
    return [finding.rule for rule in tree.RULES for finding in rule(source)]


def test_nothing_is_found_in_the_extension():
    found = tree.findings()
    assert not found, "\n".join(map(str, found))


def test_the_whole_extension_is_looked_at():
    names = {path.name for path in python_files()}
    assert {"SegBridge.py", "logic.py", "panel.py", "SegmentEditorEffect.py", "client.py"} <= names


@pytest.mark.parametrize("text", [
    "import slicer\nslicer.vtkMRMLNoSuchNode()",
    "import slicer\nslicer.util.arrayFromNothing()",
    "import slicer\nslicer.app.layoutmanager()",
    "import slicer\nslicer.mrmlScene.AddNodeByClass('x')",
    "import slicer\nslicer.mrmlScene.AddNewNodeByClass('vtkMRMLNoSuchNode')",
    "import slicer\nn = slicer.mrmlScene.AddNewNodeByClass('vtkMRMLSegmentationNode')\nn.GetSegments()",
    "import slicer\nn = slicer.mrmlScene.AddNewNodeByClass('vtkMRMLSegmentationNode')\nn.GetSegmentation().AddSegments()",
    "import slicer\nslicer.vtkMRMLMarkupsNode.PointClickedEvent",
    "import slicer\nslicer.app.layoutManager().sliceWidget('Red').sliceView().interact()",
    "import qt\nqt.QPushButon()",
    "import qt\nb = qt.QPushButton()\nb.setTexts('x')",
    "import qt\nclass A:\n  def __init__(self):\n    self.b = qt.QComboBox()\n  def f(self):\n    self.b.setIndex(1)",
    "import ctk\nctk.ctkNoSuchWidget()",
    "import vtk\nvtk.vtkNoSuchFilter()",
    "import vtk\nm = vtk.vtkMatrix4x4()\nm.SetElements()",
    "def f(sliceNode):\n  sliceNode.GetXYtoRAS()",
    "class A:\n  def f(self):\n    self._ui.noSuchButton.click()",
    "def f(anything):\n  anything.GetCurvePointWorlds()",
    "def f(anything):\n  anything.setToolTips('x')",
    "import qt\ndef make():\n  return qt.QLabel('x')\nmake().setTextFormats(1)",
    "import qt\na, b = qt.QLabel('x'), qt.QTimer()\nb.setTime(1)",
    "import qt\na, b = qt.QLabel('x'), qt.QLabel('y')\nfor one in (a, b):\n  one.setTxt('z')",
])
def test_a_name_that_does_not_exist_is_found(text):
    assert "unknown name" in rules_broken(text)


@pytest.mark.parametrize("text", [
    "import slicer\nn = slicer.mrmlScene.AddNewNodeByClass('vtkMRMLMarkupsROINode')\nn.SetSize(1, 2, 3)\nn.GetDisplayNode().SetFillOpacity(0.1)",
    "import slicer\ns = slicer.app.layoutManager().sliceWidget('Red').sliceLogic().GetSliceNode()\ns.GetXYToRAS().MultiplyPoint((0, 0, 0, 1))",
    "import qt\nb = qt.QPushButton('x')\nb.setText(b.text)\nb.connect('clicked()', print)",
    "import slicer\nif (slicer.app.majorVersion, slicer.app.minorVersion) >= (5, 12):\n  slicer.packaging.pip_ensure('x')",
    "import qt\nb = qt.QTimer()\nb.connect('timeout()', lambda x=1: x)",
    "import qt\nb = qt.QPushButton()\nb.connect('clicked(bool)', lambda checked=False, x=b: x)",
    "from __future__ import annotations\ndef f(x: int | None): ...",
    "def f():\n  import grpc",
])
def test_good_code_is_left_alone(text):
    assert rules_broken(text) == []


def test_what_is_newer_than_Slicer_5_8_needs_a_guard():
    assert "too new" in rules_broken("import slicer\nslicer.packaging.pip_ensure('x')")


@pytest.mark.parametrize("rule, text", [
    ("property called", "import qt\nb = qt.QLineEdit()\nb.text()"),
    ("property called", "import slicer\nslicer.app.majorVersion()"),
    ("property called", "import ctk\nb = ctk.ctkCollapsibleButton()\nprint(b.collapsed())"),
    ("keyword argument", "import qt\nqt.QPushButton(text='x')"),
    ("keyword argument", "import qt\nb = qt.QPushButton()\nb.setText(text='x')"),
    ("keyword argument", "import slicer\nslicer.mrmlScene.AddNewNodeByClass('vtkMRMLTextNode', baseName='x')"),
    ("keyword argument", "def f(node):\n  node.SetAttribute(name='a', value='b')"),
    ("default argument", "import qt\nb = qt.QPushButton()\nfor x in 'ab':\n  b.connect('clicked(bool)', lambda x=x: print(x))"),
    ("default argument", "import qt\nb = qt.QPushButton()\nfor x in 'ab':\n  b.clicked.connect(lambda x=x: print(x))"),
    ("unknown signal", "import qt\nb = qt.QPushButton()\nb.connect('pushed()', print)"),
    ("unknown signal", "import slicer\nb = slicer.qMRMLNodeComboBox()\nb.connect('currentNodeChanged(vtkMRMLVolumeNode*)', print)"),
    ("own signal", "import qt\nclass A(qt.QObject):\n  changed = qt.Signal(int)"),
    ("Qt 6", "import qt\nqt.QRegExp('x')"),
    ("Qt 6", "import qt\nc = qt.QComboBox()\nc.connect('currentIndexChanged(QString)', print)"),
    ("scoped enum", "import qt\nqt.Qt.AlignmentFlag.AlignLeft"),
    ("exec", "import qt\nd = qt.QDialog()\nd.exec()"),
    ("ownership", "import qt\nv = qt.QListWidget()\nv.addItem(qt.QListWidgetItem('x'))"),
    ("new attribute", "import qt\nb = qt.QPushButton()\nb.payload = 3"),
])
def test_a_trap_of_PythonQt_is_found(rule, text):
    assert rule in rules_broken(text)


@pytest.mark.parametrize("text", [
    "match x:\n  case 1: pass",
    "with (open('a') as a, open('b') as b): pass\ndef f(x: int | None): ...",
    "import tomllib",
    "from typing import Self",
    "from dataclasses import dataclass\n@dataclass(slots=True)\nclass A: ...",
    "list(zip('a', 'b', strict=True))",
    "import itertools\nitertools.pairwise('ab')",
    "from __future__ import annotations\nfrom slicer.parameterNodeWrapper import parameterNodeWrapper\n@parameterNodeWrapper\nclass P:\n  x: int | None",
])
def test_what_Python_3_9_does_not_know_is_found(text):
    assert "Python 3.9" in rules_broken(text)


@pytest.mark.parametrize("text", [
    "import slicer\nslicer.mrmlScene.AddNewNodeByClass()",
    "import slicer\nn = slicer.mrmlScene.AddNewNodeByClass('vtkMRMLTextNode')\nn.SetAttribute('key')",
    "def f(sliceNode):\n  sliceNode.JumpSliceByCentering([1, 2, 3])",
])
def test_a_call_with_too_few_or_too_many_arguments_is_found(text):
    assert "argument count" in rules_broken(text)


def test_names_that_not_every_NumPy_has_are_found():
    assert "NumPy" in rules_broken("import numpy as np\nnp.in1d([1], [2])")
    assert "NumPy" in rules_broken("import numpy as np\nnp.concat([[1], [2]])")


@pytest.mark.parametrize("text", ["import grpc", "import nibabel", "from PyQt5 import QtCore", "from . import transport_grpc"])
def test_an_import_that_Slicer_does_not_bring_is_found(text):
    assert "import" in rules_broken(text)


def test_files_missing_from_the_CMake_lists_are_found(tmp_path: Path):
    module = tmp_path / "Tool"
    (module / "ToolLib").mkdir(parents=True)
    for name in ("Tool.py", "ToolLib/__init__.py", "ToolLib/part.py"):
        (module / name).touch()
    (module / "CMakeLists.txt").write_text("set(MODULE_PYTHON_SCRIPTS\n  ${MODULE_NAME}.py\n  ToolLib/__init__.py\n  ToolLib/gone.py\n  )\n")
    assert [finding.text.split()[0] for finding in cmake_lists.check(module)] == ["ToolLib/part.py", "ToolLib/gone.py"]


@pytest.mark.parametrize("package, text", [
    ("SegBridgeLib", "import slicer"), ("SegBridgeLib", "from vtk.util import numpy_support"), ("SegBridgeScene", "import qt"),
    ("SegBridgeLoop", "from SegBridgePanel.panel import SegBridgePanel")])
def test_a_package_that_reaches_above_its_layer_is_found(package, text):
    assert "layer" in rules_broken(text, f"slicer-extension/SegBridge/{package}/sample.py")


def test_a_text_that_no_translator_can_see_is_found():
    assert "translation" in rules_broken("from slicer.i18n import tr as _\n_(f'{1} ml')")
    assert rules_broken("from slicer.i18n import tr as _\n_('{volume} ml').format(volume=1)") == []


@pytest.mark.parametrize("text", [
    "def f():\n  return _('x')\nworker.submit(lambda: f(), done)",
    "class A:\n  def f(self):\n    self.g()\n  def g(self):\n    _('x')\n  def h(self):\n    worker.beside(self.f, print)",
    "import threading\ndef f():\n  g(h)\ndef h():\n  _('x')\nthreading.Thread(target=f).start()",
])
def test_a_text_that_is_translated_in_a_thread_is_found(text):
    head = "from slicer.i18n import tr as _\n"
    assert "thread" in rules_broken(head + text)
    assert "thread" not in rules_broken(head + "def done(result):\n  _('x')\nworker.submit(lambda: 1, done)")
