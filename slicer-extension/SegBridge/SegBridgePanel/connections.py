"""Signals of widgets that are connected together and let go together."""
import logging
from typing import Any, Callable, List, Tuple


class Connections:
    """PythonQt keeps what a signal calls alive until it is disconnected, so every group keeps its own list."""

    def __init__(self) -> None:
        self._made: List[Tuple[Any, str, Callable]] = []

    def add(self, sender: Any, signal: str, slot: Callable) -> None:
        """Connects by the signal's C++ signature, such as ``clicked()``."""
        if not sender.connect(signal, slot):
            logging.error("SegBridge: %s has no signal %s", sender.objectName, signal)
        self._made.append((sender, signal, slot))

    def clear(self) -> None:
        for sender, signal, slot in self._made:
            # False: Qt has destroyed the widget before us.
            if sender:
                sender.disconnect(signal, slot)
        self._made.clear()
