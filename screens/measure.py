"""What stands on the window now, measured: the contrast of each text in the picture, the sizes of what is touched."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kivy.core.window import Window
from kivy.uix.widget import Widget

from screens.contrast import UNSEEN, seen
from screens.portrait import window_pixels
from screens.shell import Shell
from screens.surveyed import PX_PER_MM, Measured
from screens.widgets.cabinet import Cabinet
from screens.widgets.controls import Touchable
from screens.widgets.layout import Scroller
from screens.widgets.phrase import Phrase

_SHOWN_LEAST: Final = 0.6  # of a text's height: what slid so far out of its list is not looked at
_EDGE_PX: Final = 4  # of a compartment's box: its rounded corner is no ground

Box = tuple[float, float, float, float]  # left, bottom, right, top in px of the window


@dataclass(frozen=True, slots=True)
class Contrast:
    """One text of the picture, how large it stands there in px and its contrast."""

    say: str
    size_px: int
    ratio: float


def measured(shell: Shell) -> Measured:
    """The page's weakest text and smallest target. Draws a frame; UI thread, portrait of the usual size."""
    weakest = min((one.ratio for one in contrasts(shell)), default=UNSEEN)
    small = min(_targets(shell), default=None)
    return Measured(weakest, small and small[0] / PX_PER_MM, small[1] if small else "")


def contrasts(shell: Shell) -> list[Contrast]:
    """Every text that can be seen now. Draws a frame; UI thread, portrait of the usual size."""
    found = list(_texts(shell.top))
    pixels = window_pixels()
    height = Window.system_size[1]
    measured = []
    for say, size, (left, bottom, right, top) in found:
        rows = slice(max(0, round(height - top)), round(height - bottom))
        box = pixels[rows, max(0, round(left)) : round(right)]
        measured.append(Contrast(say, size, seen(box)))
    return measured


def _targets(shell: Shell) -> Iterator[tuple[float, str]]:
    """The smaller side in px and the text key of all that can be touched."""
    for one in shell.top.walk(restrict=True):
        if isinstance(one, Touchable) and one.intent is not None and not one.disabled:
            yield min(one.size), one.key


def _texts(top: Widget) -> Iterator[tuple[str, int, Box]]:
    if not top.opacity:
        return
    if isinstance(top, Phrase) and any(sign.isalnum() for sign in top.text):
        box = _in_sight(top, top.ink_box)
        if box is not None:
            yield top.say, round(top.font_size), box
    elif isinstance(top, Cabinet):
        for name, (x, y, width, height) in top.boxes.items():
            yield name, 0, (x + _EDGE_PX, y + _EDGE_PX, x + width - _EDGE_PX, y + height - _EDGE_PX)
    for part in top.children:
        yield from _texts(part)


def _in_sight(widget: Widget, box: Box) -> Box | None:
    """The part of `box` that the lists round the widget show; None where that is too little to be read."""
    left, bottom, right, top = box
    shown_bottom, shown_top = bottom, top
    for around in _scrollers(widget):
        shown_bottom, shown_top = max(shown_bottom, around.y), min(shown_top, around.top)
    if shown_top - shown_bottom < _SHOWN_LEAST * (top - bottom):
        return None
    return left, shown_bottom, right, shown_top


def _scrollers(widget: Widget) -> Iterator[Scroller]:
    parent = widget.parent
    while parent is not None and parent is not parent.parent:
        if isinstance(parent, Scroller):
            yield parent
        parent = parent.parent
