"""All service items; touching one opens its guide."""

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
        self.night(view, binding.words(view.heading), "", binding.words)
        rows = pooled(self.ids.listing.content, self._rows, len(view.items), ListRow)
        for row, item in zip(rows, view.items, strict=True):
            row.show(item, ChooseItem(item.code), binding.emit)
            row.last = item is view.items[-1]
        self.ids.actions.show(view.actions, binding.words, binding.emit)

    def leave(self) -> None:
        """Begin at the top the next time."""
        self.ids.listing.offset = 0
