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
    # Undo of the scene is not for segments. Where Slicer has it in the menu, the panel borrows its key.
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
        # Entries of Slicer's menus, and the keys that they get back.
        self._borrowed: List[Tuple[Any, str]] = []
        self._connections = Connections()

    def install(self) -> None:
        window = slicer.util.mainWindow()
        if window is None or self._shortcuts:
            return
        self._borrowKeys(window)
        for key, action, _elsewhere in KEYS:
            shortcut = qt.QShortcut(qt.QKeySequence(key), window)
            shortcut.setAutoRepeat(action in ("undo", "redo"))
            self._connections.add(shortcut, "activated()", self._actions[action])
            # While another extension has a shortcut with the same key, Qt gives the key to both in turn.
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
        for entry, key in self._borrowed:
            if entry:
                entry.setShortcut(qt.QKeySequence(key))
        self._borrowed = []

    def _borrowKeys(self, window: Any) -> None:
        """Takes the panel's keys from the menu Edit: with two that want a key, each press would go to one of them in turn."""
        ours = [key for key, _action, _elsewhere in KEYS]
        menu = window.findChild(qt.QMenu, "EditMenu")
        entries = [(entry, entry.shortcut.toString()) for entry in (menu.actions() if menu is not None else ())]
        self._borrowed = [(entry, key) for entry, key in entries if key in ours]
        for entry, _key in self._borrowed:
            entry.setShortcut(qt.QKeySequence())

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
