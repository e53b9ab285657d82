"""The page's ground: the night with its heading and rail, the lit counter, rows, and a list that scrolls."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

import numpy as np
from kivy.clock import Clock
from kivy.graphics import Color, Ellipse, InstructionGroup, Rectangle
from kivy.graphics.texture import Texture
from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    NumericProperty,
    ObjectProperty,
    OptionProperty,
    StringProperty,
)
from kivy.uix.stencilview import StencilView
from kivy.uix.widget import Widget

from screens import theme
from screens.viewmodels import Tone
from screens.widgets import sides
from screens.widgets.rounded import Rounded
from screens.widgets.sides import BoxLayout

_SCROLL_STARTS_PX = 28
_BAR_AWAY_PX = 24  # the bar stands in the page's margin
_GLOW_SIZE = (540, 160)
_NIGHT_SIZE = (270, 480)

Made = TypeVar("Made", bound=Widget)


@cache
def glow_texture() -> Texture:
    """The lamp's glow over the counter's edge: RGBA, brightest at the bottom."""
    width, height = _GLOW_SIZE
    across = np.abs(np.linspace(-1, 1, width))[None, :]
    up = np.linspace(0, 1, height)[:, None]
    strength = 0.30 * np.exp(-((up * 2.1) ** 2)) * (1 - 0.45 * across**2)
    return _texture(np.array(theme.LAMP[:3]) * 255, strength * 255)


@cache
def night_texture() -> Texture:
    """The sky: RGBA, a little lighter in the middle, dithered against bands."""
    width, height = _NIGHT_SIZE
    across = np.linspace(-1, 1, width)[None, :]
    up = np.linspace(0, 1, height)[:, None]
    lift = np.exp(-(across**2) * 1.2 - ((up - 0.74) * 5.0) ** 2)
    return _texture(np.array(theme.SKY[:3]) * 255, lift * 0.24 * 255)


def _texture(rgb: "np.ndarray[Any, Any]", alpha: "np.ndarray[Any, Any]") -> Texture:
    noise = np.random.default_rng(7).uniform(-0.5, 0.5, alpha.shape)
    pixels = np.empty((*alpha.shape, 4), dtype=np.uint8)
    pixels[..., :3] = rgb
    pixels[..., 3] = np.clip(alpha + noise, 0, 255).round()
    texture = Texture.create(size=(alpha.shape[1], alpha.shape[0]), colorfmt="rgba")
    texture.blit_buffer(pixels.tobytes(), colorfmt="rgba", bufferfmt="ubyte")
    return texture


class Night(BoxLayout):
    """Where am I, what is going on, how far: never touched."""

    heading = StringProperty("")
    sentence = StringProperty("")
    sentence_ink = ColorProperty(theme.LIGHT_SECOND)
    align = OptionProperty("left", options=("left", "center"))
    step = NumericProperty(0)
    steps = NumericProperty(0)
    least_height = NumericProperty(theme.NIGHT_HEIGHT - theme.HEAD_HEIGHT)
    low_height = NumericProperty(0)  # in low mode: so that what lies below is within reach

    def colour_for(self, tone: Tone) -> None:
        """The sentence's ink on the night."""
        self.sentence_ink = {
            Tone.GOOD: theme.GOOD_NIGHT, Tone.CAUTION: theme.CAUTION_NIGHT, Tone.BAD: theme.BAD_NIGHT,
        }.get(tone, theme.LIGHT_SECOND)  # fmt: skip


class Rail(Widget):
    """How far one is: a short bar for each step."""

    step = NumericProperty(0)
    steps = NumericProperty(0)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._redraw = Clock.create_trigger(self._draw, -1)
        for name in ("pos", "size", "step", "steps"):
            self.fbind(name, self._redraw)

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        steps = int(self.steps)
        if not steps:
            return
        width = (self.width - 16 * (steps - 1)) / steps
        left = [
            sides.across(self.x, self.right, self.x + index * (width + 16), width) for index in range(steps)
        ]
        with self.canvas:
            for index in range(steps):
                done, now = index + 1 < self.step, index + 1 == self.step
                Color(*(theme.LAMP if done else theme.LIGHT if now else theme.RAIL_AHEAD))
                Rounded(pos=(left[index], self.y), size=(width, 14), radius=[7])


