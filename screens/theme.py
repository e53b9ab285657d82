"""The look in one place: the colours of three schemes, sizes and spaces. No Kivy.

`night` is the night sky over the lit counter; `light` is for a lobby in full sun; `contrast` is for weak eyes: light on
black, every text at least 7:1, outlines twice as thick. A colour is one line here, with its value in each scheme.
"""

from enum import StrEnum
from typing import Final


class Scheme(StrEnum):
    """Which colours the screen has; the order is that of the foot bar's button."""

    NIGHT = "night"
    CONTRAST = "contrast"
    LIGHT = "light"

    @property
    def next(self) -> "Scheme":
        """What one touch of the button brings."""
        every = list(Scheme)
        return every[(every.index(self) + 1) % len(every)]


class Paint(list[float]):
    """A colour as Kivy wants it, four numbers from 0 to 1.

    `wear` changes it in place: whoever holds it sees the scheme's.
    """

    def __init__(self, night: str, light: str = "", contrast: str = "", alpha: float = 1.0) -> None:
        self._of = {
            Scheme.NIGHT: _parts(night, alpha),
            Scheme.LIGHT: _parts(light or night, alpha),
            Scheme.CONTRAST: _parts(contrast or light or night, alpha),
        }
        super().__init__(self._of[Scheme.NIGHT])

    def wear(self, scheme: Scheme) -> None:
        """Become the colour of `scheme`."""
        self[:] = self.of(scheme)

    def of(self, scheme: Scheme) -> list[float]:
        """The four numbers in `scheme`, whatever is worn now."""
        return list(self._of[scheme])


def _parts(hex_rgb: str, alpha: float) -> tuple[float, ...]:
    """`#RRGGBB` as four numbers."""
    return (*(int(hex_rgb[at : at + 2], 16) / 255 for at in (1, 3, 5)), alpha)


# What stands on what: LIGHT* and *_NIGHT on NIGHT; INK*, GOOD, BAD, CAUTION on PAPER and WHITE; ON_LAMP on LAMP;
# ON_CELL on CELL_*.
#                            night      light      contrast
NIGHT: Final = Paint("#0D1624", "#E6EDF5", "#000000")
SKY: Final = Paint("#385482")  # what lights the night
NIGHT_LIFTED: Final = Paint("#1A2840", "#C9D6E6", "#1C1C1C")  # the ring's ground and the silhouette's sky
PAPER: Final = Paint("#FFF8EA", "#FFFFFF", "#000000")
PAPER_EDGE: Final = Paint("#FFFDF7", "#FFFFFF", "#000000")
FOOT: Final = Paint("#F3E7CF", "#EDF1F6", "#000000")
RULE: Final = Paint("#E9DCBE", "#D5DCE6", "#4D4D4D")  # also the ground of what is pressed
BORDER: Final = Paint("#D8C69C", "#5C6B80", "#FFFFFF")
WHITE: Final = Paint("#FFFFFF", "#FFFFFF", "#000000")  # the ground of controls
INK: Final = Paint("#14202E", "#0B1420", "#FFFFFF")
INK_SECOND: Final = Paint("#5B4A22", "#2F3B4C", "#FFF2B0")
INK_OFF: Final = Paint("#52492E", "#455060", "#BDBDBD")  # on a control that can't be used now
LIGHT: Final = Paint("#FFF7E8", "#0B1420", "#FFFFFF")
LIGHT_SECOND: Final = Paint("#E9DEC8", "#2F3B4C", "#FFF2B0")
LAMP: Final = Paint("#F2A93B", "#F2A93B", "#FFD500")
LAMP_PRESSED: Final = Paint("#E39A2C", "#E39A2C", "#E0BB00")
ON_LAMP: Final = Paint("#1B1406", "#1B1406", "#000000")
LAMP_DOOR: Final = Paint("#FFD58A", "#FFD58A", "#FFE97A")
GOOD: Final = Paint("#155C3D", "#0F4F33", "#7CFFB2")
GOOD_NIGHT: Final = Paint("#7FD6A9", "#0F4F33", "#7CFFB2")
BAD: Final = Paint("#9A1F18", "#8A1610", "#FFB0A6")
BAD_NIGHT: Final = Paint("#FF8A7A", "#8A1610", "#FFB0A6")
CAUTION: Final = Paint("#6B4700", "#5A3B00", "#FFE066")
CAUTION_NIGHT: Final = Paint("#FFD58A", "#5A3B00", "#FFE066")
CELL_CLOSED: Final = Paint("#465269", "#465269", "#3D3D3D")
CELL_HELD: Final = Paint("#3B475C", "#3B475C", "#2B2B2B")
CELL_OUT: Final = Paint("#2A3445", "#2A3445", "#1A1A1A")
ON_CELL: Final = Paint("#FFF7E8", "#FFFFFF", "#FFFFFF")
LIT: Final = Paint("#7FD6A9")  # green light on a cabinet or a device, drawn
CABINET: Final = Paint("#222D3F", "#222D3F", "#0F0F0F")
RAIL_AHEAD: Final = Paint("#3D485C", "#8C9AAD", "#5C5C5C")
SHADE: Final = Paint("#0D1624", "#0D1624", "#000000", alpha=0.72)
CLEAR: Final = Paint("#000000", alpha=0.0)
UNTINTED: Final = Paint(
    "#FFFFFF"
)  # before a texture that has its own colours; the ground of a code to be scanned

