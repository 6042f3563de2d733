"""The icon set that suits the colours of the window."""
import os
from typing import Any, Dict

import qt


class Icons:
    """Icons of Resources/Icons/light for light windows and of Resources/Icons/dark for dark ones."""

    def __init__(self, folder: str, widget: Any) -> None:
        lightness = widget.palette.color(qt.QPalette.Window).lightness()
        self.dark = lightness < 128
        self._loaded: Dict[str, Any] = {}
        self._folder = os.path.join(folder, "dark" if self.dark else "light")

    def __getitem__(self, name: str) -> Any:
        if name not in self._loaded:
            path = os.path.join(self._folder, name + ".svg")
            if not os.path.isfile(path):
                raise KeyError("there is no icon {0}".format(path))
            self._loaded[name] = qt.QIcon(path)
        return self._loaded[name]

    @property
    def checkedStyle(self) -> str:
        """Style sheet for checkable tool buttons: in dark windows Qt's own way of drawing them checked is hard to see."""
        return "QToolButton:checked {{ background-color: rgba({0}, 70); border: 1px solid rgb({0}); border-radius: 3px; }}".format(
            "111, 178, 255" if self.dark else "38, 114, 217")

    def colour(self, meaning: str) -> str:
        """HTML colour for "good", "wait", "bad" or "idle", legible on this window."""
        light, dark = _COLOURS[meaning]
        return dark if self.dark else light


_COLOURS = {
    "good": ("#1f9d55", "#57d08b"),
    "wait": ("#b97700", "#f2b84b"),
    "bad": ("#c8321f", "#ff7d6b"),
    "idle": ("#8792a3", "#8792a3"),
}
