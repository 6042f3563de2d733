"""Runs ``segbridge evaluate`` as planned and writes ``EVALUATION.md`` beside a bundle's card."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import List, Optional

from .plan import COLLECTIONS, RUNS, Run

EVALUATION = "EVALUATION.md"


def arguments(bundle: str, run: Run) -> List[str]:
    """The options of ``segbridge evaluate`` that a run has whatever the data."""
    model = [] if "--compare" in run.options else ["--model", bundle]
    return [*model, "--protocol", run.protocol, *run.options]


def measure(segbridge: Path, data: Path, keep: Path, bundle: str, run: Run, collection: str) -> Optional[str]:
    """The Markdown of one run on one collection, or None where that has none of the run's data.

    ``keep`` holds the steps measured so far, so that a run that was stopped goes on.
    """
    folders = [data / collection / name for name in run.datasets] or [data / collection]
    folders = [folder for folder in folders if folder.is_dir()]
    if not folders:
        return None
    steps, section = (keep / f"{bundle}.{run.protocol}.{collection}.{kind}" for kind in ("jsonl", "md"))
    command = [str(segbridge), "evaluate", "--data", *map(str, folders), *arguments(bundle, run)]
    subprocess.run([*command, "--json-lines", str(steps), "--report", str(section)], check=True)
    return re.sub(r"^### ", f"## {collection}: ", section.read_text(), flags=re.MULTILINE).strip()


def compose(bundle: str, sections: List[str]) -> str:
    """The text of ``EVALUATION.md``."""
    commands = "\n".join(
        f"    ./segbridge evaluate --data {' '.join(f'DATA/{name}' for name in run.datasets) or 'DATA'} "
        f"{' '.join(arguments(bundle, run))} --report section.md"
        for run in RUNS[bundle]
    )
    collections = "; ".join(f"`{name}`: {text}" for name, text in COLLECTIONS.items())
    return f"""# {bundle} through the server

What `./segbridge evaluate` measured: a simulated reader who knows the truth prompts and corrects, through a real server
and at the images' own resolution, on the validation subjects (seed 1). Means are over what a subject has of a label,
then over subjects, labels and data sets; 95 % intervals draw subjects with replacement, so that a data set of one
subject has none. An object that never reaches Dice 0.90 counts all its steps. `python -m segbridge_models.served`
writes this file and the table in `MODEL_CARD.md`; it runs, `DATA` being a folder of data sets:

{commands}

{collections}.

{(chr(10) * 2).join(sections)}
"""


def evaluate(segbridge: Path, data: Path, keep: Path, bundle: str) -> str:
    """Play all runs of a bundle; the text of its ``EVALUATION.md``."""
    sections = [
        measure(segbridge, data, keep, bundle, run, collection)
        for run in RUNS[bundle]
        for collection in COLLECTIONS
    ]
    return compose(bundle, [section for section in sections if section])
