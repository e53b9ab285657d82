"""Staff: lines of the record, one page of them; other pages come by controls."""

from kivy.properties import StringProperty

from screens.viewmodels import RecordPage, RecordRow
from screens.widgets.layout import pooled, stretch
from screens.widgets.sides import BoxLayout

from .page import Binding, Page


class RecordLine(BoxLayout):
    """One event: when, what, how it is known."""

    place = StringProperty("")
    what = StringProperty("")
    how = StringProperty("")

    def show(self, row: RecordRow) -> None:
        """Bind to `row`."""
        self.place, self.what, self.how = row.place, row.what, row.how


class RecordView(Page):
    """Draws `RecordPage`."""

    kv = "record.kv"

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._rows: list[RecordLine] = []

    def show(self, view: RecordPage, binding: Binding) -> None:
        """Bind to `view`."""
        words = binding.words
        self.night(view, words(view.heading), view.sentence, words, view.tone)
        rows = pooled(self.ids.rows.content, self._rows, len(view.rows), RecordLine)
        for line, row in zip(rows, view.rows, strict=True):
            line.show(row)
        picture, lines = self.ids.picture, self.ids.rows
        nothing = view.empty is not None and not view.rows
        picture.picture, picture.tone = ("clock" if nothing else ""), view.tone.value
        stretch(*((picture, lines) if nothing else (lines, picture)))
        self.ids.empty.say = words(view.empty) if view.empty is not None and nothing else ""
        self.ids.rows.offset = 0
        self.ids.actions.show(view.actions, words, binding.emit)

    def leave(self) -> None:
        """Nothing of the record stays behind."""
        for line in self._rows:
            line.show(RecordRow("", "", ""))
