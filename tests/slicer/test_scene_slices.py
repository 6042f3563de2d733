"""The slice that a view shows, on oblique volumes under transforms."""
import numpy as np
import pytest
import slicer
from loop_stage import along, linear, rotation, view, volume_node
from SegBridgeLib import VolumeGeometry, contract, swap_ras_lps
from SegBridgeScene.frames import VolumeFrame
from SegBridgeScene.problems import SceneProblem
from SegBridgeScene.slices import slice_of_view

SHAPE = (20, 60, 50)
GRID = rotation(31, 0, (12, -8, 100)) @ rotation(-17, 2) @ np.diag((-0.9, -1.2, 2.5, 1.0))
MOVED = rotation(40, 1, (5, 60, -20))


@pytest.fixture
def volume(scene):
    return volume_node(np.zeros(SHAPE, np.int16), GRID, linear(MOVED))


def seen(volume, to_ras, **options):
    return slice_of_view(view(to_ras), VolumeFrame.of(volume), **options)


@pytest.mark.parametrize("axes, axis, index", [("ij", "k", 7), ("ik", "j", 33), ("jk", "i", 12), ("ji", "k", 0), ("kj", "i", 49)])
def test_a_view_along_the_grid_is_the_grid_slice_however_it_is_turned_within_its_plane(volume, axes, axis, index):
    at = [11, 22, 9]
    at["ijk".index(axis)] = index
    to_ras = along(MOVED @ GRID, axes, at)
    for degrees in (0, 33, 180):
        assert seen(volume, to_ras @ rotation(degrees, 2)).where == (axis, index)


@pytest.mark.parametrize("axes, axis", [("ij", "k"), ("ik", "j"), ("jk", "i")])
@pytest.mark.parametrize("size", [(1, 60, 50), (20, 1, 50), (20, 60, 1), (1, 1, 1)])
def test_a_volume_of_a_single_slice_is_seen_along_its_own_axes_too(volume, size, axes, axis):
    slicer.util.updateVolumeFromArray(volume, np.zeros(size, np.int16))
    assert seen(volume, along(MOVED @ GRID, axes, (0, 0, 0))).where == (axis, 0)


def test_a_view_between_two_slices_is_the_nearer_one(volume):
    for k, index in [(7.4, 7), (7.6, 8), (-0.4, 0), (19.4, 19)]:
        assert seen(volume, along(MOVED @ GRID, "ij", (3, 3, k))).where == ("k", index)


def test_the_slice_further_along_the_normal_is_found_by_its_offset(volume):
    to_ras = along(MOVED @ GRID, "ij", (3, 3, 7))
    step = float(to_ras[:3, 2] @ (MOVED @ GRID)[:3, 2])
    assert seen(volume, to_ras, shift_mm=4 * step).where == ("k", 11)


@pytest.mark.parametrize("degrees", [0, 25])
def test_a_view_beside_the_volume_is_told(volume, degrees):
    to_ras = along(MOVED @ GRID, "ij", (3, 3, 60)) @ rotation(degrees, 0)
    with pytest.raises(SceneProblem) as problem:
        seen(volume, to_ras)
    assert problem.value.key == "slice-outside"


def test_an_oblique_view_passes_through_the_points_it_shows_and_covers_the_whole_section(volume):
    to_ras = along(MOVED @ GRID, "ij", (25, 30, 10)) @ rotation(35, 0)
    plane = seen(volume, to_ras)
    assert not plane.is_grid
    where = plane.where
    geometry = VolumeGeometry.from_ijk_to_ras(SHAPE, GRID)
    origin, column, row = (np.array(values) for values in (
        (where.origin.l, where.origin.p, where.origin.s), (where.column_axis.l, where.column_axis.p, where.column_axis.s),
        (where.row_axis.l, where.row_axis.p, where.row_axis.s)))
    # Points that the view shows, in the volume frame, as LPS.
    shown = np.array([to_ras @ (u, v, 0, 1) for u in (-20, 0, 15) for v in (-15, 0, 10)])[:, :3]
    inner = (shown - MOVED[:3, 3]) @ MOVED[:3, :3]
    off = swap_ras_lps(inner) - origin
    assert np.abs(off @ np.cross(column, row)).max() < 0.02
    # Every voxel that the plane passes near has a pixel.
    ijk = np.argwhere(np.ones(SHAPE, bool))[:, ::-1]
    off = np.asarray(geometry.to_lps(ijk)) - origin
    near = off[np.abs(off @ np.cross(column, row)) < 0.3]
    u, v = near @ column / where.column_spacing, near @ row / where.row_spacing
    assert len(near) > 500 and u.min() > -1 and v.min() > -1 and u.max() < where.columns and v.max() < where.rows
    assert where.columns < 1.2 * (u.max() - u.min()) + 3 and where.rows < 1.2 * (v.max() - v.min()) + 3
    # As seen: columns to the right, rows downwards.
    assert column @ swap_ras_lps(MOVED[:3, :3].T @ to_ras[:3, 0]) == pytest.approx(1, abs=1e-5)
    assert row @ swap_ras_lps(MOVED[:3, :3].T @ to_ras[:3, 1]) == pytest.approx(-1, abs=1e-5)


def test_panning_does_not_change_the_numbers_of_an_oblique_slice(volume):
    to_ras = along(MOVED @ GRID, "ij", (25, 30, 10)) @ rotation(35, 0)
    chance = np.random.default_rng(4)
    first = seen(volume, to_ras)
    for _ in range(20):
        panned = to_ras.copy()
        panned[:3, 3] += to_ras[:3, :2] @ chance.uniform(-30, 30, 2)
        assert seen(volume, panned).where == first.where and seen(volume, panned).key == first.key
    onwards = to_ras.copy()
    onwards[:3, 3] += 2.0 * to_ras[:3, 2]
    assert seen(volume, onwards).key != first.key


def test_the_slice_of_a_view_does_not_depend_on_the_parent_transform(volume):
    turned = rotation(35, 0)
    before = seen(volume, along(MOVED @ GRID, "ij", (25, 30, 10)) @ turned)
    other = rotation(-70, 2, (1, 2, 3))
    volume.GetParentTransformNode().SetMatrixTransformToParent(slicer.util.vtkMatrixFromArray(other))
    after = seen(volume, along(other @ GRID, "ij", (25, 30, 10)) @ turned)
    assert isinstance(before.where, contract.ObliqueSlice) and before.where == after.where


def test_points_are_moved_onto_the_slice(volume):
    chance = np.random.default_rng(8)
    ijk = chance.uniform(0, 10, (5, 3))
    grid = seen(volume, along(MOVED @ GRID, "ij", (3, 3, 7)))
    assert np.allclose(grid.onto(ijk), np.column_stack([ijk[:, :2], np.full(5, 7.0)]))
    tilted = seen(volume, along(MOVED @ GRID, "ij", (25, 30, 10)) @ rotation(35, 0))
    moved = tilted.onto(ijk)
    assert np.allclose(moved @ tilted.normal, tilted.offset) and not np.allclose(moved, ijk)
