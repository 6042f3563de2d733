"""The vectors that the simulated readers of both languages are held to are what this code draws and SciPy measures."""

from __future__ import annotations

import json
from typing import Any

import pytest
import shared_vectors


def _same(found: Any, expected: Any) -> None:
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for key in expected:
            _same(found[key], expected[key])
    elif isinstance(expected, list) and expected and isinstance(expected[0], float):
        assert found == pytest.approx(expected, abs=1e-5)
    elif isinstance(expected, list):
        assert len(found) == len(expected)
        for one, other in zip(found, expected):
            _same(one, other)
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, abs=1e-9)
    else:
        assert found == expected


@pytest.mark.parametrize("name", ["prompts", "metrics"])
def test_the_vectors_are_what_this_code_makes(name):
    stored = json.loads((shared_vectors.FOLDER / f"{name}.json").read_text())
    _same(json.loads(json.dumps(getattr(shared_vectors, name)())), stored)
