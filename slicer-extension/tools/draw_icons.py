"""Draws the panel's icons: one set for light and one for dark windows, from the same outlines.

    python3 tools/draw_icons.py            writes SegBridge/Resources/Icons

Every icon is a 24 x 24 drawing of round strokes. ``{ink}`` is the colour of the window's text, the other names are
accents that mean the same everywhere: green adds to the object, red takes away, blue is the tool itself.
"""
from pathlib import Path
from typing import Dict

ICONS = Path(__file__).resolve().parent.parent / "SegBridge" / "Resources" / "Icons"

COLOURS: Dict[str, Dict[str, str]] = {
    "light": {"ink": "#3b4252", "green": "#1f9d55", "red": "#d23c2a", "blue": "#2672d9", "soft": "#9aa5b5"},
    "dark": {"ink": "#e3e7ee", "green": "#57d08b", "red": "#ff7d6b", "blue": "#6fb2ff", "soft": "#8792a3"},
}

PLUS = '<path d="M19 2.5v7M15.5 6h7" stroke="{green}" stroke-width="2.2"/>'
MINUS = '<path d="M15.5 6h7" stroke="{red}" stroke-width="2.2"/>'
SQUIGGLE = '<path d="M3 17C5 8 8.5 7.5 9.5 12.5S13 20.5 15.5 18.5 18.5 13.5 20.5 14" stroke="%s" stroke-width="2.6"/>'
DROP = '<circle cx="10" cy="14" r="3.4" fill="%s" stroke="none"/><circle cx="10" cy="14" r="6.8" stroke="{ink}"/>'
LOOP = (
    '<path d="M12.5 6.6C7.2 5.4 2.6 7.8 2.8 11.6c.2 3.4 4.3 5.3 9 5 4.3-.3 7.7-2 8.1-4.6" stroke="%s" '
    'stroke-dasharray="3 2.6"/><path d="M7.4 16.4c-2 .9-2 3.4.2 4.1 1.4.5 2.7.1 3.4-.8" stroke="{ink}"/>'
)

