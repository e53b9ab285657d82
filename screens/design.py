"""The tables of the design system, made from the code: `python -m screens.design docs/design-system.md`.

A table stands in the document between `<!-- table: NAME -->` and `<!-- end -->`; all else there is written by hand.
"""

import re
import sys
from collections.abc import Sequence
from math import atan, degrees
from pathlib import Path
from typing import Final

from screens import theme
from screens.parts import PARTS
from screens.surveyed import PX_PER_MM
from screens.theme import Scheme

CAPITAL: Final = 0.733  # of the size: a capital H in Noto Sans CJK (`sCapHeight` of its table OS/2)
LEGIBLE_DEG: Final = 0.7  # of sight, for a capital H (EN 301 549, 5.1.4)
USES: Final = {
    "NIGHT": "the night: ground of head, heading and rail; the window's own colour",
    "SKY": "what lights the night, behind everything; in the night scheme only",
    "NIGHT_LIFTED": "ground of the camera ring, the sheet that is scanned, the figure",
    "PAPER": "the counter: ground of all that is touched; ink on what is chosen",
    "PAPER_EDGE": "a lighter sheet on the counter: papers drawn, candidates of the keyboard",
    "FOOT": "foot bar, voice bar, cards of settings, controls that can't be used now",
    "RULE": "lines between rows; ground of what is pressed",
    "BORDER": "outline of controls",
    "WHITE": "ground of controls",
    "INK": "text on paper and controls; ground of what is chosen",
    "INK_SECOND": "second lines, notes, labels, outline of fields, arrows",
    "INK_OFF": "words on a control that can't be used now",
    "LIGHT": "headings and names on the night; the step of the rail that one is at",
    "LIGHT_SECOND": "sentences on the night",
    "LAMP": "the page's one main action; the compartment to use; steps that are done",
    "LAMP_PRESSED": "the main action under the finger",
    "ON_LAMP": "words on the lamp",
    "LAMP_DOOR": "the open door of the compartment to use",
    "GOOD": "what went well, on paper",
    "GOOD_NIGHT": "what went well, on the night; the full ring",
    "BAD": "what went wrong, on paper",
    "BAD_NIGHT": "what went wrong, on the night",
    "CAUTION": "what to mind, on paper",
    "CAUTION_NIGHT": "what to mind, on the night",
    "CELL_CLOSED": "a free compartment; bars of hours",
    "CELL_HELD": "a compartment that holds something, with a mark",
    "CELL_OUT": "a compartment out of use, crossed",
    "ON_CELL": "numbers and marks on compartments, the frame of the one to use",
    "LIT": "a small green light, drawn",
    "CABINET": "the cabinet's and the devices' bodies",
    "RAIL_AHEAD": "steps that are ahead",
    "SHADE": "over the page while the time-out question stands",
    "CLEAR": "nothing: a mark that is not there now",
    "UNTINTED": "before a picture that has its own colours; ground of a code to be scanned",
}
_SIZES: Final = {
    "BODY": ("text, notes", theme.BODY),
    "LABEL": ("lists, labels, sentences", theme.LABEL),
    "ON_BUTTON": ("words on controls", theme.ON_BUTTON),
    "HEADING": ("headings", theme.HEADING),
    "HEADING_MIN": ("the least heading, before it takes a second line", theme.HEADING_MIN),
    "TEXT_MIN": ("the least of a citizen's text", theme.TEXT_MIN),
    "DENSE": ("staff's small print", theme.DENSE),
}
_SPACES: Final = {
    "MARGIN": "page to its edge", "GAP": "between controls of one row or one above the other",
    "GAP_SMALL": "between keys, list controls", "RADIUS_CONTROL": "corner of a control",
    "RADIUS_COUNTER": "corner of the counter", "HEAD_HEIGHT": "head line", "FOOT_HEIGHT": "foot bar",
    "NIGHT_HEIGHT": "head line and night, at least, where a page does not say otherwise",
    "MAIN_BUTTON": "the lamp's height", "BUTTON": "other controls' height", "TARGET_MIN": "nothing touched is smaller",
    "TARGET_GAP": "nothing touched is closer, except rows of one list",
    "LOW": "in low mode nothing touched stands higher", "PAGE_TILE": "a scanned page by its number",
}  # fmt: skip
_MOTIONS: Final = {
    "PRESSED_S": "a control looks pressed after the finger has gone",
    "DOOR_SWING_S": "the drawn door swings open",
    "RING_FILL_S": "the camera ring fills to its next share",
    "LIGHT_S": "the light goes down the sheet that is scanned",
    "WAVE_S": "the sign of what is waited for comes and goes",
    "FIGURE_S": "the figure shows the movement that is asked for, and rests",
    "SLIP_S": "the receipt comes out, while it is printed",
}
_MARKS: Final = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def angle_deg(px: float, away_m: float) -> float:
    """The angle of sight of a capital H of a text of `px`, seen from `away_m` metres on the usual screen."""
    return degrees(atan(px / PX_PER_MM * CAPITAL / 1000 / away_m))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in (head, *rows)]
    return "\n".join((lines[0], "|---" * len(head) + "|", *lines[1:]))


