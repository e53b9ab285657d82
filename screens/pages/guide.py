"""One item: what to bring, how long it takes, what it costs; then the way in."""

from screens import theme
from screens.viewmodels import GuidePage
from screens.widgets.controls import Bullet, FactRow
from screens.widgets.layout import pooled

from .page import Binding, Page


class GuideView(Page):
    """Draws `GuidePage`."""

    kv = "guide.kv"

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._facts: list[FactRow] = []
        self._materials: list[Bullet] = []

    def show(self, view: GuidePage, binding: Binding) -> None:
        """Bind to `view`."""
        words = binding.words
        self.night(view, view.title, "", words)
        facts = pooled(self.ids.facts, self._facts, len(view.facts), FactRow)
        for row, line in zip(facts, view.facts, strict=True):
            row.label, row.value = words(line.label), words(line.value)
        self.ids.bring.say = words.sentence("guide.materials")
        bullets = pooled(self.ids.materials, self._materials, len(view.materials), Bullet)
        for number, (bullet, material) in enumerate(zip(bullets, view.materials, strict=True), start=1):
            bullet.mark, bullet.sentence, bullet.ink = str(number), material, theme.INK
        self.ids.actions.show(view.actions, words, binding.emit)

    def leave(self) -> None:
        """Begin at the top the next time."""
        self.ids.scroll.offset = 0
