"""What stands round every page: the sky, the head line, the foot bar that never changes place, the time-out warning."""

from collections.abc import Iterable
from typing import Any, Final

from kivy.graphics import Color, Rectangle
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from screens import theme
from screens.intents import (
    AskSomebody,
    Intent,
    Louder,
    SayAgain,
    ShowEveryone,
    ShowHelp,
    StaffEntrance,
    StartOver,
    StillHere,
    SwitchLanguage,
)
from screens.viewbase import VOICE_STEPS
from screens.viewmodels import Action, Chrome, HomePage, Text, ViewModel, text
from screens.widgets.controls import FootButton
from screens.widgets.layout import Counter, night_texture, star

from .pages.page import Binding, Page

_STARS: Final = (
    (612, 1862, 3, 0.5), (505, 1812, 2, 0.4), (700, 1716, 4, 0.35), (872, 1758, 3, 0.5), (1010, 1700, 2, 0.6),
    (956, 1612, 4, 0.4), (788, 1560, 2, 0.5), (1032, 1530, 3, 0.35), (900, 1474, 2, 0.4), (38, 1880, 3, 0.4),
    (24, 1700, 2, 0.5), (30, 1560, 3, 0.3), (420, 1890, 2, 0.5), (250, 1898, 3, 0.3), (1048, 1886, 3, 0.45),
    (740, 1890, 2, 0.5), (660, 1440, 2, 0.35), (980, 1424, 3, 0.3),
)  # fmt: skip


_SKY_FROM: Final = (
    0.36  # of the height: below this the sky's light is too weak to be seen, and each pixel costs time
)


