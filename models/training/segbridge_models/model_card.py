"""Writes ``MODEL_CARD.md`` of the 2D scribble bundle from its manifest and training settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List

CARD = "MODEL_CARD.md"
_NOTES = Path(__file__).parent / "scribble_2d_notes.md"


def metric_table(metrics: List[Dict[str, Any]]) -> str:
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


def write_card(
    folder: Path,
    manifest: Dict[str, Any],
    settings: Dict[str, Any],
    examples: int,
    halves: bool = False,
) -> None:
    """Write the card: facts from the manifest, then the hand-written notes on use and limits."""
    weights = "weights stored as float16, computed in float32" if halves else "float32"
    provenance = manifest["provenance"]
    sets = "\n".join(
        f"| {s['name']} | {s['licence']} | {s['source']} |" for s in provenance["trainedOn"]
    )
    metrics = manifest["metrics"]
    table = metric_table(metrics) if metrics else "Not evaluated."
    text = f"""# {manifest["title"]} (`{manifest["id"]}` {manifest["version"]})

{manifest["description"]}

- Network: ScribblePrompt-UNet topology, features per level {tuple(settings["widths"])}
  (the published network has 192 on every level); {manifest["parts"][0]["bytes"]:,} bytes,
  {weights}.
- Licence of the weights: {manifest["licence"]}.
- Trained for {provenance["trainingMinutes"]:.0f} minutes on two CPU cores: {provenance["steps"]:,}
  optimiser steps over {examples:,} augmented examples; training code at commit
  `{provenance["commit"]}`; {provenance["date"]}.

## Training data

Training splits only, split by subject. Besides these: images and targets made by the code itself
(superpixel regions, implanted lesions, synthetic textures).

| dataset | licence | source |
|---|---|---|
{sets}

## Accuracy

Mean Dice on the validation subjects with 95 % bootstrap intervals (resampling images), at
128 x 128, prompts simulated. `centerline-scribble`: one positive and one negative scribble, then
one correction a step, each at most 128 pixels; `centre-click`: one click a step at the centre of
the largest error; `box-then-click`: a tight box, then such clicks. 2D sets: every label of every
image; 3D sets: per label the middle slice and the slice of largest area along each axis. Targets
of fewer than 10 pixels at 128 x 128 are not scored.

{table}

{_NOTES.read_text().strip()}
"""
    (folder / CARD).write_text(text)
