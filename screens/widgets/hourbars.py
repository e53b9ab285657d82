"""A day in twenty-four bars: how high, which hours are busy, where the clock stands now."""

from kivy.clock import Clock
from kivy.graphics import Color, Line, Triangle
from kivy.properties import NumericProperty, ObjectProperty
from kivy.uix.widget import Widget

from screens import theme
from screens.widgets.rounded import Rounded

_BETWEEN_PX = 8
_ABOVE_PX = 44  # for the mark of the hour that it is now
_LEAST_PX = 4  # nobody comes: a line, so that it is seen that this was counted
_BUSY_LINE_PX = 3


class HourBars(Widget):
    """`values`: heights from midnight on, as shares of the whole; `marked`: hours that are busy; `now`: -1 for none.

    A busy hour is darker and has a frame round it, now is an arrow above its bar.
    """

    values = ObjectProperty(())
    marked = ObjectProperty(frozenset())
    now = NumericProperty(-1)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._redraw = Clock.create_trigger(self._draw, -1)
        for name in ("pos", "size", "values", "marked", "now"):
            self.fbind(name, self._redraw)

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        if not self.values:
            return
        step = self.width / len(self.values)
        room = self.height - _ABOVE_PX
        with self.canvas:
            for hour, share in enumerate(self.values):
                left, width = self.x + hour * step + _BETWEEN_PX / 2, step - _BETWEEN_PX
                height = max(_LEAST_PX, room * min(1.0, share))
                busy = hour in self.marked
                Color(*(theme.CAUTION if busy else theme.CELL_CLOSED))
                Rounded(pos=(left, self.y), size=(width, height), radius=[min(8, height / 2)])
                if busy:
                    Color(*theme.INK)
                    Line(rectangle=(left, self.y, width, height), width=_BUSY_LINE_PX / 2)
                if hour == self.now:
                    middle, tip = left + width / 2, self.y + height + 10
                    Color(*theme.INK)
                    Triangle(points=(middle - 18, tip + 30, middle + 18, tip + 30, middle, tip))
            Color(*theme.INK_SECOND)
            Line(points=(self.x, self.y, self.right, self.y), width=1.5)
