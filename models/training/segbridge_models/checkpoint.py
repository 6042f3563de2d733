"""Training state on disk, replaced atomically so that a killed run can always go on."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict

import torch


class CheckpointError(Exception):
    """A checkpoint cannot be read; the message names the file and why."""


def save(path: Path, state: Dict[str, Any]) -> None:
    """Write ``state`` beside ``path``, flush it to the disk, then replace the old file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".partial")
    with temporary.open("wb") as stream:
        torch.save(state, stream)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(temporary, path)


def load(path: Path) -> Dict[str, Any]:
    """Read a checkpoint made by this program (it is unpickled: never open a foreign one)."""
    try:
        return torch.load(path, map_location="cpu")
    except Exception as error:
        raise CheckpointError(f"{path} is not a readable checkpoint: {error}") from error
