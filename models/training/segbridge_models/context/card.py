"""Writes ``MODEL_CARD.md`` of the context bundle from its manifest, settings and report."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Mapping

from ..model_card import CARD, EXAMPLES
from ..served.card_section import ALONE, served_section
from .report import markdown

_NOTES = Path(__file__).parent / "notes.md"


def _tables(report: Mapping[str, Any]) -> str:
    parts = [
        markdown(f"{protocol}, {group} data", entry["summary"])
        for group, protocols in report.get("groups", {}).items()
        for protocol, entry in protocols.items()
    ]
    return "\n".join(parts) if parts else "Not evaluated.\n"


def _pictures(folder: Path, report: Mapping[str, Any]) -> str:
    if "examples" not in report or not (folder / EXAMPLES).is_file():
        return ""
    rows = "\n".join(
        f"| {e['kind']} | {e['dataset']} | {e['case']} | {e['dice']:.2f} |" for e in report["examples"]
    )
    return f"""
### Examples

![best, median and worst proposals]({EXAMPLES})

Proposals of the context alone, from the sixth image of a series on: the best, the median and the
worst, from as many data sets as can be, row by row. Green: the truth; orange: the proposal. The
images are resized and windowed, otherwise as in their data sets, whose sources and licences stand
in the table of training data.

| | data set | case | Dice |
|---|---|---|---|
{rows}
"""


def write_card(
    folder: Path,
    manifest: Mapping[str, Any],
    settings: Mapping[str, Any],
    examples: int,
    report: Mapping[str, Any],
) -> None:
    """Write the card: facts, measured tables, then the hand-written notes on use and limits."""
    provenance: Dict[str, Any] = manifest["provenance"]
    network = settings["network"]
    entry_widths = network["context_widths"] or network["widths"]
    sets = "\n".join(
        f"| {s['name']} | {s['licence']} | {s['source']} |" for s in provenance["trainedOn"]
    )
    sizes = " and ".join(f"`{p['name']}` {p['bytes']:,} bytes" for p in manifest["parts"])
    text = f"""# {manifest["title"]} (`{manifest["id"]}` {manifest["version"]})

{manifest["description"]}

- Network: MultiverSeg's CrossBlocks, features per level {tuple(network["widths"])}, of a context
  entry {tuple(entry_widths)} (the published network has 256 everywhere on four levels and a norm);
  without context the network of `scribble-2d` answers. Parts: {sizes}, kernels as halves.
- With prompts the logits are those of the context's network, and to {manifest["unetShare"]:.0%} those of `scribble-2d`. A proposal
  less confident than {manifest["leastConfidence"]} is left empty: the first prompt starts as it would without one.
- Licence of the weights: {manifest["licence"]}.
- Trained for {provenance["trainingMinutes"]:.0f} minutes on a shared CPU core, from the weights of
  `scribble-2d`: {provenance["steps"]:,} optimiser steps over {examples:,} tasks; training code at
  commit `{provenance["commit"]}`; {provenance["date"]}.

## Training data

Training splits only, split by subject. Besides these: tasks made by the code itself (superpixel
regions of one image in many disguises, synthetic label sets).

| dataset | licence | source |
|---|---|---|
{sets}

## Accuracy

{served_section(folder)}
{ALONE}

Simulated users segment series of up to 18 images of a task (one label, one axis) until Dice 0.90:
one centre click at a time, at most 20 an image, or centerline scribbles, at most 10 steps. "Alone":
`scribble-2d`, every image from nothing. "In context": the first image with `scribble-2d`, then
every image with all finished ones (masks as that user left them) as examples: the context proposes
a mask or, not sure enough, none, which counts as no interaction (its Dice as 0), and prompts correct it. Numbers are interactions an image;
where 0.90 is not reached the limit counts. Intervals: 95 %, resampling tasks. 128 x 128.

{_tables(report)}{_pictures(folder, report)}
{_NOTES.read_text().strip()}
"""
    (folder / CARD).write_text(text)
