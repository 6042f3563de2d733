"""``python -m segbridge_models.served --data DATA [BUNDLE ...]``: EVALUATION.md and the cards' tables, anew."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..model_card import CARD
from .card_section import renewed
from .evaluation import EVALUATION, evaluate
from .plan import COLLECTIONS, RUNS

ROOT = Path(__file__).resolve().parents[4]


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the shipped bundles through a real server.")
    parser.add_argument("bundles", nargs="*", metavar="BUNDLE", help=f"of {', '.join(RUNS)} [all]")
    parser.add_argument("--data", type=Path, required=True, help=f"folder with {' and '.join(COLLECTIONS)}")
    parser.add_argument("--keep", type=Path, default=ROOT / "artifacts" / "served", help="where steps are kept, so that a run goes on")
    options = parser.parse_args()
    unknown = set(options.bundles) - set(RUNS)
    if unknown:
        parser.error(f"there is no bundle {', '.join(sorted(unknown))} here; there are {', '.join(RUNS)}")
    options.keep.mkdir(parents=True, exist_ok=True)
    for bundle in options.bundles or RUNS:
        folder = ROOT / "models" / "bundles" / bundle
        (folder / EVALUATION).write_text(evaluate(ROOT / "segbridge", options.data, options.keep, bundle))
        card = folder / CARD
        card.write_text(renewed(card.read_text(), folder))


if __name__ == "__main__":
    main()
