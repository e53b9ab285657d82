"""Everything once more before it counts; names and numbers are masked."""

from screens import theme
from screens.viewmodels import ConfirmPage
from screens.widgets.controls import Bullet, FactRow
from screens.widgets.layout import pooled

from .page import Binding, Page


class ConfirmView(Page):
    """Draws `ConfirmPage`."""

    kv = "confirm.kv"

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._facts: list[FactRow] = []
        self._materials: list[Bullet] = []

    def show(self, view: ConfirmPage, binding: Binding) -> None:
        """Bind to `view`."""
        words = binding.words
        self.night(view, words(view.heading), "", words)
        rows = pooled(self.ids.facts, self._facts, len(view.lines), FactRow)
        for row, line in zip(rows, view.lines, strict=True):
            row.label, row.value = words(line.label), words(line.value)
        self.ids.envelope.say = words.sentence("confirm.envelope") if view.materials else ""
        bullets = pooled(self.ids.materials, self._materials, len(view.materials), Bullet)
        for number, (bullet, material) in enumerate(zip(bullets, view.materials, strict=True), start=1):
            bullet.mark, bullet.sentence, bullet.ink = str(number), material, theme.INK
        self.ids.actions.show(view.actions, words, binding.emit)

    def leave(self) -> None:
        """Nothing of a person stays in the widgets."""
        self.ids.scroll.offset = 0
        for row in self._facts:
            row.value = ""
