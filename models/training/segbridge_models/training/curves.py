"""Draws the curves of a training from its log.

``python -m segbridge_models.training.curves --run FOLDER`` draws them again at any time, for
example where the machine of the training had no Pillow.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
from pathlib import Path
from typing import Any, Dict, List, Sequence, Tuple

from . import run_log
from .progress import duration

FILE = "curves.png"
_LOSS = ("loss", "checkpoint")
_SCORES = ("validation", "finished")

Series = List[Tuple[float, float]]


def series(events: Sequence[Dict[str, Any]]) -> Tuple[Series, Dict[str, Series]]:
    """Loss, and validation Dice by name, each as (minutes, value) points."""
    loss: Series = []
    dice: Dict[str, Series] = {}
    for event in events:
        minutes = event.get("minutes")
        if minutes is None:
            continue
        if event["event"] in _LOSS and event.get("loss") is not None:
            loss.append((minutes, event["loss"]))
        if event["event"] in _SCORES:
            for name, value in event.get("dice", {}).items():
                if value is not None:
                    dice.setdefault(name, []).append((minutes, value))
    return loss, dice


def smooth(points: Series, share: float = 0.04) -> Series:
    """Moving mean over ``share`` of the points on either side, as far as there are any."""
    reach = max(1, round(len(points) * share))
    values = [v for _, v in points]
    out: Series = []
    for i, (x, _) in enumerate(points):
        window = values[max(0, i - reach) : i + reach + 1]
        out.append((x, sum(window) / len(window)))
    return out


def write(folder: Path) -> bool:
    """Draw ``curves.png`` of a run folder from its log; False where Pillow is not installed."""
    if importlib.util.find_spec("PIL") is None:
        return False
    from .chart import Curve, Panel, draw

    log = folder / run_log.FILE
    events = run_log.read(log) if log.exists() else []
    loss, dice = series(events)
    loss_curves = [Curve("", loss, faint=True), Curve("training loss", smooth(loss))]
    scores = [Curve(name, points, dots=True) for name, points in dice.items()]
    panels = [Panel("Loss", loss_curves), Panel("Validation Dice", scores, (0.0, 1.0))]
    image = draw(_title(folder, events), panels, "minutes of training")
    temporary = folder / (FILE + ".partial")
    image.save(temporary, format="PNG", optimize=True)
    os.replace(temporary, folder / FILE)
    return True


def _title(folder: Path, events: Sequence[Dict[str, Any]]) -> str:
    family = next((e["family"] for e in reversed(events) if "family" in e), "")
    last = next((e for e in reversed(events) if "step" in e and "minutes" in e), None)
    state = f"step {last['step']:,} after {duration(60 * last['minutes'])}" if last else ""
    return "   ".join(t for t in (folder.resolve().name, family, state) if t)


def main(argv: Sequence[str] | None = None) -> int:
    """Command line entry."""
    parser = argparse.ArgumentParser(prog="segbridge_models.training.curves", description=__doc__)
    parser.add_argument("--run", type=Path, required=True, help="folder of the training run")
    folder = parser.parse_args(argv).run
    if not (folder / run_log.FILE).is_file():
        parser.error(f"{folder} holds no {run_log.FILE}")
    if not write(folder):
        parser.error("drawing curves needs Pillow")
    print(folder / FILE)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
