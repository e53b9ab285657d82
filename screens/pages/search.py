"""Items while letters are typed: what was typed, the items that fit, and the letters below them."""

from string import ascii_lowercase

from screens.intents import ChooseItem, DeleteDigit, Letter
from screens.viewmodels import SearchPage
from screens.widgets.controls import ListRow
from screens.widgets.layout import pooled
from screens.widgets.sides import BoxLayout

from .keypad import KeypadKey
from .page import Binding, Page

_IN_A_ROW = 7


class SearchView(Page):
    """Draws `SearchPage`."""

    kv = "search.kv"

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._rows: list[ListRow] = []
        self._keys = [
            KeypadKey(key=f"letter.{letter}", intent=Letter(letter), label=letter.upper())
            for letter in ascii_lowercase
        ]
        erase = KeypadKey(key="letter.delete", intent=DeleteDigit(), erases=True, size_hint_x=2)
        self._keys.append(erase)
        for start in range(0, len(self._keys), _IN_A_ROW):
            row = BoxLayout(spacing=24)
            for key in self._keys[start : start + _IN_A_ROW]:
                row.add_widget(key)
            self.ids.pad.add_widget(row)

    def show(self, view: SearchPage, binding: Binding) -> None:
        """Bind to `view`."""
        words = binding.words
        self.night(view, words(view.heading), "", words)
        self.ids.field.shown = view.typed
        self.ids.hint.say = "" if view.hint is None else words(view.hint)
        for key in self._keys:
            key.emit = binding.emit
        self.ids.listing.offset = 0
        rows = pooled(self.ids.listing.content, self._rows, len(view.items), ListRow)
        for row, item in zip(rows, view.items, strict=True):
            row.show(item, ChooseItem(item.code), binding.emit)
            row.last = item is view.items[-1]
        self.ids.actions.show(view.actions, words, binding.emit)
