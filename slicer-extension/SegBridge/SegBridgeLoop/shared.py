"""The one logic of the application: the module panel and the Segment Editor effect drive the same session."""
from typing import Optional

import slicer

from .logic import SegBridgeLogic

_logic: Optional[SegBridgeLogic] = None
_quit_is_awaited = False


def sharedLogic() -> SegBridgeLogic:
    """Made when first asked for, then it goes on with the scene that is loaded."""
    global _logic, _quit_is_awaited
    if _logic is None:
        _logic = SegBridgeLogic()
        # The end of its import was told before the logic was there to hear it.
        if slicer.mrmlScene.GetSingletonNode(_logic.moduleName, "vtkMRMLScriptedModuleNode") is not None:
            _logic.takeUpScene()
    if not _quit_is_awaited:
        # The module panel, which ends it too, may never have been opened.
        _quit_is_awaited = slicer.app.connect("aboutToQuit()", releaseLogic)
    return _logic


def releaseLogic() -> None:
    """Ends its session and observations; the next sharedLogic() is a new one."""
    global _logic
    logic, _logic = _logic, None
    if logic is not None:
        logic.cleanup()
