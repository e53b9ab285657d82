"""The pad that is signed on with one finger: its strokes as points in time, drawn as they come."""

from collections.abc import Callable
from typing import Any, Final

from kivy.clock import Clock
from kivy.graphics import Color, Line
from kivy.properties import ObjectProperty, StringProperty

from screens import theme
from screens.signature import MOST_MS, MOST_POINTS, UNITS, Point, Stroke
from screens.widgets.sides import BoxLayout

INK_PX: Final = 4
LEAST_STEP: Final = 4  # in thousandths: less than a millimetre says nothing, and costs room
STROKE_MOST: Final = MOST_POINTS // 4  # of points: a finger that never leaves the glass ends a stroke too


class SignaturePad(BoxLayout):
    """Draws `strokes`, and the one that a finger is drawing. `on_stroke` is called once with each, when it ends.

    One finger writes: another one that comes meanwhile, the heel of a hand say, draws nothing.
    """

    strokes: Any = ObjectProperty(())
    here = StringProperty("")

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.on_stroke: Callable[[Stroke], None] | None = None
        self._finger: Any = None
        self._stroke: list[Point] = []
        self._begun: float | None = None  # when the first stroke began, s
        self._redraw = Clock.create_trigger(self._draw, -1)
        for name in ("pos", "size", "strokes"):
            self.fbind(name, self._redraw)

    def on_strokes(self, *_: object) -> None:
        """Cleared: time begins anew with the next touch. Drawn: what the finger left is among them now."""
        if not self.strokes:
            self._begun = None

    def wipe(self) -> None:
        """Nothing of a person stays: also of a finger that is still on the glass."""
        self._finger, self._stroke, self._begun = None, [], None
        self.strokes = ()
        self._draw()

    def on_touch_down(self, touch: Any) -> bool:
        """A finger comes."""
        if not self.collide_point(*touch.pos):
            return False
        touch.grab(self)
        if self._finger is None:
            self._finger = touch
            self._begun = touch.time_start if self._begun is None else self._begun
            self._stroke = []
            self._add(touch)
        return True

    def on_touch_move(self, touch: Any) -> bool:
        """It writes."""
        if touch is not self._finger or touch.grab_current is not self:
            return False
        self._add(touch)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """It leaves the glass: the stroke is done."""
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        if touch is self._finger:
            self._finger = None
            self._give()
        return True

    def _give(self) -> None:
        stroke, self._stroke = tuple(self._stroke), []
        if stroke and self.on_stroke is not None:
            self.strokes = (*self.strokes, stroke)  # it stays where it was drawn until the page says so
            self.on_stroke(stroke)

    def _add(self, touch: Any) -> None:
        """One more point, unless the finger has hardly moved; outside the pad it goes along its edge."""
        x = round(UNITS * (touch.x - self.x) / self.width)
        y = round(UNITS * (touch.y - self.y) / self.height)
        x, y = min(max(x, 0), UNITS), min(max(y, 0), UNITS)
        if self._stroke:
            before = self._stroke[-1]
            if abs(x - before[0]) < LEAST_STEP and abs(y - before[1]) < LEAST_STEP:
                return
        if len(self._stroke) >= STROKE_MOST:
            return
        since = 0.0 if self._begun is None else touch.time_update - self._begun
        self._stroke.append((x, y, min(max(round(since * 1000), 0), MOST_MS)))
        self._redraw()

    def _draw(self, *_: object) -> None:
        self.canvas.after.clear()
        with self.canvas.after:
            Color(*theme.INK)
            for stroke in (*self.strokes, self._stroke):
                points = [
                    place
                    for x, y, _ in stroke
                    for place in (self.x + x * self.width / UNITS, self.y + y * self.height / UNITS)
                ]
                if len(points) == 2:
                    points += [points[0] + 1, points[1]]  # a dot
                if points:
                    Line(points=points, width=INK_PX, cap="round", joint="round")
