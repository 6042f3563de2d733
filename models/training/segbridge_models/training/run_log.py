"""The log of a training: one JSON object a line, appended at once, also across restarts."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, Dict, List

FILE = "log.jsonl"


def _plain(value: Any) -> Any:
    """JSON knows no infinity and no NaN: they become null."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return value


class RunLog:
    """Appends events to ``log.jsonl`` of a run folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    def write(self, event: str, **values: Any) -> None:
        """Append one event; a line that a killed run left unfinished is closed first."""
        line = json.dumps({"event": event, **_plain(values)}, allow_nan=False) + "\n"
        with self.path.open("ab+") as stream:
            if stream.tell() > 0:
                stream.seek(-1, 2)
                if stream.read(1) != b"\n":
                    stream.write(b"\n")
            stream.write(line.encode())


def read(path: Path) -> List[Dict[str, Any]]:
    """The events that count, oldest first.

    What a killed run had logged after the checkpoint that the next one went on from was not kept
    by the training, and is left out; so are broken lines.
    """
    events: List[Dict[str, Any]] = []
    for line in path.read_text(errors="replace").splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if not isinstance(event, dict):
            continue
        if event.get("event") == "resumed":
            events = [e for e in events if e.get("minutes", 0.0) <= event["minutes"]]
        events.append(event)
    return events
