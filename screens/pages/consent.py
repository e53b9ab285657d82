"""Separate consent to the face check: accepting and declining are equally large."""

from screens import theme
from screens.viewmodels import ConsentPage
from screens.widgets.controls import Bullet
from screens.widgets.layout import pooled

from .page import Binding, Page


class ConsentView(Page):
    """Draws `ConsentPage`."""

    kv = "consent.kv"

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._points: list[Bullet] = []

    def show(self, view: ConsentPage, binding: Binding) -> None:
        """Bind to `view`."""
        self.night(view, binding.words(view.heading), "", binding.words)
        bullets = pooled(self.ids.points, self._points, len(view.points), Bullet)
        for number, (bullet, point) in enumerate(zip(bullets, view.points, strict=True), start=1):
            bullet.mark, bullet.sentence, bullet.ink = str(number), binding.words(point), theme.INK
        self.ids.actions.show((view.accept, view.decline), binding.words, binding.emit)
