"""Small drawings: signs for how a message is meant, and the picture of a notice. All are drawn, none is a file."""

from collections.abc import Callable
from math import cos, pi, sin
from typing import Final

from kivy.animation import Animation
from kivy.clock import Clock
from kivy.graphics import Color, Mesh, SmoothEllipse, SmoothLine, Triangle
from kivy.properties import NumericProperty, OptionProperty, StringProperty
from kivy.uix.widget import Widget

from screens import theme
from screens.widgets.rounded import Rounded

from .machinery import MACHINES, Drawing

_TONES: Final = {"good": theme.GOOD, "caution": theme.CAUTION, "bad": theme.BAD}


def draw_sign(tone: str, x: float, y: float, size: float) -> None:
    """A tick, an exclamation mark or a cross on a disc; a plain message has a dot."""
    Color(*_TONES.get(tone, theme.INK_SECOND))
    if tone == "caution":
        _warning_ground(x, y, size)
    else:
        SmoothEllipse(pos=(x, y), size=(size, size))
    Color(*theme.PAPER)
    stroke = max(2.0, size / 20)
    if tone == "good":
        _tick(x + size * 0.26, y + size * 0.28, size * 0.5, stroke)
    elif tone == "bad":
        a, b = size * 0.32, size * 0.68
        SmoothLine(points=[x + a, y + a, x + b, y + b], width=stroke, cap="round")
        SmoothLine(points=[x + a, y + b, x + b, y + a], width=stroke, cap="round")
    elif tone == "caution":
        SmoothLine(
            points=[x + size / 2, y + size * 0.62, x + size / 2, y + size * 0.36], width=stroke, cap="round"
        )
        _disc(x + size / 2, y + size * 0.2, stroke * 1.2)
    else:
        _disc(x + size / 2, y + size / 2, size * 0.16)


def _disc(x: float, y: float, radius: float) -> None:
    SmoothEllipse(pos=(x - radius, y - radius), size=(radius * 2, radius * 2))


def _tick(x: float, y: float, size: float, stroke: float) -> None:
    points = [x, y + size * 0.45, x + size * 0.36, y + size * 0.1, x + size * 0.95, y + size * 0.8]
    SmoothLine(points=points, width=stroke, cap="round", joint="round")


def _warning_ground(x: float, y: float, size: float) -> None:
    inset = size * 0.06
    points = [x + inset, y + inset, x + size - inset, y + inset, x + size / 2, y + size - inset]
    Triangle(points=points)
    SmoothLine(points=points, width=size * 0.06, close=True, joint="round", cap="round")


class Picture(Widget):
    """The drawing of a notice or device, centred in its box: card, door, phone, clock, moon, check, … printer."""

    picture = StringProperty("")
    tone = OptionProperty("plain", options=("plain", "good", "caution", "bad"))
    phase = NumericProperty(0.0)  # 0..1: what moves while something is waited for

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._redraw = Clock.create_trigger(self._draw, -1)
        self._motion: Animation | None = None
        self.waves: tuple[Color, ...] = ()  # what moves: only their strength changes, nothing is drawn anew
        for name in ("pos", "size", "picture", "tone"):
            self.fbind(name, self._redraw)
        self.fbind("phase", self._run)

    def move(self, *, moving: bool) -> None:
        """Let the phase run from 0 to 1 and again, or rest."""
        if moving == self.moving:
            return
        self._redraw()
        if self._motion is not None:
            self._motion.cancel(self)
            self._motion, self.phase = None, 0.0
            return
        self._motion = Animation(phase=1.0, d=theme.WAVE_S, s=theme.SLOW_FRAME_S) + Animation(
            phase=0.0, d=0.0
        )
        self._motion.repeat = True
        self._motion.start(self)

    @property
    def moving(self) -> bool:
        """Whether the phase runs."""
        return self._motion is not None

    def _run(self, *_: object) -> None:
        for place, wave in enumerate(self.waves):
            wave.a = max(0.35, min(1.0, 1 - abs((self.phase * 3 - place) % 3 - 0.5)))

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        self.waves = ()
        size = min(self.width, self.height)
        drawing = _DRAWINGS.get(self.picture)
        if drawing is None or size < 40:
            return
        with self.canvas:
            drawing(self, self.center_x - size / 2, self.center_y - size / 2, size)
        self._run()