class Counter(BoxLayout):
    """Warm paper under a lamp; everything that is touched lies on it."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        with self.canvas.before:
            Color(*(theme.UNTINTED if theme.worn is theme.Scheme.NIGHT else theme.CLEAR))
            self._glow = Rectangle(texture=glow_texture())
            Color(*theme.PAPER)
            self._paper = Rounded(radius=[theme.RADIUS_COUNTER, theme.RADIUS_COUNTER, 0, 0])
        self.fbind("pos", self._place)
        self.fbind("size", self._place)

    def _place(self, *_: object) -> None:
        # a little wider than the window: the smoothed edge would show as a line along both sides
        self._paper.pos, self._paper.size = (self.x - 1, self.y), (self.width + 2, self.height)
        self._glow.pos = (self.x, self.top - theme.RADIUS_COUNTER)
        self._glow.size = (self.width, 300)


class RowTexts(BoxLayout):
    """A title with its note: side by side where both fit on one line, else below each other."""

    title = StringProperty("")
    note = StringProperty("")
    title_width = NumericProperty(100)
    note_width = NumericProperty(100)
    title_label = ObjectProperty(None, allownone=True)
    note_label = ObjectProperty(None, allownone=True)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._arrange = Clock.create_trigger(self._share, -1)
        for name in ("width", "title", "note"):
            self.fbind(name, self._arrange)

    def on_title_label(self, *_: object) -> None:
        """The rule has been applied: from now on follow the text's size."""
        self.title_label.fbind("factor", self._arrange)

    def _share(self, *_: object) -> None:
        if self.title_label is None or self.note_label is None:
            return
        title, note = (label.natural_width for label in (self.title_label, self.note_label))
        room = self.width - 32
        if title + note <= room:
            self.orientation, self.spacing = "horizontal", 32
            self.title_width, self.note_width = room - note, note
        else:
            self.orientation, self.spacing = "vertical", 0
            self.title_width = self.note_width = self.width


class Arrow(Widget):
    """The small arrow at a row's end."""


class Mark(Widget):
    """A filled circle with a letter or number in it."""

    say = StringProperty("")
    ink = ColorProperty(theme.INK)
    drop = NumericProperty(0)  # px below its place, to stand level with the first line beside it


class Lamp(Widget):
    """A sign for what the machine knows: a shape and a colour, never a colour alone."""

    tone = StringProperty("plain")

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._redraw = Clock.create_trigger(self._draw, -1)
        for name in ("pos", "size", "tone"):
            self.fbind(name, self._redraw)

    def _draw(self, *_: object) -> None:
        from .pictures import draw_sign

        self.canvas.clear()
        with self.canvas:
            draw_sign(self.tone, self.x, self.y, self.width)


class StatusLine(BoxLayout):
    """What a sensor says, in words."""

    say = StringProperty("")
    tone = StringProperty("plain")


