"""Slices in any direction through the real server: an oblique one that is a grid slice gives what that slice gives."""
import numpy as np
import pytest
from end_to_end import dice

from SegBridgeLib import InvalidRequest, contract, prompts


def oblique(origin, column_axis, row_axis, spacing, shape):
    """``spacing`` and ``shape`` are (rows, columns)."""
    return contract.ObliqueSlice(
        origin=contract.LpsPoint(*map(float, origin)), column_axis=contract.LpsVector(*map(float, column_axis)),
        row_axis=contract.LpsVector(*map(float, row_axis)), row_spacing=float(spacing[0]), column_spacing=float(spacing[1]),
        rows=int(shape[0]), columns=int(shape[1]))


def grid_slice(geometry, axis, index):
    """A slice of the volume's own grid, described as a viewer describes an oblique one."""
    column, row = {"i": ("j", "k"), "j": ("i", "k"), "k": ("i", "j")}[axis]
    first = tuple(index if name == axis else 0 for name in "ijk")
    size, spacing = (dict(zip("ijk", values)) for values in (geometry.size, geometry.spacing))
    return oblique(
        np.asarray(geometry.to_lps([first]))[0], getattr(geometry, f"{column}_axis"), getattr(geometry, f"{row}_axis"),
        (spacing[row], spacing[column]), (size[row], size[column]))


@pytest.mark.parametrize("axis, index", [("k", 12), ("j", 70), ("i", 80)])
def test_an_oblique_slice_that_is_a_grid_slice_gives_the_same_mask(client, ellipsoid, axis, index):
    masks, (i, j) = [], (0, 2) if axis == "i" else (2, 0)
    stroke = ellipsoid.geometry.to_lps([(80 - i, 70 - j, 12), (80 + i, 70 + j, 12)])
    with client.open_volume(ellipsoid.voxels, ellipsoid.geometry, window=ellipsoid.window) as session:
        for segment, plane in [("grid", (axis, index)), ("oblique", grid_slice(ellipsoid.geometry, axis, index))]:
            session.put_segment(segment, allow_overlap=True)
            step = session.predict(segment, prompts.point((80, 70, 12)), plane)
            assert (step.slice is None) == (segment == "oblique")
            session.predict(segment, prompts.scribble(lps=stroke), plane)
            masks.append(session.mask(segment).copy())
    assert masks[0].any() and dice(*masks) > 0.999


def test_a_tilted_slice_segments_what_it_cuts_and_nothing_else(client, ellipsoid):
    geometry, centre = ellipsoid.geometry, np.array((80, 70, 12))
    middle = np.asarray(geometry.to_lps([tuple(centre)]))[0]
    i_axis, j_axis, k_axis = (np.asarray(getattr(geometry, f"{name}_axis")) for name in "ijk")
    row_axis = np.cos(0.35) * j_axis + np.sin(0.35) * k_axis
    normal = np.cross(i_axis, row_axis)
    plane = oblique(middle - 64 * i_axis - 40 * row_axis, i_axis, row_axis, (1.0, 1.0), (80, 128))
    with client.open_volume(ellipsoid.voxels, geometry, window=ellipsoid.window, prefetch=False) as session:
        session.predict("1", prompts.point(lps=middle), plane)
        session.predict("1", prompts.scribble(lps=[middle - 15 * i_axis, middle + 15 * i_axis]), plane)
        mask = session.mask("1")
        k, j, i = np.indices(mask.shape)
        centres = np.asarray(geometry.to_lps(np.stack([i, j, k], axis=-1).reshape(-1, 3))).reshape(*mask.shape, 3)
        thickness = sum(abs(normal @ axis) * mm for axis, mm in zip((i_axis, j_axis, k_axis), geometry.spacing))
        slab = np.abs((centres - middle) @ normal) <= thickness / 2 + 1e-6
        assert not (mask & ~slab).any()
        assert dice(mask, ellipsoid.truth & slab) > 0.6
        with pytest.raises(InvalidRequest, match="off the oblique slice"):
            session.predict("1", prompts.point(lps=middle + 8 * normal), plane)
