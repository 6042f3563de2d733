"""Which protocols each shipped bundle is measured with, and on which collections of data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Tuple

EVERY_AXIS = ("--axes", "ijk", "--only-chosen")
COLLECTIONS = {
    "open": "the collection that the models were trained on, other subjects",
    "research": "data sets that no weights have seen",
}


@dataclass(frozen=True)
class Run:
    """One protocol with its options; ``datasets`` narrows it to those (of any collection)."""

    protocol: str
    options: Tuple[str, ...]
    datasets: Tuple[str, ...] = ()


RUNS: Dict[str, Tuple[Run, ...]] = {
    "scribble-2d": (
        Run("centerline-scribbles", EVERY_AXIS),
        Run("line-scribbles", EVERY_AXIS),
        Run("contour-scribbles", EVERY_AXIS),
        Run("center-clicks", (*EVERY_AXIS, "--steps", "10")),
        Run("random-clicks", (*EVERY_AXIS, "--steps", "10")),
        Run("warm-start", (*EVERY_AXIS, "--steps", "10")),
        Run("boxes", (*EVERY_AXIS, "--steps", "10", "--box-jitter", "0")),
        Run("given-scribbles", (), ("acdc_cardiac_mr",)),
    ),
    "context-2d": (Run("in-context", ("--compare", "scribble-2d,context-2d", "--only-chosen")),),
    "tumour-3d": (Run("prism-ultra", ()), Run("prism-plain", ())),
}
