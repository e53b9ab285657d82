"""The first page: what the kiosk can do now, and the one large way in."""

from screens import theme
from screens.intents import ChooseItem
from screens.viewmodels import HomePage
from screens.widgets.controls import Bullet, ListRow
from screens.widgets.layout import pooled

from .page import Binding, Page


class HomeView(Page):
    """Draws `HomePage`."""

    kv = "home.kv"

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._rows: list[ListRow] = []
        self._problems: list[Bullet] = []

    def show(self, view: HomePage, binding: Binding) -> None:
        """Bind to `view`."""
        words = binding.words
        self.night(view, words(view.heading), "\n".join(words(line) for line in view.lines), words)
        self.ids.staff_lamp.say = words.sentence("home.staff_lamp") if view.staff_lamp else ""
        self.ids.deposit.show(view.deposit, words, binding.emit)
        self.ids.deposit.note = words.sentence("home.deposit_note") if view.deposit.enabled else ""
        self.ids.others.show(view.others, words, binding.emit)
        self._show_problems(view, binding)
        self.ids.often.say = words.sentence("home.often") if view.items else ""
        rows = pooled(self.ids.listing, self._rows, len(view.items), ListRow)
        for row, item in zip(rows, view.items, strict=True):
            row.show(item, ChooseItem(item.code), binding.emit)
            row.last = item is view.items[-1]

    def _show_problems(self, view: HomePage, binding: Binding) -> None:
        bullets = pooled(self.ids.problems, self._problems, len(view.problems), Bullet)
        for bullet, problem in zip(bullets, view.problems, strict=True):
            bullet.mark, bullet.sentence, bullet.ink = "!", binding.words(problem), theme.CAUTION

    def leave(self) -> None:
        """Begin at the top the next time."""
        self.ids.scroll.offset = 0
