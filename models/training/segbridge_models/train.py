"""Trains a network of any family: ``python -m segbridge_models.train --config FILE``.

The settings file names the family.  The run folder holds ``checkpoint.pt`` (everything needed to
go on), ``log.jsonl`` and ``curves.png``.  Starting the same command again goes on where the last
checkpoint was written, also after ``kill -9``.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Sequence

from .checkpoint import CheckpointError
from .data.open_datasets import DatasetError
from .training import families
from .training.device import DEVICES, PRECISIONS, DeviceError
from .training.run import RunSettings, TrainingRun
from .training.run_lock import RunError, exclusive
from .training.settings import SettingsError
from .training.task import Machine

_ROOT = Path(__file__).resolve().parent.parent  # of this package: models/training, or a pack
_REPOSITORY = _ROOT.parent.parent


class DataFolderError(Exception):
    """No data folder is named and none is where it is looked for."""


def default_data() -> Path:
    """The data folder where none is named: beside a packed program, or the test data's."""
    test_data = Path(os.environ.get("SEGBRIDGE_TEST_DATA", _REPOSITORY.parent / "shared" / "data"))
    places = (_ROOT / "data", test_data / "open")
    for place in places:
        if place.is_dir():
            return place
    looked = " or ".join(str(p) for p in places)
    raise DataFolderError(f"name the data folder with --data; none is at {looked}")


def default_run(config: Path) -> Path:
    """The run folder where none is named: after the settings file, under the build outputs."""
    inside = (_REPOSITORY / "models" / "training").resolve() == _ROOT
    artifacts = os.environ.get("ArtifactsPath", _REPOSITORY / "artifacts" if inside else _ROOT)
    return Path(artifacts) / "training" / config.stem


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="segbridge train", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="settings (TOML)")
    parser.add_argument("--data", type=Path, help="folder of dataset folders, or of packed ones")
    parser.add_argument("--run", type=Path, help="folder of this run")
    parser.add_argument("--minutes", type=float, default=120.0, help="budget in training minutes")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads")
    parser.add_argument("--device", choices=DEVICES, default="auto")
    parser.add_argument("--precision", choices=PRECISIONS, default="auto")
    parser.add_argument("--checkpoint-minutes", type=float, default=3.0)
    parser.add_argument("--validate-minutes", type=float, default=8.0)
    parser.add_argument("--log-minutes", type=float, default=0.5)
    parser.add_argument("--max-file-mb", type=float, help="split checkpoints larger than this")
    arguments = parser.parse_args(argv)
    if arguments.minutes <= 0 or arguments.threads < 1:
        parser.error("--minutes must be above 0 and --threads at least 1")
    if arguments.max_file_mb is not None and arguments.max_file_mb < 0.01:
        parser.error("--max-file-mb must be at least 0.01")
    return arguments


def run(arguments: argparse.Namespace) -> int:
    """Train until the budget is spent; the exit status."""
    data = arguments.data or default_data()
    folder = arguments.run or default_run(arguments.config)
    machine = Machine(arguments.device, arguments.precision, arguments.threads)
    settings = RunSettings(
        folder,
        arguments.minutes,
        arguments.checkpoint_minutes,
        arguments.validate_minutes,
        arguments.log_minutes,
        arguments.max_file_mb,
    )
    with exclusive(folder):
        task = families.create(arguments.config, data, machine)
        status = TrainingRun(task, settings).go()
    print(folder)
    return status


def main(argv: Sequence[str] | None = None) -> int:
    """Command line entry."""
    arguments = _arguments(argv)
    try:
        return run(arguments)
    except (
        CheckpointError, DataFolderError, DatasetError, DeviceError, RunError, SettingsError
    ) as error:
        print(f"train: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    raise SystemExit(main())
