"""Writes ``MODEL_CARD.md`` of the volume bundle from its manifest, settings and report."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Optional

from ..model_card import CARD
from ..served.card_section import ALONE, served_section
from .evaluate import markdown
from .settings import VolumeSettings

_NOTES = Path(__file__).parent / "tumour_3d_notes.md"


def write_card(
    folder: Path,
    manifest: Dict[str, Any],
    options: VolumeSettings,
    examples: int,
    report: Optional[Dict[str, Any]],
) -> None:
    """Write the card: facts from the manifest, the report, then the notes on use and limits."""
    provenance = manifest["provenance"]
    sets = "\n".join(
        f"| {s['name']} | {s['licence']} | {s['source']} |" for s in provenance["trainedOn"]
    )
    size = sum(p["bytes"] for p in manifest["parts"])
    network = options.network
    spacing = options.sampler.spacing
    table = markdown(report) if report else "Not evaluated."
    text = f"""# {manifest["title"]} (`{manifest["id"]}` {manifest["version"]})

{manifest["description"]}

- Network: PRISM with patches of {network.grid}³ voxels, CNN widths {network.cnn_widths}, a vision
  transformer of {network.vit_depth} blocks of {network.vit_dim}, {network.candidates} candidates
  and the corrective refiner; beyond the published network, the prompts of all steps and the filled
  box enter the dense prompt and the refiner as maps. {size:,} bytes, float16 kernels.
- Patch: isotropic, {spacing.margin} times the largest extent of box and mask so far
  ({spacing.minimum} to {spacing.maximum} mm a voxel); without either {spacing.default} mm, or less
  where the whole volume, taken for the object, needs less.
- Licence of the weights: {manifest["licence"]}.
- Trained for {provenance["trainingMinutes"]:.0f} minutes on one CPU core: {provenance["steps"]:,}
  optimiser steps over {examples:,} examples; training code at commit `{provenance["commit"]}`;
  {provenance["date"]}.

## Training data

Training splits only, split by subject. {100 * options.sampler.real:.0f} % of the examples show
their real objects, {100 * options.sampler.implant:.0f} % synthetic lesions grown in these volumes,
the rest synthetic lesions and organs in procedural CT- and MR-like bodies.

| dataset | licence | source |
|---|---|---|
{sets}

## Accuracy

{served_section(folder)}
{ALONE}

Mean Dice on the volumes' own grids with 95 % bootstrap intervals (resampling objects) on the
validation subjects, prompts simulated. `prism-point`: one click at a random voxel of the object.
`prism-plain`: such a click, then one at a random voxel of the error at every step. `prism-ultra`: a
tight box, and at every step one such click and broken, warped centerline scribbles on every axial
slice with errors. `prism-box`: the box and the clicks. `prism-scribbles`: the click, then clicks and
scribbles. `box-strokes` and `strokes`: the box, or the click, and then one broken, warped centerline
a step, on the axial slice with most errors, along what is missed of it or what is too much. Scores: predicted against true Dice of all candidates of all steps, expected calibration
error over ten bins; `lost` is the Dice that always choosing the best candidate would gain.
Confidence is what the user is shown: the score through the curve that `confidence` in `model.json`
has for its situation. In the last table each data set counts alike, confidence is by curves fitted
without the case's own fifth of the cases (the curves shipped are fitted to all of them), and the
columns of the data sets are means of Dice / score / confidence.

{table}

{_NOTES.read_text().strip()}
"""
    (folder / CARD).write_text(text)
