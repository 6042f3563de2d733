"""Which slice of the volume a slice view shows."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional, Tuple, Union

import numpy as np
import slicer
from SegBridgeLib import contract, swap_ras_lps
from SegBridgeLib.geometry import inverse
from slicer.i18n import tr as _

from .frames import VolumeFrame, apply
from .problems import SceneProblem

MAX_PIXELS = 4096
# A view that is off a grid slice by less than this many voxels over the whole volume counts as that slice.
_PARALLEL_VOXELS = 0.5


@dataclass(frozen=True, eq=False)
class SeenSlice:
    """A slice as the server takes it: ("k", 12) of the volume's grid, or an oblique one."""

    where: Union[Tuple[str, int], contract.ObliqueSlice]
    # Voxel indices p lie on it where normal . p = offset; the normal is of length 1 in voxels.
    normal: np.ndarray
    offset: float

    @property
    def is_grid(self) -> bool:
        return isinstance(self.where, tuple)

    @property
    def key(self) -> Any:
        """Equal for the same slice."""
        return self.where if isinstance(self.where, tuple) else self.where.encode()

    def onto(self, ijk: np.ndarray) -> np.ndarray:
        """Points (n, 3), in voxel indices, moved onto the slice."""
        return ijk - np.outer(ijk @ self.normal - self.offset, self.normal)


def grid_slice(axis: str, index: int) -> SeenSlice:
    return SeenSlice((axis, int(index)), np.eye(3)["ijk".index(axis)], float(index))


def slice_of_view(slice_node: Any, frame: VolumeFrame, shift_mm: float = 0.0) -> SeenSlice:
    """The slice that a view shows, or the one ``shift_mm`` along its normal."""
    to_ras = slicer.util.arrayFromVTKMatrix(slice_node.GetSliceToRAS())
    centre = to_ras[:3, 3] + shift_mm * to_ras[:3, 2]
    right, up = (_direction(frame, to_ras[:3, column]) for column in (0, 1))
    return _grid_slice(frame, np.cross(right, up), frame.world_to_volume(centre)[0]) or _oblique_slice(
        frame, right, up, frame.world_to_volume(centre)[0])


def _direction(frame: VolumeFrame, world: np.ndarray) -> np.ndarray:
    inner = inverse(frame.to_world)[:3, :3] @ world
    return inner / np.linalg.norm(inner)


def _grid_slice(frame: VolumeFrame, normal: np.ndarray, centre: np.ndarray) -> Optional[SeenSlice]:
    """The grid slice nearest to a plane, when the plane is parallel to one; turns within the plane do not matter."""
    # How far one voxel along i, j and k leads away from the plane.
    steps = normal @ frame.ijk_to_ras[:3, :3]
    # The plane can only be one across the axis that it is steepest to: in a volume of few slices it may be nearly flat
    # against others, too.
    axis = int(np.argmax(np.abs(steps) / frame.spacing))
    others = [other for other in range(3) if other != axis]
    if sum(abs(steps[other]) * (frame.size[other] - 1) for other in others) > _PARALLEL_VOXELS * abs(steps[axis]):
        return None
    middle = (np.array(frame.size) - 1) / 2.0
    middle[axis] = 0
    index = float(normal @ (centre - apply(frame.ijk_to_ras, middle)[0])) / steps[axis]
    # Where two slices are equally near, rounding of the view's matrix must not decide.
    nearest = int(np.floor(index + 0.5 + 1e-6))
    if not 0 <= nearest < frame.size[axis]:
        raise _outside()
    return grid_slice("ijk"[axis], nearest)


def _oblique_slice(frame: VolumeFrame, right: np.ndarray, up: np.ndarray, centre: np.ndarray) -> SeenSlice:
    """Covers the plane's section through the volume, whatever part of it the view shows.

    The numbers come from the plane alone, rounded: the server tells slices apart by them, so that panning and zooming
    must not change them.
    """
    up = up - (up @ right) * right
    right, up = (np.round(axis / np.linalg.norm(axis), 6) for axis in (right, up))
    normal = np.cross(right, up)
    offset = round(float(normal @ centre), 2)
    section = _section(frame, normal, offset)
    if len(section) < 3:
        raise _outside()
    # Columns go right, rows go down, as the picture is seen.
    across, down = section @ right, section @ -up
    spacing = min(frame.spacing)
    spacing = round(max(spacing, np.ptp(across) / (MAX_PIXELS - 1), np.ptp(down) / (MAX_PIXELS - 1)), 4) or 1e-4
    columns, rows = (max(1, min(MAX_PIXELS, int(np.floor(np.ptp(side) / spacing)) + 1)) for side in (across, down))
    first = normal * offset + right * round(float(across.min()), 2) - up * round(float(down.min()), 2)
    plane = contract.ObliqueSlice(
        origin=contract.LpsPoint(*_numbers(first)), column_axis=contract.LpsVector(*_numbers(right)),
        row_axis=contract.LpsVector(*_numbers(-up)), column_spacing=float(spacing), row_spacing=float(spacing),
        columns=columns, rows=rows)
    # normal . (A ijk + o) = offset, divided by the length of normal . A.
    in_voxels = normal @ frame.ijk_to_ras[:3, :3]
    length = float(np.linalg.norm(in_voxels))
    return SeenSlice(plane, in_voxels / length, (offset - float(normal @ frame.ijk_to_ras[:3, 3])) / length)


def _numbers(ras: np.ndarray) -> Any:
    return (swap_ras_lps(ras) + 0.0).tolist()


def _section(frame: VolumeFrame, normal: np.ndarray, offset: float) -> np.ndarray:
    """Where the plane cuts the edges of the volume, whose voxels reach half a voxel beyond their centres; (n, 3) mm."""
    ends = np.array(frame.size) - 0.5
    corners = np.array([[(-0.5, end)[bit >> axis & 1] for axis, end in enumerate(ends)] for bit in range(8)])
    corners = apply(frame.ijk_to_ras, corners)
    depth = corners @ normal - offset
    cuts = []
    for one in range(8):
        for axis in range(3):
            two = one | 1 << axis
            if two != one and depth[one] * depth[two] <= 0 and depth[one] != depth[two]:
                part = depth[one] / (depth[one] - depth[two])
                cuts.append(corners[one] + part * (corners[two] - corners[one]))
    return np.array(cuts).reshape(-1, 3)


def _outside() -> SceneProblem:
    return SceneProblem("slice-outside", _("The slice is outside of the volume: scroll to where the volume is."))
