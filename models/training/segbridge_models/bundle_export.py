"""What making a bundle from a training run takes in every family: options and provenance."""

from __future__ import annotations

import argparse
import datetime
import json
import subprocess
from pathlib import Path
from typing import Any, Collection, Dict, Mapping

from .bundle import Provenance, TrainingSet
from .data.open_datasets import read_index


def export_options(program: str, description: str) -> argparse.ArgumentParser:
    """The command line that all exports share."""
    parser = argparse.ArgumentParser(prog=program, description=description)
    parser.add_argument("--run", type=Path, required=True, help="folder of the training run")
    parser.add_argument("--data", type=Path, required=True, help="folder it was trained on")
    parser.add_argument("--bundle", type=Path, required=True, help="bundle folder to write")
    parser.add_argument("--version", default="1.0.0")
    parser.add_argument("--commit", default=None, help="commit of the training code")
    parser.add_argument("--report", type=Path, default=None, help="JSON report of evaluate")
    return parser


def provenance(
    arguments: argparse.Namespace,
    state: Mapping[str, Any],
    used: Collection[str] | None = None,
) -> Provenance:
    """Of a checkpoint ``state``, trained on the datasets ``used`` (None: all) of the data folder."""
    return Provenance(
        trainedOn=[
            TrainingSet(d.name, d.licence, d.source)
            for d in read_index(arguments.data, "train")
            if used is None or d.name in used
        ],
        commit=arguments.commit or _commit(),
        date=datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        trainingMinutes=round(state["seconds"] / 60, 1),
        steps=state["step"],
    )


def read_report(arguments: argparse.Namespace) -> Dict[str, Any]:
    """The report that the card is to show; empty without one."""
    return json.loads(arguments.report.read_text()) if arguments.report else {}


def _commit() -> str:
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"
