"""Packs program, settings and data into one folder for a machine where nothing can be installed.

``python -m segbridge_models.pack --data FOLDER --out FOLDER`` copies the training and validation
cases, coarser where they would not fit otherwise, beside this package, its settings and the
bundles that a training starts from.  In the ``training`` folder of the pack,
``python3 -m segbridge_models.train --config configs/NAME.toml --max-file-mb 16`` trains with
PyTorch, NumPy, SciPy, scikit-image and ONNX alone.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any, Dict, List, Sequence, Tuple

import numpy as np

from . import checkpoint
from .data import packed
from .data.exactness import LEVELS, Level, kept_range, stored_as
from .data.open_datasets import DatasetError, DatasetInfo, read_affine, read_array, read_index
from .training.data_manifest import case_hashes
from .training.run import CHECKPOINT

TRAINING = "training"
SPLITS = ("train", "validation")
_PACKAGE = Path(__file__).resolve().parent


class PackError(Exception):
    """The data cannot be packed as asked; the message says what would help."""


def pack_dataset(info: DatasetInfo, folder: Path, level: Level) -> int:
    """Write the packed form of a dataset; its size in bytes."""
    entries = [e for split in SPLITS for e in info.entries(split)]
    arrays: Dict[str, np.ndarray] = {}
    cases: List[Dict[str, Any]] = []
    for entry in entries:
        image, label = read_array(info, entry, "image"), read_array(info, entry, "label")
        stored = stored_as(image, "HU" in info.meta["modality"], level)
        arrays[entry["image"]] = stored.numbers(kept_range(image, stored, level))
        arrays[entry["label"]] = np.rint(label).astype(np.uint8)
        kept = {k: entry[k] for k in ("id", "subject", "split", "image", "label")}
        hashes = dict(zip(("image", "label"), case_hashes(info, entry)))
        case = {**kept, "sha256": hashes, "stored": asdict(stored)}
        if image.ndim == 3:
            case["affine"] = read_affine(info, entry).tolist()
        cases.append(case)
    folder.mkdir(parents=True)
    packed.write(folder / packed.FILE, arrays)
    meta = {k: v for k, v in info.meta.items() if k != "cases"}
    meta |= {"packed": True, "level": level.name, "cases": cases}
    (folder / "dataset.json").write_text(json.dumps(meta, indent=1, ensure_ascii=False) + "\n")
    return sum(p.stat().st_size for p in folder.iterdir())


def _source_bytes(info: DatasetInfo) -> int:
    return sum(p.stat().st_size for p in info.folder.rglob("*") if p.is_file())


def pack_data(
    data: Path, out: Path, limit: int, names: Sequence[str] | None, levels: Sequence[Level]
) -> Tuple[Level, int]:
    """Pack datasets into ``out`` at the first level that fits into ``limit`` bytes.

    Returns the level and the size.  Raises PackError when none fits or a name is unknown.
    """
    infos = {i.folder.name: i for split in SPLITS for i in read_index(data, split)}
    unknown = sorted(set(names or ()) - set(infos))
    if unknown:
        raise PackError(f"{data} holds no dataset {unknown[0]!r}; it has {sorted(infos)}")
    # The largest first: whether a level fits is known early.
    chosen = sorted((infos[n] for n in names or infos), key=_source_bytes, reverse=True)
    size = 0
    for level in levels:
        shutil.rmtree(out, ignore_errors=True)
        size = 0
        for info in chosen:
            size += pack_dataset(info, out / info.folder.name, level)
            if size > limit:
                break
        else:
            return level, size
        print(f"more than {limit / 1e6:g} MB at level {level.name}", file=sys.stderr)
    shutil.rmtree(out, ignore_errors=True)
    raise PackError(
        f"the datasets need more than {limit / 1e6:g} MB; name fewer with --datasets "
        "or allow more with --max-mb"
    )


def copy_program(out: Path) -> None:
    """This package, its settings, and the bundles that settings name as ``initial``."""
    skipped = shutil.ignore_patterns("__pycache__", "*.md")
    shutil.copytree(_PACKAGE, out / TRAINING / _PACKAGE.name, ignore=skipped)
    shutil.copytree(_PACKAGE.parent / "configs", out / TRAINING / "configs")
    for config in sorted((out / TRAINING / "configs").glob("*.toml")):
        initial = tomllib.loads(config.read_text()).get("initial", "")
        target = out / TRAINING / initial
        if initial and not target.exists():
            shutil.copytree(_PACKAGE.parent / initial, target)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="segbridge_models.pack", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of dataset folders")
    parser.add_argument("--out", type=Path, required=True, help="new folder")
    parser.add_argument("--datasets", nargs="+", help="folder names; all if not given")
    parser.add_argument("--max-mb", type=float, default=40.0, help="size of the data (10^6 bytes)")
    names = [level.name for level in LEVELS]
    parser.add_argument("--level", choices=names, help="pack at this level or not at all")
    parser.add_argument("--run", type=Path, help="run folder to go on from")
    parser.add_argument("--max-file-mb", type=float, help="split its checkpoint into such files")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Command line entry."""
    arguments = _arguments(argv)
    out = arguments.out
    try:
        if out.exists() and any(out.iterdir()):
            raise PackError(f"{out} is not empty; name a new folder")
        levels = [level for level in LEVELS if arguments.level in (None, level.name)]
        limit = int(arguments.max_mb * 1e6)
        level, size = pack_data(
            arguments.data, out / TRAINING / "data", limit, arguments.datasets, levels
        )
        copy_program(out)
        if arguments.run is not None:
            state = checkpoint.load(arguments.run / CHECKPOINT)
            most = arguments.max_file_mb
            bytes_each = None if most is None else int(most * 1e6)
            checkpoint.save(out / TRAINING / "run" / CHECKPOINT, state, bytes_each)
            log = arguments.run / "log.jsonl"
            if log.exists():
                shutil.copy(log, out / TRAINING / "run")
    except (PackError, DatasetError, checkpoint.CheckpointError) as error:
        print(f"pack: {error}", file=sys.stderr)
        return 2
    print(f"{out}: data {size / 1e6:.1f} MB at level {level.name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
