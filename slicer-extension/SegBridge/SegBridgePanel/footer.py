"""How much went over the line and how long the last step took, small."""
from typing import Any

from slicer.i18n import tr as _
from SegBridgeLoop.state import What

from .figures import bytesText, durationText


class Footer:
    shows = frozenset({What.TRAFFIC, What.STEP})

    def __init__(self, logic: Any, ui: Any) -> None:
        self._logic = logic
        self._label = ui.footerLabel
        font = self._label.font
        if font.pointSizeF() > 0:
            font.setPointSizeF(0.9 * font.pointSizeF())
            self._label.setFont(font)

    def setIcons(self, icons: Any) -> None:
        pass

    def render(self) -> None:
        traffic, step = self._logic.traffic, self._logic.step
        parts = []
        if traffic.bytes_sent or traffic.bytes_received:
            parts.append(_("Sent {sent} · received {received}").format(
                sent=bytesText(traffic.bytes_sent), received=bytesText(traffic.bytes_received)))
        if step is not None and step.timing.end_to_end_ms > 0:
            parts.append(_("step {total} (model {model})").format(
                total=durationText(step.timing.end_to_end_ms), model=durationText(step.timing.model_ms)))
        self._label.setText(" · ".join(parts))

    def cleanup(self) -> None:
        pass
