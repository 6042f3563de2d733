"""Geometry over oblique, flipped, sheared and anisotropic volumes; prompts."""
import numpy as np
import pytest

from SegBridgeLib import GeometryError, PromptError, VolumeGeometry, VoxelBox, prompts, swap_ras_lps
from SegBridgeLib.contract import Axis, GridSlice, Polarity, Prompt
from SegBridgeLib.geometry import inverse, plane_message
from SegBridgeLib.masks import decode_region


def random_geometry(seed):
    """Rotated, of either handedness, anisotropic; every third one sheared as by a tilted gantry."""
    chance = np.random.default_rng(seed)
    axes, _ = np.linalg.qr(chance.normal(size=(3, 3)))
    if seed % 2:
        axes[:, 0] *= -1
    if seed % 3 == 0:
        axes[:, 2] += 0.3 * axes[:, 1]
        axes[:, 2] /= np.linalg.norm(axes[:, 2])
    spacing = chance.uniform(0.2, 5.0, size=3)
    return VolumeGeometry.from_direction(tuple(chance.integers(1, 300, size=3).tolist()), spacing, chance.normal(size=3) * 200, axes)


@pytest.mark.parametrize("seed", range(40))
def test_voxel_indices_and_world_points_convert_both_ways(seed):
    geometry = random_geometry(seed)
    ijk = np.random.default_rng(seed + 1000).uniform(-10, 300, size=(50, 3))
    lps = geometry.to_lps(ijk)
    for n in range(5):
        by_formula = np.array(geometry.origin) + sum(
            ijk[n, axis] * geometry.spacing[axis] * np.array((geometry.i_axis, geometry.j_axis, geometry.k_axis)[axis])
            for axis in range(3))
        assert np.allclose(lps[n], by_formula, atol=1e-9)
    assert np.allclose(geometry.to_ijk(lps), ijk, atol=1e-6)


