"""Staff: one of several things, in rows that slide where they are many."""

from typing import Final

from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from screens.viewmodels import PickPage, PickRow, Tone
from screens.widgets.controls import Touchable
from screens.widgets.layout import pooled, stretch
from screens.widgets.sides import BoxLayout

from .page import Binding, Page

ROOM_PX: Final = 1000  # few rows share it, so that each is large
ROW_PX: Final = (128, 216)  # the least and the most of a row


class PickLine(Touchable, BoxLayout):
    """One row; all of it is touched, unless it is only to be read."""

    title = StringProperty("")
    note = StringProperty("")
    tone = StringProperty("")
    leads = BooleanProperty(True)
    least = NumericProperty(ROW_PX[0])

    def show(self, row: PickRow, binding: Binding) -> None:
        """Bind to `row`."""
        words = binding.words
        self.key, self.intent, self.emit = row.key, row.intent, binding.emit
        self.title, self.note = words(row.title), words(row.note)
        self.tone = "" if row.lamp is Tone.PLAIN else row.lamp.value
        self.enabled, self.leads = row.enabled, row.intent is not None


class PickView(Page):
    """Draws `PickPage`."""

    kv = "pick.kv"

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._rows: list[PickLine] = []

    def show(self, view: PickPage, binding: Binding) -> None:
        """Bind to `view`."""
        words = binding.words
        self.night(view, words(view.heading), view.sentence, words, view.tone)
        rows = pooled(self.ids.rows.content, self._rows, len(view.rows), PickLine)
        for line, row in zip(rows, view.rows, strict=True):
            line.show(row, binding)
            line.least = min(max(ROOM_PX / len(rows), ROW_PX[0]), ROW_PX[1])
        picture, list_of_rows = self.ids.picture, self.ids.rows
        nothing = view.empty is not None and not view.rows
        picture.picture, picture.tone = ("check" if nothing else ""), view.tone.value
        stretch(*((picture, list_of_rows) if nothing else (list_of_rows, picture)))
        self.ids.empty.say = words(view.empty) if view.empty is not None and nothing else ""
        self.ids.turns.show(words, binding.emit)
        self.ids.actions.show(view.actions, words, binding.emit)

    def leave(self) -> None:
        """Begin at the top the next time; nothing of a person stays in the widgets."""
        self.ids.rows.offset = 0
        for line in self._rows:
            line.title = line.note = ""
