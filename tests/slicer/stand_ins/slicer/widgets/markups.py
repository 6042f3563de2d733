"""The button that starts placing points of a markups node."""
from __future__ import annotations

from ctk.widget import setter, stand_in, stored
from PyQt5 import QtCore, QtWidgets
from qt.rules import ruled

from .base import SceneWidget


@stand_in
class qSlicerMarkupsPlaceWidget(SceneWidget, QtWidgets.QWidget):
    """Its button follows the interaction node: pressed while the node is being placed."""

    mrmlSceneChanged = QtCore.pyqtSignal(object)
    activeMarkupsPlaceModeChanged = QtCore.pyqtSignal(bool)
    activeMarkupsFiducialPlaceModeChanged = QtCore.pyqtSignal(bool)
    _SIGNALS = {"mrmlSceneChanged(vtkMRMLScene*)": "mrmlSceneChanged"}
    ShowPlaceMultipleMarkupsOption, HidePlaceMultipleMarkupsOption, ForcePlaceSingleMarkup, ForcePlaceMultipleMarkups = range(4)

    buttonsVisible = stored(bool, "buttonsVisible", True)
    deleteAllControlPointsOptionVisible = stored(bool, "deleteAllControlPointsOptionVisible", True)
    placeMultipleMarkups, placeModePersistency = stored(int, "placeMultipleMarkups", 0), stored(bool, "placeModePersistency", False)
    setButtonsVisible, setPlaceMultipleMarkups = setter("buttonsVisible"), setter("placeMultipleMarkups")
    setPlaceModePersistency = setter("placeModePersistency")

    def __init__(self, *arguments):
        QtWidgets.QWidget.__init__(self, *arguments)
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.__dict__.update(_place=ruled(QtWidgets.QToolButton)(), _delete=ruled(QtWidgets.QToolButton)(), _markups=None)
        for button in (self._place, self._delete):
            layout.addWidget(button)
        self._place.setCheckable(True)
        self._place.connect("toggled(bool)", lambda on: self.setPlaceModeEnabled(on))

    def placeButton(self):
        return self._place

    def deleteButton(self):
        return self._delete

    def setCurrentNode(self, node):
        self._markups = node

    def currentNode(self):
        return self._markups

    def setPlaceModeEnabled(self, on):
        import slicer

        interaction = slicer.app.applicationLogic().GetInteractionNode()
        if on == self._isPlacing() or self._markups is None:
            return
        if on:
            slicer.app.applicationLogic().GetSelectionNode().SetReferenceActivePlaceNodeClassName(self._markups.GetClassName())
            slicer.app.applicationLogic().GetSelectionNode().SetActivePlaceNodeID(self._markups.GetID())
            interaction.SetPlaceModePersistence(int(self.__dict__.get("_placeModePersistency", False)))
            interaction.SetCurrentInteractionMode(interaction.Place)
        else:
            interaction.SwitchToViewTransformMode()
        self._place.setChecked(on)
        self.activeMarkupsPlaceModeChanged.emit(on)

    def _isPlacing(self):
        import slicer

        interaction, selection = slicer.app.applicationLogic().GetInteractionNode(), slicer.app.applicationLogic().GetSelectionNode()
        return (self._markups is not None and interaction.GetCurrentInteractionMode() == interaction.Place
                and selection.GetActivePlaceNodeID() == self._markups.GetID())

    placeModeEnabled = QtCore.pyqtProperty(bool, lambda self: self._isPlacing(), lambda self, on: self.setPlaceModeEnabled(on))