def _hex(colour: Sequence[float]) -> str:
    rgb = "#" + "".join(f"{round(part * 255):02X}" for part in colour[:3])
    return rgb if colour[3] == 1 else f"{rgb} at {colour[3]:.0%}"


def colours() -> str:
    """Each colour in each scheme, and what for."""
    rows = [
        (f"`{name}`", *(_hex(paint.of(scheme)) for scheme in Scheme), USES[name])
        for name, paint in theme.colours().items()
    ]
    return _table(("colour", *(scheme.value for scheme in Scheme), "used for"), rows)


def sizes() -> str:
    """The type scale: px, mm, how high a capital H is and how large it is seen."""
    rows = []
    for name, (use, px) in _SIZES.items():
        for mode, factor in (("normal", 1.0), ("large", theme.LARGE)):
            size = px * factor
            reach_m = size / PX_PER_MM * CAPITAL / 1000 / 0.012217  # tan of 0.7 degrees
            rows.append(
                (
                    f"`{name}`, {mode}",
                    f"{size:.0f}",
                    f"{size / PX_PER_MM:.1f}",
                    f"{size / PX_PER_MM * CAPITAL:.1f}",
                    f"{angle_deg(size, 1):.2f}°",
                    f"{reach_m:.2f} m",
                    use,
                )
            )
    return _table(("size", "px", "mm", "capital H, mm", "from 1 m", "0.7° up to", "used for"), rows)


def spaces() -> str:
    """Margins, gaps, corners, heights."""
    rows = [
        (f"`{name}`", f"{getattr(theme, name)}", f"{getattr(theme, name) / PX_PER_MM:g}", use)
        for name, use in _SPACES.items()
    ]
    return _table(("space", "px", "mm", "what"), rows)


def motions() -> str:
    """What moves and how long."""
    rows = [(f"`{name}`", f"{getattr(theme, name) * 1000:.0f}", use) for name, use in _MOTIONS.items()]
    return _table(("motion", "ms", "what moves"), rows)


def parts() -> str:
    """Each component with its states and the pictures that show them."""
    rows = []
    for part in PARTS:
        states = "; ".join(
            f"[{state}](screens/{picture}.png)" if picture else state for state, picture in part.states
        )
        rows.append((part.name, f"`{part.code}`", part.what, states))
    return _table(
        ("component", "in the code", "what it is for", "states, each on a page that shows it"), rows
    )


TABLES: Final = {"colours": colours, "sizes": sizes, "spaces": spaces, "motions": motions, "parts": parts}


def renewed(document: str) -> str:
    """`document` with every table as the code says now. Raises KeyError for a table that nobody makes."""
    return _MARKS.sub(lambda found: f"{found[1]}{TABLES[found[2]]()}\n{found[3]}", document)


if __name__ == "__main__":
    page = Path(sys.argv[1])
    page.write_text(renewed(page.read_text(encoding="utf-8")), encoding="utf-8")