class Sky(Widget):
    """What lights the night behind everything; the night itself is the window's own colour."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(size=(theme.WIDTH, theme.HEIGHT), size_hint=(None, None), **kwargs)
        self._light: Rectangle | None = None
        if theme.worn is not theme.Scheme.NIGHT:
            return  # no sky by day, none behind high contrast
        self._night = night_texture()
        with self.canvas:
            Color(*theme.UNTINTED)
            self._light = Rectangle()
            for x, y, size, alpha in _STARS:
                star(x, y, size, alpha)
        self.end(0)

    def end(self, px: float) -> None:
        """No more light below that height: there lies paper, and each pixel costs time."""
        if self._light is None:
            return
        night = self._night
        first = min(
            night.height - 1, max(round(night.height * _SKY_FROM), int(px / theme.HEIGHT * night.height))
        )
        below = theme.HEIGHT * first / night.height
        self._light.texture = night.get_region(0, first, night.width, night.height - first)
        self._light.pos, self._light.size = (0, below), (theme.WIDTH, theme.HEIGHT - below)


class Head(FloatLayout):
    """Name at the left; clock, step or subject at the right."""

    name = StringProperty("")
    aside = StringProperty("")


class Foot(FloatLayout):
    """Help, language, every setting, start over."""


class EveryoneButton(FootButton):
    """The way to every setting: a person with open arms in a ring, and the word."""

    sign_x = NumericProperty(0)


class VoiceBar(FloatLayout):
    """While pages are spoken: again, softer, louder, somebody to come. On the head line; in low mode above the foot."""

    low = BooleanProperty(False)

    def on_touch_down(self, touch: Any) -> bool:
        """The head line below is not touched."""
        return bool(super().on_touch_down(touch) or self.collide_point(*touch.pos))


class Warning(FloatLayout):
    """Asks whether anybody is still there; takes every touch while it stands."""

    shown = BooleanProperty(False)
    heading = StringProperty("")
    sentence = StringProperty("")
    seconds = NumericProperty(0)

    def on_touch_down(self, touch: object) -> bool:
        """Nothing below the warning is touched."""
        super().on_touch_down(touch)
        return True


class Shell(FloatLayout):
    """The whole picture: sky, page, head, foot, warning."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(size=(theme.WIDTH, theme.HEIGHT), size_hint=(None, None), **kwargs)
        self._page: Page | None = None
        self._paper: Counter | None = None  # the page's, which hides the sky
        self._sky, self._head, self._foot, self._warning = Sky(), Head(), Foot(), Warning()
        self._voice = VoiceBar()
        for part in (self._sky, self._head, self._foot):
            self.add_widget(part)

    def show(self, page: Page, view: ViewModel, binding: Binding) -> None:
        """Put `page`, bound to `view`, into the picture."""
        chrome = view.chrome
        if page is not self._page:
            self._change(page)
            self._surround(bare=page.bare)
        page.low = bool(chrome.low)
        page.scale(large=chrome.large)
        page.show(view, binding)
        page.scale(large=chrome.large)  # what was made just now
        if not page.bare:
            bar = theme.VOICE_HEIGHT_LOW if chrome.low and _speaks(chrome) else 0
            page.lower(chrome.low, theme.FOOT_HEIGHT + bar)
        self._show_head(view, binding)
        self._show_foot(chrome, binding)
        self._show_voice(chrome, binding, bare=page.bare)
        self._show_warning(chrome, binding)

    def close(self) -> None:
        """Nobody will see this shell again: its page ends what it is about."""
        if self._page is not None:
            self.remove_widget(self._page)
            self._page.leave()
            self._page = None

    @property
    def top(self) -> Widget:
        """What takes touches: the warning while it stands, else everything."""
        return self._warning if self._warning.parent is not None else self

    def _change(self, page: Page) -> None:
        if self._page is not None:
            self.remove_widget(self._page)
            self._page.leave()
        if self._paper is not None:
            self._paper.funbind("top", self._end_sky)
        self._paper = next((part for part in page.children if isinstance(part, Counter)), None)
        if self._paper is not None:
            self._paper.fbind("top", self._end_sky)
        self._end_sky()
        self._page = page
        self.add_widget(page, index=len(self.children) - 1)

    def _end_sky(self, *_: object) -> None:
        self._sky.end(0 if self._paper is None else self._paper.top - theme.RADIUS_COUNTER)

    def _surround(self, *, bare: bool) -> None:
        """Head line and foot bar stand round every page but a bare one."""
        for part in (self._head, self._foot):
            if bare and part.parent is not None:
                self.remove_widget(part)
            elif not bare and part.parent is None:
                self.add_widget(part, index=1 if self._warning.parent is not None else 0)

    def _show_head(self, view: ViewModel, binding: Binding) -> None:
        chrome, words = view.chrome, binding.words
        head = self._head
        head.name = chrome.kiosk_name
        step = words(text("step.of", step=chrome.step, steps=chrome.steps)) if chrome.step else ""
        clock = f"{chrome.clock}    {words.sentence(f'weekday.{chrome.weekday}')}"
        on_clock = isinstance(view, HomePage) or (chrome.staff and not chrome.subject)
        head.aside = clock if on_clock else chrome.subject or step or clock
        door = head.ids.door
        door.emit = binding.emit
        covered = _speaks(chrome) or chrome.low  # by the voice's bar; out of reach
        door.intent = None if chrome.staff or covered else StaffEntrance()
        self._scale(head, chrome)

    def _show_foot(self, chrome: Chrome, binding: Binding) -> None:
        ids = self._foot.ids
        controls = (
            ("help", ShowHelp(), text("action.help", hotline=chrome.hotline)),
            ("language", SwitchLanguage(), text("action.language")),
            ("everyone", ShowEveryone(), text("action.everyone")),
            ("start_over", StartOver(), text("action.start_over")),
        )
        _bind(ids, controls, binding)
        ids.start_over.enabled = chrome.can_start_over
        self._scale(self._foot, chrome)

    def _show_voice(self, chrome: Chrome, binding: Binding, *, bare: bool) -> None:
        bar, look = self._voice, chrome.voice
        if look is None or not look.on or bare:
            if bar.parent is not None:
                self.remove_widget(bar)
            return
        controls = (
            ("again", SayAgain(), text("voice.again")),
            ("softer", Louder(-1), text("voice.softer")),
            ("louder", Louder(1), text("voice.louder")),
            ("person", AskSomebody(), text("voice.person")),
        )
        _bind(bar.ids, controls, binding)
        bar.ids.softer.enabled, bar.ids.louder.enabled = look.volume > 1, look.volume < VOICE_STEPS
        bar.low = bool(chrome.low)
        self._scale(bar, chrome)
        if bar.parent is None:
            self.add_widget(bar, index=1 if self._warning.parent is not None else 0)

    def _show_warning(self, chrome: Chrome, binding: Binding) -> None:
        warning, words = self._warning, binding.words
        if chrome.seconds_left is None:
            if warning.parent is not None:
                self.remove_widget(warning)
            return
        warning.heading = words.sentence("timeout.heading")
        warning.sentence = words(text("timeout.note", seconds=chrome.seconds_left))
        warning.ids.stay.show(
            Action(StillHere(), text("timeout.still_here"), primary=True), words, binding.emit
        )
        self._scale(warning, chrome)
        if warning.parent is None:
            self.add_widget(warning)

    @staticmethod
    def _scale(part: Widget, chrome: Chrome) -> None:
        for widget in part.walk(restrict=True):
            if hasattr(widget, "factor"):
                widget.factor = theme.LARGE if chrome.large else 1.0


def _speaks(chrome: Chrome) -> bool:
    return chrome.voice is not None and chrome.voice.on


def _bind(ids: Any, controls: Iterable[tuple[str, Intent, Text]], binding: Binding) -> None:
    for name, intent, label in controls:
        button = ids[name]
        button.key, button.intent, button.emit = label.key, intent, binding.emit
        button.label = binding.words(label)