def _ground(x: float, y: float, size: float) -> None:
    Color(*theme.FOOT)
    SmoothEllipse(pos=(x, y), size=(size, size))


def _id_card(x: float, y: float, width: float) -> None:
    height = width * 0.63
    Color(*theme.BORDER)
    Rounded(pos=(x, y), size=(width, height), radius=[width * 0.06])
    Color(*theme.WHITE)
    Rounded(pos=(x + 4, y + 4), size=(width - 8, height - 8), radius=[width * 0.055])
    Color(*theme.CELL_CLOSED)
    Rounded(
        pos=(x + width * 0.66, y + height * 0.28), size=(width * 0.24, height * 0.52), radius=[width * 0.03]
    )
    Color(*theme.PAPER)
    _disc(x + width * 0.78, y + height * 0.62, width * 0.055)
    Rounded(
        pos=(x + width * 0.71, y + height * 0.28),
        size=(width * 0.14, height * 0.19),
        radius=[width * 0.05] * 2 + [0, 0],
    )
    Color(*theme.BORDER)
    for row, length in enumerate((0.30, 0.44, 0.36)):
        Rounded(
            pos=(x + width * 0.1, y + height * (0.74 - row * 0.17)),
            size=(width * length, height * 0.07),
            radius=[4],
        )
    Color(*theme.INK_SECOND)
    Rounded(pos=(x + width * 0.1, y + height * 0.14), size=(width * 0.66, height * 0.07), radius=[4])


def _card(picture: Picture, x: float, y: float, size: float) -> None:
    _ground(x, y, size)
    _id_card(x + size * 0.16, y + size * 0.29, size * 0.68)
    if picture.tone != "plain":
        draw_sign(picture.tone, x + size * 0.73, y + size * 0.14, size * 0.2)


def _reader(picture: Picture, x: float, y: float, size: float) -> None:
    """The reader's plate with the card above it; waves run while it reads."""
    plate = (x + size * 0.06, y + size * 0.06)
    Color(*theme.CABINET)
    Rounded(pos=plate, size=(size * 0.88, size * 0.46), radius=[size * 0.05])
    Color(*theme.CELL_CLOSED)
    Rounded(pos=(x + size * 0.13, y + size * 0.12), size=(size * 0.74, size * 0.34), radius=[size * 0.035])
    waves = []
    for ring in range(3):
        waves.append(Color(*theme.ON_CELL))
        radius = size * (0.07 + ring * 0.055)
        SmoothLine(circle=(x + size * 0.5, y + size * 0.2, radius, -55, 55), width=size * 0.008, cap="round")
    picture.waves = tuple(waves)
    lift = 0.0 if picture.moving else size * 0.07
    _id_card(x + size * 0.2, y + size * 0.34 + lift, size * 0.6)
    if picture.tone != "plain":
        draw_sign(picture.tone, x + size * 0.7, y + size * 0.68, size * 0.18)


def _door(picture: Picture, x: float, y: float, size: float) -> None:
    _ground(x, y, size)
    left, bottom, width, height = x + size * 0.24, y + size * 0.24, size * 0.44, size * 0.52
    Color(*theme.CABINET)
    Rounded(pos=(left, bottom), size=(width, height), radius=[size * 0.03])
    Color(*theme.PAPER_EDGE)
    Rounded(
        pos=(left + size * 0.03, bottom + size * 0.03),
        size=(width - size * 0.06, height - size * 0.06),
        radius=[size * 0.015],
    )
    Color(*theme.BORDER)
    for sheet in range(3):
        Rounded(
            pos=(left + size * 0.08, bottom + size * (0.06 + sheet * 0.035)),
            size=(width - size * 0.16, size * 0.02),
            radius=[3],
        )
    Color(*theme.CELL_CLOSED)
    _quad(
        left + width,
        bottom,
        left + width + size * 0.16,
        bottom - size * 0.06,
        size * 0.16,
        height,
        0.08 * size,
    )
    if picture.tone != "plain":
        draw_sign(picture.tone, x + size * 0.66, y + size * 0.64, size * 0.2)


