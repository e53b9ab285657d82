"""A piece of text that is never cut off: it breaks into lines, grows, or shrinks down to a least size."""

from collections.abc import Callable
from functools import lru_cache, partial
from itertools import pairwise
from typing import Any

from kivy.clock import Clock
from kivy.core.text import Label as TextMeasure
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.label import Label
from kivy.utils import escape_markup

from screens import bidi, fonts
from screens.lines import balanced
from screens.theme import BODY, TEXT_MIN
from screens.widgets import sides

_SHRINK = 0.94


@lru_cache(maxsize=64)
def _ruler(font: str, size: int) -> Callable[[str], tuple[int, int]]:
    """Width and height in px of a single line of text in this font and size."""
    measure = TextMeasure(font_name=font, font_size=size)

    @lru_cache(maxsize=2048)
    def extents(text: str) -> tuple[int, int]:
        width, height = measure.get_extents(text)
        return int(width), int(height)

    return extents


@lru_cache(maxsize=4)
def _face(weight: fonts.Weight, *, mono: bool) -> str:
    return str(fonts.mono_path() if mono else fonts.everyday_path(weight))


def _taken_from(label: Any) -> Any:
    """What was drawn, as Kivy's label gives it, which would keep a copy of its own for as long as the text stands."""
    drawn = label._surface.get_data()
    del label._surface
    return drawn


def _is_letter(sign: str) -> bool:
    """Whether it makes words that are never cut; a Chinese sign does not."""
    return sign.isalnum() and (sign.isascii() or bidi.from_the_right(sign))


class Phrase(Label):
    """Text in the kiosk's face.

    `say` is what it says, `base` its size in px at normal size, `factor` 1.0 or the large mode's. With `grows` the
    height follows the text; `one_line_from` > 0 then allows shrinking to that size to stay on one line, or on
    two. Without `grows` the text shrinks to `least` until it fits the given box. `mono`: every character as wide.
    """

    say = StringProperty("")
    base = NumericProperty(BODY)
    least = NumericProperty(TEXT_MIN)
    factor = NumericProperty(1.0)
    heavy = BooleanProperty(False)
    grows = BooleanProperty(True)
    one_line_from = NumericProperty(0)
    mono = BooleanProperty(False)

    def __init__(self, **kwargs: object) -> None:
        self._refit = Clock.create_trigger(self._fit, -1)
        self._drawn: list[str] = [""]
        super().__init__(**kwargs)
        for name in ("say", "base", "least", "factor", "heavy", "grows", "one_line_from", "mono", "width"):
            self.fbind(name, self._refit)
        self.fbind("height", self._on_box)
        self._fit()

    def _on_box(self, *_: object) -> None:
        if not self.grows:
            self._refit()

    @property
    def _font(self) -> str:
        return _face(self._weight, mono=bool(self.mono))

    @property
    def _weight(self) -> fonts.Weight:
        return "bold" if self.heavy else "regular"

    def _create_label(self) -> None:
        super()._create_label()
        self._label.options["halign"] = sides.aligned(self.halign)
        self._label._render_end = partial(_taken_from, self._label)

    def _trigger_texture_update(self, name: Any = None, source: Any = None, value: Any = None) -> None:
        super()._trigger_texture_update(name, source, sides.aligned(value) if name == "halign" else value)

    @property
    def overflows(self) -> bool:
        """Whether any of the drawn text lies outside this widget."""
        width, height = self.texture_size
        return bool(self.say) and (width > self.width + 1 or height > self.height + 1)

    @property
    def ink_box(self) -> tuple[float, float, float, float]:
        """Where the text is drawn: left, bottom, right, top in px."""
        size = round(self.font_size)
        width = min(self.width, max(self._width(line, self._font, size) for line in self._drawn))
        left = self.left_of(width, self.x, self.width, self.halign)
        half = self.texture_size[1] / 2
        return left, self.center_y - half, left + width, self.center_y + half

    @staticmethod
    def left_of(text: float, x: float, width: float, halign: str) -> float:
        """Where `text` px begin in a widget at `x`, `width` px wide: what is drawn is no wider than its text."""
        side = sides.aligned(halign)
        return x if side == "left" else x + (width - text) * (1 if side == "right" else 0.5)

    @property
    def natural_width(self) -> int:
        """Width in px of the text on one line at its wished size."""
        font = self._font
        return self._width(self.say, font, round(self.base * self.factor)) + 4

    def _fit(self, *_: object) -> None:
        if not self.say or self.width <= 1:
            self.text = ""
            if self.grows:
                self.height = 0
            return
        font = self._font
        size, lines = self._grown(font) if self.grows else self._shrunk(font)
        self.font_name, self.font_size = font, size
        self._drawn = lines
        self._write("\n".join(bidi.drawn(line) for line in lines))
        if self.grows:
            self.height = len(lines) * _ruler(font, size)("国")[1]

    def _lines(self, font: str, size: int) -> list[str]:
        return balanced(self.say, self.width - 2, lambda part: self._width(part, font, size))

    def _width(self, part: str, font: str, size: int) -> int:
        """Width in px of a line as it is drawn; what is not of every day comes from other fonts."""
        part = bidi.drawn(part)
        if fonts.is_everyday(part):
            return _ruler(font, size)(part)[0]
        runs = fonts.fallback_for(part, self._weight)
        return sum(_ruler(str(run.font), size)(run.text)[0] for run in runs)

    def _grown(self, font: str) -> tuple[int, list[str]]:
        wish = round(self.base * self.factor)
        if not self.one_line_from:
            return wish, self._lines(font, wish)
        for most, smallest in ((1, self.one_line_from * self.factor), (2, self.one_line_from)):
            size = wish
            while size >= smallest:
                lines = self._lines(font, size)
                if len(lines) <= most + self.say.count("\n") and not self._cuts_words(lines):
                    return size, lines
                size = int(size * _SHRINK)
        least = int(self.one_line_from)
        return least, self._lines(font, least)

    def _shrunk(self, font: str) -> tuple[int, list[str]]:
        size = round(self.base * self.factor)
        while True:
            lines = self._lines(font, size)
            whole = not self._cuts_words(lines)
            if (whole and len(lines) * _ruler(font, size)("国")[1] <= self.height) or size <= self.least:
                return size, lines
            size = max(int(self.least), int(size * _SHRINK))

    def _cuts_words(self, lines: list[str]) -> bool:
        """Whether a word of letters was cut in two to fit."""
        return any(
            _is_letter(first[-1:]) and _is_letter(second[:1]) and first + second in self.say
            for first, second in pairwise(lines)
        )

    def _write(self, text: str) -> None:
        runs = () if fonts.is_everyday(text) else fonts.fallback_for(text, self._weight)
        self.markup = any(str(run.font) != self._font for run in runs)
        if self.markup:
            text = "".join(f"[font={run.font}]{escape_markup(run.text)}[/font]" for run in runs)
        self.text = text
