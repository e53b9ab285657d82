"""Free text by an on-screen keyboard: what was typed, the pinyin's letters with words to choose from, the keys."""

from typing import Final

from kivy.properties import StringProperty

from screens.intents import ClearTyped, DeleteDigit, Digit, Intent, Letter, Sign
from screens.viewmodels import CandidateView, WritePage, text
from screens.widgets.controls import Touchable
from screens.widgets.layout import pooled
from screens.widgets.sides import BoxLayout

from .keypad import KeypadKey
from .page import Binding, Page

DIGITS: Final = "1234567890"
ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
GAP_PX: Final = 24
ROW_PX: Final = 112
WIDE: Final = 1.7  # as wide as so many others: erase, clear, space


class CandidateKey(Touchable, BoxLayout):
    """One word to choose."""

    word = StringProperty("")


class TurnKey(Touchable, BoxLayout):
    """Other words: before these, or after them."""

    label = StringProperty("")


class WriteView(Page):
    """Draws `WritePage`."""

    kv = "write.kv"

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._candidates: list[CandidateKey] = []
        self._signs: list[KeypadKey] = []
        self._turns = [TurnKey(label="‹"), TurnKey(label="›")]
        self._letters = {
            letter: _key(f"letter.{letter}", Letter(letter), letter) for row in ROWS for letter in row
        }
        self._switch = _key("", None, "", wide=WIDE)
        self._clear = _key("form.clear", ClearTyped(), "", wide=WIDE)
        self._space = _key("form.space", Sign(" "), "", wide=WIDE)
        erase = KeypadKey(key="digit.delete", intent=DeleteDigit(), erases=True, size_hint_x=WIDE)
        self._last = BoxLayout(spacing=GAP_PX)
        self._fixed = [_key(f"digit.{digit}", Digit(int(digit)), digit) for digit in DIGITS]
        self._fixed.append(erase)
        *above, lowest = ([self._letters[letter] for letter in row] for row in ROWS)
        for keys in (self._fixed[:-1], *above, [*lowest, erase]):
            box = BoxLayout(spacing=GAP_PX)
            for key in keys:
                box.add_widget(key)
            self.ids.pad.add_widget(box)
        self.ids.pad.add_widget(self._last)

    def show(self, view: WritePage, binding: Binding) -> None:
        """Bind to `view`."""
        words = binding.words
        self.night(view, words(view.heading), view.sentence, words, view.tone)
        self.ids.field.shown = " ".join(part for part in (view.typed, view.letters) if part)
        self._show_candidates(view, binding)
        for letter, key in self._letters.items():
            key.label = letter.upper() if view.capitals else letter
        self._switch.key, self._switch.intent = view.switch.label.key, view.switch.intent
        self._switch.label = words(view.switch.label)
        self._clear.label, self._space.label = words(text("form.clear")), words(text("form.space"))
        self._show_signs(view.signs)
        for key in (
            *self._fixed,
            *self._letters.values(),
            *self._signs,
            self._switch,
            self._clear,
            self._space,
        ):
            key.emit = binding.emit
        self.ids.actions.show(view.actions, words, binding.emit)

    def _show_candidates(self, view: WritePage, binding: Binding) -> None:
        keys = pooled(self.ids.candidates, self._candidates, len(view.candidates), CandidateKey)
        for place, (key, candidate) in enumerate(zip(keys, view.candidates, strict=True)):
            _show_candidate(key, candidate, place, binding)
        row = self.ids.row
        row.height, row.opacity = (ROW_PX, 1.0) if view.has_words else (0, 0.0)
        for key in self._turns:
            row.remove_widget(key)
        for key, turn in zip(self._turns, view.turns, strict=False):
            key.key, key.intent, key.enabled, key.emit = (
                turn.label.key,
                turn.intent,
                turn.enabled,
                binding.emit,
            )
            row.add_widget(key)

    def _show_signs(self, signs: tuple[str, ...]) -> None:
        if len(self._last.children) != len(signs) + (3 if signs else 2):
            self._last.clear_widgets()
            while len(self._signs) < len(signs):
                self._signs.append(_key("", None, ""))
            spaced = (self._space,) if signs else ()
            for key in (self._switch, *self._signs[: len(signs)], *spaced, self._clear):
                self._last.add_widget(key)
        for key, sign in zip(self._signs, signs, strict=False):
            key.key, key.intent, key.label = f"sign.{sign}", Sign(sign), sign

    def leave(self) -> None:
        """Nothing of a person stays in the widgets."""
        self.ids.field.shown = ""
        for key in self._candidates:
            key.word, key.intent = "", None


def _key(name: str, intent: Intent | None, label: str, *, wide: float = 1.0) -> KeypadKey:
    return KeypadKey(key=name, intent=intent, label=label, size_hint_x=wide, base=52)


def _show_candidate(key: CandidateKey, candidate: CandidateView, place: int, binding: Binding) -> None:
    key.key, key.intent, key.word = f"candidate.{place}", candidate.intent, candidate.word
    key.size_hint_x, key.emit = max(2, len(candidate.word) + 1), binding.emit