def _quad(x: float, y: float, far_x: float, far_y: float, _width: float, height: float, rise: float) -> None:
    corners = [x, y, 0, 0, far_x, far_y, 0, 0, far_x, far_y + height + rise, 0, 0, x, y + height, 0, 0]
    Mesh(vertices=corners, indices=[0, 1, 2, 3], mode="triangle_fan")


def _phone(_picture: Picture, x: float, y: float, size: float) -> None:
    _ground(x, y, size)
    Color(*theme.CABINET)
    Rounded(pos=(x + size * 0.34, y + size * 0.18), size=(size * 0.32, size * 0.64), radius=[size * 0.05])
    Color(*theme.PAPER_EDGE)
    Rounded(pos=(x + size * 0.365, y + size * 0.26), size=(size * 0.27, size * 0.48), radius=[size * 0.02])
    Color(*theme.INK_SECOND)
    _disc(x + size * 0.5, y + size * 0.22, size * 0.018)
    for ring in range(2):
        radius = size * (0.08 + ring * 0.07)
        SmoothLine(circle=(x + size * 0.5, y + size * 0.44, radius, -50, 50), width=size * 0.012, cap="round")


def _clock(picture: Picture, x: float, y: float, size: float) -> None:
    _ground(x, y, size)
    centre_x, centre_y = x + size / 2, y + size / 2
    Color(*theme.WHITE)
    _disc(centre_x, centre_y, size * 0.32)
    rim = []
    for third in range(3 if picture.moving else 0):  # a light that goes round
        rim.append(Color(*theme.INK_SECOND))
        arc = (centre_x, centre_y, size * 0.37, third * 120 + 8, third * 120 + 112)
        SmoothLine(circle=arc, width=size * 0.014, cap="round")
    picture.waves = tuple(rim)
    Color(*theme.INK_SECOND)
    SmoothLine(circle=(centre_x, centre_y, size * 0.32), width=size * 0.014)
    for hour in range(12):
        angle = hour * pi / 6
        _disc(centre_x + sin(angle) * size * 0.26, centre_y + cos(angle) * size * 0.26, size * 0.011)
    Color(*theme.INK)
    SmoothLine(points=[centre_x, centre_y, centre_x, centre_y + size * 0.2], width=size * 0.014, cap="round")
    SmoothLine(
        points=[centre_x, centre_y, centre_x + size * 0.12, centre_y - size * 0.06],
        width=size * 0.014,
        cap="round",
    )


def _moon(_picture: Picture, x: float, y: float, size: float) -> None:
    Color(*theme.CABINET)
    SmoothEllipse(pos=(x, y), size=(size, size))
    Color(*theme.LAMP_DOOR)
    _disc(x + size * 0.48, y + size * 0.5, size * 0.27)
    Color(*theme.CABINET)
    _disc(x + size * 0.6, y + size * 0.58, size * 0.23)
    Color(*theme.ON_CELL)
    for across, up, radius in ((0.7, 0.74, 0.014), (0.78, 0.52, 0.01), (0.3, 0.8, 0.01), (0.82, 0.34, 0.008)):
        _disc(x + size * across, y + size * up, size * radius)


def _face(_picture: Picture, x: float, y: float, size: float) -> None:
    """A head in a ring: the face check."""
    _ground(x, y, size)
    Color(*theme.CELL_CLOSED)
    _disc(x + size / 2, y + size * 0.56, size * 0.15)
    Rounded(
        pos=(x + size * 0.27, y + size * 0.16),
        size=(size * 0.46, size * 0.22),
        radius=[size * 0.2, size * 0.2, 16, 16],
    )
    Color(*theme.INK_SECOND)
    SmoothLine(circle=(x + size / 2, y + size / 2, size * 0.42), width=size * 0.014)


