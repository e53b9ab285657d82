"""One thing to say, one thing to do: take your card, thank you, help, out of service."""

from screens.viewmodels import NoticePage
from screens.widgets.controls import FactRow
from screens.widgets.layout import pooled

from .page import Binding, Page


class NoticeView(Page):
    """Draws `NoticePage`."""

    kv = "notice.kv"

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._facts: list[FactRow] = []

    def show(self, view: NoticePage, binding: Binding) -> None:
        """Bind to `view`."""
        words = binding.words
        self.night(view, words(view.heading), view.sentence, words, view.tone)
        picture = self.ids.picture
        picture.picture, picture.tone = view.picture, view.tone.value
        picture.move(moving=binding.animated and view.waiting)
        rows = pooled(self.ids.facts, self._facts, len(view.lines), FactRow)
        for row, line in zip(rows, view.lines, strict=True):
            row.label, row.value = words(line.label), words(line.value)
        self.ids.actions.show(view.actions, words, binding.emit)

    def leave(self) -> None:
        """Nothing moves unseen."""
        self.ids.picture.move(moving=False)
