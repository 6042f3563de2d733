"""Training state on disk, replaced atomically so that a killed run can always go on.

A checkpoint is one file, or, where files must stay small, several numbered parts beside an index
``NAME.parts.json``.
"""

from __future__ import annotations

import hashlib
import importlib
import inspect
import io
import json
import os
import sys
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO, Dict, Iterator

import torch


class CheckpointError(Exception):
    """A checkpoint cannot be read; the message names the file and why."""


def save(path: Path, state: Dict[str, Any], max_bytes: int | None = None) -> None:
    """Write ``state``, flush it to the disk, then replace the old checkpoint.

    With ``max_bytes`` no file is larger than that.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if max_bytes is not None:
        _save_parts(path, state, max_bytes)
        return
    temporary = path.with_name(path.name + ".partial")
    with temporary.open("wb") as stream:
        torch.save(state, stream)
        _flush(stream)
    os.replace(temporary, path)
    _index(path).unlink(missing_ok=True)
    _remove_parts(path, keep=set())


def exists(path: Path) -> bool:
    """Whether a checkpoint, whole or in parts, is there."""
    return path.exists() or _index(path).exists()


def load(path: Path) -> Dict[str, Any]:
    """Read a checkpoint made by this program, with every tensor on the CPU.

    It holds random states and examples in play, so it is unpickled: never open a foreign one.
    """
    try:
        return _unpickle(_joined(path) if _parts_are_newer(path) else path)
    except Exception as error:
        raise CheckpointError(f"{path} is not a readable checkpoint: {error}") from error


def _unpickle(source: Path | BinaryIO) -> Dict[str, Any]:
    # PyTorch 2.6 and newer read nothing but tensors unless told otherwise; 1.12 knows no such word.
    known = inspect.signature(torch.load).parameters
    options = {"weights_only": False} if "weights_only" in known else {}
    with _modules_of_numpy_2():
        return torch.load(source, map_location="cpu", **options)


@contextmanager
def _modules_of_numpy_2() -> Iterator[None]:
    """Lets NumPy 1 read arrays that NumPy 2 pickled, which call its core by another name."""
    if find_spec("numpy._core") is not None:
        yield
        return
    names = ("", ".multiarray", ".numeric", "._multiarray_umath")
    aliases = {f"numpy._core{n}": importlib.import_module(f"numpy.core{n}") for n in names}
    sys.modules.update(aliases)
    try:
        yield
    finally:
        for alias in aliases:
            sys.modules.pop(alias, None)


def _index(path: Path) -> Path:
    return path.with_name(path.name + ".parts.json")


def _flush(stream: BinaryIO) -> None:
    stream.flush()
    os.fsync(stream.fileno())


def _parts_are_newer(path: Path) -> bool:
    index = _index(path)
    if not path.exists() or not index.exists():
        return index.exists()
    return index.stat().st_mtime_ns > path.stat().st_mtime_ns


def _save_parts(path: Path, state: Dict[str, Any], max_bytes: int) -> None:
    if max_bytes < 1:
        raise ValueError(f"max_bytes must be at least 1, got {max_bytes}")
    buffer = io.BytesIO()
    torch.save(state, buffer)
    content = buffer.getbuffer()
    digest = hashlib.sha256(content).hexdigest()
    names = []
    for number, first in enumerate(range(0, len(content), max_bytes)):
        # The digest in the name keeps the old parts whole until the new index is in place.
        names.append(f"{path.name}.{digest[:12]}.part{number:03d}")
        with path.with_name(names[-1]).open("wb") as stream:
            stream.write(content[first : first + max_bytes])
            _flush(stream)
    temporary = _index(path).with_suffix(".partial")
    with temporary.open("wb") as stream:
        stream.write(json.dumps({"sha256": digest, "parts": names}, indent=1).encode())
        _flush(stream)
    os.replace(temporary, _index(path))
    path.unlink(missing_ok=True)
    _remove_parts(path, keep=set(names))


def _remove_parts(path: Path, keep: set[str]) -> None:
    for part in path.parent.glob(f"{path.name}.*.part[0-9][0-9][0-9]"):
        if part.name not in keep:
            part.unlink()


def _joined(path: Path) -> BinaryIO:
    index = json.loads(_index(path).read_text())
    content = b"".join(path.with_name(name).read_bytes() for name in index["parts"])
    if hashlib.sha256(content).hexdigest() != index["sha256"]:
        raise CheckpointError("its parts do not have the SHA-256 that their index gives")
    return io.BytesIO(content)
