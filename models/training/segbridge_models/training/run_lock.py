"""One training at a time in a run folder."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator


class RunError(Exception):
    """A run cannot be started; the message says why."""


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Makes a run folder and holds it alone; the system lets go of it even after ``kill -9``.

    Raises RunError while another training holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise RunError(f"another training is writing to {folder}") from error
        yield
