"""The look in one place: colours, sizes and spaces of the night sky and the lit counter. No Kivy."""

from typing import Final

Colour = tuple[float, float, float, float]


def colour(hex_rgb: str, alpha: float = 1.0) -> Colour:
    """`#RRGGBB` as Kivy wants it: four numbers from 0 to 1."""
    red, green, blue = (int(hex_rgb[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue, alpha


NIGHT: Final = colour("#0D1624")
NIGHT_LIFTED: Final = colour("#1A2840")  # the ring's ground and the silhouette's sky
PAPER: Final = colour("#FFF8EA")
PAPER_EDGE: Final = colour("#FFFDF7")
FOOT: Final = colour("#F3E7CF")
RULE: Final = colour("#E9DCBE")
BORDER: Final = colour("#D8C69C")
WHITE: Final = colour("#FFFFFF")
INK: Final = colour("#14202E")
INK_SECOND: Final = colour("#5B4A22")
INK_OFF: Final = colour("#5B5236")  # on a control that can't be used now: 7.2 on RULE-tinted white
LIGHT: Final = colour("#FFF7E8")
LIGHT_SECOND: Final = colour("#E9DEC8")
LAMP: Final = colour("#F2A93B")
LAMP_PRESSED: Final = colour("#E39A2C")
ON_LAMP: Final = colour("#1B1406")
LAMP_DOOR: Final = colour("#FFD58A")
GOOD: Final = colour("#155C3D")
GOOD_NIGHT: Final = colour("#7FD6A9")
BAD: Final = colour("#9A1F18")
BAD_NIGHT: Final = colour("#FF8A7A")
CAUTION: Final = colour("#6B4700")
CAUTION_NIGHT: Final = colour("#FFD58A")
CELL_CLOSED: Final = colour("#465269")
CELL_HELD: Final = colour("#3B475C")
CELL_OUT: Final = colour("#2A3445")
CABINET: Final = colour("#222D3F")
RAIL_AHEAD: Final = colour("#3D485C")
SHADE: Final = colour("#0D1624", 0.72)
CLEAR: Final = (0.0, 0.0, 0.0, 0.0)

WIDTH: Final = 1080
HEIGHT: Final = 1920
MARGIN: Final = 64
GAP: Final = 32
GAP_SMALL: Final = 24
RADIUS_CONTROL: Final = 32
RADIUS_COUNTER: Final = 56
HEAD_HEIGHT: Final = 152
FOOT_HEIGHT: Final = 152
NIGHT_HEIGHT: Final = 520
MAIN_BUTTON: Final = 220
BUTTON: Final = 152
TARGET_MIN: Final = 60
TARGET_GAP: Final = 24
PAGE_TILE: Final = 72  # a scanned page by its number: ten in a row

BODY: Final = 42
LABEL: Final = 48
ON_BUTTON: Final = 56
HEADING: Final = 80
HEADING_MIN: Final = 67
LARGE: Final = 1.35
TEXT_MIN: Final = 42
DENSE: Final = 36  # staff's small print, never a citizen's

DOOR_SWING_S: Final = 0.2
FRAME_S: Final = 1 / 30  # what moves takes a step this often; without a step the clock would never rest
SLOW_FRAME_S: Final = 1 / 12  # what only breathes
