"""Choosing and listing the segments of a segmentation."""
from __future__ import annotations

from ctk.widget import setter, stand_in, stored
from PyQt5 import QtCore, QtGui, QtWidgets

from .base import SceneWidget, observe

_COLUMNS = ("Visible", "Color", "Opacity", "Name")


class _FollowsSegmentation(SceneWidget):
    """Watches a segmentation node and lists its segments anew when they change."""

    def _watch(self, node):
        for obj, tag in self.__dict__.get("_tags", []):
            obj.RemoveObserver(tag)
        self.__dict__["_tags"] = []
        self.__dict__["_segmentationNode"] = node
        if node is not None:
            segmentation = node.GetSegmentation()
            self.__dict__["_tags"] = [
                observe(self, segmentation, event, "_list")
                for event in (segmentation.SegmentAdded, segmentation.SegmentRemoved, segmentation.SegmentModified)]
        self._list()

    def _segments(self):
        node = self.__dict__.get("_segmentationNode")
        if node is None:
            return []
        segmentation = node.GetSegmentation()
        return [(segmentId, segmentation.GetSegment(segmentId)) for segmentId in segmentation.GetSegmentIDs()]


@stand_in
class qMRMLSegmentsTableView(_FollowsSegmentation, QtWidgets.QWidget):
    """A table with visibility, colour, opacity and name; names are edited in place."""

    mrmlSceneChanged = QtCore.pyqtSignal(object)
    selectionChanged = QtCore.pyqtSignal(object, object)
    segmentsAboutToBeModified = QtCore.pyqtSignal("QStringList")
    _SIGNALS = {"selectionChanged(QItemSelection,QItemSelection)": "selectionChanged", "mrmlSceneChanged(vtkMRMLScene*)": "mrmlSceneChanged"}

    headerVisible = stored(bool, "headerVisible", True, changed="_showColumns")
    visibilityColumnVisible = stored(bool, "visibilityColumnVisible", True, changed="_showColumns")
    colorColumnVisible = stored(bool, "colorColumnVisible", True, changed="_showColumns")
    opacityColumnVisible = stored(bool, "opacityColumnVisible", True, changed="_showColumns")
    statusColumnVisible, layerColumnVisible = stored(bool, "statusColumnVisible", False), stored(bool, "layerColumnVisible", False)
    filterBarVisible, readOnly = stored(bool, "filterBarVisible", False), stored(bool, "readOnly", False)
    selectionMode, jumpToSelectedSegmentEnabled = stored(int, "selectionMode", 3), stored(bool, "jumpToSelectedSegmentEnabled", False)
    setHeaderVisible, setVisibilityColumnVisible = setter("headerVisible"), setter("visibilityColumnVisible")
    setColorColumnVisible, setOpacityColumnVisible = setter("colorColumnVisible"), setter("opacityColumnVisible")
    setStatusColumnVisible, setReadOnly = setter("statusColumnVisible"), setter("readOnly")

    def __init__(self, *arguments):
        QtWidgets.QWidget.__init__(self, *arguments)
        table = QtWidgets.QTableWidget(0, len(_COLUMNS))
        table.setHorizontalHeaderLabels(_COLUMNS)
        table.verticalHeader().hide()
        table.horizontalHeader().setStretchLastSection(True)
        table.setSelectionBehavior(QtWidgets.QTableWidget.SelectRows)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(table)
        self.__dict__.update(_table=table, _listing=False)
        for column, width in enumerate((24, 24, 50)):
            table.setColumnWidth(column, width)
        table.itemSelectionChanged.connect(lambda: self.selectionChanged.emit(None, None) if not self._listing else None)
        table.itemChanged.connect(lambda item: self._edited(item))

    def _showColumns(self):
        self._table.horizontalHeader().setVisible(self.__dict__.get("_headerVisible", True))
        for column, name in enumerate(("visibility", "color", "opacity")):
            self._table.setColumnHidden(column, not self.__dict__.get(f"_{name}ColumnVisible", True))

    def setSegmentationNode(self, node):
        self._watch(node)

    def segmentationNode(self):
        return self.__dict__.get("_segmentationNode")

    def setSelectionMode(self, mode):
        self._table.setSelectionMode(mode)

    def tableWidget(self):
        return self._table

    def _list(self, *_):
        chosen = list(self.selectedSegmentIDs())
        self._listing = True
        segments = self._segments()
        self._table.setRowCount(len(segments))
        for row, (segmentId, segment) in enumerate(segments):
            display = self._segmentationNode.GetDisplayNode()
            visible = display is None or display.GetSegmentVisibility(segmentId)
            for column, text in enumerate(("●" if visible else "○", "", "1.00", segment.GetName())):
                item = QtWidgets.QTableWidgetItem(text)
                item.setData(QtCore.Qt.UserRole, segmentId)
                if column == 1:
                    item.setBackground(QtGui.QColor.fromRgbF(*segment.GetColor()))
                self._table.setItem(row, column, item)
        self.setSelectedSegmentIDs(chosen)
        self._listing = False

    def _edited(self, item):
        if not self._listing and item.column() == 3:
            self._segmentationNode.GetSegmentation().GetSegment(item.data(QtCore.Qt.UserRole)).SetName(item.text())

    def selectedSegmentIDs(self):
        rows = sorted({item.row() for item in self._table.selectedItems()})
        return [self._table.item(row, 3).data(QtCore.Qt.UserRole) for row in rows]

    def setSelectedSegmentIDs(self, ids):
        known = [segmentId for segmentId, _ in self._segments()]
        self._table.clearSelection()
        for row, segmentId in enumerate(known):
            if segmentId in ids:
                self._table.selectRow(row)

    def clearSelection(self):
        self._table.clearSelection()

    def segmentCount(self):
        return len(self._segments())

    def segmentIDForRow(self, row):
        return self._segments()[row][0]

    def rowForSegmentID(self, segmentId):
        return [known for known, _ in self._segments()].index(segmentId)


