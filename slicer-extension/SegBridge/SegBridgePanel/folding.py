"""Showing parts of a group that can be folded away."""
from typing import Any


def showInGroup(group: Any, part: Any, shown: bool) -> None:
    """Shows or hides a part of a ctkCollapsibleButton; in a folded group it waits until the group is unfolded.

    The panel renders its groups anew whenever one of them is unfolded.
    """
    part.setVisible(shown and not group.collapsed)
