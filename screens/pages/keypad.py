"""Digits by an on-screen keypad: phone number, staff number, PIN."""

from typing import Final

from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from screens.intents import DeleteDigit, Digit, LetterX
from screens.viewmodels import KeypadPage
from screens.widgets.controls import Touchable
from screens.widgets.sides import BoxLayout

from .page import Binding, Page

_KEYS: Final = (1, 2, 3, 4, 5, 6, 7, 8, 9, None, 0, "delete")


class KeypadKey(Touchable, BoxLayout):
    """One key: a digit, or erase."""

    label = StringProperty("")
    base = NumericProperty(64)
    erases = BooleanProperty(False)


class Field(BoxLayout):
    """What was typed so far."""

    shown = StringProperty("")
    factor = NumericProperty(1.0)


class KeypadView(Page):
    """Draws `KeypadPage`."""

    kv = "keypad.kv"

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        for row in range(4):
            box = BoxLayout(spacing=24)
            for name in _KEYS[row * 3 : row * 3 + 3]:
                box.add_widget(self._key(name))
            self.ids.pad.add_widget(box)

    @staticmethod
    def _key(name: int | str | None) -> KeypadKey:
        if name is None:
            return KeypadKey(key="digit.x", intent=LetterX(), label="X")
        if isinstance(name, int):
            return KeypadKey(key=f"digit.{name}", intent=Digit(name), label=str(name))
        return KeypadKey(key="digit.delete", intent=DeleteDigit(), erases=True)

    def show(self, view: KeypadPage, binding: Binding) -> None:
        """Bind to `view`."""
        self.night(view, binding.words(view.heading), view.sentence, binding.words, view.tone)
        self.ids.field.shown = view.shown
        for row in self.ids.pad.children:
            for key in row.children:
                key.emit = binding.emit
                if isinstance(key.intent, LetterX):
                    key.opacity, key.disabled = float(view.letter), not view.letter
        self.ids.actions.show(view.actions, binding.words, binding.emit)

    def leave(self) -> None:
        """Nothing of a person stays in the widgets."""
        self.ids.field.shown = ""
