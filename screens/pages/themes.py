"""Events of a life and subjects as tiles; touching one lists its items."""

from kivy.properties import NumericProperty, StringProperty
from kivy.uix.gridlayout import GridLayout

from screens import theme
from screens.intents import ChooseTheme
from screens.languages import LANGUAGES
from screens.viewmodels import ThemesPage, ThemeTile
from screens.widgets import sides
from screens.widgets.controls import Emit, Touchable
from screens.widgets.layout import pooled
from screens.widgets.phrase import Phrase
from screens.widgets.sides import BoxLayout

from .page import Binding, Page


class ThemeButton(Touchable, BoxLayout):
    """One theme with the number of its items."""

    title = StringProperty("")
    count = StringProperty("")
    factor = NumericProperty(1.0)
    lines = NumericProperty(1)  # that a title may need in this language

    def show(self, tile: ThemeTile, lines: int, emit: Emit) -> None:
        """Bind to `tile`."""
        self.lines = lines
        self.key, self.intent, self.emit = f"theme.{tile.code}", ChooseTheme(tile.code), emit
        self.title, self.count = tile.title, str(tile.count)


class ThemeGroup(BoxLayout):
    """Tiles under their heading: two beside each other, in large text one."""

    factor = NumericProperty(1.0)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(orientation="vertical", size_hint_y=None, spacing=16, **kwargs)
        self.fbind("minimum_height", self.setter("height"))
        self.label = Phrase(base=48, heavy=True, size_hint_y=None, halign="left")
        self._grid = GridLayout(
            cols=2,
            spacing=theme.GAP_SMALL,
            size_hint_y=None,
            orientation="rl-tb" if sides.mirrored else "lr-tb",
        )
        self._grid.fbind("minimum_height", self._grid.setter("height"))
        self._tiles: list[ThemeButton] = []
        self.add_widget(self.label)
        self.add_widget(self._grid)

    def on_factor(self, *_: object) -> None:
        """Large words need the width."""
        self._grid.cols = 2 if self.factor == 1 else 1

    def show(self, heading: str, tiles: tuple[ThemeTile, ...], lines: int, emit: Emit) -> None:
        """Bind to one group; a title takes so many lines at most."""
        self.label.say = heading
        for button, tile in zip(pooled(self._grid, self._tiles, len(tiles), ThemeButton), tiles, strict=True):
            button.show(tile, lines, emit)


class ThemesView(Page):
    """Draws `ThemesPage`."""

    kv = "themes.kv"

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._groups: list[ThemeGroup] = []

    def show(self, view: ThemesPage, binding: Binding) -> None:
        """Bind to `view`."""
        words = binding.words
        self.night(view, words(view.heading), "", words)
        shown = pooled(self.ids.groups, self._groups, len(view.groups), ThemeGroup)
        for group, (heading, tiles) in zip(shown, view.groups, strict=True):
            group.show(words(heading), tiles, 1 if words.lang == LANGUAGES[0] else 2, binding.emit)
        self.ids.turns.show(words, binding.emit)
        self.ids.actions.show(view.actions, words, binding.emit)

    def leave(self) -> None:
        """Begin at the top the next time."""
        self.ids.listing.offset = 0
