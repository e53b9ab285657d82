"""Every setting of how the screen is shown: a card each, its states side by side, the present one filled and ticked."""

from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from screens.viewmodels import EveryonePage, Option, Setting
from screens.widgets.controls import Touchable
from screens.widgets.layout import Night, pooled
from screens.widgets.sides import BoxLayout

from .page import Binding, Page


class CloseArea(Touchable, Night):
    """The page's upper part: a touch there goes back to the page below."""


class OptionButton(Touchable, BoxLayout):
    """One state of a setting."""

    label = StringProperty("")
    chosen = BooleanProperty(False)
    tick_x = NumericProperty(0)

    def show(self, option: Option, binding: Binding) -> None:
        """Bind to `option`."""
        self.key, self.emit, self.chosen = option.key, binding.emit, option.chosen
        self.intent = None if option.chosen else option.intent
        self.label = binding.words(option.label)


class SettingCard(BoxLayout):
    """One setting with its states."""

    title = StringProperty("")

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._options: list[OptionButton] = []

    def show(self, setting: Setting, binding: Binding) -> None:
        """Bind to `setting`."""
        self.title = binding.words(setting.title)
        buttons = pooled(self.ids.options, self._options, len(setting.options), OptionButton)
        for button, option in zip(buttons, setting.options, strict=True):
            button.show(option, binding)


class EveryoneView(Page):
    """Draws `EveryonePage`."""

    kv = "everyone.kv"

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._cards: list[SettingCard] = []

    def show(self, view: EveryonePage, binding: Binding) -> None:
        """Bind to `view`."""
        words, close = binding.words, self.ids.night
        self.night(view, words(view.heading), view.sentence, words)
        close.emit = binding.emit
        close.key, close.intent = (
            ("", None) if view.close is None else (view.close.label.key, view.close.intent)
        )
        cards = pooled(self.ids.cards, self._cards, len(view.settings), SettingCard)
        for card, setting in zip(cards, view.settings, strict=True):
            card.show(setting, binding)
        self.ids.actions.show(view.actions, words, binding.emit)
