"""Evaluates a shipped bundle with simulated users.

``python -m segbridge_models.evaluate --bundle FOLDER --data FOLDER --split validation --json FILE``
reads the weights out of the bundle's ONNX file, plays every protocol on every evaluation target,
and writes a JSON report and a Markdown table beside it.  ``--baseline random-walker`` plays the
scribble protocols with that method too and compares; ``--baseline-from REPORT`` takes its scores
from an earlier report, on which the network has no influence.  ``--examples FILE.png`` draws the
best, the median and the worst cases.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Dict, List, Sequence

import numpy as np
import torch
from torch import nn

from . import onnx_graph
from .baselines import BASELINES
from .bundle import part_path
from .data.open_datasets import read_all, read_index
from .evaluation_tables import compare, comparison_table, groups_of, modality_of, summarise
from .example_pictures import choose, write_examples
from .model_card import EXAMPLE_STEP, SHOWN_STEPS, metric_table, overview
from .prompts.protocol import EVALUATION_PROTOCOLS, ScribbleUser
from .rollout import Pair, evaluation_pairs, play

SIZE = 128
MINIMUM_PIXELS = 10
DECIMALS = 4
DEFAULT_PROTOCOLS = ("centerline-scribble", "centre-click", "box-then-click")
EXAMPLE_PROTOCOL = "centerline-scribble"


def _played(
    title: str,
    model: nn.Module,
    pairs: Sequence[Pair],
    protocols: Sequence[str],
    steps: int,
    arguments: argparse.Namespace,
) -> Dict[str, np.ndarray]:
    """Protocol to Dice (pairs, steps), the mean over the seeds, as precise as the report."""
    scores = {}
    for name in protocols:
        print(f"{title}, {name}: {len(pairs)} image-label pairs", file=sys.stderr)
        runs = [
            play(model, pairs, EVALUATION_PROTOCOLS[name], steps, arguments.seed + extra)
            for extra in range(arguments.seeds)
        ]
        scores[name] = np.mean(runs, axis=0).round(DECIMALS)
    return scores


def _cases(pairs: Sequence[Pair], scores: Dict[str, np.ndarray]) -> List[Dict[str, Any]]:
    return [
        {"dataset": p.dataset, "name": p.name}
        | {k: [round(float(d), DECIMALS) for d in v[i]] for k, v in scores.items()}
        for i, p in enumerate(pairs)
    ]


def _played_before(
    path: Path, method: str, report: Dict[str, Any], protocols: Sequence[str], steps: int
) -> Dict[str, np.ndarray]:
    """A baseline's scores out of an earlier report of the same images, seeds and steps."""
    earlier = json.loads(path.read_text())
    for key in ("split", "size", "seed", "seeds", "minimumPixels", "pairs"):
        if earlier[key] != report[key]:
            raise SystemExit(
                f"{path} cannot give the baseline: its {key} is {earlier[key]}, not {report[key]}"
            )
    found = earlier.get("baseline", {"name": "none", "cases": []})
    if found["name"] != method:
        raise SystemExit(f"{path} holds the baseline {found['name']}, not {method}")
    named = [[(c["dataset"], c["name"]) for c in r["cases"]] for r in (found, report)]
    scores = {p: [c.get(p, [])[:steps] for c in found["cases"]] for p in protocols}
    if named[0] != named[1] or any(len(row) != steps for rows in scores.values() for row in rows):
        raise SystemExit(f"{path} has other cases, fewer steps, or lacks one of {list(protocols)}")
    return {p: np.array(rows) for p, rows in scores.items()}


def _examples(
    arguments: argparse.Namespace, model: nn.Module, pairs: Sequence[Pair]
) -> List[Dict[str, Any]]:
    """Draw the examples' sheet; which they are, for the report."""
    protocol, steps = EVALUATION_PROTOCOLS[EXAMPLE_PROTOCOL], min(EXAMPLE_STEP, arguments.steps)
    scores = play(model, pairs, protocol, steps, arguments.seed)[:, -1]
    chosen = choose([p.dataset for p in pairs], scores)
    write_examples(
        arguments.examples, model, pairs, chosen, protocol, steps, arguments.seed
    )
    return [
        {
            "kind": e.kind,
            "dataset": pairs[e.index].dataset,
            "name": pairs[e.index].name,
            "dice": round(e.dice, 4),
            "protocol": EXAMPLE_PROTOCOL,
            "step": steps,
        }
        for e in chosen
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="segbridge_models.evaluate", description=__doc__)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder of dataset folders")
    parser.add_argument("--split", default="validation", choices=["train", "validation"])
    parser.add_argument("--json", type=Path, required=True, help="report; a .md goes beside it")
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--seeds", type=int, default=1, help="how many; Dice is their mean")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--protocols", nargs="+", default=DEFAULT_PROTOCOLS, choices=sorted(EVALUATION_PROTOCOLS)
    )
    parser.add_argument("--baseline", choices=sorted(BASELINES), help="a method to compare with")
    parser.add_argument("--baseline-steps", type=int, help="its steps, if fewer")
    parser.add_argument("--baseline-from", type=Path, help="earlier report that played it")
    parser.add_argument("--examples", type=Path, help="PNG of best, median and worst cases")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Command line entry."""
    arguments = _parser().parse_args(argv)
    torch.set_num_threads(arguments.threads)
    model = onnx_graph.load_network(part_path(arguments.bundle, "unet"))
    index = read_index(arguments.data, arguments.split)
    modalities = {info.name: modality_of(info.meta["modality"]) for info in index}
    pairs = list(
        evaluation_pairs(read_all(arguments.data, arguments.split), SIZE, MINIMUM_PIXELS)
    )
    groups = groups_of([p.dataset for p in pairs], modalities)
    title, steps = arguments.bundle.name, arguments.steps
    scores = _played(title, model, pairs, arguments.protocols, steps, arguments)
    report: Dict[str, Any] = {
        "split": arguments.split,
        "size": SIZE,
        "seed": arguments.seed,
        "seeds": arguments.seeds,
        "minimumPixels": MINIMUM_PIXELS,
        "pairs": len(pairs),
        "rows": summarise(groups, scores),
        "cases": _cases(pairs, scores),
    }
    sections = [metric_table([r for r in report["rows"] if r["step"] in SHOWN_STEPS])]
    if arguments.baseline:
        steps = min(arguments.baseline_steps or steps, steps)
        scribbled = [
            name for name in scores if isinstance(EVALUATION_PROTOCOLS[name], ScribbleUser)
        ]
        if arguments.baseline_from:
            theirs = _played_before(
                arguments.baseline_from, arguments.baseline, report, scribbled, steps
            )
        else:
            method = BASELINES[arguments.baseline]()
            theirs = _played(arguments.baseline, method, pairs, scribbled, steps, arguments)
        report["baseline"] = {
            "name": arguments.baseline,
            "rows": summarise(groups, theirs),
            "comparison": compare(groups, scores, theirs),
            "cases": _cases(pairs, theirs),
        }
        shown = [r for r in report["baseline"]["comparison"] if r["step"] in SHOWN_STEPS]
        sections.append(comparison_table(shown, arguments.baseline))
    if arguments.examples:
        report["examples"] = _examples(arguments, model, pairs)
    arguments.json.write_text(json.dumps(report, indent=1) + "\n")
    arguments.json.with_suffix(".md").write_text("\n\n".join(sections) + "\n")
    print(overview(report))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
