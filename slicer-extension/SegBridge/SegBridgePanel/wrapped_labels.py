"""Labels of several lines in a panel that scrolls."""
from typing import Any, Sequence


def giveRoom(labels: Sequence[Any], least: int = 0) -> None:
    """Gives each label, as its least height, what its text needs at its width, and ``least`` pixels at least.

    A wrapped label tells layouts its height by width, but a scroll area asks for the least height regardless of the
    width; the two do not go together, and lines would be drawn over each other in a narrow panel.
    """
    for label in labels:
        if not label.visible:
            continue
        needed = max(least, label.heightForWidth(label.width))
        if needed != label.minimumHeight:
            label.setMinimumHeight(needed)
        policy = label.sizePolicy
        if policy.hasHeightForWidth():  # Qt sets it with every new text
            policy.setHeightForWidth(False)
            label.setSizePolicy(policy)
