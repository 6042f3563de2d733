"""Shared fixtures: the training package on the path, a miniature dataset, the real data."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import List

import nibabel
import numpy as np
import pytest
import torch
from PIL import Image

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "models" / "training"))
torch.set_num_threads(1)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20)


@pytest.fixture
def regions() -> List[np.ndarray]:
    """Masks (96, 128): a box, a ring, specks, one pixel, a border strip, everything."""
    shape = (96, 128)
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    radius = np.hypot(rows - 50, columns - 60)
    specks = np.random.default_rng(3).random(shape) > 0.99
    single = np.zeros(shape, dtype=bool)
    single[10, 20] = True
    return [
        (rows > 20) & (rows < 70) & (columns > 30) & (columns < 80),
        (radius < 30) & (radius > 20),
        specks,
        single,
        rows == 0,
        np.ones(shape, dtype=bool),
    ]


def _write_dataset(folder: Path, name: str, dimension: int, rng: np.random.Generator) -> None:
    (folder / "images").mkdir(parents=True)
    (folder / "labels").mkdir()
    cases = []
    for number in range(4):
        shape = (60, 48) if dimension == 2 else (20, 24, 28)
        grid = np.indices(shape)
        centre = np.array(shape) / 2 + rng.uniform(-2, 2, size=dimension)
        distance = sum((g - c) ** 2 for g, c in zip(grid, centre)) ** 0.5
        label = (distance < min(shape) / 4).astype(np.uint8) + (distance < min(shape) / 8)
        image = 60 + 80 * (label > 0) + rng.normal(0, 10, size=shape)
        file = f"case{number}" + (".png" if dimension == 2 else ".nii.gz")
        if dimension == 2:
            Image.fromarray(np.clip(image, 0, 255).astype(np.uint8)).save(folder / "images" / file)
            Image.fromarray(label.astype(np.uint8)).save(folder / "labels" / file)
        else:
            # NIfTI arrays are (i, j, k): the transposed of what the reader returns.
            for part, data in (("images", image.astype(np.float32)), ("labels", label)):
                nibabel.save(nibabel.Nifti1Image(data.T, np.eye(4)), folder / part / file)
        split = "train" if number < 3 else "validation"
        cases.append(
            {"id": f"case{number}", "subject": f"s{number}", "split": split}
            | {"image": f"images/{file}", "label": f"labels/{file}"}
        )
    meta = {
        "name": name,
        "modality": "CT (HU)" if dimension == 3 else "MR",
        "licence": "CC0 1.0",
        "source": {"repo": "made by the test", "commit": "0"},
        "cases": cases,
    }
    (folder / "dataset.json").write_text(json.dumps(meta))


@pytest.fixture(scope="session")
def small_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two miniature datasets, one of slices and one of volumes."""
    root = tmp_path_factory.mktemp("data")
    generator = np.random.default_rng(8)
    _write_dataset(root / "flat", "flat", 2, generator)
    _write_dataset(root / "deep", "deep", 3, generator)
    return root


@pytest.fixture(scope="session")
def open_data() -> Path:
    """The open datasets, or a skip where they are absent."""
    named = os.environ.get("SEGBRIDGE_TEST_DATA")
    folder = (Path(named) if named else ROOT.parent / "shared" / "data") / "open"
    if not folder.is_dir():
        pytest.skip(f"no test data at {folder}; set SEGBRIDGE_TEST_DATA to its folder")
    return folder