class Scroller(StencilView):
    """A list in a window: as high as given, its content slides under the finger; nothing delays a tap."""

    offset = NumericProperty(0)
    overflowing = BooleanProperty(False)
    factor = NumericProperty(1.0)  # the text size of what is in it; a page may ask

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.content = BoxLayout(orientation="vertical", size_hint=(None, None))
        self.content.fbind("minimum_height", self.content.setter("height"))
        super().add_widget(self.content)
        self._bar = InstructionGroup()
        self._place = Clock.create_trigger(self._placed, -1)
        for name in ("pos", "size", "offset"):
            self.fbind(name, self._place)
        self.content.fbind("height", self._place)

    def add_widget(self, widget: Widget, *args: object, **kwargs: object) -> None:
        """Children go into the content."""
        self.content.add_widget(widget, *args, **kwargs)

    def on_kv_post(self, base_widget: Widget) -> None:
        """The window's edge is drawn by a rule; the bar comes after it, else it would be cut off."""
        self.canvas.after.add(self._bar)

    @property
    def hidden(self) -> float:
        """How many px of the content don't fit."""
        return max(0.0, float(self.content.height - self.height))

    def settle(self) -> None:
        """Place the content now."""
        self._place.cancel()
        self._placed()

    def _placed(self, *_: object) -> None:
        self.overflowing = self.hidden > 1
        self.offset = min(max(self.offset, 0), self.hidden)
        self.content.width = self.width  # with or without a bar: else its coming could take away its reason
        self.content.pos = (self.x, self.top - self.content.height + self.offset)
        self._bar.clear()
        if self.overflowing:
            self._draw_bar()

    def _draw_bar(self) -> None:
        length = max(80.0, self.height * self.height / self.content.height)
        top = self.top - (self.height - length) * self.offset / self.hidden
        left = sides.across(self.x, self.right, self.right + _BAR_AWAY_PX, 12)
        self._bar.add(Color(*theme.RULE))
        self._bar.add(Rounded(pos=(left, self.y), size=(12, self.height), radius=[6]))
        self._bar.add(Color(*theme.INK_SECOND))
        self._bar.add(Rounded(pos=(left, top - length), size=(12, length), radius=[6]))

    def on_touch_down(self, touch: Any) -> bool:
        """Only what can be seen can be touched."""
        if not self.collide_point(*touch.pos):
            return False
        if self.overflowing:
            touch.ud["scroll_from"] = (touch.y, self.offset)
            touch.grab(self)
        return bool(super().on_touch_down(touch)) or self.overflowing

    def on_touch_move(self, touch: Any) -> bool:
        """Slide once the finger has clearly moved."""
        if touch.grab_current is not self:
            return bool(super().on_touch_move(touch))
        start_y, start_offset = touch.ud["scroll_from"]
        if touch.ud.get("scrolls") or abs(touch.y - start_y) > _SCROLL_STARTS_PX:
            touch.ud["scrolls"] = True
            self.offset = start_offset + touch.y - start_y
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """Let go."""
        if touch.grab_current is self:
            touch.ungrab(self)
            return True
        return bool(super().on_touch_up(touch))


class LongList(Scroller):
    """A list of many rows of one height: only as many widgets as can be seen, told anew which row they are."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._above, self._below = Widget(size_hint_y=None), Widget(size_hint_y=None)
        self._pool: list[Any] = []
        self._box = BoxLayout(orientation="vertical", size_hint_y=None)
        self._box.fbind("minimum_height", self._box.setter("height"))
        for part in (self._above, self._box, self._below):
            self.content.add_widget(part)
        self._rows: Sequence[Any] = ()
        self._row_px = 1.0
        self._make: Callable[[], Any] = Widget
        self._seen: tuple[int, int] = (0, 0)

    def show(self, make: Callable[[], Any], rows: Sequence[Any], row_px: float) -> None:
        """List `rows`, each `row_px` high, by widgets from `make` that have a `show` for one row."""
        self._make, self._rows, self._row_px = make, rows, row_px
        self._seen = (0, 0)
        self.settle()

    def _placed(self, *_: object) -> None:
        self._fill()
        super()._placed()

    def _fill(self) -> None:
        first = max(0, min(int(self.offset / self._row_px), len(self._rows) - 1))
        last = min(len(self._rows), int((self.offset + self.height) / self._row_px) + 1)
        if (first, last) == self._seen and self._rows:
            return
        self._seen = (first, last)
        shown = self._rows[first:last]
        for widget, row in zip(pooled(self._box, self._pool, len(shown), self._make), shown, strict=True):
            widget.height = self._row_px
            for part in widget.walk(restrict=True):  # rows are made while sliding, after the page was scaled
                if hasattr(part, "factor"):
                    part.factor = self.factor
            widget.show(row)
        self._above.height = first * self._row_px
        self._below.height = (len(self._rows) - last) * self._row_px
        self.content.do_layout()


def pooled(box: Widget, pool: list[Made], count: int, make: Callable[[], Made]) -> Sequence[Made]:
    """The first `count` widgets of `pool`, made as needed; `box` holds exactly these."""
    while len(pool) < count:
        pool.append(make())
    shown = pool[:count]
    if list(reversed(box.children)) != shown:
        box.clear_widgets()
        for widget in shown:
            box.add_widget(widget)
    return shown


def stretch(part: Widget, *others: Widget) -> None:
    """`part` takes the room that is left in its box; the others take none."""
    part.size_hint_y = 1
    for other in others:
        other.size_hint_y, other.height = None, 0


def star(x: float, y: float, size: float, alpha: float) -> None:
    """Draw one star on the current canvas."""
    Color(*theme.LIGHT[:3], alpha)
    Ellipse(pos=(x, y), size=(size, size))
