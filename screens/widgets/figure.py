"""What to do before the camera, as a drawn head that does it; round it a ring that runs out with the time there is.

The head is a looking-glass: it turns to the side to which the person who sees it is to turn.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Final

from kivy.clock import Clock, ClockEvent
from kivy.graphics import (
    Color,
    Ellipse,
    PopMatrix,
    PushMatrix,
    Scale,
    SmoothEllipse,
    SmoothLine,
    StencilPop,
    StencilPush,
    StencilUnUse,
    StencilUse,
    Translate,
)
from kivy.graphics import SmoothRoundedRectangle as Rounded
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.widget import Widget

from screens import theme

CYCLE_S: Final = theme.FIGURE_S
HEAD: Final = 0.44  # half the head's width as a share of the drawing's radius
PEAK: Final = 0.4  # of a cycle: where the movement is shown when nothing moves
_RING_PX: Final = 14
_SKIN: Final = theme.ON_CELL
_SHADE: Final = theme.CELL_CLOSED


@dataclass(frozen=True, slots=True)
class Pose:
    """How the head is drawn: `shift` of the features in half-widths of the head, the others as factors."""

    shift: float = 0.0
    eyes: float = 1.0
    mouth: float = 1.0
    size: float = 1.0


def pose(figure: str, phase: float) -> Pose:
    """The head at `phase` (0 to 1) of a movement; a hint does not move."""
    much = sin(pi * min(1.0, phase / 0.8)) ** 2 if phase < 0.8 else 0.0
    match figure:
        case "turn_left":
            return Pose(shift=-0.34 * much)
        case "turn_right":
            return Pose(shift=0.34 * much)
        case "blink":
            return Pose(eyes=1.0 - 0.8 * min(1.0, 1.6 * much))
        case "open_mouth":
            return Pose(mouth=1.0 + 4.5 * much)
        case "come_closer":
            return Pose(size=0.85 + 0.35 * much)
        case "too_small":
            return Pose(size=0.6)
        case "too_large":
            return Pose(size=1.25)
        case "turned":
            return Pose(shift=0.3)
        case _:
            return Pose()


class Figure(Widget):
    """Draws `figure` (a movement or a hint); `seconds` > 0: a ring runs out from the moment it was set anew."""

    figure = StringProperty("")
    seconds = NumericProperty(0.0)
    animated = BooleanProperty(True)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._redraw = Clock.create_trigger(self._draw, -1)
        self._ticking: ClockEvent | None = None
        self._began_s = 0.0
        self._asked: tuple[str, str] = ("", "")
        self._asked_s = 0.0
        self._shift, self._nose = Translate(), Translate()
        self._eyes, self._mouth, self._size = Scale(), Scale(), Scale()
        self._ring: SmoothLine | None = None
        for name in ("pos", "size", "figure", "seconds"):
            self.fbind(name, self._redraw)

    def show(self, figure: str, seconds: float, count: str, *, animated: bool) -> None:
        """Show `figure`. The time for a movement runs on while a hint is shown in between."""
        if figure != self.figure:
            self._began_s = time.monotonic()
        if seconds > 0 and (figure, count) != self._asked:
            self._asked, self._asked_s = (figure, count), time.monotonic()
        self.figure, self.seconds, self.animated = figure, seconds, animated
        if not animated or seconds <= 0:  # a hint does not move
            self._stop()
        elif self._ticking is None:
            self._ticking = Clock.schedule_interval(self._tick, theme.FRAME_S)

    def rest(self) -> None:
        """Nothing moves any more; the next check begins anew."""
        self._asked = ("", "")
        self._stop()

    def _stop(self) -> None:
        if self._ticking is not None:
            self._ticking.cancel()
        self._ticking = None

    def left(self) -> float:
        """Share of the time that is left."""
        if not self.animated or self.seconds <= 0:
            return 1.0
        return max(0.0, 1.0 - (time.monotonic() - self._asked_s) / float(self.seconds))

    def _tick(self, _: float) -> None:
        self._move(((time.monotonic() - self._began_s) % CYCLE_S) / CYCLE_S)

    def _move(self, phase: float) -> None:
        now, half = pose(self.figure, phase), HEAD * self._radius()
        self._shift.x, self._nose.x = now.shift * half, 0.5 * now.shift * half
        self._eyes.y, self._mouth.y = now.eyes, now.mouth
        self._size.x = self._size.y = now.size
        if self._ring is not None:
            self._ring.circle = self._circle()
        self.canvas.ask_update()

    def _radius(self) -> float:
        return float(min(self.width, self.height)) / 2

    def _circle(self) -> tuple[float, ...]:
        return (self.center_x, self.center_y, self._radius() - _RING_PX / 2, 0, 360 * self.left())

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        self._ring = None
        radius = self._radius()
        if radius < 60 or not self.figure:
            return
        with self.canvas:
            Color(*theme.NIGHT_LIFTED)
            SmoothEllipse(pos=(self.center_x - radius, self.center_y - radius), size=(2 * radius, 2 * radius))
            self._inside(radius, StencilPush, StencilUse)
            PushMatrix()
            Translate(self.center_x, self.center_y)
            _BEHIND.get(self.figure, _nothing)(radius)
            PushMatrix()
            self._size = Scale(1.0, 1.0, 1.0)
            self._head(HEAD * radius)
            PopMatrix()
            _BEFORE.get(self.figure, _nothing)(radius)
            PopMatrix()
            self._inside(radius, StencilUnUse, StencilPop)
            if self.seconds > 0:
                Color(*theme.LAMP)
                self._ring = SmoothLine(circle=self._circle(), width=_RING_PX / 2, cap="none")
        self._move(PEAK if not self.animated else 0.0)

    def _inside(self, radius: float, before: type, after: type) -> None:
        """Cut off what is drawn between this and its other end at the round edge."""
        inner = radius - _RING_PX
        before()
        Ellipse(pos=(self.center_x - inner, self.center_y - inner), size=(2 * inner, 2 * inner))
        after()

    def _head(self, r: float) -> None:
        """A head of half-width `r` round the origin; its parts can be moved."""
        dark = self.figure in ("backlit", "too_dark")
        Color(*(_SHADE if dark else theme.LIGHT_SECOND))
        Rounded(pos=(-1.5 * r, -2.75 * r), size=(3 * r, 1.6 * r), radius=[0.42 * r, 0.42 * r, 0, 0])
        Rounded(pos=(-0.36 * r, -1.4 * r), size=(0.72 * r, 0.7 * r), radius=[0.2 * r])
        Color(*(_SHADE if dark else _SKIN))
        SmoothEllipse(pos=(-r, -1.15 * r), size=(2 * r, 2.5 * r))
        Color(*theme.NIGHT)
        PushMatrix()
        self._shift = Translate(0, 0)
        self._pair(r)
        self._lips(r)
        self._nose = Translate(0, 0)
        SmoothLine(
            points=[0.0, 0.28 * r, 0.1 * r, -0.16 * r, -0.08 * r, -0.16 * r],
            width=0.035 * r,
            joint="round",
            cap="round",
        )
        PopMatrix()

    def _pair(self, r: float) -> None:
        for side in (-1, 1):
            SmoothLine(
                points=[side * 0.24 * r, 0.58 * r, side * 0.58 * r, 0.58 * r], width=0.04 * r, cap="round"
            )
        PushMatrix()
        Translate(0, 0.3 * r)
        self._eyes = Scale(1.0, 1.0, 1.0)
        for side in (-1, 1):
            SmoothEllipse(pos=(side * 0.41 * r - 0.14 * r, -0.14 * r), size=(0.28 * r, 0.28 * r))
        PopMatrix()

    def _lips(self, r: float) -> None:
        PushMatrix()
        Translate(0, -0.55 * r)
        self._mouth = Scale(1.0, 1.0, 1.0)
        SmoothEllipse(pos=(-0.3 * r, -0.06 * r), size=(0.6 * r, 0.12 * r))
        PopMatrix()


# what stands behind and before the head ---------------------------------------------------------------------------


def _nothing(_radius: float) -> None:
    """The head says it all."""


def _arrow(x: float, y: float, dx: float, dy: float, width: float) -> None:
    """From (x, y) by (dx, dy), with a head at its end."""
    Color(*theme.LAMP)
    end_x, end_y = x + dx, y + dy
    SmoothLine(points=[x, y, end_x, end_y], width=width, cap="round")
    wing = 4 * width
    across_x, across_y = -dy, dx
    length = max(1e-6, (dx * dx + dy * dy) ** 0.5)
    back_x, back_y = end_x - dx / length * wing, end_y - dy / length * wing
    sides = [(back_x + s * across_x / length * wing, back_y + s * across_y / length * wing) for s in (-1, 1)]
    SmoothLine(points=[*sides[0], end_x, end_y, *sides[1]], width=width, cap="round", joint="round")


def _to_side(side: int) -> Callable[[float], None]:
    def draw(radius: float) -> None:
        _arrow(side * 0.5 * radius, 0.1 * radius, side * 0.28 * radius, 0, 0.028 * radius)

    return draw


def _corners(radius: float, near: float, far: float) -> None:
    """Four arrows along the diagonals."""
    for across in (-1, 1):
        for up in (-1, 1):
            x, y, length = across * near * radius, up * near * radius, (far - near) * radius
            _arrow(x, y, across * length, up * length, 0.024 * radius)


def _nearer(radius: float) -> None:
    _corners(radius, 0.46, 0.6)


def _farther(radius: float) -> None:
    _corners(radius, 0.64, 0.5)


def _back_to_front(radius: float) -> None:
    _arrow(0.8 * radius, 0.1 * radius, -0.28 * radius, 0, 0.028 * radius)
    _camera(radius)


def _camera(radius: float) -> None:
    """The camera above, where to look."""
    Color(*theme.LAMP)
    SmoothEllipse(pos=(-0.07 * radius, 0.76 * radius), size=(0.14 * radius, 0.14 * radius))
    Color(*theme.NIGHT)
    SmoothEllipse(pos=(-0.03 * radius, 0.8 * radius), size=(0.06 * radius, 0.06 * radius))


def _sun(x: float, y: float, size: float) -> None:
    Color(*theme.LAMP)
    SmoothEllipse(pos=(x - size / 2, y - size / 2), size=(size, size))
    for ray in range(8):
        angle = ray * pi / 4
        near, far = 0.72 * size, 1.0 * size
        SmoothLine(
            points=[x + cos(angle) * near, y + sin(angle) * near, x + cos(angle) * far, y + sin(angle) * far],
            width=0.05 * size, cap="round",
        )  # fmt: skip


def _sun_behind(radius: float) -> None:
    _sun(0.42 * radius, 0.42 * radius, 0.36 * radius)


def _light_before(radius: float) -> None:
    _sun(-0.58 * radius, 0.46 * radius, 0.24 * radius)
    _arrow(-0.2 * radius, 0.68 * radius, -0.16 * radius, 0, 0.022 * radius)


def _second_head(radius: float) -> None:
    r = 0.24 * radius
    x, y = 0.56 * radius, 0.06 * radius
    Color(*_SHADE)
    Rounded(pos=(x - 1.4 * r, y - 2.1 * r), size=(2.8 * r, r), radius=[0.5 * r, 0.5 * r, 0, 0])
    SmoothEllipse(pos=(x - r, y - 1.15 * r), size=(2 * r, 2.5 * r))
    Color(*theme.BAD_NIGHT)
    SmoothLine(points=[x - r, y - 1.1 * r, x + r, y + 1.3 * r], width=0.024 * radius, cap="round")
    SmoothLine(points=[x - r, y + 1.3 * r, x + r, y - 1.1 * r], width=0.024 * radius, cap="round")


def _mask(radius: float) -> None:
    Color(*theme.CELL_CLOSED)
    Rounded(pos=(-0.34 * radius, -0.44 * radius), size=(0.68 * radius, 0.42 * radius), radius=[0.12 * radius])
    Color(*theme.BAD_NIGHT)
    SmoothLine(
        points=[-0.3 * radius, -0.4 * radius, 0.3 * radius, -0.06 * radius], width=0.024 * radius, cap="round"
    )
    SmoothLine(
        points=[-0.3 * radius, -0.06 * radius, 0.3 * radius, -0.4 * radius], width=0.024 * radius, cap="round"
    )


def _pause(radius: float) -> None:
    Color(*theme.LAMP)
    for side in (-1, 1):
        Rounded(
            pos=(0.6 * radius + side * 0.08 * radius, -0.16 * radius), size=(0.08 * radius, 0.34 * radius),
            radius=[0.02 * radius],
        )  # fmt: skip


def _good(radius: float) -> None:
    _camera(radius)
    Color(*theme.GOOD_NIGHT)
    points = [0.5, 0.02, 0.6, -0.1, 0.78, 0.18]
    SmoothLine(points=[p * radius for p in points], width=0.03 * radius, cap="round", joint="round")


def _place(radius: float) -> None:
    """Corners of the place where a head belongs."""
    Color(*theme.LAMP)
    for across in (-1, 1):
        for up in (-1, 1):
            x, y = across * 0.58 * radius, up * 0.64 * radius
            points = [x, y - up * 0.16 * radius, x, y, x - across * 0.16 * radius, y]
            SmoothLine(points=points, width=0.024 * radius, cap="round", joint="round")


_BEHIND: Final[dict[str, Callable[[float], None]]] = {
    "backlit": _sun_behind, "several_faces": _second_head,
}  # fmt: skip
_BEFORE: Final[dict[str, Callable[[float], None]]] = {
    "turn_left": _to_side(-1), "turn_right": _to_side(1), "come_closer": _nearer, "too_small": _nearer,
    "too_large": _farther, "turned": _back_to_front, "looking": _camera, "hold_still": _good, "no_face": _place,
    "too_dark": _light_before, "covered": _mask, "blurred": _pause,
}  # fmt: skip
