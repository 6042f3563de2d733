"""What a campaign of series says: interactions saved, with intervals, as JSON and Markdown."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Sequence

import numpy as np

from .campaign import Outcome

RESAMPLES = 2000
SIXTH = 5  # index of the sixth image of a series


def _by_task(outcomes: Sequence[Outcome]) -> List[List[Outcome]]:
    tasks: Dict[str, List[Outcome]] = {}
    for outcome in outcomes:
        tasks.setdefault(outcome.task, []).append(outcome)
    return list(tasks.values())


def _interval(
    groups: List[List[Outcome]], statistic: Callable[[np.ndarray], float], of: Callable
) -> List[float]:
    """95 % bootstrap interval of a statistic of per-task sums, resampling whole tasks."""
    sums = np.array([of(g) for g in groups], dtype=np.float64)
    rng = np.random.default_rng(0)
    drawn = sums[rng.integers(len(sums), size=(RESAMPLES, len(sums)))].sum(axis=1)
    values = [statistic(row) for row in drawn]
    return [round(float(v), 4) for v in np.percentile(values, [2.5, 97.5])]


def compare(outcomes: Sequence[Outcome]) -> Dict[str, Any]:
    """Mean interactions to Dice 0.90 alone and in context, the paired difference an image, and
    the share saved, each of the last two with its interval."""
    groups = _by_task(outcomes)

    def of(group: List[Outcome]) -> List[float]:
        return [sum(o.alone for o in group), sum(o.context for o in group), len(group)]

    total = np.sum([of(g) for g in groups], axis=0)

    def difference(row: np.ndarray) -> float:
        return (row[0] - row[1]) / row[2]

    def saved(row: np.ndarray) -> float:
        return 1.0 - row[1] / max(row[0], 1e-9)

    def dice(group: List[Outcome]) -> List[float]:
        found = [o.first_dice for o in group if o.first_dice is not None]
        return [sum(found), len(found)]

    proposals = np.sum([dice(g) for g in groups], axis=0)

    def mean(row: np.ndarray) -> float:
        return float(row[0] / max(row[1], 1.0))

    return {
        "tasks": len(groups),
        "images": len(outcomes),
        "alone": round(float(total[0] / total[2]), 3),
        "context": round(float(total[1] / total[2]), 3),
        "difference": round(float(difference(total)), 3),
        "differenceCi95": _interval(groups, difference, of),
        "saved": round(float(saved(total)), 4),
        "savedCi95": _interval(groups, saved, of),
        "aloneReached": round(float(np.mean([o.alone_reached for o in outcomes])), 4),
        "contextReached": round(float(np.mean([o.context_reached for o in outcomes])), 4),
        "aloneDice": round(float(np.mean([o.alone_dice for o in outcomes])), 4),
        "contextDice": round(float(np.mean([o.context_dice for o in outcomes])), 4),
        "firstDice": round(mean(proposals), 4) if proposals[1] else None,
        "firstDiceCi95": _interval(groups, mean, dice) if proposals[1] else None,
    }


def summarise(outcomes: Sequence[Outcome]) -> Dict[str, Any]:
    """Whole series, from the sixth image on, by place in the series and by data set."""
    late = [o for o in outcomes if o.index >= SIXTH]
    datasets = list(dict.fromkeys(o.dataset for o in outcomes))
    indices = sorted({o.index for o in outcomes})
    return {
        "all images": compare(outcomes),
        "from the 6th image": compare(late) if late else None,
        "byIndex": [
            {"image": i + 1, **compare([o for o in outcomes if o.index == i])} for i in indices
        ],
        "byDataset": [
            {"dataset": d, **compare([o for o in late if o.dataset == d])}
            for d in datasets
            if any(o.dataset == d for o in late)
        ],
    }


def _row(name: str, found: Dict[str, Any]) -> str:
    first = "" if found["firstDice"] is None else f"{found['firstDice']:.3f}"
    low, high = found["savedCi95"]
    return (
        f"| {name} | {found['tasks']} | {found['images']} | {found['alone']:.2f} | "
        f"{found['context']:.2f} | {found['difference']:+.2f} | "
        f"{100 * found['saved']:.0f} % [{100 * low:.0f}, {100 * high:.0f}] | "
        f"{100 * found['aloneReached']:.0f} % | {100 * found['contextReached']:.0f} % | {first} |"
    )


_HEAD = (
    "| | tasks | images | alone | in context | difference | saved [95 %] | "
    "reach 0.90 alone | in context | Dice of the context alone |\n" + "|---" * 10 + "|"
)


def markdown(title: str, summary: Dict[str, Any]) -> str:
    """Tables of one protocol on one group of data sets; numbers are interactions an image."""
    lines = [f"### {title}", "", _HEAD, _row("all images", summary["all images"])]
    if summary["from the 6th image"]:
        lines.append(_row("**from the 6th image**", summary["from the 6th image"]))
    lines += [_row(f"image {r['image']}", r) for r in summary["byIndex"]]
    lines += [_row(f"{r['dataset']}, from the 6th", r) for r in summary["byDataset"]]
    return "\n".join(lines) + "\n"