@stand_in
class qMRMLSegmentSelectorWidget(_FollowsSegmentation, QtWidgets.QWidget):
    """Two combo boxes: segmentation and segment."""

    mrmlSceneChanged = QtCore.pyqtSignal(object)
    currentNodeChanged = QtCore.pyqtSignal(object)
    currentSegmentChanged = QtCore.pyqtSignal(str)
    _SIGNALS = {"currentNodeChanged(vtkMRMLNode*)": "currentNodeChanged", "mrmlSceneChanged(vtkMRMLScene*)": "mrmlSceneChanged"}
    noneEnabled, segmentNodeSelectorVisible = stored(bool, "noneEnabled", False), stored(bool, "segmentNodeSelectorVisible", True)
    setNoneEnabled, setSegmentNodeSelectorVisible = setter("noneEnabled"), setter("segmentNodeSelectorVisible")

    def __init__(self, *arguments):
        QtWidgets.QWidget.__init__(self, *arguments)
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.__dict__["_box"] = QtWidgets.QComboBox()
        layout.addWidget(self.__dict__["_box"])
        self.__dict__["_box"].currentIndexChanged.connect(lambda index: self.currentSegmentChanged.emit(self.currentSegmentID()))

    def setCurrentNode(self, node):
        if node is not self.__dict__.get("_segmentationNode"):
            self._watch(node)
            self.currentNodeChanged.emit(node)

    def currentNode(self):
        return self.__dict__.get("_segmentationNode")

    def _list(self, *_):
        kept = self.currentSegmentID()
        self._box.blockSignals(True)
        self._box.clear()
        for segmentId, segment in self._segments():
            self._box.addItem(segment.GetName(), segmentId)
        self.setCurrentSegmentID(kept)
        self._box.blockSignals(False)

    def currentSegmentID(self):
        return self.__dict__["_box"].currentData() or ""

    def setCurrentSegmentID(self, segmentId):
        index = self._box.findData(segmentId)
        if index >= 0:
            self._box.setCurrentIndex(index)
