"""The table of a model card that says what people get from the bundle through the server."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Dict, List, Tuple

from .evaluation import EVALUATION

HEADING = "### Through the server"
ALONE = "### The network alone, in PyTorch"
_COLUMNS = ("objects", "Dice, step 1", "Dice, step 5", "Dice, step 10", "steps to 0.90", "never 0.90")
_OVERALL = "mean of data sets"


def _cells(line: str) -> List[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def overall_rows(evaluation: str) -> List[Tuple[str, str, str, Dict[str, str]]]:
    """Collection, protocol, model and the row of means of each table of an ``EVALUATION.md``."""
    rows = []
    collection = protocol = model = ""
    columns: List[str] = []
    for line in evaluation.splitlines():
        title = re.match(r"## (\w+): ([\w-]+),", line)
        if title:
            collection, protocol = title.groups()
        elif line.startswith("| ") and "| objects |" in line:
            model, *columns = _cells(line)
        elif line.startswith(f"| {_OVERALL} |"):
            rows.append((collection, protocol, model, dict(zip(columns, _cells(line)[1:]))))
    return rows


def served_section(folder: Path) -> str:
    """The section, up to the heading of what the network reaches alone."""
    file = folder / EVALUATION
    if not file.is_file():
        return f"{HEADING}\n\nNot measured yet; `python -m segbridge_models.served` does.\n"
    lines = [
        f"| {collection}: {protocol} | {model} | {' | '.join(row.get(c, '') for c in _COLUMNS)} |"
        for collection, protocol, model, row in overall_rows(file.read_text())
    ]
    return f"""{HEADING}

What people get: `segbridge evaluate`, masks judged voxel by voxel on the images' own grids, means of data sets with
95 % intervals. `open` are other subjects of the data sets that were trained on, `research` data sets that no training
has seen. Commands, settings and a row for every data set are in [{EVALUATION}]({EVALUATION}). They differ from the network
alone: a mask is judged on all voxels of its image, and scribbles (in 2D of at most 128) are drawn on these, one bit each,
not on the network's grid.

| data and protocol | model | {" | ".join(_COLUMNS)} |
|---|---|{"--:|" * len(_COLUMNS)}
{chr(10).join(lines)}
"""


def renewed(card: str, folder: Path) -> str:
    """The text of a card with its section made from the ``EVALUATION.md`` that lies beside it."""
    return re.sub(
        rf"^{HEADING}\n.*?(?=^{ALONE}$)",
        lambda _: served_section(folder) + "\n",
        card,
        count=1,
        flags=re.MULTILINE | re.DOTALL,
    )


