"""Trains the 2D network: ``python -m segbridge_models.train --data FOLDER --run FOLDER``.

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

from . import checkpoint, settings
from .data.open_datasets import read_all
from .data.sampler import ExampleSampler
from .prompts.protocol import EVALUATION_PROTOCOLS
from .rollout import Pair, evaluation_pairs, play
from .trainer import Trainer

VALIDATION_PAIRS_PER_DATASET = 6
VALIDATION_STEPS = 5
_CONFIG = Path(__file__).parent.parent / "configs" / "scribble-2d.toml"


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="segbridge_models.train", description=__doc__)
    parser.add_argument("--config", type=Path, default=_CONFIG, help="settings (TOML)")
    parser.add_argument("--data", type=Path, required=True, help="folder of dataset folders")
    parser.add_argument("--run", type=Path, required=True, help="folder of this training run")
    parser.add_argument("--minutes", type=float, default=120.0, help="budget in training minutes")
    parser.add_argument("--threads", type=int, default=2, help="workers that share a batch")
    parser.add_argument("--checkpoint-minutes", type=float, default=3.0)
    parser.add_argument("--validate-minutes", type=float, default=8.0)
    return parser.parse_args(argv)


def _validation_pairs(data: Path, size: int) -> List[Pair]:
    """A few pairs per dataset, evenly spread over its list."""
    chosen: List[Pair] = []
    for dataset in read_all(data, "validation"):
        pairs = list(evaluation_pairs([dataset], size, 10))
        count = min(VALIDATION_PAIRS_PER_DATASET, len(pairs))
        chosen += [pairs[i] for i in np.linspace(0, len(pairs) - 1, count).round().astype(int)]
    return chosen


def _validate(trainer: Trainer, pairs: Sequence[Pair]) -> Dict[str, Any]:
    result: Dict[str, Any] = {"n": len(pairs)}
    for name in ("centerline-scribble", "centre-click"):
        scores = play(trainer.average, pairs, EVALUATION_PROTOCOLS[name], VALIDATION_STEPS, seed=1)
        result[name] = [round(float(s), 4) for s in scores.mean(axis=0)]
    return result


def _log(path: Path, entry: Dict[str, Any]) -> None:
    line = json.dumps(entry)
    print(line, flush=True)
    with path.open("a") as stream:
        stream.write(line + "\n")


def run(arguments: argparse.Namespace) -> Trainer:
    """Train until the budget is spent."""
    torch.set_num_threads(1)
    options = settings.read(arguments.config)
    arguments.run.mkdir(parents=True, exist_ok=True)
    log = arguments.run / "log.jsonl"
    saved = arguments.run / "checkpoint.pt"
    sampler = ExampleSampler(read_all(arguments.data, "train"), options.sampler)
    trainer = Trainer(options, sampler, arguments.threads)
    if saved.exists():
        trainer.restore(checkpoint.load(saved))
        _log(log, {"event": "resumed", "step": trainer.step, "minutes": trainer.seconds / 60})
    pairs = _validation_pairs(arguments.data, options.phases[-1].size)
    budget = arguments.minutes * 60.0
    losses: List[float] = []
    last_saved = last_validated = trainer.seconds
    while trainer.seconds < budget:
        started = time.monotonic()
        losses.append(trainer.advance(trainer.seconds / budget))
        trainer.seconds += time.monotonic() - started
        if trainer.seconds - last_saved < arguments.checkpoint_minutes * 60:
            continue
        started = time.monotonic()
        checkpoint.save(saved, trainer.state())
        last_saved = trainer.seconds
        entry = {"step": trainer.step, "minutes": round(trainer.seconds / 60, 2)}
        entry |= {"examples": trainer.examples, "loss": round(float(np.mean(losses)), 4)}
        _log(log, {"event": "checkpoint", **entry})
        losses.clear()
        if trainer.seconds - last_validated >= arguments.validate_minutes * 60:
            _log(log, {"event": "validation", **entry, **_validate(trainer, pairs)})
            last_validated = trainer.seconds
        trainer.seconds += time.monotonic() - started
    checkpoint.save(saved, trainer.state())
    _log(log, {"event": "finished", "step": trainer.step, **_validate(trainer, pairs)})
    return trainer


def main(argv: Sequence[str] | None = None) -> int:
    """Command line entry."""
    run(_arguments(argv))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