def _message(_picture: Picture, x: float, y: float, size: float) -> None:
    """A message on its way: a bubble with a code in it."""
    _ground(x, y, size)
    Color(*theme.CABINET)
    Rounded(pos=(x + size * 0.2, y + size * 0.36), size=(size * 0.6, size * 0.4), radius=[size * 0.1])
    Triangle(
        points=[
            x + size * 0.3,
            y + size * 0.4,
            x + size * 0.3,
            y + size * 0.22,
            x + size * 0.48,
            y + size * 0.4,
        ]
    )
    Color(*theme.ON_CELL)
    for at in range(3):
        _disc(x + size * (0.36 + at * 0.14), y + size * 0.56, size * 0.04)


def _papers(_picture: Picture, x: float, y: float, size: float) -> None:
    """Two sheets, the one in front written on."""
    _ground(x, y, size)
    for right, up, tone in ((0.38, 0.3, theme.CELL_CLOSED), (0.26, 0.2, theme.WHITE)):
        Color(*tone)
        Rounded(pos=(x + size * right, y + size * up), size=(size * 0.38, size * 0.5), radius=[size * 0.03])
    Color(*theme.INK_SECOND)
    SmoothLine(
        rounded_rectangle=(x + size * 0.26, y + size * 0.2, size * 0.38, size * 0.5, size * 0.03),
        width=size * 0.01,
    )
    for line in range(4):
        up = y + size * (0.6 - line * 0.09)
        SmoothLine(points=[x + size * 0.32, up, x + size * 0.58, up], width=size * 0.009, cap="round")


def _desk(picture: Picture, x: float, y: float, size: float) -> None:
    """Somebody on duty with a headset; waves run while they are asked."""
    _ground(x, y, size)
    Color(*theme.CELL_CLOSED)
    _disc(x + size * 0.42, y + size * 0.58, size * 0.14)
    Rounded(
        pos=(x + size * 0.2, y + size * 0.18), size=(size * 0.44, size * 0.24),
        radius=[size * 0.18, size * 0.18, 12, 12],
    )  # fmt: skip
    Color(*theme.INK_SECOND)
    SmoothLine(circle=(x + size * 0.42, y + size * 0.58, size * 0.17, -90, 90), width=size * 0.016)
    _disc(x + size * 0.25, y + size * 0.57, size * 0.035)
    _disc(x + size * 0.59, y + size * 0.57, size * 0.035)
    waves = []
    for ring in range(3):
        waves.append(Color(*theme.INK_SECOND))
        radius = size * (0.08 + ring * 0.06)
        SmoothLine(
            circle=(x + size * 0.62, y + size * 0.58, radius, 50, 130), width=size * 0.012, cap="round"
        )
    picture.waves = tuple(waves)


def _sign(tone: str) -> Callable[[Picture, float, float, float], None]:
    def draw(_picture: Picture, x: float, y: float, size: float) -> None:
        _ground(x, y, size)
        draw_sign(tone, x + size * 0.2, y + size * 0.2, size * 0.6)

    return draw


def _machine(drawing: Drawing) -> Callable[[Picture, float, float, float], None]:
    def draw(_picture: Picture, x: float, y: float, size: float) -> None:
        _ground(x, y, size)
        drawing(x, y, size)

    return draw


_DRAWINGS: Final[dict[str, Callable[[Picture, float, float, float], None]]] = {
    "card": _card, "reader": _reader, "door": _door, "phone": _phone, "clock": _clock, "moon": _moon,
    "face": _face, "message": _message, "papers": _papers, "desk": _desk, "check": _sign("good"),
    "warning": _sign("caution"),
    **{name: _machine(drawing) for name, drawing in MACHINES.items()},
}  # fmt: skip
