"""What technicians look at: how a counter ran, which way a frame went, squares to touch."""

from collections.abc import Callable
from typing import Any, Final

from kivy.clock import Clock
from kivy.graphics import Color, Line, SmoothLine
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, ObjectProperty
from kivy.uix.widget import Widget

from screens import theme
from screens.widgets.rounded import Rounded

STEPS_SHOWN: Final = 60
_STROKE_PX: Final = 3
_BETWEEN_PX: Final = 8


class Graph(Widget):
    """A counter over the last looks, newest at the right, its largest value at the top."""

    points = ObjectProperty(())

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        with self.canvas:
            Color(*theme.BORDER)
            self._base = Line(width=1.5)
            Color(*theme.INK_SECOND)
            self._curve = Line(width=_STROKE_PX / 2, joint="round", cap="round")
        self._bend = Clock.create_trigger(self._bent, -1)
        for name in ("pos", "size", "points"):
            self.fbind(name, self._bend)

    def _bent(self, *_: object) -> None:
        floor, ceiling = self.y + _STROKE_PX, self.top - 2 * _STROKE_PX
        self._base.points = [self.x, floor, self.right, floor]
        shown = tuple(self.points)[-STEPS_SHOWN:]
        step = self.width / (STEPS_SHOWN - 1)
        most = max(1, *shown) if shown else 1
        first = self.right - step * (len(shown) - 1)
        self._curve.points = [
            place
            for at, value in enumerate(shown)
            for place in (first + at * step, floor + (ceiling - floor) * value / most)
        ]


class Way(Widget):
    """An arrow: to the right for what was sent, to the left for what came."""

    out = BooleanProperty(False)
    ink = ColorProperty(theme.INK)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        with self.canvas:
            self._colour = Color(*theme.INK)
            self._shaft = SmoothLine(width=2.5, cap="round")
            self._head = SmoothLine(width=2.5, cap="round", joint="round")
        self._point = Clock.create_trigger(self._pointed, -1)
        for name in ("pos", "size", "out"):
            self.fbind(name, self._point)
        self.fbind("ink", self._tinted)

    def _tinted(self, *_: object) -> None:
        self._colour.rgba = self.ink

    def _pointed(self, *_: object) -> None:
        tail, tip = (self.x + 6, self.right - 6) if self.out else (self.right - 6, self.x + 6)
        back = tip - (14 if self.out else -14)
        middle = self.center_y
        self._shaft.points = [tail, middle, tip, middle]
        self._head.points = [back, middle + 14, tip, middle, back, middle - 14]


class TouchSquares(Widget):
    """Squares from the top left, row by row. `on_square` is called for each one that a finger meets, once a touch."""

    columns = NumericProperty(1)
    rows = NumericProperty(1)
    touched: Any = ObjectProperty(frozenset())

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.on_square: Callable[[int], None] | None = None
        self._colours: list[Color] = []
        self._redraw = Clock.create_trigger(self._draw, -1)
        for name in ("pos", "size", "columns", "rows"):
            self.fbind(name, self._redraw)
        self.fbind("touched", self._lit)

    def _draw(self, *_: object) -> None:
        """Only a new grid is drawn anew; a touch changes a colour."""
        self.canvas.clear()
        width, height = self.width / self.columns, self.height / self.rows
        self._colours = []
        with self.canvas:
            for number in range(int(self.columns * self.rows)):
                row, column = divmod(number, int(self.columns))
                self._colours.append(Color(*theme.CELL_CLOSED))
                place = (self.x + column * width, self.top - (row + 1) * height)
                Rounded(
                    pos=(place[0] + _BETWEEN_PX / 2, place[1] + _BETWEEN_PX / 2),
                    size=(width - _BETWEEN_PX, height - _BETWEEN_PX), radius=[12],
                )  # fmt: skip
        self._lit()

    def _lit(self, *_: object) -> None:
        for number, colour in enumerate(self._colours):
            colour.rgba = theme.LIT if number in self.touched else theme.CELL_CLOSED

    def on_touch_down(self, touch: Any) -> bool:
        """A finger comes."""
        if not self.collide_point(*touch.pos):
            return False
        touch.grab(self)
        self._met(touch)
        return True

    def on_touch_move(self, touch: Any) -> bool:
        """A finger slides over other squares."""
        if touch.grab_current is not self:
            return False
        self._met(touch)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """It leaves."""
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        return True

    def _met(self, touch: Any) -> None:
        column = int((touch.x - self.x) * self.columns / self.width)
        row = int((self.top - touch.y) * self.rows / self.height)
        number = row * int(self.columns) + column
        met = touch.ud.setdefault("squares", set())
        inside = 0 <= column < self.columns and 0 <= row < self.rows
        if inside and number not in met and number not in self.touched and self.on_square is not None:
            met.add(number)
            self.on_square(number)
