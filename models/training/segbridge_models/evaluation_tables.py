"""Means, intervals and comparisons of Dice scores, as rows of a report and as Markdown."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Mapping, Sequence, Tuple

import numpy as np

RESAMPLES = 2000
ALL = "all"
DATASETS = "mean of datasets"
MODALITY = "modality "

Groups = Dict[str, np.ndarray]


def modality_of(text: str) -> str:
    """The modality itself from a dataset's description of it: ``MR (bSSFP)`` is ``MR``."""
    return re.split(r"[^A-Za-z]", text.strip(), maxsplit=1)[0]


def groups_of(datasets: Sequence[str], modalities: Mapping[str, str]) -> Groups:
    """Name to the indices (n,) of its pairs: all of them, each modality, each dataset."""
    names = np.array(datasets)
    kinds = np.array([modalities[name] for name in datasets])
    groups = {ALL: np.arange(len(names))}
    groups |= {MODALITY + str(kind): np.flatnonzero(kinds == kind) for kind in np.unique(kinds)}
    return groups | {str(name): np.flatnonzero(names == name) for name in np.unique(names)}


def bootstrap_interval(scores: np.ndarray, seed: int = 0) -> List[float]:
    """95 % percentile interval of the mean of ``scores`` (n,), resampled with replacement."""
    rng = np.random.default_rng(seed)
    means = scores[rng.integers(len(scores), size=(RESAMPLES, len(scores)))].mean(axis=1)
    return [round(float(v), 4) for v in np.percentile(means, [2.5, 97.5])]


def dice_rows(dataset: str, protocol: str, scores: np.ndarray) -> List[Dict[str, Any]]:
    """A row per step of Dice ``scores`` (n, steps): mean, number, interval of the mean."""
    return [
        {
            "dataset": dataset,
            "protocol": protocol,
            "step": step,
            "dice": round(float(reached.mean()), 4),
            "n": len(reached),
            "ci95": bootstrap_interval(reached),
        }
        for step, reached in enumerate(scores.T, start=1)
    ]


def _split(groups: Groups) -> Tuple[Groups, Groups]:
    """Modalities and datasets."""
    modalities = {k: v for k, v in groups.items() if k.startswith(MODALITY)}
    return modalities, {k: v for k, v in groups.items() if k != ALL and k not in modalities}


def summarise(groups: Groups, scores: Mapping[str, np.ndarray]) -> List[Dict[str, Any]]:
    """Rows for all pairs, the mean over datasets, each modality and each dataset, in that order.

    ``scores`` maps protocol to Dice (pairs, steps).
    """
    modalities, datasets = _split(groups)
    rows = []
    for name in (ALL, DATASETS, *modalities, *datasets):
        for protocol, values in scores.items():
            if name == DATASETS:
                chosen = np.stack([values[index].mean(axis=0) for index in datasets.values()])
            else:
                chosen = values[groups[name]]
            rows += dice_rows(name, protocol, chosen)
    return rows


def compare(
    groups: Groups, scores: Mapping[str, np.ndarray], baseline: Mapping[str, np.ndarray]
) -> List[Dict[str, Any]]:
    """The model against a baseline on the same pairs: a row per group, protocol and step.

    ``ci95`` is that of the paired difference; ``better`` tells that the model's mean is higher.
    """
    rows = []
    for protocol, theirs in baseline.items():
        for name, index in groups.items():
            for step in range(theirs.shape[1]):
                ours, other = scores[protocol][index, step], theirs[index, step]
                difference = ours - other
                rows.append(
                    {
                        "group": name,
                        "protocol": protocol,
                        "step": step + 1,
                        "n": len(index),
                        "model": round(float(ours.mean()), 4),
                        "baseline": round(float(other.mean()), 4),
                        "difference": round(float(difference.mean()), 4),
                        "ci95": bootstrap_interval(difference),
                        "better": bool(difference.mean() > 0),
                    }
                )
    return rows


def comparison_table(rows: Sequence[Mapping[str, Any]], baseline: str) -> str:
    """Markdown of ``compare``'s rows."""
    lines = [
        f"| images | protocol, step | n | model | {baseline} | difference | model is better |",
        "|---" * 7 + "|",
    ]
    for r in rows:
        low, high = r["ci95"]
        verdict = ("yes" if r["better"] else "no") + (", clearly" if low > 0 or high < 0 else "")
        lines.append(
            f"| {r['group']} | {r['protocol']}, {r['step']} | {r['n']} | {r['model']:.3f} "
            f"| {r['baseline']:.3f} | {r['difference']:+.3f} [{low:+.3f}, {high:+.3f}] "
            f"| {verdict} |"
        )
    return "\n".join(lines)