EDGE: int = 4  # px of a control's outline: 1 mm at the usual screen; see `wear`
_EDGES: Final = {Scheme.NIGHT: 4, Scheme.LIGHT: 4, Scheme.CONTRAST: 8}
worn: Scheme = Scheme.NIGHT


def colours() -> dict[str, Paint]:
    """Every colour by its name."""
    return {name: value for name, value in globals().items() if isinstance(value, Paint)}


def wear(scheme: Scheme) -> None:
    """Make every colour that of `scheme`. What was drawn before keeps its colours: draw it again."""
    global EDGE, worn
    for paint in colours().values():
        paint.wear(scheme)
    EDGE, worn = _EDGES[scheme], scheme


WIDTH: Final = 1080
HEIGHT: Final = 1920
MARGIN: Final = 64
GAP: Final = 32
GAP_SMALL: Final = 24
RADIUS_CONTROL: Final = 32
RADIUS_COUNTER: Final = 56
HEAD_HEIGHT: Final = 152
FOOT_HEIGHT: Final = 152
VOICE_HEIGHT_LOW: Final = 128  # of the voice's bar where it stands over the foot bar
NIGHT_HEIGHT: Final = 520
MAIN_BUTTON: Final = 220
BUTTON: Final = 152
TARGET_MIN: Final = 60
TARGET_GAP: Final = 24
LOW: Final = (
    1288  # what stands lower is within reach from a wheelchair, at the usual screen: see `[screen] reach_mm`
)
LOW_LEAST: Final = 1200  # a page has to go somewhere, however high the screen hangs
PAGE_TILE: Final = 72  # a scanned page by its number: ten in a row

BODY: Final = 42
LABEL: Final = 48
ON_BUTTON: Final = 56
HEADING: Final = 80
HEADING_MIN: Final = 67
LARGE: Final = 1.35
TEXT_MIN: Final = 42
DENSE: Final = 36  # staff's small print, never a citizen's

PRESSED_S: Final = 0.15  # how long a control still looks pressed when the finger has gone
DOOR_SWING_S: Final = 0.2
RING_FILL_S: Final = 0.25
LIGHT_S: Final = 0.7  # how long the light takes down a sheet that is scanned
WAVE_S: Final = 1.6  # what is waited for comes and goes once
FIGURE_S: Final = 2.4  # one movement that is shown, and the rest after it
SLIP_S: Final = 2.4  # a receipt comes out once
FRAME_S: Final = 1 / 30  # what moves takes a step this often; without a step the clock would never rest
SLOW_FRAME_S: Final = 1 / 12  # what only breathes
