"""Line charts with Pillow alone: panels under each other over one horizontal axis."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Callable, List, Sequence, Tuple

from PIL import Image, ImageDraw, ImageFont

# Distinct also for colour-blind eyes (Okabe and Ito).
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#222222", "#8B6B00")
_WIDTH, _PANEL, _GAP = 1100, 330, 62
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 30, 76, 62
_SAMPLES = 3
_INK, _GREY, _GRID = "#1A1A1A", "#5F6368", "#E4E6E9"

Point = Tuple[float, float]


@dataclass(frozen=True)
class Curve:
    """A named line through points; a nameless one is not in the legend."""

    name: str
    points: Sequence[Point]
    faint: bool = False
    dots: bool = False


@dataclass(frozen=True)
class Panel:
    """A titled pair of axes; without a fixed range the vertical one fits the points."""

    title: str
    curves: Sequence[Curve]
    range: Tuple[float, float] | None = None


def ticks(low: float, high: float, most: int) -> List[float]:
    """At most ``most`` round numbers (1, 2 or 5 times a power of ten apart) within [low, high]."""
    step = 10.0 ** math.floor(math.log10((high - low) / most))
    while (high - low) / step > most - 1:
        leading = round(step / 10.0 ** math.floor(math.log10(step) + 1e-9))
        step *= 2.5 if leading == 2 else 2.0
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(i * step, 10) for i in range(first, last + 1)]


def _font(size: int) -> ImageFont.ImageFont:
    for name in ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "Arial.ttf"):
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    try:
        return ImageFont.load_default(size)  # Pillow 10.1 and newer
    except TypeError:
        return ImageFont.load_default()


def _range(panel: Panel) -> Tuple[float, float]:
    if panel.range is not None:
        return panel.range
    values = sorted(v for curve in panel.curves for _, v in curve.points)
    if not values:
        return 0.0, 1.0
    # A few wild first values must not flatten the rest.
    low, high = values[0], values[min(len(values) - 1, int(len(values) * 0.995))]
    margin = 0.06 * (high - low) or 0.05
    return (0.0 if 0 <= low < 0.4 * high else low - margin), high + margin


def draw(title: str, panels: Sequence[Panel], unit: str) -> Image.Image:
    """The chart as an RGB image; ``unit`` names the horizontal axis, which begins at 0."""
    reach = max((x for p in panels for c in p.curves for x, _ in c.points), default=0.0) or 1.0
    height = _TOP + len(panels) * (_PANEL + _GAP) - _GAP + _BOTTOM
    # Lines are drawn large and shrunk, which smooths them; text comes after that.
    large = Image.new("RGB", (_WIDTH * _SAMPLES, height * _SAMPLES), "white")
    canvas = ImageDraw.Draw(large)
    tops = [_TOP + i * (_PANEL + _GAP) for i in range(len(panels))]
    for panel, top in zip(panels, tops):
        _draw_lines(canvas, panel, top, reach)
    image = large.resize((_WIDTH, height), Image.LANCZOS)
    text = ImageDraw.Draw(image)
    text.text((_LEFT, 16), title, fill=_INK, font=_font(17))
    for panel, top in zip(panels, tops):
        _write_texts(text, panel, top, reach)
    bottom = tops[-1] + _PANEL
    text.text(((_LEFT + _WIDTH - _RIGHT) / 2, bottom + 34), unit, _GREY, _font(13), anchor=None)
    return image


def _scales(
    panel: Panel, top: int, reach: float
) -> Tuple[Callable[[float], float], Callable[[float], float]]:
    low, high = _range(panel)
    width = _WIDTH - _LEFT - _RIGHT

    def across(x: float) -> float:
        return _LEFT + width * x / reach

    def down(y: float) -> float:
        return top + _PANEL * (1.0 - (min(max(y, low), high) - low) / (high - low))

    return across, down


def _colours(panel: Panel) -> List[str]:
    names = [c.name for c in panel.curves if c.name]
    return [COLOURS[(names.index(c.name) if c.name else 0) % len(COLOURS)] for c in panel.curves]


def _pale(colour: str) -> str:
    parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(255 - 0.3 * (255 - p)):02x}" for p in parts)


def _draw_lines(canvas: ImageDraw.ImageDraw, panel: Panel, top: int, reach: float) -> None:
    across, down = _scales(panel, top, reach)

    def line(points: Sequence[Point], fill: str, width: float) -> None:
        scaled = [(x * _SAMPLES, y * _SAMPLES) for x, y in points]
        canvas.line(scaled, fill=fill, width=round(width * _SAMPLES), joint="curve")

    for value in ticks(*_range(panel), 7):
        line([(_LEFT, down(value)), (_WIDTH - _RIGHT, down(value))], _GRID, 1)
    for value in ticks(0.0, reach, 11):
        line([(across(value), top), (across(value), top + _PANEL)], _GRID, 1)
    bottom, right = top + _PANEL, _WIDTH - _RIGHT
    line([(_LEFT, top), (_LEFT, bottom), (right, bottom)], _GREY, 1)
    for curve, colour in zip(panel.curves, _colours(panel)):
        places = [(across(x), down(y)) for x, y in curve.points]
        if len(places) > 1:
            line(places, _pale(colour) if curve.faint else colour, 1 if curve.faint else 2)
        if curve.dots or len(places) == 1:
            for x, y in places:
                r = 3.2
                box = [(v * _SAMPLES) for v in (x - r, y - r, x + r, y + r)]
                canvas.ellipse(box, fill=colour)


def _write_texts(text: ImageDraw.ImageDraw, panel: Panel, top: int, reach: float) -> None:
    across, down = _scales(panel, top, reach)
    small = _font(12)

    def size(value: str) -> Tuple[int, int]:
        left, upper, right, lower = text.textbbox((0, 0), value, font=small)
        return right - left, lower + upper

    for value in ticks(*_range(panel), 7):
        width, height = size(f"{value:g}")
        place = (_LEFT - 10 - width, down(value) - height / 2)
        text.text(place, f"{value:g}", fill=_GREY, font=small)
    for value in ticks(0.0, reach, 11):
        width, _ = size(f"{value:g}")
        text.text((across(value) - width / 2, top + _PANEL + 8), f"{value:g}", _GREY, small)
    text.text((_LEFT, top - 24), panel.title, fill=_INK, font=_font(14))
    if not any(c.points for c in panel.curves):
        text.text((_LEFT + 20, top + 20), "nothing yet", fill=_GREY, font=small)
    # The legend runs from the right end of the title's line, and below it where that is full.
    right = float(_WIDTH - _RIGHT)
    x, y = right, top - 22
    for curve, colour in reversed(list(zip(panel.curves, _colours(panel)))):
        if not curve.name or not curve.points:
            continue
        label = f"{curve.name} {curve.points[-1][1]:.3f}"
        width, _ = size(label)
        if x - width < _LEFT + 180:
            x, y = right, y + 22
        x -= width
        text.text((x, y), label, fill=_INK, font=small)
        text.rectangle((x - 20, y + 6, x - 6, y + 9), fill=colour)
        x -= 36
