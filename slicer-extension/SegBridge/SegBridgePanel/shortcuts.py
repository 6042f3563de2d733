"""Keys of the panel: alive only while the module is shown and no text is being typed."""
from typing import Any, Callable, Dict, List, Tuple

import qt
import slicer
from slicer.i18n import tr as _

from .connections import Connections

# Key, what it does, and what Slicer does with it elsewhere. Chosen by the first letter, as other annotation programs do.
# Where Slicer has a use of its own, another key of Slicer's does the same, so that nothing is out of reach.
KEYS: Tuple[Tuple[str, str, str], ...] = (
    ("P", "point", ""),
    ("S", "scribble", ""),
    # In slice views: previous slice, which Left and Down do as well.
    ("B", "box", "previous slice"),
    ("L", "lasso", ""),
    ("X", "polarity", ""),
    # Scene undo, which is switched off in Slicer unless a module switches it on.
    ("Ctrl+Z", "undo", "undo of the scene"),
    ("Ctrl+Y", "redo", "redo of the scene"),
    ("1", "candidate 1", ""),
    ("2", "candidate 2", ""),
    ("3", "candidate 3", ""),
    # Leaves place mode, which our handler does as well.
    ("Esc", "cancel", "leave place mode"),
    ("D", "disagreement", ""),
    ("N", "next click", ""),
    ("Return", "predict", ""),
    ("Enter", "predict", ""),
    ("A", "accept slice", ""),
)


class Shortcuts:
    """Made on entering the module and taken away on leaving it, so that other modules keep their own keys."""

    def __init__(self, actions: Dict[str, Callable[[], Any]]) -> None:
        self._actions = actions
        self._shortcuts: List[Any] = []
        self._connections = Connections()

    def install(self) -> None:
        window = slicer.util.mainWindow()
        if window is None or self._shortcuts:
            return
        for key, action, _elsewhere in KEYS:
            shortcut = qt.QShortcut(qt.QKeySequence(key), window)
            shortcut.setAutoRepeat(action in ("undo", "redo"))
            self._connections.add(shortcut, "activated()", self._actions[action])
            # While a menu entry of Slicer's with the same key is enabled, Qt gives the key to both in turn.
            self._connections.add(shortcut, "activatedAmbiguously()", self._actions[action])
            self._shortcuts.append(shortcut)
        self._connections.add(slicer.app, "focusChanged(QWidget*,QWidget*)", self._focusChanged)
        self._focusChanged(None, qt.QApplication.focusWidget())

    def remove(self) -> None:
        self._connections.clear()
        for shortcut in self._shortcuts:
            # False: Qt has destroyed it with the window.
            if shortcut:
                shortcut.setEnabled(False)
                shortcut.deleteLater()
        self._shortcuts = []

    def _focusChanged(self, before: Any, now: Any) -> None:
        typing = now is not None and any(now.inherits(name) for name in _TYPED_INTO)
        for shortcut in self._shortcuts:
            shortcut.setEnabled(not typing)


_TYPED_INTO = ("QLineEdit", "QTextEdit", "QPlainTextEdit", "QAbstractSpinBox")


def showKeysInToolTips(widgets: Dict[str, Any]) -> None:
    """Adds its key to the tool tip of the widget of an action: "Draw a box … [B]"."""
    for key, action, _elsewhere in KEYS:
        widget = widgets.get(action)
        if widget is not None and key != "Enter":
            widget.setToolTip(_("{tip} [{key}]").format(tip=widget.toolTip, key=key))
