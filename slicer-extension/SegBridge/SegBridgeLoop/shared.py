"""The one logic of the application: the module panel and the Segment Editor effect drive the same session."""
from typing import Optional

from .logic import SegBridgeLogic

_logic: Optional[SegBridgeLogic] = None


def sharedLogic() -> SegBridgeLogic:
    """Made when first asked for."""
    global _logic
    if _logic is None:
        _logic = SegBridgeLogic()
    return _logic


def releaseLogic() -> None:
    """Ends its session and observations; the next sharedLogic() is a new one."""
    global _logic
    if _logic is not None:
        _logic.cleanup()
        _logic = None
