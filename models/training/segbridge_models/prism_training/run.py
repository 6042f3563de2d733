"""Trains a PRISM network on volumes until a budget of minutes is spent.

The run folder holds ``checkpoint.pt`` (everything needed to go on) and ``log.jsonl``.  Starting
the same command again goes on where the last checkpoint was written, also after ``kill -9``.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any, Dict, List, Sequence

import numpy as np
import torch

from .. import checkpoint
from ..volumes.pack import load_or_read, manifest
from ..volumes.sampler import VolumeSampler
from . import settings
from .trainer import VolumeTrainer

_CONFIG = Path(__file__).parent.parent.parent / "configs" / "tumour-3d.toml"


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="segbridge_models.prism_training", description=__doc__)
    parser.add_argument("--config", type=Path, default=_CONFIG, help="settings (TOML)")
    parser.add_argument(
        "--data", type=Path, required=True, help="folder of dataset folders, or packed volumes"
    )
    parser.add_argument("--run", type=Path, required=True, help="folder of this training run")
    parser.add_argument("--minutes", type=float, default=100.0, help="budget in training minutes")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--checkpoint-minutes", type=float, default=3.0)
    return parser.parse_args(argv)


def _log(path: Path, entry: Dict[str, Any]) -> None:
    line = json.dumps(entry)
    print(line, flush=True)
    with path.open("a") as stream:
        stream.write(line + "\n")


def run(arguments: argparse.Namespace) -> VolumeTrainer:
    """Train until the budget is spent."""
    torch.set_num_threads(arguments.threads)
    options = settings.read(arguments.config)
    arguments.run.mkdir(parents=True, exist_ok=True)
    log = arguments.run / "log.jsonl"
    saved = arguments.run / "checkpoint.pt"
    cases = load_or_read(arguments.data, "train", options.sampler.weights)
    data = manifest(cases)
    trainer = VolumeTrainer(options, VolumeSampler(cases, options.sampler), arguments.device)
    if saved.exists():
        trainer.restore(checkpoint.load(saved))
        _log(log, {"event": "resumed", "step": trainer.step, "minutes": trainer.seconds / 60})
    budget = arguments.minutes * 60.0
    results: List[Dict[str, float]] = []
    last_saved = trainer.seconds
    while trainer.seconds < budget:
        started = time.monotonic()
        results.append(trainer.advance(trainer.seconds / budget))
        trainer.seconds += time.monotonic() - started
        if trainer.seconds - last_saved < arguments.checkpoint_minutes * 60:
            continue
        started = time.monotonic()
        checkpoint.save(saved, {**trainer.state(), "data": data})
        last_saved = trainer.seconds
        entry = {"step": trainer.step, "minutes": round(trainer.seconds / 60, 2)}
        entry |= {"examples": trainer.examples}
        entry |= {k: round(float(np.mean([r[k] for r in results])), 4) for k in results[0]}
        _log(log, {"event": "checkpoint", **entry})
        results.clear()
        trainer.seconds += time.monotonic() - started
    checkpoint.save(saved, {**trainer.state(), "data": data})
    _log(log, {"event": "finished", "step": trainer.step, "examples": trainer.examples})
    return trainer


def main(argv: Sequence[str] | None = None) -> int:
    """Command line entry."""
    run(_arguments(argv))
    return 0
