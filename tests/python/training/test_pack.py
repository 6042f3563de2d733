"""Packed data gives the same samples, keeps to its size, and needs neither Pillow nor nibabel."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from segbridge_models import checkpoint, pack
from segbridge_models.data import exactness, packed
from segbridge_models.data.open_datasets import read_affine, read_all, read_index
from segbridge_models.data.sampler import ExampleSampler, SamplerSettings
from segbridge_models.training import data_manifest


def _used(root):
    return {
        split: {d.name: [c.identifier for c in d.cases] for d in read_all(root, split)}
        for split in ("train", "validation")
    }


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_packed_numbers_come_back_exactly(rng, dtype):
    shape = (3, 5, 7)
    numbers = rng.integers(0, np.iinfo(dtype).max, size=shape, endpoint=True).astype(dtype)
    numbers[0, 0, :2] = 0, np.iinfo(dtype).max
    back = packed.decode(packed.encode(numbers))
    assert back.dtype == dtype
    np.testing.assert_array_equal(back, numbers)


@pytest.fixture(scope="module")
def exact_pack(small_integer_data, tmp_path_factory):
    out = tmp_path_factory.mktemp("packed") / "pack"
    assert pack.main(["--data", str(small_integer_data), "--out", str(out)]) == 0
    return out / "training"


@pytest.fixture(scope="module")
def small_integer_data(small_data, tmp_path_factory):
    """The miniature data with volumes of whole numbers, as scanners store them."""
    import shutil

    import nibabel

    root = tmp_path_factory.mktemp("whole") / "data"
    shutil.copytree(small_data, root)
    affine = np.array([[-0.9, 0, 0, 5], [0, 0.9, 0, -7], [0, 0, 3.2, 11], [0, 0, 0, 1.0]])
    for path in (root / "deep" / "images").iterdir():
        values = np.rint(nibabel.load(path).get_fdata() - 150).astype(np.int16)
        nibabel.save(nibabel.Nifti1Image(values, affine), path)
    return root


def test_a_pack_holds_the_same_cases_geometry_and_hashes(exact_pack, small_integer_data):
    data = exact_pack / "data"
    for split in ("train", "validation"):
        for old, new in zip(read_all(small_integer_data, split), read_all(data, split)):
            assert (old.name, old.licence, old.source) == (new.name, new.licence, new.source)
            for a, b in zip(old.cases, new.cases):
                assert (a.identifier, a.subject, a.hounsfield) == (
                    b.identifier, b.subject, b.hounsfield
                )
                assert a.image.dtype == b.image.dtype and a.label.dtype == b.label.dtype
                np.testing.assert_array_equal(a.image, b.image)
                np.testing.assert_array_equal(a.label, b.label)
    info = next(i for i in read_index(data, "train") if i.name == "deep")
    affine = read_affine(info, info.entries("train")[0])
    np.testing.assert_allclose(np.diag(affine), [-0.9, 0.9, 3.2, 1.0], rtol=1e-6)
    original = data_manifest.collect(small_integer_data, _used(small_integer_data))
    assert data_manifest.collect(data, _used(data)) == original


def test_a_pack_gives_the_same_training_samples(exact_pack, small_integer_data):
    roots = (small_integer_data, exact_pack / "data")
    samplers = [ExampleSampler(read_all(r, "train"), SamplerSettings()) for r in roots]
    generators = [np.random.default_rng(5) for _ in roots]
    for _ in range(12):
        old, new = (s.draw(32, g) for s, g in zip(samplers, generators))
        np.testing.assert_array_equal(old.image, new.image)
        np.testing.assert_array_equal(old.target, new.target)


def test_coarser_levels_stay_within_half_a_step_inside_their_range(rng):
    volume = rng.normal(40, 300, size=(6, 20, 20)).astype(np.int16)
    for level in exactness.LEVELS[1:]:
        low, step = level.hounsfield
        stored = exactness.stored_as(volume, True, level)
        back = stored.restore(stored.numbers(exactness.kept_range(volume, stored, level)))
        inside = (volume >= low) & (volume <= low + exactness.CT_SPAN - step)
        assert np.abs(back[inside].astype(float) - volume[inside]).max() <= step / 2
        assert back.min() == low and back.dtype == volume.dtype


@pytest.mark.parametrize("level", exactness.LEVELS, ids=lambda level: level.name)
@pytest.mark.parametrize("shape", [(16, 16), (1, 16, 16)])
def test_no_grey_wraps_around_at_any_level(level, shape):
    image = np.arange(256, dtype=np.uint8).reshape(shape)
    stored = exactness.stored_as(image, False, level)
    back = stored.restore(stored.numbers(exactness.kept_range(image, stored, level)))
    assert back.dtype == image.dtype
    step = stored.scale
    assert np.abs(back.astype(float) - image).max() <= step / 2 + 0.5
    assert (np.diff(back.astype(int).ravel()) >= 0).all()


def test_data_that_does_not_fit_takes_a_coarser_level_or_is_refused(
    small_integer_data, tmp_path, capsys
):
    base = ["--data", str(small_integer_data)]
    assert pack.main([*base, "--out", str(tmp_path / "a"), "--level", "exact"]) == 0
    size = sum(p.stat().st_size for p in (tmp_path / "a" / "training" / "data").glob("*/*"))
    tight = ["--max-mb", str(size * 0.97 / 1e6)]
    assert pack.main([*base, "--out", str(tmp_path / "b"), *tight]) == 0
    described = tmp_path / "b" / "training" / "data" / "deep" / "dataset.json"
    meta = json.loads(described.read_text())
    assert meta["level"] != "exact"
    assert pack.main([*base, "--out", str(tmp_path / "c"), "--max-mb", "0.001"]) == 2
    assert "name fewer with --datasets" in capsys.readouterr().err
    assert not (tmp_path / "c" / "training" / "data").exists()
    assert pack.main([*base, "--out", str(tmp_path / "d"), "--datasets", "wide"]) == 2
    assert "no dataset 'wide'" in capsys.readouterr().err


def test_a_pack_is_read_without_pillow_and_nibabel(exact_pack):
    program = (
        "import sys; sys.modules['PIL'] = sys.modules['nibabel'] = None\n"
        "from pathlib import Path\n"
        "from segbridge_models import train\n"
        "import segbridge_models.context.task, segbridge_models.prism_training.task\n"
        "from segbridge_models.data.open_datasets import read_all\n"
        "print(sum(len(d.cases) for d in read_all(Path('data'), 'train')), train.default_data())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=exact_pack, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["6", str(exact_pack / "data")], done.stderr
    assert (exact_pack.parent / "bundles" / "scribble-2d" / "model.json").is_file()


def test_a_checkpoint_in_parts_is_small_whole_and_replaced(tmp_path):
    import torch

    path = tmp_path / "run" / "checkpoint.pt"
    for number in (1, 2):
        state = {"step": number, "weights": torch.full((1000,), float(number))}
        checkpoint.save(path, state, 1500)
        sizes = [p.stat().st_size for p in path.parent.iterdir()]
        assert not path.exists() and len(sizes) > 3 and max(sizes) <= 1500
        assert checkpoint.exists(path) and checkpoint.load(path)["step"] == number
    part = sorted(path.parent.glob("*.part*"))[1]
    part.write_bytes(b"x" + part.read_bytes()[1:])
    with pytest.raises(checkpoint.CheckpointError, match="SHA-256"):
        checkpoint.load(path)
    checkpoint.save(path, {"step": 3})
    assert [p.name for p in path.parent.iterdir()] == ["checkpoint.pt"]
    assert checkpoint.load(path) == {"step": 3}
