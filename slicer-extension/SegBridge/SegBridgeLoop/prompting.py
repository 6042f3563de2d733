"""The user's prompts, from world RAS to the contract's messages on the slice that is meant."""
from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Any, Optional

import numpy as np
from SegBridgeLib import contract, prompts
from SegBridgeScene.frames import VolumeFrame, apply
from SegBridgeScene.problems import SceneProblem
from SegBridgeScene.slices import SeenSlice, grid_slice, slice_of_view
from slicer.i18n import tr as _

from .state import ModelInfo


@dataclass(frozen=True, eq=False)
class Prompted:
    message: contract.Prompt
    # None for a 3D model.
    plane: Optional[SeenSlice]
    # What the user drew, (n, 3) mm in the volume frame.
    drawn: np.ndarray


class Prompting:
    """Makes prompts for one model on one volume; raises SceneProblem where that cannot be."""

    def __init__(self, frame: VolumeFrame, model: ModelInfo, slice_node: Any) -> None:
        self._frame, self._model, self._slice_node = frame, model, slice_node

    def point(self, ras: Any, positive: bool) -> Prompted:
        ijk, plane = self._on_plane("point", np.asarray(ras, dtype=np.float64).reshape(1, 3))
        return Prompted(prompts.point(ijk[0], positive=positive), plane, self._drawn(ijk))

    def scribble(self, ras: Any, radius_mm: float, positive: bool) -> Prompted:
        ijk, plane = self._on_plane("scribble", np.asarray(ras, dtype=np.float64).reshape(-1, 3))
        return Prompted(prompts.scribble(path=ijk, radius_mm=radius_mm, positive=positive), plane, self._drawn(ijk))

    def lasso(self, ras: Any, positive: bool) -> Prompted:
        ijk, plane = self._on_plane("lasso", np.asarray(ras, dtype=np.float64).reshape(-1, 3))
        if len(ijk) < 3:
            raise SceneProblem("lasso-too-short", _("A lasso needs an outline: draw around the object."))
        return Prompted(prompts.lasso(ijk, positive=positive), plane, self._drawn(ijk))

    def box(self, ras: Any) -> Prompted:
        corners = self._frame.world_to_ijk(ras)
        plane = self._plane(corners.mean(axis=0, keepdims=True))
        self._require("box")
        if plane is not None:
            corners = plane.onto(corners)
        lower = np.maximum(np.floor(corners.min(axis=0) + 0.5), 0).astype(int)
        upper = np.minimum(np.floor(corners.max(axis=0) + 0.5) + 1, self._frame.size).astype(int)
        if np.any(upper <= lower):
            raise _outside()
        message = prompts.box(lower, upper)
        if self._slice_node is None:
            ends = np.array([lower - 0.5, upper - 0.5])
            corners = np.array([[ends[bit >> axis & 1][axis] for axis in range(3)] for bit in range(8)])
        return Prompted(message, plane, self._drawn(corners))

    def _on_plane(self, kind: str, ras: np.ndarray) -> Any:
        """Points in voxel indices, inside the volume and on the slice of a 2D model."""
        self._require(kind)
        ijk = self._frame.world_to_ijk(ras)
        plane = self._plane(ijk)
        if plane is not None:
            ijk = plane.onto(ijk)
        ijk = ijk[self._frame.holds(ijk)]
        if len(ijk) == 0:
            raise _outside()
        return ijk, plane

    def _plane(self, ijk: np.ndarray) -> Optional[SeenSlice]:
        if self._model.dimension != 2:
            return None
        if self._slice_node is not None:
            return self.seen_slice
        index = int(np.floor(median(ijk[:, 2].tolist()) + 0.5))
        if not 0 <= index < self._frame.size[2]:
            raise _outside()
        return grid_slice("k", index)

    @property
    def seen_slice(self) -> SeenSlice:
        """What the user's view shows."""
        return slice_of_view(self._slice_node, self._frame)

    def _require(self, kind: str) -> None:
        if kind not in self._model.prompts:
            raise SceneProblem("prompt-not-supported", _("{model} takes no {kind} prompts: choose another model.").format(
                model=self._model.title, kind=kind))

    def _drawn(self, ijk: np.ndarray) -> np.ndarray:
        return apply(self._frame.ijk_to_ras, ijk)


def _outside() -> SceneProblem:
    return SceneProblem("prompt-outside", _("This is outside of the volume: place prompts on the image."))
