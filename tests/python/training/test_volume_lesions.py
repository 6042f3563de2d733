"""Lesions, phantoms and training examples made of them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import ndimage

from segbridge_models.volumes import lesions, phantoms
from segbridge_models.volumes.fields import blur, random_rotation, smooth
from segbridge_models.volumes.cases import VolumeCase
from segbridge_models.volumes.sampler import VolumeSampler, VolumeSamplerSettings

GRID = 32
CENTRE = np.full(3, (GRID - 1) / 2)


def _case(hounsfield: bool) -> VolumeCase:
    generator = np.random.default_rng(4)
    shape = (40, 36, 20)
    axes = np.indices(shape) - (np.array(shape)[:, None, None, None] - 1) / 2
    label = (np.sqrt((axes**2).sum(axis=0)) < 8).astype(np.uint8)
    image = np.clip(60 + 20 * label + generator.normal(0, 5, shape), 0, 255).astype(np.uint8)
    scale, offset = (4.0, -200.0) if hounsfield else (1.0, 0.0)
    return VolumeCase(
        "made", "one", "one", "train", hounsfield, (1.0, 1.0, 2.5), scale, offset, image, label
    )


def _parts(mask: torch.Tensor) -> np.ndarray:
    labels, _ = ndimage.label(mask.numpy())
    return np.bincount(labels.ravel())[1:]


@pytest.mark.parametrize("seed", range(8))
def test_a_confined_lesion_is_one_piece_inside_what_is_allowed(seed):
    rng = np.random.default_rng(seed)
    distance = lesions.lesion_distance(GRID, CENTRE, rng.uniform(8, 26), rng)
    allowed = smooth(GRID, 10, rng)[0] > -1.0
    mask = lesions.confine(distance, allowed, CENTRE)
    assert int(mask.sum()) >= lesions.MINIMUM_VOXELS
    assert len(_parts(mask)) == 1
    assert bool(allowed[mask].all())


def test_a_lesion_without_room_becomes_a_small_ball():
    distance = lesions.lesion_distance(GRID, CENTRE, 10, np.random.default_rng(0))
    mask = lesions.confine(distance, torch.zeros(GRID, GRID, GRID, dtype=torch.bool), CENTRE)
    assert lesions.MINIMUM_VOXELS <= int(mask.sum()) < 200
    assert bool(mask[GRID // 2, GRID // 2, GRID // 2])


def test_lesions_are_about_as_large_as_asked():
    for seed in range(6):
        rng = np.random.default_rng(seed)
        mask = lesions.lesion_distance(GRID, CENTRE, 16, rng) < 1.0
        inside = np.argwhere(lesions.largest_component(mask).numpy())
        extent = (inside.max(axis=0) - inside.min(axis=0) + 1).max()
        assert 8 <= extent <= 28


@pytest.mark.parametrize("contrast", [-60.0, 60.0])
def test_the_contrast_of_a_lesion_has_the_sign_asked_for(contrast):
    rng = np.random.default_rng(1)
    image = 40 + 5 * torch.from_numpy(rng.standard_normal((GRID,) * 3, np.float32))
    mask = lesions.lesion_distance(GRID, CENTRE, 16, rng) < 1.0
    look = lesions.Look(contrast, 3.0, 3.0, 0.7, 0.0, 0.0, 0.8)
    grown = lesions.implant(image, mask, look, rng)
    shift = float(grown[mask].mean() - image[mask].mean())
    assert np.sign(shift) == np.sign(contrast) and abs(shift) > 30
    far = ~torch.from_numpy(ndimage.binary_dilation(mask.numpy(), iterations=6))
    torch.testing.assert_close(grown[far], image[far])


@pytest.mark.parametrize("seed", range(6))
def test_phantoms_are_finite_and_of_several_parts(seed):
    phantom = phantoms.draw_phantom(GRID, np.random.default_rng(seed))
    assert bool(torch.isfinite(phantom.image).all())
    assert len(torch.unique(phantom.parts)) >= 3
    if phantom.hounsfield and bool((phantom.tissue == phantoms.AIR).any()):
        assert float(phantom.image[phantom.tissue == phantoms.AIR].mean()) < -500


@pytest.mark.parametrize("hounsfield", [True, False])
@pytest.mark.parametrize("boxed", [True, False])
@pytest.mark.parametrize("kind", ["real", "implant", "phantom"])
def test_every_kind_of_example_has_a_finite_image_and_an_object(hounsfield, boxed, kind):
    shares = VolumeSamplerSettings(real=float(kind == "real"), implant=float(kind == "implant"))
    sampler = VolumeSampler([_case(hounsfield)], shares)
    rng = np.random.default_rng(2)
    for _ in range(4):
        example = sampler.draw(GRID, boxed, rng)
        assert example.image.shape == example.truth.shape == (GRID,) * 3
        assert bool(torch.isfinite(example.image).all())
        assert int(example.truth.sum()) >= lesions.MINIMUM_VOXELS


def test_examples_repeat_with_the_seed():
    sampler = VolumeSampler([_case(True)], VolumeSamplerSettings())

    def draw(seed: int):
        rng = np.random.default_rng(seed)
        return [sampler.draw(16, bool(n % 2), rng) for n in range(6)]

    for one, two in zip(draw(3), draw(3)):
        assert one.origin == two.origin
        torch.testing.assert_close(one.image, two.image)
        assert bool((one.truth == two.truth).all())
    assert any(not torch.equal(a.image, b.image) for a, b in zip(draw(3), draw(4)))


def test_a_boxed_example_holds_the_whole_object():
    sampler = VolumeSampler([_case(True)], VolumeSamplerSettings(real=1.0, implant=0.0))
    rng = np.random.default_rng(0)
    whole = 0
    for _ in range(20):
        truth = sampler.draw(GRID, True, rng).truth
        border = truth.clone()
        border[1:-1, 1:-1, 1:-1] = False
        whole += not bool(border.any())
    assert whole >= 18


def test_rotations_are_rotations(rng):
    for _ in range(20):
        turn = random_rotation(rng)
        np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-12)
        assert np.linalg.det(turn) == pytest.approx(1.0)


def test_blur_keeps_constants_and_lowers_noise(rng):
    flat = torch.full((10, 10, 10), 3.0)
    torch.testing.assert_close(blur(flat, 1.2), flat)
    noise = torch.from_numpy(rng.standard_normal((16, 16, 16), np.float32))
    assert float(blur(noise, 1.0).std()) < 0.5