@pytest.mark.parametrize("seed", range(40))
def test_an_affine_times_its_inverse_is_the_identity(seed):
    matrix = random_geometry(seed).ijk_to_lps
    np.testing.assert_allclose(inverse(matrix), np.linalg.inv(matrix), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(inverse(matrix) @ matrix, np.eye(4), atol=1e-9)


@pytest.mark.parametrize("scales", ((1.0, 0.0, 1.0), (1.0, float("nan"), 1.0)))
def test_a_matrix_that_flattens_space_is_refused(scales):
    with pytest.raises(GeometryError, match="has no inverse"):
        inverse(np.diag((*scales, 1.0)))


@pytest.mark.parametrize("seed", range(40))
def test_affines_in_either_frame_describe_the_same_volume(seed):
    geometry = random_geometry(seed)
    ijk = np.random.default_rng(seed).uniform(0, 100, size=(20, 3))
    for again in (VolumeGeometry.from_ijk_to_lps(geometry.shape, geometry.ijk_to_lps),
                  VolumeGeometry.from_ijk_to_ras(geometry.shape, geometry.ijk_to_ras)):
        assert again.size == geometry.size
        assert np.allclose(again.to_lps(ijk), geometry.to_lps(ijk), atol=1e-6)
        assert np.isclose(again.voxel_volume_mm3, geometry.voxel_volume_mm3)
    homogeneous = np.c_[ijk, np.ones(20)] @ geometry.ijk_to_ras.T
    assert np.allclose(swap_ras_lps(homogeneous[:, :3]), geometry.to_lps(ijk), atol=1e-6)


def test_nibabel_places_voxels_where_we_do():
    nibabel = pytest.importorskip("nibabel")
    affine = np.array([[0, -0.8, 0.1, 30], [0.9, 0, 0, -20], [0, 0.1, 2.5, 7], [0, 0, 0, 1.0]])
    image = nibabel.Nifti1Image(np.zeros((3, 4, 5), np.int16), affine)
    geometry = VolumeGeometry.from_ijk_to_ras(np.asarray(image.dataobj).T.shape, image.affine)
    assert geometry.size == (3, 4, 5)
    ras = nibabel.affines.apply_affine(image.affine, [[1, 2, 3], [0.5, 0, 4]])
    assert np.allclose(geometry.to_lps([[1, 2, 3], [0.5, 0, 4]]), swap_ras_lps(ras))


def test_messages_carry_every_number():
    geometry = random_geometry(7)
    message = type(geometry.to_message()).decode(geometry.to_message().encode())
    assert (message.size.i, message.size.j, message.size.k) == geometry.size
    assert (message.k_axis.l, message.k_axis.p, message.k_axis.s) == geometry.k_axis
    assert (message.origin.l, message.origin.p, message.origin.s) == geometry.origin


@pytest.mark.parametrize("change, words", [
    ({"spacing": (1, 1, float("nan"))}, "finite"), ({"spacing": (1, 1, 0)}, "above 0"), ({"spacing": (1, 1)}, "3 finite"),
    ({"size": (0, 5, 5)}, "1..32768"), ({"size": (1.5, 5, 5)}, "whole"), ({"origin": (0, float("inf"), 0)}, "finite"),
    ({"i_axis": (2, 0, 0)}, "length 1"), ({"i_axis": (0, 1, 0)}, "one plane"), ({"origin": "abc"}, "3 numbers"),
])
def test_a_geometry_that_cannot_be_is_refused(change, words):
    with pytest.raises(GeometryError, match=words):
        VolumeGeometry(**{"size": (4, 5, 6), **change})


def test_boxes_index_arrays_in_reverse_order():
    box = VoxelBox((1, 2, 3), (4, 6, 8))
    assert box.size == (3, 4, 5) and box.shape == (5, 4, 3) and box.voxel_count == 60
    assert np.zeros((10, 10, 10))[box.slices].shape == box.shape
    assert VoxelBox.from_message(box.to_message()) == box
    with pytest.raises(GeometryError, match="below"):
        VoxelBox((1, 2, 3), (4, 1, 8))


def test_slices_are_named_by_axis_and_index():
    assert plane_message(("k", 12)) == GridSlice(Axis.K, 12)
    for wrong in (("z", 1), 5, ("k",)):
        with pytest.raises(GeometryError, match="like"):
            plane_message(wrong)


def test_points_keep_their_frame():
    assert prompts.point((1, 2, 3)).point.ijk.k == 3.0
    lps = prompts.point(ras=(1, 2, 3), positive=False).point
    assert lps.polarity == Polarity.NEGATIVE and (lps.lps.l, lps.lps.p, lps.lps.s) == (-1.0, -2.0, 3.0)


def test_scribbles_by_voxels_and_by_indices_are_the_same():
    mask = np.zeros((4, 5, 6), dtype=bool)
    mask[1, 2, 3] = mask[1, 3, 4] = True
    one, two = prompts.scribble(mask), prompts.scribble(np.array([[3, 2, 1], [4, 3, 1]]))
    assert decode_region(one.scribble.voxels)[0] == VoxelBox((3, 2, 1), (5, 4, 2))
    assert one == two
    path = prompts.scribble(path=[(1, 2, 3), (4, 5, 6)], radius_mm=2).scribble
    assert path.path.ijk.coordinates == [1, 2, 3, 4, 5, 6] and path.radius_mm == 2


def test_every_prompt_travels():
    for prompt in (prompts.point((1, 2, 3)), prompts.box((0, 0, 0), (3, 3, 1)), prompts.mask(np.ones((2, 2, 2))),
                   prompts.lasso([(0, 0, 0), (3, 0, 0), (0, 3, 0)]), prompts.scribble(lps=[(1, 2, 3)])):
        assert Prompt.decode(prompt.encode()) == prompt


@pytest.mark.parametrize("make, words", [
    (lambda: prompts.point(), "one of ijk"), (lambda: prompts.point((1, 2)), "shape"), (lambda: prompts.point((1, 2, np.nan)), "finite"),
    (lambda: prompts.point([(1, 2, 3), (1, 2, 3)]), "one point"), (lambda: prompts.box((0, 0, 0), (0, 1, 1)), "not be empty"),
    (lambda: prompts.lasso([(1, 2, 3)]), "3..100000"), (lambda: prompts.scribble(path=[(1, 2, 3)], radius_mm=-1), "radius"),
    (lambda: prompts.scribble(np.zeros((2, 2, 2))), "at least one voxel"), (lambda: prompts.scribble(np.zeros((2, 2))), "voxels must be"),
    (lambda: prompts.point(("a", 1, 2)), "numbers"),
])
def test_a_prompt_that_cannot_be_is_refused(make, words):
    with pytest.raises(PromptError, match=words):
        make()
