"""Evaluates a context bundle on series of images, against the prompts-only bundle.

``python -m segbridge_models.context.evaluate --bundle FOLDER --scribble-bundle FOLDER --data DATA
--json FILE [--research DATA]`` reads the weights out of both bundles' ONNX files and lets
simulated users segment every series twice (see ``campaign``): clicks, at most 20 an image, or
centerline scribbles, at most 10 steps, until Dice 0.90.  Series: tasks of the validation split
with at least 8 images, 18 of them in a seeded order.  ``--research`` adds tasks of other data sets
with at least 18 images, all splits, reported apart: nothing was trained on them.  ``--examples
FILE.png`` draws the best, the median and the worst proposals of the context alone.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, Dict, List, Sequence

import numpy as np
import torch

from .. import onnx_graph
from ..bundle import MANIFEST, part_path
from ..data.open_datasets import Dataset, read_all
from ..example_pictures import choose, contact_sheet, draw_case, save_within
from ..onnx_export import multiverseg
from ..prompts.encode import Prompts
from ..prompts.protocol import EVALUATION_PROTOCOLS
from .campaign import GOAL, Outcome, play_series
from .report import markdown, summarise
from .series import Series, read_series
from .users import Work, in_context, when_sure, with_share, without_context

SIZE = 128
IMAGES = 18
MINIMUM_IMAGES = {"validation": 8, "research": 18}
LIMITS = {"centerline-scribble": 10, "centre-click": 20}


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="segbridge_models.context.evaluate", description=__doc__)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--scribble-bundle", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder of dataset folders")
    parser.add_argument("--research", type=Path, help="folder of data sets for evaluation only")
    parser.add_argument("--json", type=Path, required=True, help="report; a .md goes beside it")
    parser.add_argument("--orders", type=int, default=1, help="random orders of every series")
    parser.add_argument("--images", type=int, default=IMAGES, help="images of a series")
    parser.add_argument("--tasks", type=int, help="at most so many tasks of a data set")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--examples", type=Path, help="PNG of best, median and worst proposals")
    parser.add_argument("--protocols", nargs="+", default=list(LIMITS), choices=list(LIMITS))
    return parser.parse_args(argv)


def _chosen(series: List[Series], most: int | None) -> List[Series]:
    """At most ``most`` tasks of each data set, evenly over its list."""
    if most is None:
        return series
    kept = []
    for name in dict.fromkeys(s.dataset for s in series):
        own = [s for s in series if s.dataset == name]
        kept += own[:: -(-len(own) // most)]
    return kept


def draw(path: Path, works: Sequence[Work]) -> List[Dict[str, Any]]:
    """The sheet of the best, the median and the worst proposals; which they are, for the report."""
    scores = np.array([work.scores[0] for work in works])
    chosen = choose([work.pair.dataset for work in works], scores)
    cells, captions, listed = [], [], []
    for example in chosen:
        work = works[example.index]
        cells.append(draw_case(work.pair, Prompts(work.pair.image.shape), work.proposal))
        captions.append(f"{example.kind} {example.dice:.2f} {work.pair.dataset}"[:31])
        entry = {"kind": example.kind, "dataset": work.pair.dataset, "case": work.pair.name}
        listed.append(entry | {"dice": round(example.dice, 4)})
    save_within(contact_sheet(cells, captions, len(chosen) // 3), path)
    return listed


def _read(arguments: argparse.Namespace) -> Dict[str, List[Dataset]]:
    groups = {"validation": read_all(arguments.data, "validation")}
    if arguments.research is not None:
        splits = [read_all(arguments.research, split) for split in ("train", "validation")]
        merged: Dict[str, Dataset] = {}
        for dataset in (d for split in splits for d in split):
            have = merged.get(dataset.name)
            cases = dataset.cases if have is None else have.cases + dataset.cases
            merged[dataset.name] = Dataset(dataset.name, dataset.licence, dataset.source, cases)
        groups["research"] = list(merged.values())
    return groups


def main(argv: Sequence[str] | None = None) -> int:
    """Command line entry."""
    arguments = _arguments(argv)
    torch.set_num_threads(arguments.threads)
    alone = without_context(onnx_graph.load_network(part_path(arguments.scribble_bundle, "unet")))
    model = multiverseg.load_network(part_path(arguments.bundle, multiverseg.PART))
    manifest = json.loads((arguments.bundle / MANIFEST).read_text())
    context = with_share(in_context(model), alone, manifest.get("unetShare", 0.0))
    context = when_sure(context, manifest.get("leastConfidence", 0.0))
    report: Dict[str, Any] = {"size": SIZE, "goal": GOAL, "limits": LIMITS}
    report |= {"orders": arguments.orders, "images": arguments.images, "groups": {}}
    text, images = [], arguments.images
    shown: List[Work] = []
    for group, datasets in _read(arguments).items():
        report["groups"][group] = {}
        for name in arguments.protocols:
            outcomes: List[Outcome] = []
            for order in range(arguments.orders):
                series = read_series(datasets, SIZE, images, MINIMUM_IMAGES[group], order)
                series = _chosen(series, arguments.tasks)
                if not series:
                    continue
                print(f"{group}, {name}, order {order}: {len(series)} tasks", file=sys.stderr)
                protocol, limit = EVALUATION_PROTOCOLS[name], LIMITS[name]
                outcomes += play_series(series, alone, context, protocol, limit, order, shown)
            if outcomes:
                summary = summarise(outcomes)
                entry = {"summary": summary, "outcomes": [asdict(o) for o in outcomes]}
                report["groups"][group][name] = entry
                text.append(markdown(f"{name}, {group} data", summary))
    if arguments.examples:
        report["examples"] = draw(arguments.examples, shown)
    arguments.json.write_text(json.dumps(report, indent=1) + "\n")
    arguments.json.with_suffix(".md").write_text("\n".join(text))
    print("\n".join(text))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
