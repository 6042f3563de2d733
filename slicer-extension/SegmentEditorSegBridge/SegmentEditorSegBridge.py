"""Brings the Segment Editor effect "SegBridge" to Slicer; has no panel of its own."""
import os

import qt
import slicer
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.ScriptedLoadableModule import ScriptedLoadableModule


class SegmentEditorSegBridge(ScriptedLoadableModule):
    """Registers the effect once the application has started, at once in one that runs."""

    def __init__(self, parent):
        self._registered = False
        ScriptedLoadableModule.__init__(self, parent)
        parent.title = "SegmentEditorSegBridge"
        parent.categories = [translate("qSlicerAbstractCoreModule", "Segmentation")]
        parent.dependencies = ["SegBridge", "Segmentations"]
        parent.contributors = ["SegBridge contributors"]
        parent.hidden = True
        parent.helpText = _("The interactive loop of SegBridge as an effect of the Segment Editor.")
        parent.acknowledgementText = _("Developed by the SegBridge contributors, under the Apache License 2.0.")
        slicer.app.connect("startupCompleted()", self.registerEffect)
        qt.QTimer.singleShot(0, self.registerEffect)

    def registerEffect(self):
        """Once; Segment Editors that are made from then on have the effect, and the one of the module Segment Editor."""
        if self._registered:
            return
        import qSlicerSegmentationsEditorEffectsPythonQt as effects

        effect = effects.qSlicerSegmentEditorScriptedEffect(None)
        path = os.path.join(os.path.dirname(__file__), "SegmentEditorSegBridgeLib", "SegmentEditorEffect.py")
        effect.setPythonSource(path.replace("\\", "/"))
        effect.self().register()
        self._registered = True
        editor = getattr(getattr(slicer.modules, "SegmentEditorWidget", None), "editor", None)
        if editor is not None:
            # It was opened before.
            editor.updateEffectList()