DRAWINGS: Dict[str, str] = {
    "point-include": DROP % "{green}" + PLUS,
    "point-exclude": DROP % "{red}" + MINUS,
    "scribble-include": SQUIGGLE % "{green}" + PLUS,
    "scribble-exclude": SQUIGGLE % "{red}" + MINUS,
    "lasso-include": LOOP % "{green}" + PLUS,
    "lasso-exclude": LOOP % "{red}" + MINUS,
    "box": '<path d="M4 8.5V5.5C4 4.7 4.7 4 5.5 4h3M15.5 4h3c.8 0 1.5.7 1.5 1.5v3M20 15.5v3c0 .8-.7 1.5-1.5 1.5h-3'
           'M8.5 20h-3C4.7 20 4 19.3 4 18.5v-3" stroke="{ink}"/><circle cx="12" cy="12" r="3.2" fill="{green}" stroke="none"/>',
    "box-3d": '<path d="M12 2.8 20 7v9.6l-8 4.6-8-4.6V7z M4.2 7.2 12 11.6l7.8-4.4 M12 11.6v9.2" stroke="{ink}"/>'
              '<path d="M12 11.6 19.6 7.3v9.1L12 20.8z" fill="{green}" fill-opacity=".35" stroke="none"/>',
    "include": '<path d="M12 5v14M5 12h14" stroke="{green}" stroke-width="2.8"/>',
    "exclude": '<path d="M5 12h14" stroke="{red}" stroke-width="2.8"/>',
    "predict": '<path d="M7 4.5v15L19.5 12z" fill="{blue}" stroke="{blue}"/>',
    "cancel": '<path d="M6 6l12 12M18 6 6 18" stroke="{ink}" stroke-width="2.2"/>',
    "undo": '<path d="M8 5 3.5 9.5 8 14M4 9.5h10a5.2 5.2 0 0 1 0 10.4H9.5" stroke="{ink}"/>',
    "redo": '<path d="M16 5l4.5 4.5L16 14M20 9.5H10a5.2 5.2 0 0 0 0 10.4h4.5" stroke="{ink}"/>',
    "reset": '<path d="M5.2 8.2A8 8 0 1 1 4 12.5M5 3.4v5h5" stroke="{ink}"/>',
    "next-click": '<circle cx="12" cy="12" r="6.5" stroke="{ink}"/><path d="M12 2v5M12 17v5M2 12h5M17 12h5" stroke="{ink}"/>'
                  '<circle cx="12" cy="12" r="1.9" fill="{blue}" stroke="none"/>',
    "disagreement": '<path d="M12 6.2a6.6 6.6 0 0 1 0 11.6 6.6 6.6 0 0 1 0-11.6z" fill="{red}" fill-opacity=".55" stroke="none"/>'
                    '<circle cx="8.6" cy="12" r="6.1" stroke="{ink}"/><circle cx="15.4" cy="12" r="6.1" stroke="{ink}"/>',
    "propagate": '<path d="M12 9.5 20 13.5 12 17.5 4 13.5z" stroke="{ink}"/><path d="M4 17.5 12 21.5 20 17.5" stroke="{soft}"/>'
                 '<path d="M12 9V2.5M8.8 5.6 12 2.4l3.2 3.2" stroke="{green}"/>',
    "accept": '<path d="M4.5 12.5 10 18 20 6.5" stroke="{green}" stroke-width="2.6"/>',
    "add": '<path d="M12 5v14M5 12h14" stroke="{ink}" stroke-width="2.2"/>',
    "add-example": '<path d="M20.5 12.5v6c0 1-.5 1.5-1.5 1.5H5c-1 0-1.5-.5-1.5-1.5V7c0-1 .5-1.5 1.5-1.5h7.5" stroke="{ink}"/>'
                   '<path d="M4 17l5-5 4 4 2.5-2.5 5 4" stroke="{ink}"/>' + PLUS,
    "remove": '<path d="M4.5 6.5h15M9.5 6V4h5v2M6.5 6.5l1 13.5h9l1-13.5M10.3 10.5v6M13.7 10.5v6" stroke="{ink}"/>',
    "rename": '<path d="M4 20l1-4.5L16.5 4 20 7.5 8.5 19z M14 6.5 17.5 10" stroke="{ink}"/>',
    "import": '<path d="M4 14v5.5h16V14M12 3.5v11M7.8 10.4l4.2 4.2 4.2-4.2" stroke="{ink}"/>',
    "export": '<path d="M4 14v5.5h16V14M12 15V4M7.8 8.2 12 4l4.2 4.2" stroke="{ink}"/>',
    "start": '<path d="M7 4.5v15L19.5 12z" stroke="{ink}"/>',
    "stop": '<path d="M6 6h12v12H6z" stroke="{ink}"/>',
}

# A slice of a body with an object in it, carried by a bridge.
MODULE_ICON = """<svg xmlns="http://www.w3.org/2000/svg" width="128" height="128" viewBox="0 0 128 128">
<rect x="4" y="4" width="120" height="120" rx="26" fill="#12324d"/>
<ellipse cx="64" cy="52" rx="45" ry="33" fill="#3f6480"/>
<ellipse cx="64" cy="52" rx="38" ry="26.500" fill="#6b8ea6"/>
<circle cx="64" cy="67" r="7" fill="#d9e4ec"/>
<path d="M68 34c11-6 25 1 25 14 0 12-13 18-21 12-7-5-12-21-4-26z" fill="#3fd487" fill-opacity=".9" stroke="#d6ffe8" stroke-width="3"/>
<circle cx="80" cy="47" r="4.500" fill="#12324d"/>
<path d="M12 106h104M20 106c0-24 88-24 88 0M38 106V93M55 106V88.500M73 106V88.500M90 106V93" fill="none" stroke="#f2f6fa" stroke-width="5" stroke-linecap="round"/>
</svg>
"""


def main() -> None:
    for name, colours in COLOURS.items():
        folder = ICONS / name
        folder.mkdir(parents=True, exist_ok=True)
        for icon, drawing in DRAWINGS.items():
            (folder / f"{icon}.svg").write_text(
                '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">'
                '<g fill="none" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">'
                f"{drawing.format(**colours)}</g></svg>\n"
            )
    (ICONS / "SegBridge.svg").write_text(MODULE_ICON)


if __name__ == "__main__":
    main()
