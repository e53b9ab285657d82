"""Service items in rows; touching one opens its guide. Above them, where there are such, other ways to find one."""

from screens.intents import ChooseItem
from screens.viewmodels import ItemsPage
from screens.widgets.controls import ListRow
from screens.widgets.layout import pooled

from .page import Binding, Page


class ItemsView(Page):
    """Draws `ItemsPage`."""

    kv = "items.kv"

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._rows: list[ListRow] = []

    def show(self, view: ItemsPage, binding: Binding) -> None:
        """Bind to `view`."""
        words = binding.words
        self.night(view, words(view.heading), view.sentence, words)
        self.ids.ways.show(view.ways, words, binding.emit)
        self.ids.listing.offset = 0
        rows = pooled(self.ids.listing.content, self._rows, len(view.items), ListRow)
        for row, item in zip(rows, view.items, strict=True):
            row.show(item, ChooseItem(item.code), binding.emit)
            row.last = item is view.items[-1]
        self.ids.actions.show(view.actions, words, binding.emit)
