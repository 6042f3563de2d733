"""The published PRISM, with its deterministic fill, against golden numbers of two iterations.

Takes about a minute and 3 GB on two cores, hence only with SEGBRIDGE_GOLDEN_FULL=1.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Dict, List

import numpy as np
import pytest
import torch

from segbridge_models import golden
from segbridge_models.parity_vectors_prism import golden_steps, golden_volume, prompt_maps
from segbridge_models.prism import Prism
from segbridge_models.prism.model import select
from segbridge_models.prism.sparse_prompts import collate

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = ROOT.parent / "shared" / "specs" / "golden"
TOLERANCE = 1e-4
# Where the selected candidate is within 2e-5 of 0, rounding decides how the refiner binarises it,
# and each such voxel shows in the refined logits around it.  The side that the published run took
# there is in this file; with these voxels settled everything agrees.
SIGNS = ROOT / "server" / "SegBridge.Models" / "Golden" / "prism-signs.json"

pytestmark = pytest.mark.skipif(
    os.environ.get("SEGBRIDGE_GOLDEN_FULL") != "1", reason="SEGBRIDGE_GOLDEN_FULL=1 runs it"
)


def _settled(logits: torch.Tensor, signs: Dict[str, List[List[int]]]) -> torch.Tensor:
    """The logits (1, 1, G, G, G) with every voxel of ``signs`` on its side of 0."""
    settled = logits.clone()
    for side, barely in (("inside", 1e-6), ("outside", -1e-6)):
        for voxel in signs[side]:
            place = (0, 0, *voxel)
            if (settled[place] > 0) != (barely > 0):
                assert abs(float(settled[place])) <= TOLERANCE, voxel
                settled[place] = barely
    return settled


@pytest.fixture(scope="module")
def tensors() -> Dict[str, np.ndarray]:
    """Everything that golden numbers exist for, by their names."""
    if not GOLDEN.is_dir():
        pytest.skip("the golden arrays are not at hand")
    torch.set_num_threads(2)
    model = Prism().requires_grad_(False)
    golden.fill(model)
    image = golden_volume(128)
    embedding, maps = model.image_encoder(image)
    made = {"embedding": embedding} | {f"feat{level}": f for level, f in enumerate(maps)}
    skips = model.mask_decoder.decoder.skip_halves(maps)
    previous = torch.zeros_like(image)
    steps, signs = golden_steps(), json.loads(SIGNS.read_text())
    for number, step in enumerate(steps):
        points, labels = collate([step])
        tokens, keys = model.prompt_encoder(embedding, points, labels, previous)
        masks, scores = model.mask_decoder(tokens, keys, skips)
        all_prompts = prompt_maps(steps[: number + 1], 128, 2)
        chosen = _settled(select(masks, scores), signs[number])
        previous, error = model.refine(image, chosen, all_prompts)
        results = {"tokens": tokens, "keys": keys, "masks": masks, "scores": scores}
        results |= {"refined": previous, "errmap": error}
        made |= {f"it{number}_{name}": value for name, value in results.items()}
    torch.set_num_threads(1)
    return {name: value.numpy() for name, value in made.items()}


def test_every_tensor_has_the_golden_statistics_and_samples(tensors):
    expected = json.loads((GOLDEN / "prism.json").read_text())
    assert {f"prism_{name}" for name in tensors} == set(expected)
    for name, actual in tensors.items():
        numbers = expected[f"prism_{name}"]
        assert list(actual.shape) == numbers["shape"]
        values = actual.astype(np.float64)
        assert values.mean() == pytest.approx(numbers["mean"], abs=TOLERANCE), name
        assert values.std() == pytest.approx(numbers["std"], abs=TOLERANCE), name
        for place, value in numbers["samples"].items():
            sample = float(actual[tuple(json.loads(place))])
            assert abs(sample - value) <= TOLERANCE * max(1.0, abs(value)), (name, place)


@pytest.mark.parametrize("number", [0, 1])
def test_the_stored_arrays_are_reproduced_voxel_by_voxel(tensors, number):
    with np.load(GOLDEN / f"prism_it{number}.npz") as stored:
        expected = {name: stored[name] for name in stored.files}
    for name in ("scores", "tokens", "masks_s8", "refined_s8"):
        kind, _, sampled = name.partition("_")
        actual = tensors[f"it{number}_{kind}"]
        actual = actual[..., ::8, ::8, ::8] if sampled else actual
        difference = np.abs(actual - expected[name]) / np.maximum(1.0, np.abs(expected[name]))
        assert difference.max() <= TOLERANCE, name
    assert tensors[f"it{number}_scores"].argmax() == expected["sel"][0]
