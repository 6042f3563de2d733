"""Writes ``MODEL_CARD.md`` of the 2D scribble bundle from its manifest, settings and evaluation."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Mapping, Sequence

from .evaluation_tables import ALL, DATASETS, MODALITY, comparison_table
from .served.card_section import ALONE, served_section

CARD = "MODEL_CARD.md"
EXAMPLES = "examples.png"
SHOWN_STEPS = (1, 5, 10)
EXAMPLE_STEP = 5
_NOTES = Path(__file__).parent / "scribble_2d_notes.md"


def metric_table(metrics: Sequence[Mapping[str, Any]]) -> str:
    """Markdown: a row per dataset, a column per protocol and step, Dice with its interval."""
    columns = list(dict.fromkeys((m["protocol"], m["step"]) for m in metrics))
    names = list(dict.fromkeys(m["dataset"] for m in metrics))
    cells = {(m["dataset"], m["protocol"], m["step"]): m for m in metrics}
    counts = {m["dataset"]: m["n"] for m in metrics}
    lines = ["| dataset | n | " + " | ".join(f"{p}, step {s}" for p, s in columns) + " |"]
    lines.append("|---" * (len(columns) + 2) + "|")
    for name in names:
        row = [name, str(counts[name])]
        for protocol, step in columns:
            cell = cells.get((name, protocol, step))
            row.append(
                f"{cell['dice']:.3f} [{cell['ci95'][0]:.3f}, {cell['ci95'][1]:.3f}]" if cell else ""
            )
        lines.append("| " + " | ".join(row) + " |")
    return "\n".join(lines)


def _is_summary(name: str) -> bool:
    return name in (ALL, DATASETS) or name.startswith(MODALITY)


def _comparison(report: Mapping[str, Any]) -> str:
    """The model against the report's baseline: all images and each modality."""
    rows = [
        r
        for r in report["baseline"]["comparison"]
        if _is_summary(r["group"]) and r["step"] in SHOWN_STEPS
    ]
    return comparison_table(rows, report["baseline"]["name"])


def overview(report: Mapping[str, Any]) -> str:
    """Markdown of a report without its datasets."""
    rows = [r for r in report["rows"] if _is_summary(r["dataset"]) and r["step"] in SHOWN_STEPS]
    against = [_comparison(report)] if "baseline" in report else []
    return "\n\n".join([metric_table(rows), *against])


def _baseline_section(report: Mapping[str, Any]) -> str:
    if "baseline" not in report:
        return ""
    return f"""
### Against a classical method

The random walker of scikit-image (beta 400) on the same images at 128 x 128 with the same first
scribbles, and corrections made for its own errors. The interval is that of the paired difference;
"clearly" means that it does not contain 0.

{_comparison(report)}
"""


def _examples_section(
    folder: Path, report: Mapping[str, Any], sets: Sequence[Mapping[str, str]]
) -> str:
    if "examples" not in report or not (folder / EXAMPLES).is_file():
        return ""
    sources = {s["name"]: s for s in sets}
    first = report["examples"][0]
    lines = [
        f"| {e['kind']} | {e['dataset']} | {e['name']} | {e['dice']:.2f} "
        f"| {sources[e['dataset']]['licence'] if e['dataset'] in sources else ''} |"
        for e in report["examples"]
    ]
    return f"""
## Examples

![best, median and worst cases]({EXAMPLES})

The best, the median and the worst validation cases after step {first["step"]} of
`{first["protocol"]}`, from as many data sets as can be, row by row. Green: the truth; orange: the
model's mask; blue and red: positive and negative scribbles. The images are resized and windowed,
otherwise as in their data sets, whose sources stand in the table of training data.

| | data set | case | Dice | licence |
|---|---|---|---|---|
{chr(10).join(lines)}
"""


def write_card(
    folder: Path,
    manifest: Dict[str, Any],
    settings: Mapping[str, Any],
    examples: int,
    halves: bool = False,
    report: Mapping[str, Any] | None = None,
) -> None:
    """Write the card: facts from the manifest and the evaluation's report, then the notes.

    ``examples`` is how many the training saw.
    """
    weights = "weights stored as float16, computed in float32" if halves else "float32"
    provenance = manifest["provenance"]
    trained_on: List[Dict[str, str]] = list(provenance["trainedOn"])
    sets = "\n".join(f"| {s['name']} | {s['licence']} | {s['source']} |" for s in trained_on)
    metrics = manifest["metrics"]
    table = metric_table(metrics) if metrics else "Not evaluated."
    report = report or {}
    text = f"""# {manifest["title"]} (`{manifest["id"]}` {manifest["version"]})

{manifest["description"]}

- Network: ScribblePrompt-UNet topology, features per level {tuple(settings["widths"])}
  (the published network has 192 on every level); {manifest["parts"][0]["bytes"]:,} bytes,
  {weights}.
- Licence of the weights: {manifest["licence"]}.
- Trained for {provenance["trainingMinutes"]:.0f} minutes: {provenance["steps"]:,} optimiser steps
  over {examples:,} augmented examples; training code at commit
  `{provenance["commit"]}`; {provenance["date"]}.

## Training data

Training splits only, split by subject. Besides these: images and targets made by the code itself
(superpixel regions, implanted lesions, synthetic textures).

| dataset | licence | source |
|---|---|---|
{sets}

## Accuracy

{served_section(folder)}
{ALONE}

Mean Dice on the validation subjects with 95 % bootstrap intervals (resampling images), at
128 x 128, prompts simulated. `centerline-scribble`: one positive and one negative scribble, then
one correction a step, each at most 128 pixels; `centre-click`: one click a step at the centre of
the largest error; `box-then-click`: a tight box, then such clicks. 2D sets: every label of every
image; 3D sets: per label the middle slice and the slice of largest area along each axis. Targets
of fewer than 10 pixels at 128 x 128 are not scored.

{table}
{_baseline_section(report)}{_examples_section(folder, report, trained_on)}
{_NOTES.read_text().strip()}
"""
    (folder / CARD).write_text(text)
