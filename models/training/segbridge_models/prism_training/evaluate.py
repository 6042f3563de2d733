"""Evaluates a PRISM network with simulated users on the native grid of whole volumes.

``python -m segbridge_models.prism_training.evaluate --bundle FOLDER --data DATA --json FILE``
takes the weights out of the bundle's ONNX parts (``--run FOLDER``: the averaged ones of a training
run), plays the protocols on every object of every validation case, and writes a JSON report, a
Markdown table beside it and, with ``--pictures``, the best, the median and the worst case.

- prism-point: one click in the object, no box.
- prism-plain: such a click, then one on the error at every step.
- prism-ultra: a tight box, and at every step one click on the error and centerline scribbles on
  all slices with errors.
- prism-box: the box and the clicks alone. prism-scribbles: the click, then the scribbles too.
- box-strokes, strokes: the box or the click, then one stroke a step, on one axial slice.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from pathlib import Path
from typing import Any, Dict, List, Sequence

import numpy as np
import torch

from .. import checkpoint
from ..evaluation_tables import dice_rows
from ..model_card import metric_table
from ..onnx_export.prism import load_network
from ..prism import Prism
from ..volumes.cases import VolumeCase, read_volumes
from . import confidence, pictures, settings, statistics
from .rollout import Played, sessions
from .users import EVALUATION, STEPS

_CONFIG = Path(__file__).parent.parent.parent / "configs" / "tumour-3d.toml"
SHOWN_STEPS = (1, 2, 5, 11)


def load(arguments: argparse.Namespace, options: settings.VolumeSettings) -> Prism:
    """The network of a bundle or of a run."""
    if arguments.bundle is not None:
        return load_network(arguments.bundle, options.network).eval()
    model = Prism(options.network)
    model.load_state_dict(checkpoint.load(arguments.run / "checkpoint.pt")["average"])
    return model.eval()


def report(
    cases: Sequence[VolumeCase], played: Dict[str, List[Played]], names: Sequence[str]
) -> Dict[str, Any]:
    """Rows per data set and protocol, calibration, curves of confidence, and every object's Dice.

    ``played`` and ``names`` run over the objects of all cases in order.
    """
    owners = [c.dataset for c in cases for _ in c.targets]
    rows, falls = [], {}
    for dataset in dict.fromkeys(owners):
        for protocol, results in played.items():
            chosen = [p for p, owner in zip(results, owners) if owner == dataset]
            scores = np.array([p.dice for p in chosen])
            rows += dice_rows(dataset, protocol, scores)
            falls[f"{dataset} {protocol}"] = statistics.largest_fall(chosen)
    scores_of = {
        protocol: dataclasses.asdict(statistics.calibration(results))
        for protocol, results in played.items()
    }
    together = [p for results in played.values() for p in results]
    scores_of["all"] = dataclasses.asdict(statistics.calibration(together))
    places = [
        (c.dataset, sum(other.dataset == c.dataset for other in cases[:n]))
        for n, c in enumerate(cases)
        for _ in c.targets
    ]
    seen = confidence.proposals(played, EVALUATION, places)
    details = [
        {"dataset": owner, "name": name}
        | {k: [round(d, 4) for d in v[n].dice] for k, v in played.items()}
        for n, (owner, name) in enumerate(zip(owners, names))
    ]
    return {
        "rows": rows,
        "largestFall": falls,
        "scores": scores_of,
        "reliability": confidence.reliability(seen),
        "curves": confidence.curves(seen),
        "cases": details,
    }


def markdown(result: Dict[str, Any]) -> str:
    """Dice by data set, then what scores and confidence are worth."""
    shown = [r for r in result["rows"] if r["step"] in SHOWN_STEPS]
    lines = [metric_table(shown), ""]
    lines.append("| candidates of | n | correlation | calibration error | best selected | lost |")
    lines.append("|---|---|---|---|---|---|")
    for name, c in result["scores"].items():
        lines.append(
            f"| {name} | {c['n']} | {c['correlation']:.3f} | {c['error']:.3f} | "
            f"{100 * c['best_selected']:.0f} % | {c['lost']:.4f} |"
        )
    return "\n".join([*lines, "", *reliability_table(result["reliability"])])


def reliability_table(rows: Sequence[Dict[str, Any]]) -> List[str]:
    """A row per situation: calibration errors, and the means of each data set."""
    names = sorted({name for row in rows for name in row["means"]})
    lines = ["| situation | n | error of score | of confidence | " + " | ".join(names) + " |"]
    lines.append("|---" * (len(names) + 4) + "|")
    for row in rows:
        means = [" / ".join(f"{v:.2f}" for v in row["means"].get(name, [])) for name in names]
        errors = f"{row['errorOfScore']:.3f} | {row['errorOfConfidence']:.3f}"
        lines.append(f"| {row['situation']} | {row['n']} | {errors} | {' | '.join(means)} |")
    return lines


def draw_cases(
    path: Path, cases: Sequence[VolumeCase], played: Sequence[Played], dataset: str, step: int
) -> None:
    """Best, median and worst object of a data set after the last step played."""
    objects = [(c, values) for c in cases for values in c.targets]
    ranked = sorted(
        (p.dice[step - 1], n)
        for n, ((case, _), p) in enumerate(zip(objects, played))
        if case.dataset == dataset
    )
    images = []
    for title, place in (("best", -1), ("median", len(ranked) // 2), ("worst", 0)):
        reached, n = ranked[place]
        case, values = objects[n]
        text = f"{title}: {case.identifier}, Dice {reached:.3f} after step {step}"
        images.append(pictures.draw(case, np.isin(case.label, values), played[n].mask, text))
    pictures.save(path, images)


def main(argv: Sequence[str] | None = None) -> int:
    """Command line entry."""
    parser = argparse.ArgumentParser(
        prog="segbridge_models.prism_training.evaluate", description=__doc__.splitlines()[0]
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--bundle", type=Path)
    source.add_argument("--run", type=Path)
    parser.add_argument("--config", type=Path, default=_CONFIG, help="settings (TOML)")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--split", default="validation", choices=["train", "validation"])
    parser.add_argument("--datasets", nargs="+", help="only these")
    parser.add_argument("--json", type=Path, required=True, help="report; a .md goes beside it")
    parser.add_argument("--pictures", type=Path, help="folder for PNGs of sts_tumour_ct")
    parser.add_argument("--protocols", nargs="+", default=sorted(EVALUATION), choices=EVALUATION)
    parser.add_argument("--steps", type=int, default=11, help="at most")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args(argv)

    torch.set_num_threads(arguments.threads)
    options = settings.read(arguments.config)
    model = load(arguments, options)
    wanted = arguments.datasets or options.sampler.weights
    cases = read_volumes(arguments.data, arguments.split, wanted)
    names = [f"{c.identifier} {'+'.join(map(str, v))}" for c in cases for v in c.targets]
    played: Dict[str, List[Played]] = {}
    rule = options.sampler.spacing
    for protocol in arguments.protocols:
        print(f"{protocol}: {len(names)} objects", file=sys.stderr)
        steps = min(STEPS[protocol], arguments.steps)
        manner = EVALUATION[protocol]
        played[protocol] = sessions(model, cases, manner, steps, rule, arguments.seed)
        if arguments.pictures is not None:
            path = arguments.pictures / f"{protocol}.png"
            draw_cases(path, cases, played[protocol], "sts_tumour_ct", steps)
    result = {
        "split": arguments.split,
        "grid": options.network.grid,
        "seed": arguments.seed,
        **report(cases, played, names),
    }
    arguments.json.write_text(json.dumps(result, indent=1) + "\n")
    table = markdown(result)
    arguments.json.with_suffix(".md").write_text(table + "\n")
    print(table)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
