"""Staff: one of several things, in rows that slide where they are many."""

from typing import Final

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from screens.viewmodels import PickPage, PickRow, Tone
from screens.widgets.controls import Touchable
from screens.widgets.layout import pooled

from .page import Binding, Page

NO_LAMP: Final = (Tone.PLAIN,)


class PickLine(Touchable, BoxLayout):
    """One row; all of it is touched, unless it is only to be read."""

    title = StringProperty("")
    note = StringProperty("")
    tone = StringProperty("")
    leads = BooleanProperty(True)

    def show(self, row: PickRow, binding: Binding) -> None:
        """Bind to `row`."""
        words = binding.words
        self.key, self.intent, self.emit = row.key, row.intent, binding.emit
        self.title, self.note = words(row.title), words(row.note)
        self.tone = "" if row.lamp in NO_LAMP else row.lamp.value
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
        self.ids.empty.say = words(view.empty) if view.empty is not None and not view.rows else ""
        self.ids.actions.show(view.actions, words, binding.emit)

    def leave(self) -> None:
        """Begin at the top the next time."""
        self.ids.rows.offset = 0
