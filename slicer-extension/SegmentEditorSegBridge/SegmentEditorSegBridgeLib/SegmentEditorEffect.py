"""The Segment Editor effect "SegBridge": prompts in slice views, masks by the rules of the Segment Editor."""
import os

import qt
import slicer
from SegmentEditorEffects import *  # noqa: F403 - AbstractScriptedSegmentEditorEffect
from slicer.i18n import tr as _

_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class SegmentEditorEffect(AbstractScriptedSegmentEditorEffect):  # noqa: F405
    """What the Segment Editor calls. Every editor has its own; the one that is active drives the loop."""

    def __init__(self, scriptedEffect):
        # Both may be set here only; the name is how scripts find the effect.
        scriptedEffect.name = "SegBridge"
        scriptedEffect.title = _("SegBridge")
        scriptedEffect.perSegment = True
        AbstractScriptedSegmentEditorEffect.__init__(self, scriptedEffect)  # noqa: F405
        self.options = None
        # Made when the effect is first taken: nothing is imported before.
        self.loop = None

    def clone(self):
        import qSlicerSegmentationsEditorEffectsPythonQt as effects

        cloned = effects.qSlicerSegmentEditorScriptedEffect(None)
        cloned.setPythonSource(__file__.replace("\\", "/"))
        return cloned

    def icon(self):
        return qt.QIcon(os.path.join(_FOLDER, "Resources", "Icons", "SegmentEditorSegBridge.png"))

    def helpText(self):
        return "<html>" + _(
            "Click or draw in a slice view: a SegBridge server answers with the mask of the selected segment.<br>"
            "Include and exclude tell what the next prompt means. Masking and overwrite settings are kept, undo works as "
            "for every effect. The server is chosen in the module SegBridge."
        ) + "</html>"

    def setupOptionsFrame(self):
        self.options = slicer.util.loadUI(os.path.join(_FOLDER, "Resources", "UI", "SegmentEditorSegBridge.ui"))
        self.scriptedEffect.addOptionsWidget(self.options)

    def createCursor(self, widget):
        return qt.QCursor(qt.Qt.CrossCursor)

    def activate(self):
        from SegBridgeEffect.editor_loop import EditorLoop
        from SegBridgeLoop.shared import sharedLogic

        logic = sharedLogic()
        if self.loop is not None and self.loop.logic is not logic:
            # The module was loaded again.
            self.cleanup()
            self.options.deleteLater()
            self.setupOptionsFrame()
        if self.loop is None:
            self.loop = EditorLoop(logic, self.scriptedEffect, slicer.util.childWidgetVariables(self.options))
        self.loop.start()

    def deactivate(self):
        if self.loop is not None:
            self.loop.stop()

    def cleanup(self):
        if self.loop is not None:
            self.loop.cleanup()
            self.loop = None

    def layoutChanged(self):
        if self.loop is not None:
            self.loop.tools.dropStrokes()

    def sourceVolumeNodeChanged(self):
        self._show()

    def referenceGeometryChanged(self):
        self._show()

    def setMRMLDefaults(self):
        pass

    def updateGUIFromMRML(self):
        # Called whenever the user chooses another segmentation, volume or segment, too.
        self._show()

    def updateMRMLFromGUI(self):
        pass

    def interactionNodeModified(self, interactionNode):
        # The effect itself, which Slicer would put away, stays.
        if self.loop is not None and interactionNode.GetCurrentInteractionMode() != interactionNode.ViewTransform:
            self.loop.tools.mouseModeChanged()

    def processInteractionEvents(self, callerInteractor, eventId, viewWidget):
        if self.loop is None or viewWidget.className() != "qMRMLSliceWidget":
            return False
        return bool(self.loop.tools.process(callerInteractor, eventId, viewWidget))

    def processViewNodeEvents(self, callerViewNode, eventId, viewWidget):
        pass

    def _show(self):
        if self.loop is not None:
            self.loop.follow()
