"""A contact sheet of the best, the median and the worst cases of an evaluation."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import List, Sequence

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage
from torch import nn

from .prompts.encode import Prompts
from .prompts.simulated_user import PromptProtocol
from .rollout import Pair, rounds

COLUMNS = 4
SIDE = 192
CAPTION = 14
MAX_BYTES = 300_000
_TRUTH, _MASK = (60, 220, 60), (255, 170, 0)
_POSITIVE, _NEGATIVE = (70, 170, 255), (255, 70, 110)
_COLOURS = (128, 64, 32, 16)


@dataclass(frozen=True)
class Example:
    """A case to show: why, which pair, and the Dice it reached."""

    kind: str
    index: int
    dice: float


def choose(datasets: Sequence[str], scores: np.ndarray, columns: int = COLUMNS) -> List[Example]:
    """For each of best, median and worst the most extreme cases, from as many datasets as can be.

    ``scores`` (pairs,) is what they are ranked by.
    """
    orders = {
        "best": np.argsort(-scores, kind="stable"),
        "median": np.argsort(np.abs(scores - np.median(scores)), kind="stable"),
        "worst": np.argsort(scores, kind="stable"),
    }
    examples = []
    for kind, order in orders.items():
        seen: List[str] = []
        fresh, again = [], []
        for index in order:
            (again if datasets[index] in seen else fresh).append(int(index))
            seen.append(datasets[index])
        for index in sorted((fresh + again)[:columns], key=list(order).index):
            examples.append(Example(kind, index, float(scores[index])))
    return examples


def _edge(mask: np.ndarray) -> np.ndarray:
    return mask & ~ndimage.binary_erosion(mask, border_value=1)


def _enlarged(mask: np.ndarray) -> np.ndarray:
    return np.asarray(Image.fromarray(mask).resize((SIDE, SIDE), Image.NEAREST))


def draw_case(pair: Pair, prompts: Prompts, mask: np.ndarray) -> np.ndarray:
    """RGB (SIDE, SIDE, 3): the image with the outlines of truth and mask, and the prompts."""
    grey = Image.fromarray(np.rint(255 * pair.image).astype(np.uint8))
    canvas = np.asarray(grey.resize((SIDE, SIDE), Image.BILINEAR))
    canvas = np.repeat(canvas[..., None], 3, axis=2).copy()
    for drawn, colour in ((prompts.positive, _POSITIVE), (prompts.negative, _NEGATIVE)):
        marked = _enlarged(drawn > 0.3)
        canvas[marked] = (0.4 * canvas[marked] + 0.6 * np.array(colour)).astype(np.uint8)
    for outline, colour in ((pair.truth, _TRUTH), (mask, _MASK)):
        canvas[_edge(_enlarged(outline))] = colour
    picture = Image.fromarray(canvas)
    pen = ImageDraw.Draw(picture)
    scale = SIDE / pair.image.shape[0]
    for row, column, positive in prompts.clicks:
        x, y = (column + 0.5) * scale, (row + 0.5) * scale
        pen.ellipse((x - 3, y - 3, x + 3, y + 3), fill=_POSITIVE if positive else _NEGATIVE)
    for box in prompts.boxes:
        corners = [v * scale for v in (box.left, box.top, box.right, box.bottom)]
        pen.rectangle(corners, outline=_POSITIVE)
    return np.asarray(picture)


def contact_sheet(
    cells: Sequence[np.ndarray], captions: Sequence[str], columns: int
) -> Image.Image:
    """Cells (SIDE, SIDE, 3) in rows of ``columns``, each over its caption."""
    rows = -(-len(cells) // columns)
    sheet = Image.new("RGB", (columns * SIDE, rows * (SIDE + CAPTION)), (0, 0, 0))
    pen = ImageDraw.Draw(sheet)
    for number, (cell, caption) in enumerate(zip(cells, captions)):
        x, y = number % columns * SIDE, number // columns * (SIDE + CAPTION)
        sheet.paste(Image.fromarray(cell), (x, y))
        pen.text((x + 2, y + SIDE + 1), caption, fill=(255, 255, 255))
    return sheet


def save_within(sheet: Image.Image, path: Path, max_bytes: int = MAX_BYTES) -> None:
    """Write a PNG of at most ``max_bytes``, with as many colours as that allows."""
    for colours in _COLOURS:
        stream = io.BytesIO()
        sheet.quantize(colours, dither=Image.NONE).save(stream, "png", optimize=True)
        if stream.tell() <= max_bytes:
            break
    path.write_bytes(stream.getvalue())


def write_examples(
    path: Path,
    model: nn.Module,
    pairs: Sequence[Pair],
    examples: Sequence[Example],
    protocol: PromptProtocol,
    steps: int,
    seed: int,
) -> None:
    """Play the examples' pairs for ``steps`` steps again and write the sheet of how they end."""
    shown = [pairs[e.index] for e in examples]
    *_, last = rounds(model, shown, protocol, steps, seed)
    cells = [draw_case(p, q, z >= 0) for p, q, z in zip(shown, last.prompts, last.logits)]
    captions = [
        f"{e.kind} {e.dice:.2f} {p.dataset}"[: SIDE // 6 - 1] for e, p in zip(examples, shown)
    ]
    save_within(contact_sheet(cells, captions, len(examples) // 3), path)
