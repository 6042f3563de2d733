"""Evaluates a shipped bundle with simulated users.

``python -m segbridge_models.evaluate --bundle FOLDER --data FOLDER --split validation --json FILE``
reads the weights out of the bundle's ONNX file, plays every protocol on every evaluation target,
and writes a JSON report and a Markdown table beside it.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Dict, List, Sequence

import numpy as np
import torch

from . import onnx_graph
from .bundle import part_path
from .data.open_datasets import read_all
from .model_card import metric_table
from .prompts.protocol import EVALUATION_PROTOCOLS
from .rollout import Pair, evaluation_pairs, play

SIZE = 128
MINIMUM_PIXELS = 10
RESAMPLES = 2000
DEFAULT_PROTOCOLS = ("centerline-scribble", "centre-click", "box-then-click")


def bootstrap_interval(scores: np.ndarray, seed: int = 0) -> List[float]:
    """95 % percentile interval of the mean of ``scores`` (n,), resampled with replacement."""
    rng = np.random.default_rng(seed)
    means = scores[rng.integers(len(scores), size=(RESAMPLES, len(scores)))].mean(axis=1)
    return [round(float(v), 4) for v in np.percentile(means, [2.5, 97.5])]


def _row(dataset: str, protocol: str, step: int, scores: np.ndarray) -> Dict[str, Any]:
    return {
        "dataset": dataset,
        "protocol": protocol,
        "step": step + 1,
        "dice": round(float(scores[:, step].mean()), 4),
        "n": len(scores),
        "ci95": bootstrap_interval(scores[:, step]),
    }


def summarise(pairs: Sequence[Pair], scores: Dict[str, np.ndarray]) -> List[Dict[str, Any]]:
    """Rows for all pairs together, the mean over datasets, then each dataset.

    ``scores`` maps protocol to Dice (pairs, steps).
    """
    names = np.array([p.dataset for p in pairs])
    rows = []
    for protocol, values in scores.items():
        rows += [_row("all", protocol, s, values) for s in range(values.shape[1])]
        means = np.stack([values[names == name].mean(axis=0) for name in np.unique(names)])
        rows += [_row("mean of datasets", protocol, s, means) for s in range(means.shape[1])]
        for name in np.unique(names):
            chosen = values[names == name]
            rows += [_row(str(name), protocol, s, chosen) for s in range(values.shape[1])]
    order = {name: i for i, name in enumerate(["all", "mean of datasets", *np.unique(names)])}
    return sorted(rows, key=lambda r: order[r["dataset"]])


def main(argv: Sequence[str] | None = None) -> int:
    """Command line entry."""
    parser = argparse.ArgumentParser(prog="segbridge_models.evaluate", description=__doc__)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder of dataset folders")
    parser.add_argument("--split", default="validation", choices=["train", "validation"])
    parser.add_argument("--json", type=Path, required=True, help="report; a .md goes beside it")
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--protocols", nargs="+", default=DEFAULT_PROTOCOLS, choices=sorted(EVALUATION_PROTOCOLS)
    )
    arguments = parser.parse_args(argv)

    torch.set_num_threads(arguments.threads)
    model = onnx_graph.load_network(part_path(arguments.bundle, "unet"))
    pairs = list(
        evaluation_pairs(read_all(arguments.data, arguments.split), SIZE, MINIMUM_PIXELS)
    )
    scores = {}
    for name in arguments.protocols:
        print(f"{name}: {len(pairs)} image-label pairs", file=sys.stderr)
        scores[name] = play(
            model, pairs, EVALUATION_PROTOCOLS[name], arguments.steps, arguments.seed
        )
    rows = summarise(pairs, scores)
    report = {
        "split": arguments.split,
        "size": SIZE,
        "seed": arguments.seed,
        "minimumPixels": MINIMUM_PIXELS,
        "pairs": len(pairs),
        "rows": rows,
        "cases": [
            {"dataset": p.dataset, "name": p.name}
            | {k: [round(float(d), 4) for d in v[i]] for k, v in scores.items()}
            for i, p in enumerate(pairs)
        ],
    }
    arguments.json.write_text(json.dumps(report, indent=1) + "\n")
    shown = [r for r in rows if r["step"] in (1, 5, arguments.steps)]
    table = metric_table(shown)
    arguments.json.with_suffix(".md").write_text(table + "\n")
    print(table)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
