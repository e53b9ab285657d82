"""The promise in words, what it is about, and the pad to sign it on."""

from screens import theme
from screens.intents import Drawn
from screens.promiseviews import SignPage
from screens.widgets.controls import Bullet
from screens.widgets.layout import pooled

from .page import Binding, Page


class SignView(Page):
    """Draws `SignPage`."""

    kv = "sign.kv"

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._papers: list[Bullet] = []

    def show(self, view: SignPage, binding: Binding) -> None:
        """Bind to `view`."""
        words = binding.words
        self.night(view, words(view.heading), view.sentence, words, view.tone)
        self.ids.words.say = words(view.words)
        bullets = pooled(self.ids.papers, self._papers, len(view.papers), Bullet)
        for number, (bullet, paper) in enumerate(zip(bullets, view.papers, strict=True), start=1):
            bullet.mark, bullet.sentence, bullet.ink = str(number), paper, theme.INK
        pad = self.ids.pad
        pad.on_stroke = lambda stroke: binding.emit(Drawn(stroke))
        pad.strokes, pad.here = view.strokes, words(view.here)
        self.ids.turns.show(words, binding.emit)
        self.ids.actions.show(view.actions, words, binding.emit)

    def leave(self) -> None:
        """Nothing of a person stays in the widgets."""
        self.ids.scroll.offset = 0
        self.ids.pad.wipe()
