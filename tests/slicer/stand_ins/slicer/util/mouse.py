"""Moving the mouse in views."""
from __future__ import annotations

from typing import Any, Sequence


def clickAndDrag(widget: Any, button: str = "Left", start: Sequence[int] = (10, 10), end: Sequence[int] = (10, 40), steps: int = 20,
                 modifiers: Sequence[str] = ()) -> None:
    """Pixels are counted from the lower left corner."""
    interactor = widget.sliceView().interactor()
    keys = (int("Control" in modifiers), int("Shift" in modifiers))

    def at(position: Sequence[float], event: str) -> None:
        interactor.SetEventInformation(round(position[0]), round(position[1]), *keys, chr(0), 0, None)
        interactor.InvokeEvent(event)

    at(start, f"{button}ButtonPressEvent")
    for step in range(steps):
        share = step / (steps - 1) if steps > 1 else 1.0
        at([one + share * (other - one) for one, other in zip(start, end)], "MouseMoveEvent")
    at(end, f"{button}ButtonReleaseEvent")
